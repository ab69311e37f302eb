"""The SHA-256 of the grey that OpenCV makes of all 16,777,216 colours (red slowest), which packages/arcface-model/test/preprocess.test.ts
holds ours to.

    tools/peers/run opencv luma-opencv.py
"""

import hashlib

import cv2
import numpy as np

grey = hashlib.sha256()
rest = np.stack(np.meshgrid(np.arange(256), np.arange(256), indexing="ij"), -1)
for red in range(256):
    rgb = np.concatenate([np.full((256, 256, 1), red), rest], -1).astype(np.uint8)
    grey.update(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).tobytes())
print(cv2.__version__, grey.hexdigest())
