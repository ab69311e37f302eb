"""insightface's MXNet networks by the names of their layers: symbol/fresnet.py version 3 with output E, symbol/fmobilefacenet.py with output
GDC. Written for check-weights, from those files' structure."""

import mxnet as mx

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
