"""Embeddings by a model of ours in onnxruntime's Python, timed in turns with ours: see turns.py.

    tools/peers/run onnxruntime embed-onnxruntime.py model.onnx --batch 32
"""

import argparse

import numpy as np
import onnxruntime

from turns import take_turns


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(options.model, settings, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    images = np.random.default_rng(1).uniform(-1, 1, (options.batch, 3, 112, 112)).astype(np.float32)
    take_turns(f"onnxruntime {onnxruntime.__version__}", lambda: session.run(None, {given.name: images}))


main()
