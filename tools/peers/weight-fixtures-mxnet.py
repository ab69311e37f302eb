"""Tiny files of arrays as MXNet writes them, for the tests of packages/weight-files; and two of older versions, put together here, that MXNet
itself reads.

    tools/peers/run mxnet weight-fixtures-mxnet.py FOLDER
"""

import json
import struct
import sys

import mxnet as mx
import numpy

folder = sys.argv[1]
random = numpy.random.RandomState(7)


def numbers(*shape):
    return random.randint(-16, 17, shape) / 8


arrays = {
    "arg:conv0_weight": numbers(2, 3, 1, 1).astype("float32"),
    "arg:bn0_gamma": numbers(2).astype("float16"),
    "arg:double": numbers(3).astype("float64"),
    "arg:whole": numpy.array([-1, 2**30], "int32"),
    "arg:long": numpy.array([-1, 2**40], "int64"),
    "arg:byte": numpy.array([0, 200], "uint8"),
    "aux:bn0_moving_mean": numbers(2).astype("float32"),
}
x = mx.sym.Convolution(mx.sym.Variable("data"), num_filter=2, kernel=(1, 1), no_bias=True, name="conv0")
x = mx.sym.BatchNorm(x, fix_gamma=False, eps=2e-5, name="bn0")
x = mx.sym.BatchNorm(x, name="bn1")
x.save(f"{folder}/tiny-symbol.json")
mx.nd.save(f"{folder}/tiny-0000.params", {name: mx.nd.array(value, dtype=value.dtype) for name, value in arrays.items()})


def legacy(version):
    """float32 [2, 3] of version 0 (uint32 extents) or 1 (int64 extents)."""
    value = arrays["arg:conv0_weight"].reshape(2, 3)
    shape = struct.pack("<III", 2, 2, 3) if version == 0 else struct.pack("<IIqq", 0xF993FAC8, 2, 2, 3)
    array = shape + struct.pack("<iii", 1, 0, 0) + value.tobytes()
    path = f"{folder}/version{version}-0000.params"
    with open(path, "wb") as file:
        file.write(struct.pack("<QQQ", 0x112, 0, 1) + array + struct.pack("<QQ", 1, 5) + b"arg:a")
    assert numpy.array_equal(mx.nd.load(path)["arg:a"].asnumpy(), value)
    mx.sym.Variable("data").save(f"{folder}/version{version}-symbol.json")


legacy(0)
legacy(1)
with open(f"{folder}/tiny-params.json", "w") as file:
    values = {name.split(":")[1]: {"shape": value.shape, "values": value.flatten().tolist()} for name, value in arrays.items()}
    json.dump(values, file)
    file.write("\n")
