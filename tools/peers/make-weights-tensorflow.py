"""Tiny-Face-Recognition's ResNet-50 with random weights, saved by TensorFlow 1's Saver (compat.v1), and what it makes of random images.

    tools/peers/run tensorflow make-weights-tensorflow.py FOLDER    FOLDER holds images.u8 [n, 112, 112, 3]; adds files and cases-tensorflow.json
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
images = numpy.fromfile(f"{folder}/images.u8", numpy.uint8).reshape(-1, 112, 112, 3)
random = numpy.random.RandomState(5)
EPSILON = 1e-3  # tf.layers.batch_normalization's


def uniform(low, high):
    return lambda shape: random.uniform(low, high, shape)


def variable(name, shape, values):
    return tf.get_variable(name, initializer=tf.constant(values(shape), tf.float32))


def conv(x, name, filters, kernel, stride=1):
    shape = (kernel, kernel, int(x.shape[-1]), filters)
    bound = 1.4 * (3 / numpy.prod(shape[:3])) ** 0.5
    return tf.nn.conv2d(x, variable(f"{name}/kernel", shape, uniform(-bound, bound)), [1, stride, stride, 1], "SAME")


def norm(x, name):
    channels = (int(x.shape[-1]),)
    gamma = variable(f"{name}/gamma", channels, uniform(0.5, 1.5))
    beta = variable(f"{name}/beta", channels, uniform(-0.5, 0.5))
    mean = variable(f"{name}/moving_mean", channels, uniform(-0.5, 0.5))
    variance = variable(f"{name}/moving_variance", channels, uniform(0.5, 2))
    return tf.nn.batch_normalization(x, mean, variance, beta, gamma, EPSILON)


def block(x, stage, letter, filters, stride):
    name = f"{stage + 1}_{stage}{letter}"

    def normed(x, part, *shape):
        return norm(conv(x, f"conv{name}_{part}", *shape), f"bn{name}_{part}")

    y = tf.nn.relu(normed(x, "1x1_reduce", filters, 1, stride))
    y = tf.nn.relu(normed(y, "3x3", filters, 3))
    y = normed(y, "1x1_increase", 4 * filters, 1)
    shortcut = x if letter != "a" else normed(x, "1x1_shortcut", 4 * filters, 1, stride)
    return tf.nn.relu(shortcut + y)


def resnet50(x):
    x = tf.nn.relu(norm(conv(x, "conv1_1/3x3_s1", 64, 7), "bn1_1/3x3_s1"))
    for stage, (count, filters) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], 1):
        for letter in "abcdef"[:count]:
            x = block(x, stage, letter, filters, 2 if letter == "a" else 1)
    x = tf.reshape(x, [-1, 7 * 7 * 2048])
    bound = 1.4 * (3 / (7 * 7 * 2048)) ** 0.5
    x = tf.matmul(x, variable("fc1/kernel", (7 * 7 * 2048, 512), uniform(-bound, bound)))
    return norm(x + variable("fc1/bias", (512,), uniform(-0.5, 0.5)), "fbn")


inputs = tf.placeholder(tf.float32, [None, 112, 112, 3])
embedding = resnet50(inputs)
# What lies beside the network in the seed's checkpoints: the head, its momentum, the count of steps.
with tf.variable_scope("arcface_loss"):
    variable("embedding_weights", (512, 10), uniform(-1, 1))
variable("conv1_1/3x3_s1/kernel/Momentum", (7, 7, 3, 64), uniform(-1, 1))
tf.Variable(1000, name="global_step", trainable=False)
name = "ResNet-50, Tiny-Face-Recognition, TensorFlow 1 checkpoint"
cases = [{"name": name, "file": "Face_vox_iter_1000.ckpt"}]
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    # BGR, as cv2 decodes.
    pixels = (images[..., ::-1].astype(numpy.float32) - 127.5) * 0.0078125
    session.run(embedding, {inputs: pixels}).astype("<f4").tofile(f"{folder}/{name}.f32")
    tf.train.Saver().save(session, f"{folder}/Face_vox_iter_1000.ckpt")

with open(f"{folder}/cases-tensorflow.json", "w") as file:
    json.dump(cases, file)
