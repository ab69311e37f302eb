"""A tiny ONNX model as the onnx package writes it, for the tests of packages/weight-files: every way to hold numbers, constants, another file.

    tools/peers/run torch weight-fixtures-onnx.py FOLDER
"""

import json
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = sys.argv[1]
random = numpy.random.RandomState(7)


def numbers(*shape):
    return random.randint(-16, 17, shape) / 8


raw = numbers(2, 3, 1, 1).astype("float32")
fields = numbers(2).astype("float32")
doubles = numbers(2)
half = numbers(3).astype("float16")
half_fields = numbers(3).astype("float16")
constant = numbers(2).astype("float32")
outside = numbers(2).astype("float32")
initializers = [
    numpy_helper.from_array(raw, "raw"),
    helper.make_tensor("fields", TensorProto.FLOAT, [2], fields),
    helper.make_tensor("doubles", TensorProto.DOUBLE, [2], doubles),
    numpy_helper.from_array(half, "half"),
    helper.make_tensor("half_fields", TensorProto.FLOAT16, [3], half_fields),
    numpy_helper.from_array(outside, "outside"),
]
nodes = [
    helper.make_node("Constant", [], ["constant"], value=numpy_helper.from_array(constant)),
    helper.make_node("Conv", ["x", "raw", "fields"], ["y"], kernel_shape=[1, 1], strides=[1, 1]),
    helper.make_node("BatchNormalization", ["y", "constant", "constant", "outside", "outside"], ["z"], epsilon=2e-5),
]
x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 4, 4])
z = helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", 2, 4, 4])
model = helper.make_model(helper.make_graph(nodes, "tiny", [x], [z], initializers))
onnx.save_model(model, f"{folder}/tiny.onnx")
kept = model.graph.initializer[-1]
numpy_helper_bytes = kept.raw_data
with open(f"{folder}/tiny-external.data", "wb") as file:
    file.write(b"\0" * 16 + numpy_helper_bytes)
onnx.external_data_helper.set_external_data(kept, "tiny-external.data", offset=16, length=8)
kept.ClearField("raw_data")
onnx.save_model(model, f"{folder}/tiny-external.onnx")
onnx.load(f"{folder}/tiny-external.onnx")
values = dict(raw=raw, fields=fields, doubles=doubles, half=half, half_fields=half_fields, constant=constant, outside=outside)
with open(f"{folder}/tiny-onnx.json", "w") as file:
    json.dump({n: {"shape": v.shape, "values": v.astype("float64").flatten().tolist()} for n, v in values.items()}, file)
    file.write("\n")
