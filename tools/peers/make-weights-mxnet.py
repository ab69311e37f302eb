"""insightface's MXNet networks with random weights, saved by MXNet, and what it makes of random images.

    tools/peers/run mxnet make-weights-mxnet.py FOLDER      FOLDER holds images.u8 [n, 112, 112, 3]; adds files and cases-mxnet.json
"""

import json
import sys

import mxnet as mx
import numpy

from mxnet_networks import mobilefacenet, resnet

folder = sys.argv[1]
images = numpy.fromfile(f"{folder}/images.u8", numpy.uint8).reshape(-1, 112, 112, 3)


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
