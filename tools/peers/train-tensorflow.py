"""Training steps of our networks in TensorFlow, timed in turns with ours: see turns.py. One tf.function, channels last, fused batch norm.

    tools/peers/run tensorflow train-tensorflow.py --network mobilefacenet --batch 64 --classes 1000
"""

import argparse
import math
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf

from turns import take_turns

MOBILEFACENET = [(2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)]
RESNET50 = [(3, 64), (4, 128), (6, 256), (3, 512)]
IRESNETS = {"ir18": [2, 2, 2, 2], "ir34": [3, 4, 6, 3], "ir50": [3, 4, 14, 3], "ir100": [3, 13, 30, 3]}
MOMENTUM, WEIGHT_DECAY, RATE = 0.9, 5e-4, 0.01


class Layers:
    """Layers that make their variables when they are first called, in the order of the calls."""

    def __init__(self):
        self.trained = []
        self.statistics = []
        self.made = False

    def start(self):
        self.at = {id(self.trained): 0, id(self.statistics): 0}

    def variable(self, kept, shape, initial):
        if not self.made:
            kept.append(tf.Variable(initial(shape), trainable=kept is self.trained))
        self.at[id(kept)] += 1
        return kept[self.at[id(kept)] - 1]

    def filter(self, *shape):
        fan_in = shape[0] * shape[1] * (shape[2] if shape[3] > 1 else 1)
        return self.variable(self.trained, shape, lambda shape: tf.random.normal(shape, stddev=math.sqrt(2 / fan_in)))

    def conv(self, x, filters, kernel, stride=1, padding=0):
        weights = self.filter(kernel, kernel, x.shape[3], filters)
        return tf.nn.conv2d(x, weights, stride, [[0, 0], [padding] * 2, [padding] * 2, [0, 0]])

    def depthwise(self, x, kernel, stride=1, padding=0):
        weights = self.filter(kernel, kernel, x.shape[3], 1)
        return tf.nn.depthwise_conv2d(x, weights, [1, stride, stride, 1], [[0, 0], [padding] * 2, [padding] * 2, [0, 0]])

    def norm(self, x):
        channels = [x.shape[-1]]
        scale = self.variable(self.trained, channels, tf.ones)
        offset = self.variable(self.trained, channels, tf.zeros)
        mean = self.variable(self.statistics, channels, tf.zeros)
        variance = self.variable(self.statistics, channels, tf.ones)
        image = x if len(x.shape) == 4 else x[:, None, None, :]
        y, new_mean, new_variance = tf.compat.v1.nn.fused_batch_norm(
            image, scale, offset, mean, variance, epsilon=1e-5, is_training=True, exponential_avg_factor=0.1
        )
        mean.assign(new_mean)
        variance.assign(new_variance)
        return tf.reshape(y, x.shape)

    def prelu(self, x):
        slope = self.variable(self.trained, [x.shape[3]], lambda shape: tf.fill(shape, 0.25))
        return tf.nn.relu(x) - slope * tf.nn.relu(-x)

    def dense(self, x, units):
        weights = self.variable(self.trained, [x.shape[1], units], lambda shape: tf.random.normal(shape, stddev=0.01))
        return tf.matmul(x, weights) + self.variable(self.trained, [units], tf.zeros)


def mobilefacenet(net, x):
    x = net.prelu(net.norm(net.conv(x, 64, 3, 2, 1)))
    x = net.prelu(net.norm(net.depthwise(x, 3, 1, 1)))
    for expansion, filters, blocks, first in MOBILEFACENET:
        for block in range(blocks):
            stride = first if block == 0 else 1
            y = net.prelu(net.norm(net.conv(x, expansion * x.shape[3], 1)))
            y = net.prelu(net.norm(net.depthwise(y, 3, stride, 1)))
            y = net.norm(net.conv(y, filters, 1))
            x = x + y if stride == 1 and x.shape[3] == filters else y
    x = net.prelu(net.norm(net.conv(x, 512, 1)))
    x = net.norm(net.depthwise(x, x.shape[1]))
    x = net.conv(x, 128, 1)
    return net.norm(tf.reshape(x, [x.shape[0], 128]))


def seed_resnet50(net, x):
    x = tf.nn.relu(net.norm(net.conv(x, 64, 7, 1, 3)))
    for blocks, width in RESNET50:
        for block in range(blocks):
            stride = 2 if block == 0 else 1
            y = tf.nn.relu(net.norm(net.conv(x, width, 1, stride)))
            y = tf.nn.relu(net.norm(net.conv(y, width, 3, 1, 1)))
            y = net.norm(net.conv(y, 4 * width, 1))
            shortcut = net.norm(net.conv(x, 4 * width, 1, stride)) if block == 0 else x
            x = tf.nn.relu(y + shortcut)
    return net.norm(net.dense(tf.reshape(x, [x.shape[0], -1]), 512))


def iresnet(net, x, blocks):
    x = net.prelu(net.norm(net.conv(x, 64, 3, 1, 1)))
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        for block in range(count):
            stride = 2 if block == 0 else 1
            y = net.prelu(net.norm(net.conv(net.norm(x), width, 3, 1, 1)))
            y = net.norm(net.conv(y, width, 3, stride, 1))
            x = y + (net.norm(net.conv(x, width, 1, stride)) if block == 0 else x)
    x = net.norm(x)
    return net.norm(net.dense(tf.reshape(x, [x.shape[0], -1]), 512))


def arcface(net, embeddings, labels, classes, margin=0.5, scale=64):
    size = embeddings.shape[1]
    centres = net.variable(net.trained, [classes, size], lambda shape: tf.random.normal(shape, stddev=0.01))
    cosine = tf.matmul(tf.nn.l2_normalize(embeddings, 1), tf.nn.l2_normalize(centres, 1), transpose_b=True)
    own = tf.one_hot(labels, classes)
    target = tf.reduce_sum(cosine * own, 1, keepdims=True)
    sine = tf.sqrt(tf.maximum(1 - target * target, 1e-7))
    shifted = target * math.cos(margin) - sine * math.sin(margin)
    shifted = tf.where(target > math.cos(math.pi - margin), shifted, target - margin * math.sin(margin))
    logits = scale * (cosine + own * (shifted - target))
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    tf.random.set_seed(1)
    images = tf.random.uniform([options.batch, 112, 112, 3], -1, 1)
    labels = tf.random.uniform([options.batch], 0, options.classes, tf.int32)
    net = Layers()

    def loss_of(images, labels):
        net.start()
        if options.network == "mobilefacenet":
            embeddings = mobilefacenet(net, images)
        elif options.network == "resnet50":
            embeddings = seed_resnet50(net, images)
        else:
            embeddings = iresnet(net, images, IRESNETS[options.network])
        return arcface(net, embeddings, labels, options.classes)

    loss_of(images[:2], labels[:2])
    net.made = True
    velocities = [tf.Variable(tf.zeros_like(variable)) for variable in net.trained]

    @tf.function
    def train(images, labels):
        with tf.GradientTape() as tape:
            loss = loss_of(images, labels)
        for variable, velocity, gradient in zip(net.trained, velocities, tape.gradient(loss, net.trained)):
            velocity.assign(MOMENTUM * velocity + gradient + WEIGHT_DECAY * variable)
            variable.assign_sub(RATE * velocity)
        return loss

    take_turns(f"tensorflow {tf.__version__}", lambda: train(images, labels).numpy())


main()
