"""How check-random runs random-recordio.py, random-tfrecord.py and random-webdataset.py.

    write DIR FILES SEED    writes so many files, describes each in a line of theirs.jsonl, and prints the peer's version
    read DIR                prints a line for each file of ours.jsonl that the peer reads otherwise
"""

import hashlib
import json
import os
import sys


def run(version, generator, difference):
    """`generator(seed)` makes files: `file_name(number)`, `file(path)`, which returns the description. `difference(directory, description)` is None or text."""
    mode, directory, *numbers = sys.argv[1:]
    if mode == "write":
        files, seed = map(int, numbers)
        write(directory, files, generator(seed))
        print(version)
    else:
        read(directory, difference)


def write(directory, files, generator):
    with open(os.path.join(directory, "theirs.jsonl"), "w") as descriptions:
        for number in range(files):
            description = generator.file(os.path.join(directory, generator.file_name(number)))
            descriptions.write(json.dumps(description) + "\n")


def read(directory, difference):
    with open(os.path.join(directory, "ours.jsonl")) as descriptions:
        for description in map(json.loads, descriptions):
            try:
                found = difference(directory, description)
            except Exception as error:  # noqa: BLE001 - whatever the peer makes of it is what we want to know
                found = f"{type(error).__name__}: {error}"
            if found is not None:
                print(f"{description['file']}: {found}")


def sha256(data):
    return hashlib.sha256(data).hexdigest()
