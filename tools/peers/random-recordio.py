"""Random RecordIO files, written and read by real MXNet; check-random runs it.

    random-recordio.py write DIR FILES SEED    writes 0000.rec … (most with their .idx), and says in theirs.jsonl what MXNet reads back
    random-recordio.py read DIR                reads what ours.jsonl describes, and prints a line for each file that differs

A file's description: {"file", "indexed": null, "int" or "str", "records": [...]}, in the order of the file. A record's:
{"key", "flag", "label", "first", "id", "id2", "payload"} as mxnet.recordio.unpack has it (labels as the hexadecimal of their
float32 bytes, "first" those of IRHeader's own, ids as text, sha256 of the payload), or {"key", "raw": sha256} where it is to be
taken as it is. MXNet's own also have "packed", whether it was made by mxnet.recordio.pack, and "role" where it is a row of insightface's layout.
"""

import os
import random
import struct

import mxnet
import numpy as np
from mxnet.recordio import IRHeader, MXIndexedRecordIO, MXRecordIO
from random_files import run, sha256

MAGIC = struct.pack("<I", 0xCED7230A)
JPEG = b"\xff\xd8\xff\xe0"
PNG = b"\x89PNG\r\n\x1a\n"


def unpacked(record):
    """What MXNet says is in a record that was packed."""
    header, payload = mxnet.recordio.unpack(record)
    first = record[4:8].hex()
    label = struct.pack("<f", header.label).hex() if header.flag == 0 else np.asarray(header.label, "<f4").tobytes().hex()
    return {
        "flag": header.flag, "label": label, "first": first,
        "id": str(header.id), "id2": str(header.id2), "payload": sha256(payload),
    }


def read_in_order(path):
    reader = MXRecordIO(path, "r")
    while (record := reader.read()) is not None:
        yield record
    reader.close()


