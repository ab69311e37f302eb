"""Embeddings by onnxruntime's Python: embed-python.py MODEL IMAGES.f32 BATCH SIZE OUT.f32"""

import sys

import numpy as np
import onnxruntime

model, images, batch, size, out = sys.argv[1:]
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
data = np.fromfile(images, np.float32).reshape(int(batch), 3, int(size), int(size))
(embedding,) = session.run(["embedding"], {"input": data})
embedding.astype(np.float32).tofile(out)
