"""Embeddings of insightface's MobileFaceNet in MXNet, for the tests of packages/arcface-model/src/import; see import_fixture.py.

    tools/peers/run mxnet make-import-fixtures-mxnet.py packages/arcface-model/test/fixtures/import
"""

import sys

import mxnet as mx
import numpy

from import_fixture import IMAGES, images, values_of, write
from mxnet_networks import mobilefacenet

folder = sys.argv[1]
symbol = mobilefacenet(64)
shapes, _, states = symbol.infer_shape(data=(IMAGES, 3, 112, 112))
arguments = {n: s for n, s in zip(symbol.list_arguments(), shapes) if n != "data"}
auxiliary = dict(zip(symbol.list_auxiliary_states(), states))
given = {n: mx.nd.array(values_of(n, s)) for n, s in arguments.items()}
given["data"] = mx.nd.array(images().transpose(0, 3, 1, 2).astype(numpy.float32))
moving = {n: mx.nd.array(values_of(n, s)) for n, s in auxiliary.items()}
executor = symbol.bind(mx.cpu(), given, aux_states=moving, grad_req="null")
embeddings = executor.forward(is_train=False)[0].asnumpy()
norms = {}
for name, attributes in symbol.attr_dict().items():
    if "fix_gamma" in attributes:
        norms[name] = {"epsilon": float(attributes.get("eps", 1e-3)), "fixedScale": attributes["fix_gamma"] == "True"}
shapes = {n: list(s) for n, s in {**arguments, **auxiliary}.items()}
write(folder, "insightface-mxnet-mobilefacenet", "insightface-mxnet-mobilefacenet", "mobilefacenet", shapes, embeddings, norms)
