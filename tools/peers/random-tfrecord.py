"""Random TFRecord files, written and read by real TensorFlow; check-random runs it.

    random-tfrecord.py write DIR FILES SEED    writes 0000.tfrecord …, and says in theirs.jsonl what TensorFlow reads back
    random-tfrecord.py read DIR                reads what ours.jsonl describes, and prints a line for each file that differs

A file's description: {"file", "compression": "", "GZIP" or "ZLIB", "records": [...]}; of ours, which are folders of shards, also "files", in
their order, and whether they were "shuffled". A record's: {"raw": sha256, "features": {name: {"kind", "values"}}}, features null where
it is no Example; values are hexadecimal bytes (floats little-endian, NaNs made one) or integers as text. TensorFlow's also have
"encoded", the sha256 of how it writes the Example itself; that is how ours must be written where they have no "raw". Fields that are absent are not compared.
"""

import os
import random
import struct

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import tensorflow as tf  # noqa: E402
from google.protobuf.message import DecodeError  # noqa: E402
from google.protobuf.unknown_fields import UnknownFieldSet  # noqa: E402
from random_files import run, sha256  # noqa: E402

KINDS = {"bytes_list": "bytes", "float_list": "float", "int64_list": "int64", None: "none"}


tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)


def float_hex(value):
    return "0000c07f" if value != value else struct.pack("<f", value).hex()


TO_TEXT = {"bytes": bytes.hex, "float": float_hex, "int64": str}


def parsed(record):
    try:
        return tf.train.Example.FromString(record)
    except DecodeError:
        return None


def features_of(example):
    features = {}
    for name, feature in example.features.feature.items():
        field = feature.WhichOneof("kind")
        kind = KINDS[field]
        values = [] if field is None else getattr(feature, field).value
        features[name] = {"kind": kind, "values": [TO_TEXT[kind](value) for value in values]}
    return features


def described(record):
    example = parsed(record)
    if example is None:
        return {"raw": sha256(record), "features": None}
    # Python's protobuf (upb) takes a map entry that holds unknown fields for unknown as a whole; C++'s, TensorFlow's own, does not.
    if any(field.field_number == 1 for field in UnknownFieldSet(example.features)):
        return {"raw": sha256(record)}
    example.DiscardUnknownFields()
    features = features_of(example)
    # It also sorts a name behind those that it is the beginning of, C++ before them; an Example without Features has no bytes at
    # all; and of a NaN not all bits are kept by JavaScript, nor by Python.
    names = sorted(features)
    if not names or any(b.startswith(a) for a, b in zip(names, names[1:])) or has_odd_nan(example):
        return {"raw": sha256(record), "features": features}
    return {"raw": sha256(record), "features": features, "encoded": sha256(example.SerializeToString(deterministic=True))}


def has_odd_nan(example):
    lists = [feature.float_list.value for feature in example.features.feature.values()]
    return any(value != value and struct.pack("<f", value).hex() != "0000c07f" for values in lists for value in values)


