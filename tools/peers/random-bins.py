"""Random verification sets, written and read by the real pickle and numpy.

    random-bins.py write DIR COUNT [SEED]   .bin files in every form that Python and numpy of today and of Python 2 give them, and
                                            expected.jsonl: {"file", "form", "images": [sha256, ...], "same": [bool, ...]}
    random-bins.py read DIR                 loads each *.bin as insightface does and compares it with expected.jsonl there

Run by check-bins, which has our side of it.
"""

import hashlib
import json
import os
import pickle
import random
import struct
import sys

import numpy as np


class Python2:
    """The opcodes that Python 2's pickle (0) and cPickle (1, 2) write for (list of str, list of bool)."""

    def __init__(self, protocol, first):
        self.protocol, self.memo, self.out = protocol, first, []

    def put(self, *parts):
        self.out.extend(parts)

    def remember(self):
        index, self.memo = self.memo, self.memo + 1
        if self.protocol == 0:
            self.put(b"p%d\n" % index)
        else:
            self.put(b"q" + bytes([index]) if index < 256 else b"r" + struct.pack("<I", index))

    def string(self, value):
        if self.protocol == 0:
            self.put(b"S" + repr(value).encode()[1:] + b"\n")  # b'...' of Python 3 is '...' of Python 2
        elif len(value) < 256:
            self.put(b"U" + bytes([len(value)]) + value)
        else:
            self.put(b"T" + struct.pack("<i", len(value)) + value)
        self.remember()

    def truth(self, value):
        if self.protocol < 2:
            self.put(b"I01\n" if value else b"I00\n")
        else:
            self.put(b"\x88" if value else b"\x89")

    def items(self, values, write):
        self.put(b"(l" if self.protocol == 0 else b"]")
        self.remember()
        for start in range(0, len(values), 1000):
            batch = values[start : start + 1000]
            if self.protocol > 0 and len(batch) > 1:
                self.put(b"(")
            for value in batch:
                write(value)
                if self.protocol == 0:
                    self.put(b"a")
            if self.protocol > 0:
                self.put(b"e" if len(batch) > 1 else b"a")

    def dumps(self, images, same):
        if self.protocol == 2:
            self.put(b"\x80\x02")
        else:
            self.put(b"(")
        self.items(images, self.string)
        self.items(same, self.truth)
        self.put(b"\x86" if self.protocol == 2 else b"t")
        self.remember()
        self.put(b".")
        return b"".join(self.out)


def flat(image):
    return np.frombuffer(image, np.uint8).copy()


def strided(image):
    return np.frombuffer(bytes(byte for byte in image for _ in range(2)), np.uint8)[::2]


IMAGES = {
    "bytes": bytes,
    "bytearray": bytearray,
    "array (n,)": flat,
    "array (n, 1)": lambda image: flat(image).reshape(-1, 1),
    "array (n, 1) in Fortran order": lambda image: np.asfortranarray(flat(image).reshape(-1, 1)),
    "array (1, n, 1)[0]": lambda image: flat(image).reshape(1, -1, 1)[0],
    "read-only array": lambda image: np.frombuffer(image, np.uint8),
    "strided array": strided,
}
ANSWERS = {
    "list": list,
    "tuple": tuple,
    "ints": lambda same: [int(value) for value in same],
    "numpy bools": lambda same: [np.bool_(value) for value in same],
    "numpy ints": lambda same: [np.int64(value) for value in same],
    "bool array": lambda same: np.array(same, bool),
    "bool array (n, 1)": lambda same: np.array(same, bool).reshape(-1, 1),
    "int array": lambda same: np.array(same, int),
    "big-endian array": lambda same: np.array(same, ">i4"),
    "uint8 array": lambda same: np.array(same, np.uint8),
}
PICKLERS = {"C": pickle.dumps, "Python": pickle._dumps}


def random_set(rng):
    pairs = rng.choice([1, 2, 3, 5, 10, 40, 600 if rng.random() < 0.05 else 20])
    images = []
    for _ in range(2 * pairs):
        if images and rng.random() < 0.1:
            images.append(rng.choice(images))  # the same object again: a reference to the memo
            continue
        size = rng.choice([1, 2, 9, 255, 256, 257, rng.randrange(1, 3000), rng.randrange(1, 70000) if pairs < 9 else 40])
        odd = b"\\\"'\n\r\t\x00\x1a.\xff"
        images.append(bytes(rng.choices(odd, k=size)) if rng.random() < 0.2 else rng.randbytes(size))
    return images, [rng.random() < 0.5 for _ in range(pairs)]


def in_random_form(rng, images, same):
    """A pickle of the set, and what form it is in."""
    if rng.random() < 0.2:
        protocol, first = rng.randrange(3), rng.randrange(2)
        return Python2(protocol, first).dumps(images, same), f"Python 2, protocol {protocol}"
    kind, answer = rng.choice(list(IMAGES)), rng.choice(list(ANSWERS))
    protocol, pickler = rng.randrange(6), rng.choice(list(PICKLERS))
    made = {}
    bins = [made.setdefault(id(image), IMAGES[kind](image)) for image in images]
    whole = rng.choice([tuple, list])((rng.choice([list, list, tuple])(bins), ANSWERS[answer](same)))
    form = f"{kind}, {answer}, protocol {protocol}, {pickler} pickler, numpy {np.__version__}"
    return PICKLERS[pickler](whole, protocol), form


def write(directory, count, seed):
    rng = random.Random(seed)
    with open(os.path.join(directory, "expected.jsonl"), "w") as expected:
        for number in range(count):
            images, same = random_set(rng)
            data, form = in_random_form(rng, images, same)
            name = f"{number:05}.bin"
            with open(os.path.join(directory, name), "wb") as file:
                file.write(data)
            hashes = [hashlib.sha256(image).hexdigest() for image in images]
            expected.write(json.dumps({"file": name, "form": form, "images": hashes, "same": same}) + "\n")


def read(directory):
    files = different = 0
    with open(os.path.join(directory, "expected.jsonl")) as expected:
        for line in map(json.loads, expected):
            path = os.path.join(directory, line["file"])
            with open(path, "rb") as file:
                bins, same = pickle.load(file, encoding="bytes")  # insightface: verification.py, load_bin
            with open(path, "rb") as file:
                assert pickle.load(file) == (bins, same)  # Python 3's way, as eval_veri.py's fallback does
            files += 1
            types = {type(image) for image in bins} | {type(value) for value in same}
            found = ([hashlib.sha256(image).hexdigest() for image in bins], same)
            if found != (line["images"], line["same"]) or not types <= {bytes, bool}:
                different += 1
                print(f"{path}: read otherwise by Python", file=sys.stderr)
    print(f"Python {sys.version.split()[0]} reads ours: {files} files, {different} differ")
    sys.exit(different > 0)


if sys.argv[1] == "write":
    write(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 1)
else:
    read(sys.argv[2])
