"""Tiny checkpoints as TensorFlow 1's Saver writes them, for the tests of packages/weight-files: number types, long shared names, two shards.

    tools/peers/run tensorflow weight-fixtures-tensorflow.py FOLDER
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow

tf = tensorflow.compat.v1
tf.disable_eager_execution()
folder = sys.argv[1]
random = numpy.random.RandomState(7)


def numbers(*shape):
    return random.randint(-16, 17, shape) / 8


values = {
    "conv/kernel": numbers(1, 1, 2, 3).astype("float32"),
    "double": numbers(3),
    "global_step": numpy.int64(2**40),
    "half": numbers(3).astype("float16"),
    "whole": numpy.array([-1, 2**30], "int32"),
    **{f"a/rather/long/scope/of/names/unit_{i:02}/beta": numbers(2).astype("float32") for i in range(40)},
}
for i, (name, value) in enumerate(values.items()):
    with tf.device(f"/cpu:{i % 2}"):
        tf.Variable(value, name=name)
tf.Variable("a text", name="text")
with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as session:
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, f"{folder}/tiny.ckpt", write_meta_graph=False)
    tf.train.Saver(sharded=True).save(session, f"{folder}/sharded.ckpt", write_meta_graph=False)
os.remove(f"{folder}/checkpoint")
with open(f"{folder}/tiny-ckpt.json", "w") as file:
    json.dump({n: {"shape": v.shape, "values": numpy.asarray(v).astype("float64").flatten().tolist()} for n, v in values.items()}, file)
    file.write("\n")
