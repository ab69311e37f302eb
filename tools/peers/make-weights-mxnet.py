"""insightface's MXNet networks (symbol/fresnet.py version 3 with output E, symbol/fmobilefacenet.py with output GDC) with random weights, saved
by MXNet, and what it makes of random images.

    tools/peers/run mxnet make-weights-mxnet.py FOLDER      FOLDER holds images.u8 [n, 112, 112, 3]; adds files and cases-mxnet.json
"""

import json
import sys

import mxnet as mx
import numpy

folder = sys.argv[1]
images = numpy.fromfile(f"{folder}/images.u8", numpy.uint8).reshape(-1, 112, 112, 3)
sym = mx.sym


def norm(x, name, fixed=False, **settings):
    return sym.BatchNorm(x, fix_gamma=fixed, momentum=0.9, name=name, **settings)


def conv(x, name, filters, kernel=1, stride=1, pad=0, groups=1):
    shape = {"kernel": (kernel, kernel), "stride": (stride, stride), "pad": (pad, pad)}
    return sym.Convolution(x, num_filter=filters, num_group=groups, no_bias=True, name=name, **shape)


def prelu(x, name):
    return sym.LeakyReLU(x, act_type="prelu", name=name)


def data():
    """Networks take pixels of 0 to 255."""
    return (sym.Variable("data") - 127.5) * 0.0078125


def output(x, embedding):
    x = sym.FullyConnected(x, num_hidden=embedding, name="pre_fc1")
    return norm(x, "fc1", fixed=True, eps=2e-5)


def resnet(units, embedding=512):
    def normed(x, name):
        return norm(x, name, eps=2e-5)

    x = prelu(normed(conv(data(), "conv0", 64, 3, 1, 1), "bn0"), "relu0")
    for stage, (count, filters) in enumerate(zip(units, [64, 128, 256, 512]), 1):
        for unit in range(1, count + 1):
            name, stride = f"stage{stage}_unit{unit}", 2 if unit == 1 else 1
            y = conv(normed(x, f"{name}_bn1"), f"{name}_conv1", filters, 3, 1, 1)
            y = prelu(normed(y, f"{name}_bn2"), f"{name}_relu1")
            y = normed(conv(y, f"{name}_conv2", filters, 3, stride, 1), f"{name}_bn3")
            shortcut = x if unit > 1 else normed(conv(x, f"{name}_conv1sc", filters, 1, stride), f"{name}_sc")
            x = y + shortcut
    return output(sym.Dropout(normed(x, "bn1"), p=0.4), embedding)


def mobilefacenet(embedding=128):
    def linear(x, name, *shape, **more):
        # BatchNorm's own epsilon, 0.001, as fmobilefacenet.py leaves it.
        return norm(conv(x, f"{name}_conv2d", *shape, **more), f"{name}_batchnorm")

    def block(x, name, *shape, **more):
        return prelu(linear(x, name, *shape, **more), f"{name}_relu")

    def unit(x, name, filters, groups, stride):
        x = block(x, f"{name}_conv_sep", groups)
        x = block(x, f"{name}_conv_dw", groups, 3, stride, 1, groups=groups)
        return linear(x, f"{name}_conv_proj", filters)

    def residual(x, name, count, filters, groups):
        for i in range(count):
            x = x + unit(x, f"{name}_block{i}", filters, groups, 1)
        return x

    x = block(data(), "conv_1", 64, 3, 2, 1)
    x = block(x, "conv_2_dw", 64, 3, 1, 1, groups=64)
    x = residual(unit(x, "dconv_23", 64, 128, 2), "res_3", 4, 64, 128)
    x = residual(unit(x, "dconv_34", 128, 256, 2), "res_4", 6, 128, 256)
    x = residual(unit(x, "dconv_45", 128, 512, 2), "res_5", 2, 128, 256)
    x = block(x, "conv_6sep", 512)
    x = linear(x, "conv_6dw7_7", 512, 7, groups=512)
    return output(x, embedding)


def perturbed(symbol, seed):
    random = numpy.random.RandomState(seed)
    shapes, _, states = symbol.infer_shape(data=(1, 3, 112, 112))

    def value(name, shape):
        if name.endswith("_weight"):
            return random.uniform(-1, 1, shape) * 1.4 * (3 / numpy.prod(shape[1:])) ** 0.5
        if "relu" in name:
            return random.uniform(0.05, 0.5, shape)
        if name.endswith("_gamma") or name.endswith("_var"):
            return random.uniform(0.5, 1.5, shape)
        return random.uniform(-0.5, 0.5, shape)

    arguments = {n: mx.nd.array(value(n, s)) for n, s in zip(symbol.list_arguments(), shapes) if n != "data"}
    auxiliary = {n: mx.nd.array(value(n, s)) for n, s in zip(symbol.list_auxiliary_states(), states)}
    return arguments, auxiliary


cases = []
for name, stem, symbol, cast in [
    ("IR-50, insightface for MXNet, .params", "r50", resnet([3, 4, 14, 3]), "float32"),
    ("MobileFaceNet, insightface for MXNet, .params", "y1", mobilefacenet(), "float32"),
    ("IR-18, insightface for MXNet, .params in float16", "r18", resnet([2, 2, 2, 2]), "float16"),
]:
    arguments, auxiliary = perturbed(symbol, len(cases))
    arguments = {n: v.astype(cast) for n, v in arguments.items()}
    mx.model.save_checkpoint(f"{folder}/{stem}", 0, symbol, arguments, auxiliary)
    arguments = {n: v.astype("float32") for n, v in arguments.items()}
    inputs = mx.nd.array(images.transpose(0, 3, 1, 2).astype(numpy.float32))
    executor = symbol.bind(mx.cpu(), {**arguments, "data": inputs}, aux_states=auxiliary, grad_req="null")
    executor.forward(is_train=False)[0].asnumpy().astype("<f4").tofile(f"{folder}/{name}.f32")
    cases.append({"name": name, "file": f"{stem}-0000.params"})

with open(f"{folder}/cases-mxnet.json", "w") as file:
    json.dump(cases, file)
