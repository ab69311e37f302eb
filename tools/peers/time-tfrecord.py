"""How long TensorFlow takes to read TFRecord files, CRCs checked, as a training would: with tf.data, in batches. Imports left out.

    tools/peers/run tensorflow time-tfrecord.py [--parse] FILES     --parse: image_raw and label of each Example, not only its bytes
"""

import argparse
import json
import os
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import tensorflow as tf  # noqa: E402

FEATURES = {
    "image_raw": tf.io.FixedLenFeature([], tf.string),
    "label": tf.io.FixedLenFeature([], tf.int64),
}
BATCH = 256


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--parse", action="store_true")
    options = parser.parse_args()
    started = time.perf_counter()
    batches = tf.data.TFRecordDataset(options.files).batch(BATCH)
    if options.parse:
        batches = batches.map(lambda records: tf.io.parse_example(records, FEATURES))
    records = 0
    for batch in batches.prefetch(tf.data.AUTOTUNE):
        records += len(batch["label"] if options.parse else batch)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "records": records, "tensorflow": tf.__version__}))


main()
