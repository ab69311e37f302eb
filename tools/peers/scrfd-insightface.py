"""What insightface's SCRFD class finds with networks that this script makes up: none of theirs may be passed on, and the interface is all that
counts here. Each level is the mean colour of a cell, a convolution of one pixel and the outputs of scrfd_2.5g_kps: scores, boxes, points of
two anchors. One network takes any size, the other 160x128 and gives a batch axis.

    tools/peers/run alignment scrfd-insightface.py FOLDER        writes scrfd.onnx, scrfd-fixed.onnx, scrfd.json
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from insightface.model_zoo.scrfd import SCRFD
from onnx import TensorProto, helper, numpy_helper

STRIDES = [8, 16, 32]
ANCHORS = 2
PARTS = [("score", 1), ("bbox", 4), ("kps", 10)]
WIDTH, HEIGHT = 160, 96
FIXED = (160, 128)


def network(fixed):
    random = np.random.default_rng(12)
    nodes, weights, outputs = [], [], []
    for part, width in PARTS:
        for stride in STRIDES:
            name = f"{part}_{stride}"
            channels = ANCHORS * width
            scale, offset = {"score": (9, -6), "bbox": (0.6, 1.5), "kps": (1, 0)}[part]
            w = (random.normal(size=(channels, 3, 1, 1)) * scale).astype(np.float32)
            b = (random.normal(size=channels) * 0.3 + offset).astype(np.float32)
            shape = np.array([1, -1, width] if fixed else [-1, width], dtype=np.int64)
            for suffix, array in [("w", w), ("b", b), ("shape", shape)]:
                weights.append(numpy_helper.from_array(array, f"{name}.{suffix}"))
            nodes += [
                helper.make_node("AveragePool", ["input"], [f"{name}.mean"], kernel_shape=[stride] * 2, strides=[stride] * 2),
                helper.make_node("Conv", [f"{name}.mean", f"{name}.w", f"{name}.b"], [f"{name}.conv"]),
                helper.make_node("Transpose", [f"{name}.conv"], [f"{name}.last"], perm=[0, 2, 3, 1]),
                helper.make_node("Reshape", [f"{name}.last", f"{name}.shape"], [f"{name}.flat" if part == "score" else name]),
            ]
            if part == "score":
                nodes.append(helper.make_node("Sigmoid", [f"{name}.flat"], [name]))
            axes = [1, None, width] if fixed else [None, width]
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, axes))
    size = [FIXED[1], FIXED[0]] if fixed else [None, None]
    given = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, *size])
    graph = helper.make_graph(nodes, "scrfd", [given], outputs, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def main(folder):
    y, x, c = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), np.arange(3), indexing="ij")
    waves = np.sin(x / (9 + 5 * c) + c) + np.sin(y / (14 - 3 * c) - c)
    rgb = np.floor(127.5 + 60 * waves).astype(np.uint8)
    figures = {}
    for name, fixed in [("scrfd.onnx", False), ("scrfd-fixed.onnx", True)]:
        onnx.save(network(fixed), folder / name)
        detector = SCRFD(str(folder / name), static_shape_sessions=False)
        boxes, points = detector.detect(rgb[:, :, ::-1].copy(), input_size=FIXED if fixed else (WIDTH, HEIGHT))
        figures[name] = [
            [round(float(value), 4) for value in (*box[:4], *point.ravel(), box[4])] for box, point in zip(boxes, points)
        ]
    rows = [f'"{name}": [\n' + ",\n".join(json.dumps(face) for face in faces) + "\n]" for name, faces in figures.items()]
    (folder / "scrfd.json").write_text("{" + ",\n".join(rows) + "}\n")
    print({name: len(faces) for name, faces in figures.items()})


main(Path(sys.argv[1]))
