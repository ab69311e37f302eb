"""What insightface's face_align makes of random pictures and points (with OpenCV 4): its matrix, its aligned face, and how sharp OpenCV finds
that, one case a line of JSON.

  tools/peers/run alignment align-insightface.py COUNT SEED [EVERY] > cases.jsonl

A picture is a pattern of three numbers, so that it need not be written (packages/face-aligner/test/align/insightface-cases.ts draws it,
too). Of each aligned face every EVERYth pixel is written, by default all. The tests' own file is made by
  tools/peers/run alignment align-insightface.py 24 1 13 > packages/face-aligner/test/align/insightface-cases.jsonl
"""
import base64
import json
import sys
import warnings
import cv2
import numpy as np
from insightface.utils import face_align

warnings.filterwarnings('ignore', category=FutureWarning)  # insightface calls skimage as of old
count, seed = int(sys.argv[1]), int(sys.argv[2])
every = int(sys.argv[3]) if len(sys.argv) > 3 else 1
random = np.random.default_rng(seed)
sizes = [112, 112, 112, 128, 224, 256]


def pattern(width, height, a, b, shift):
    y, x = np.mgrid[:height, :width].astype(np.uint32)
    return np.stack([((x * a + y * b + channel * 89) ^ (x * y >> shift)) & 255 for channel in range(3)], -1).astype(np.uint8)


for _ in range(count):
    width, height = (int(side) for side in random.integers(40, 400, 2))
    a, b, shift = (int(number) for number in random.integers([1, 1, 2], [200, 200, 9]))
    size = sizes[int(random.integers(len(sizes)))]
    # A face of 0.6 to 2.5 times the template's size, turned, moved (also beyond the picture) and a little bent.
    scale, angle = random.uniform(0.6, 2.5) * 112 / size, random.uniform(-3.2, 3.2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / scale
    middle = random.uniform([-10, -10], [width + 10, height + 10])
    points = (face_align.arcface_dst - 62) * 0.8 @ turn.T + middle + random.normal(0, 2, (5, 2))
    picture = pattern(width, height, a, b, shift)
    matrix = face_align.estimate_norm(points, size)
    if np.hypot(matrix[0, 0], matrix[1, 0]) < 0.5:
        continue  # there we average first
    aligned = face_align.norm_crop(picture, points, size)
    grey = cv2.cvtColor(aligned, cv2.COLOR_RGB2GRAY)
    print(json.dumps({
        'width': width, 'height': height, 'pattern': [a, b, shift], 'size': size, 'points': points.tolist(),
        'matrix': matrix.tolist(), 'every': every,
        'pixels': base64.b64encode(aligned.reshape(-1, 3)[::every].tobytes()).decode(),
        'sharpness': cv2.Laplacian(grey, cv2.CV_64F).var(),
    }))
