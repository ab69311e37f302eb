"""Random WebDataset shards, written and read by the Python package webdataset; check-random runs it.

    random-webdataset.py write DIR FILES SEED    writes 0000.tar …, and says in theirs.jsonl what webdataset reads back
    random-webdataset.py read DIR                reads what ours.jsonl describes, and prints a line for each file that differs

A file's description: {"file", "records": [...]}; of ours, which are folders of shards, also "files", in their order, and whether they
were "shuffled". A record is a sample: {"key", "files": {extension: sha256}}; of ours the file of JSON
is the value itself; of theirs there is also "label", the whole number that the file cls holds, as text.
"""

import gzip
import io
import json
import os
import random
import tarfile

import webdataset
from random_files import run, sha256

JPEG = b"\xff\xd8\xff"
PNG = b"\x89PNG\r\n\x1a\n"


def read_samples(path):
    for sample in webdataset.WebDataset(path, shardshuffle=False, empty_check=False):
        yield sample["__key__"], {name: data for name, data in sample.items() if not name.startswith("__")}


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, probability):
        return self.random.random() < probability

    def bytes(self):
        """Mostly few; around whole blocks of tar, too."""
        if self.chance(0.2):
            return self.random.randbytes(512 * self.random.randrange(1, 4) + self.random.choice([-1, 0, 1]))
        return self.random.randbytes(int(2 ** self.random.uniform(0, 17 if self.chance(0.03) else 9)) - 1)

    def part(self):
        return self.random.choice(["Ann", "Bob_B", "Zoë", "日本", "a b", "v-1", "n" * 60, "m" * 120, str(self.random.getrandbits(16))])

    def key(self, number):
        folders = [self.part() for _ in range(self.random.choice([0, 0, 1, 2]))]
        folders += [f"with.point{number}"] if self.chance(0.1) else []
        name = f"{number:09}" if self.chance(0.5) else f"{self.part()}-{number}"
        return "/".join([*folders, name])

    def json(self):
        value = self.random.choice([
            lambda: {"age": self.random.randrange(100), "name": self.part(), "hat": self.chance(0.5)},
            lambda: {"box": [self.random.random() for _ in range(4)], "none": None, "deep": {"a": [{"b": []}]}},
            lambda: {"label": self.part(), "id": self.random.getrandbits(40)},
            lambda: {"big": self.random.getrandbits(62), "small": -self.random.random() * 1e-300},
            lambda: [1, "two", 3.5],
            lambda: {},
        ])()
        return json.dumps(value, ensure_ascii=self.chance(0.5), indent=2 if self.chance(0.2) else None).encode()

    def sample(self):
        files = {}
        if self.chance(0.85):
            files[self.random.choice(["jpg", "jpg", "jpg", "jpeg", "JPG"])] = JPEG + self.bytes()
        if self.chance(0.2):
            files["png"] = PNG + self.bytes()
        if self.chance(0.8):
            files["cls"] = self.random.choice([b"%d" % self.random.randrange(10**6), b"7\n", b"-3", b"someone", str(2**60).encode()])
        if self.chance(0.4):
            files["json"] = self.json()
        if self.chance(0.2):
            files[self.random.choice(["txt", "seg.png", "left.jpg", "npy"])] = self.bytes()
        names = list(files)
        self.random.shuffle(names)
        return {name: files[name] for name in names} or {"txt": b""}

    def file_name(self, number):
        return f"{number:04}" + self.random.choice([".tar", ".tar", ".tar.gz"])

    def file(self, path):
        samples = [(self.key(number), self.sample()) for number in range(self.random.choice([0, 1, 2, 5, 10, 20]))]
        if self.chance(0.4) and all(len(f"{key}.json".encode()) < 90 for key, _ in samples):
            with webdataset.TarWriter(path, encoder=False) as writer:
                for key, files in samples:
                    writer.write({"__key__": key, **files})
        else:
            data = self.archive(samples)
            with open(path, "wb") as out:
                out.write(gzip.compress(data) if path.endswith(".gz") else data)
        return {"file": os.path.basename(path), "records": [self.described(key, files) for key, files in read_samples(path)]}

    def described(self, key, files):
        try:
            label = str(int(files.get("cls", b"")))
        except ValueError:
            label = None
        return {"key": key, "files": {name: sha256(data) for name, data in files.items()}, "label": label}

    def archive(self, samples):
        """In the forms that tar programs give it, with all that they put beside the files."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=self.random.choice([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])) as tar:
            for key, files in samples:
                if self.chance(0.1):
                    tar.addfile(self.other(key))
                for name, data in files.items():
                    info = tarfile.TarInfo(f"{key}.{name}")
                    info.size = len(data)
                    info.mtime = self.random.choice([0, 1700000000, 1700000000.25])
                    info.uname = self.random.choice(["", "someone", "Zoë"])
                    tar.addfile(info, io.BytesIO(data))
        return out.getvalue()

    def other(self, key):
        info = tarfile.TarInfo(self.random.choice([key + ".lnk", "folder", "__meta__", "README", "Ann/.hidden"]))
        info.type = self.random.choice([tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.FIFOTYPE])
        if info.name in ("__meta__", "README") and self.chance(0.7):
            info.type = tarfile.REGTYPE
        info.linkname = "somewhere" if info.type == tarfile.SYMTYPE else ""
        return info


def ours(key, files):
    described = {name: sha256(data) for name, data in files.items()}
    if "json" in files:
        described["json"] = json.loads(files["json"])
    return {"key": key, "files": described}


def difference(directory, description):
    """Of the files of one folder of shards."""
    found = [ours(*sample) for file in description["files"] for sample in read_samples(os.path.join(directory, file))]
    expected = description["records"]
    if description["shuffled"]:
        found.sort(key=lambda sample: sample["key"])
        expected.sort(key=lambda sample: sample["key"])
    if len(found) != len(expected):
        return f"{len(expected)} samples were written, webdataset reads {len(found)}"
    for written, read in zip(expected, found):
        if written != read:
            return f"{written} was written, webdataset reads {read}"
    return None


run(webdataset.__version__, Generator, difference)