def read_by_key(path, key_type):
    reader = MXIndexedRecordIO(path[:-4] + ".idx", path, "r", key_type=key_type)
    records = {key: reader.read_idx(key) for key in reader.keys}
    reader.close()
    return records


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, probability):
        return self.random.random() < probability

    def payload(self):
        kind = self.random.random()
        if kind < 0.15:
            return b""
        if kind < 0.35:  # words, the magic number among them, at multiples of 4 or shifted away from them
            words = [MAGIC if self.chance(0.4) else self.random.randbytes(4) for _ in range(self.random.randint(1, 12))]
            return self.random.randbytes(self.random.choice([0, 0, 1, 2, 3])) + b"".join(words) + self.random.randbytes(self.random.randint(0, 3))
        size = int(2 ** self.random.uniform(0, 16 if self.chance(0.1) else 9))
        if kind < 0.8:
            return self.random.choice([JPEG, PNG]) + self.random.randbytes(size)
        return self.random.randbytes(size)

    def number(self):
        return self.random.choice([
            0, -0.0, 1, 2**24, -1, 0.5, 1e-40, 3.4e38, float("inf"), float("nan"),
            struct.unpack("<f", MAGIC)[0], self.random.randint(0, 100000), self.random.uniform(-1, 1),
        ])

    def identifier(self):
        return self.random.choice([
            0, 1, self.random.getrandbits(16), 2**32 - 1, 2**32, 2**53 - 1, 2**53, 2**63, 2**64 - 1,
            0xCED7230A, 0xCED7230A << 32, self.random.getrandbits(64),
        ])

    def packed(self):
        label = self.number()
        if self.chance(0.4):
            label = [self.number() for _ in range(int(2 ** self.random.uniform(0, 6)))]
        return mxnet.recordio.pack(IRHeader(0, label, self.identifier(), self.identifier()), self.payload())

    def records(self):
        """[(record, packed?, role?)]"""
        result = []
        for _ in range(self.random.choice([0, 1, 2, 5, 10, 20])):
            if self.chance(0.15):
                result.append((self.payload(), False, None))
            else:
                result.append((self.packed(), True, None))
        return result

    def insightface(self):
        """Header first or, as face2rec2.py has it, behind the images; returns also the keys."""
        images, identities = [], []
        for _ in range(self.random.randint(1, 5)):
            start = 1 + len(images)
            for _ in range(self.random.randint(0, 4)):
                label = float(len(identities)) if self.chance(0.8) else [float(len(identities)), self.random.random()]
                header = IRHeader(0, label, 1 + len(images), 0)
                images.append((mxnet.recordio.pack(header, JPEG + self.random.randbytes(self.random.randint(0, 300))), True, "image"))
            identities.append((start, 1 + len(images)))
        first = 1 + len(images)
        header = (mxnet.recordio.pack(IRHeader(0, [first, first + len(identities)], 0, 0), b""), True, "header")
        rows = [
            (mxnet.recordio.pack(IRHeader(0, list(map(float, run)), first + i, 0), b""), True, "identity")
            for i, run in enumerate(identities)
        ]
        keys = list(range(len(images) + len(rows) + 1))
        if self.chance(0.5):
            return keys, [header, *images, *rows]
        return keys[1:first] + [0] + keys[first:], [*images, header, *rows]

    def keys(self, count, key_type):
        if key_type == "str":
            return [f"person {i}/{self.random.getrandbits(32):x} é.jpg" for i in range(count)]
        if self.chance(0.4):
            return list(range(count))
        largest = self.random.choice([2**20, 2**53, 2**64])
        keys = list({self.random.randrange(1, largest) for _ in range(count)} | ({2**64 - 1} if largest == 2**64 and count else set()))
        self.random.shuffle(keys)
        return keys[:count]

    def file_name(self, number):
        return f"{number:04}.rec"

    def file(self, path):
        """Writes one file, and returns its description."""
        layout = self.random.choice(["pipe", "int", "int", "str", "insightface"])
        if layout == "insightface":
            keys, records = self.insightface()
            indexed = "int"
        else:
            records = self.records()
            indexed = None if layout == "pipe" else layout
            keys = self.keys(len(records), indexed) if indexed else list(range(len(records)))
        index = path[:-4] + ".idx"
        writer = MXIndexedRecordIO(index, path, "w", key_type=str if indexed == "str" else int) if indexed else MXRecordIO(path, "w")
        for key, (record, _, _) in zip(keys, records):
            writer.write_idx(key, record) if indexed else writer.write(record)
        writer.close()
        if indexed and layout != "insightface" and self.chance(0.3):
            with open(index, encoding="utf8") as lines:
                shuffled = lines.readlines()
            self.random.shuffle(shuffled)
            with open(index, "w", encoding="utf8") as file:
                file.writelines(shuffled)
        return {"file": os.path.basename(path), "indexed": indexed, "records": list(self.descriptions(path, indexed, keys, records))}

    def descriptions(self, path, indexed, keys, records):
        """Of what MXNet reads, which must be what it was given."""
        read = list(read_in_order(path))
        assert read == [record for record, _, _ in records], path
        if indexed:
            assert read_by_key(path, str if indexed == "str" else int) == dict(zip(keys, read)), path
        for key, record, (_, packed, role) in zip(keys, read, records):
            description = {"key": str(key), "raw": sha256(record), "packed": packed, "role": role}
            yield {**description, **unpacked(record)} if packed else description


def difference(directory, description):
    path = os.path.join(directory, description["file"])
    expected = description["records"]
    found = list(read_in_order(path))
    if len(found) != len(expected):
        return f"{len(expected)} records were written, MXNet reads {len(found)}"
    by_key = {str(key): record for key, record in read_by_key(path, str if description["indexed"] == "str" else int).items()}
    for record, data in zip(expected, found):
        if by_key.get(record["key"]) != data:
            return f"MXNet does not read record {record['key']!r} by key"
    if len(by_key) != len(found):
        return f"MXNet has {len(by_key)} keys for {len(found)} records"
    for record, data in zip(expected, found):
        read = {"raw": sha256(data)} if "raw" in record else unpacked(data)
        read["key"] = record["key"]
        if read != record:
            return f"record {record['key']}: {record} was written, MXNet reads {read}"
    return None


run(mxnet.__version__, Generator, difference)