def read_records(path, compression):
    yield from tf.compat.v1.io.tf_record_iterator(path, tf.io.TFRecordOptions(compression))  # a tf.data pipeline for each file takes longer


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, probability):
        return self.random.random() < probability

    def some(self, most):
        """Mostly few."""
        return min(most, int(self.random.expovariate(3 / (most + 1))))

    def bytes(self):
        return self.random.randbytes(int(2 ** self.random.uniform(0, 17 if self.chance(0.03) else 9)) - 1)

    def integer(self):
        return self.random.choice([
            0, 1, -1, 127, 128, 2**31, -2**31, 2**53, 2**53 + 1, 2**63 - 1, -2**63, self.random.randint(0, 100000),
            self.random.getrandbits(64) - 2**63,
        ])

    def float(self):
        return self.random.choice([
            0.0, -0.0, 1.5, 1e-40, 3.4e38, float("inf"), float("-inf"), float("nan"), self.random.uniform(-1, 1),
        ])

    def name(self):
        return self.random.choice(["image_raw", "label", "image/encoded", "image/class/label", "", "ä", "人", "🙂", "a" * 200, f"f{self.random.getrandbits(8)}"])

    def record(self):
        kind = self.random.random()
        if kind < 0.3:
            return self.example(face=True)
        if kind < 0.5:
            return self.example(face=False)
        if kind < 0.8:
            return self.by_hand()
        if kind < 0.85:
            return b""
        if kind < 0.93:
            return self.flipped(self.by_hand() if self.chance(0.5) else self.example(face=False))
        return self.bytes()

    def example(self, face):
        """By TensorFlow itself."""
        feature = {} if not face else {
            "image_raw": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"\xff\xd8\xff\xe0" + self.bytes()])),
            "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[self.random.randrange(100000)])),
        }
        for _ in range(0 if face and self.chance(0.7) else self.some(6)):
            kind = self.random.choice(["bytes", "float", "int64", "none"])
            count = range(self.some(9))
            feature[self.name()] = {
                "bytes": lambda: tf.train.Feature(bytes_list=tf.train.BytesList(value=[self.bytes() for _ in count])),
                "float": lambda: tf.train.Feature(float_list=tf.train.FloatList(value=[self.float() for _ in count])),
                "int64": lambda: tf.train.Feature(int64_list=tf.train.Int64List(value=[self.integer() for _ in count])),
                "none": tf.train.Feature,
            }[kind]()
        return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()

    # By hand, with all liberties that protobuf gives a writer: lists packed, not packed and both, messages in pieces, fields in any
    # order, names twice, kinds one after the other, unknown fields, varints longer than they need be.

    def by_hand(self):
        entries = [self.message(1, self.entry()) for _ in range(self.some(6))]
        if entries and self.chance(0.3):
            entries.append(self.random.choice(entries))
        pieces = [entries[: len(entries) // 2], entries[len(entries) // 2 :]] if self.chance(0.3) else [entries]
        return self.mixed([self.message(1, self.mixed(piece)) for piece in pieces], shuffle=False)

    def entry(self):
        fields = [self.message(1, self.name().encode())] if self.chance(0.95) else []
        fields += [self.message(2, self.feature()) for _ in range(self.random.choice([1, 1, 1, 1, 1, 0, 2]))]
        self.random.shuffle(fields)
        return b"".join(fields)

    def feature(self):
        lists = [self.random.choice([self.bytes_list, self.float_list, self.int64_list])() for _ in range(self.random.choice([1, 1, 1, 1, 0, 2, 3]))]
        return self.mixed(lists, shuffle=False)

    def bytes_list(self):
        return self.message(1, self.mixed([self.message(1, self.bytes()) for _ in range(self.some(5))]))

    def float_list(self):
        return self.message(2, self.numbers(lambda: struct.pack("<f", self.float()), 5))

    def int64_list(self):
        return self.message(3, self.numbers(lambda: self.varint(self.integer() & 2**64 - 1), 0))

    def numbers(self, number, wire_type):
        runs = []
        for _ in range(self.some(4)):
            count = self.some(6)
            if self.chance(0.5):
                runs.append(self.message(1, b"".join(number() for _ in range(count))))
            else:
                runs.append(b"".join(self.tag(1, wire_type) + number() for _ in range(count)))
        return self.mixed(runs, shuffle=False)

    def mixed(self, fields, shuffle=True):
        """The fields of a message, with others among them that no reader knows."""
        fields = [*fields, *(self.unknown() for _ in range(self.some(2) if self.chance(0.2) else 0))]
        if shuffle:
            self.random.shuffle(fields)
        return b"".join(fields)

    def unknown(self, depth=0):
        number = self.random.choice([4, 5, 15, 16, 1000, 2**29 - 1])
        kind = self.random.randrange(5)
        if kind == 0:
            return self.tag(number, 0) + self.varint(self.random.getrandbits(64))
        if kind == 1:
            return self.tag(number, 1) + self.random.randbytes(8)
        if kind == 2:
            return self.message(number, self.bytes())
        if kind == 3:
            return self.tag(number, 5) + self.random.randbytes(4)
        inner = b"".join(self.unknown(depth + 1) for _ in range(self.some(2))) if depth < 4 else b""
        return self.tag(number, 3) + inner + self.tag(number, 4)

    def message(self, number, data):
        return self.tag(number, 2) + self.varint(len(data), 5) + data

    def tag(self, number, wire_type):
        return self.varint(number << 3 | wire_type, 5)

    def varint(self, value, most=10):
        """Now and then longer than it need be."""
        data = bytearray()
        while value >= 0x80:
            data.append(value & 0x7F | 0x80)
            value >>= 7
        data.append(value)
        while len(data) < most and self.chance(0.03):
            data[-1] |= 0x80
            data.append(0)
        return bytes(data)

    def flipped(self, data):
        if not data:
            return data
        data = bytearray(data)
        data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
        return bytes(data)

    def file_name(self, number):
        return f"{number:04}.tfrecord"

    def file(self, path):
        compression = self.random.choice(["", "GZIP", "ZLIB"])
        records = [self.record() for _ in range(self.random.choice([0, 1, 2, 5, 10, 20]))]
        with tf.io.TFRecordWriter(path, compression or None) as writer:
            for record in records:
                writer.write(record)
        read = list(read_records(path, compression))
        assert read == records, path
        return {"file": os.path.basename(path), "compression": compression, "records": list(map(described, read))}


def difference(directory, description):
    """Of the files of one folder of shards."""
    left = [
        described(record)
        for file in description["files"]
        for record in read_records(os.path.join(directory, file), description["compression"])
    ]
    for number, record in enumerate(description["records"]):
        candidates = left if description["shuffled"] else left[:1]
        match = next((read for read in candidates if is_same(record, read)), None)
        if match is None:
            return f"record {number}: {record} was written, TensorFlow reads {'no such' if description['shuffled'] else left[:1]}"
        left.remove(match)
    return f"TensorFlow reads {len(left)} records more" if left else None


def is_same(record, read):
    if "raw" in record and record["raw"] != read["raw"]:
        return False
    if "features" in record and record["features"] != read["features"]:
        return False
    return "raw" in record or read["raw"] == read.get("encoded", read["raw"])


run(tf.__version__, Generator, difference)
