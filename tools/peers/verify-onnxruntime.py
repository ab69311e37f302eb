"""A verification set through an ONNX network as most people do it in Python: OpenCV decodes, onnxruntime embeds in batches, numpy
verifies. Prints the accuracy over ten folds, and the seconds from the open file to it, imports left out.

    tools/peers/run onnxruntime-opencv verify-onnxruntime.py model.onnx lfw.bin --std 127.5
"""

import argparse
import json
import pickle
import time

import cv2
import numpy as np
import onnxruntime


def load_images(path):
    with open(path, "rb") as file:
        bins, same = pickle.load(file, encoding="bytes")
    return [np.frombuffer(image, np.uint8) for image in bins], np.array(same)


def embed(session, images, batch, mean, std):
    (given,) = session.get_inputs()
    rows = []
    for start in range(0, len(images), batch):
        bgr = np.stack([cv2.imdecode(image, cv2.IMREAD_COLOR) for image in images[start : start + batch]])
        values = (bgr[..., ::-1].transpose(0, 3, 1, 2).astype(np.float32) - mean) / std
        rows.append(session.run(None, {given.name: np.ascontiguousarray(values)})[0])
    return np.concatenate(rows)


def accuracy(embeddings, same):
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    distances = np.sum((unit[0::2] - unit[1::2]) ** 2, 1)
    right = (distances < np.arange(0, 4, 0.01)[:, None]) == same
    folds = np.array_split(np.arange(len(same)), 10)
    scores = []
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(same)), fold)
        scores.append(right[np.argmax(right[:, rest].mean(1))][fold].mean())
    return float(np.mean(scores))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("set")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--mean", type=np.float32, default=127.5)
    parser.add_argument("--std", type=np.float32, required=True)
    options = parser.parse_args()
    started = time.perf_counter()
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(options.model, settings, providers=["CPUExecutionProvider"])
    images, same = load_images(options.set)
    found = accuracy(embed(session, images, options.batch, options.mean, options.std), same)
    print(json.dumps({"accuracy": found, "seconds": time.perf_counter() - started}))


main()
