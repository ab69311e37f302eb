"""The seed's way from .rec to TFRecord (Tiny-Face-Recognition's mx2tfrecords.py, written anew): a record by its key through
MXNet's index, unpacked by MXNet, into a tf.train.Example, written by TensorFlow. Says how long the loop took, imports left out.

    tools/peers/run seed mx2tfrecords.py train.rec OUT.tfrecord
"""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import mxnet  # noqa: E402
import tensorflow as tf  # noqa: E402


def main():
    source, target = sys.argv[1:]
    started = time.perf_counter()
    reader = mxnet.recordio.MXIndexedRecordIO(os.path.splitext(source)[0] + ".idx", source, "r")
    header, _ = mxnet.recordio.unpack(reader.read_idx(0))
    keys = range(1, int(header.label[0]))
    with tf.io.TFRecordWriter(target) as writer:
        for key in keys:
            header, image = mxnet.recordio.unpack(reader.read_idx(key))
            example = tf.train.Example(features=tf.train.Features(feature={
                "image_raw": tf.train.Feature(bytes_list=tf.train.BytesList(value=[image])),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[int(header.label)])),
            }))
            writer.write(example.SerializeToString())
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "records": len(keys), "mxnet": mxnet.__version__, "tensorflow": tf.__version__}))


main()
