"""Reads a RecordIO file with real MXNet and prints one JSON object for each record:
{"key", "flag", "label", "id", "id2", "bytes", "sha256"}; sha256 is that of the payload behind the image header.

    tools/peers/run mxnet read-recordio.py train.rec          in the order of the file (key is the running number)
    tools/peers/run mxnet read-recordio.py train.rec --idx    by the keys of the .idx beside it, in their order
"""

import argparse
import hashlib
import json
import os

import mxnet


def records(path, indexed):
    if indexed:
        reader = mxnet.recordio.MXIndexedRecordIO(os.path.splitext(path)[0] + ".idx", path, "r")
        for key in reader.keys:
            yield key, reader.read_idx(key)
    else:
        reader = mxnet.recordio.MXRecordIO(path, "r")
        key = 0
        while (record := reader.read()) is not None:
            yield key, record
            key += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rec")
    parser.add_argument("--idx", action="store_true")
    options = parser.parse_args()
    for key, record in records(options.rec, options.idx):
        header, payload = mxnet.recordio.unpack(record)
        label = header.label if isinstance(header.label, float) else header.label.tolist()
        print(json.dumps({
            "key": key, "flag": header.flag, "label": label, "id": header.id, "id2": header.id2,
            "bytes": len(payload), "sha256": hashlib.sha256(payload).hexdigest(),
        }))


main()
