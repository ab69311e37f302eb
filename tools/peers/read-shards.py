"""Reads TFRecord shards with real TensorFlow, CRCs checked, and prints how many Examples they hold. With --records (what
read-recordio.py printed; - is stdin) the images and labels must be those of the source: same sha256 and label, as often.

    tools/peers/run tensorflow read-shards.py DIR [--records records.jsonl]
"""

import argparse
import collections
import glob
import hashlib
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import tensorflow as tf  # noqa: E402

FEATURES = {
    "image_raw": tf.io.FixedLenFeature([], tf.string),
    "label": tf.io.FixedLenFeature([], tf.int64),
}


def shard_images(directory):
    paths = sorted(glob.glob(os.path.join(directory, "*.tfrecord")))
    if not paths:
        sys.exit(f"read-shards: {directory}: no *.tfrecord")
    for serialized in tf.data.TFRecordDataset(paths):
        example = tf.io.parse_single_example(serialized, FEATURES)
        image = example["image_raw"].numpy()
        yield int(example["label"].numpy()), hashlib.sha256(image).hexdigest()


def source_images(path):
    with sys.stdin if path == "-" else open(path) as lines:
        for record in map(json.loads, lines):
            if record["bytes"] > 0:  # header and identity rows carry no image
                label = record["label"]
                yield int(label[0] if isinstance(label, list) else label), record["sha256"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--records")
    options = parser.parse_args()
    found = collections.Counter(shard_images(options.directory))
    print(f"{options.directory}: {found.total()} examples, CRCs right (TensorFlow {tf.__version__})")
    if options.records is None:
        return
    expected = collections.Counter(source_images(options.records))
    missing, added = expected - found, found - expected
    if missing or added:
        sys.exit(f"read-shards: {missing.total()} images of the source are missing, {added.total()} are not the source's")
    print(f"all {expected.total()} images and labels are the source's, byte for byte")


main()
