"""Figures of cv2.resize with INTER_AREA, which face-aligner's resizeArea is held to: pictures whose value in row y, column x and channel c is
(31 y + 17 x + 101 c + x y) mod 256. "rounded" is what it makes of uint8, "exact" (every ninth value) of float64.

    tools/peers/run mtcnn resize-opencv.py > packages/face-aligner/test/detect/resized.json
"""

import json

import cv2
import numpy as np

SIZES = [  # from width, height to width, height
    (17, 13, 9, 8), (16, 12, 8, 6), (18, 12, 6, 6), (20, 15, 15, 11), (40, 9, 7, 9), (7, 7, 7, 7),
    (5, 4, 12, 12), (13, 25, 12, 12), (11, 12, 12, 12), (30, 11, 12, 12), (1, 6, 12, 12), (12, 30, 12, 12),
]
cases = []
for width, height, to_width, to_height in SIZES:
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    picture = ((31 * y + 17 * x + 101 * c + x * y) % 256).astype(np.uint8)
    rounded = cv2.resize(picture, (to_width, to_height), interpolation=cv2.INTER_AREA)
    exact = cv2.resize(picture.astype(np.float64), (to_width, to_height), interpolation=cv2.INTER_AREA)
    reduced = to_width <= width and to_height <= height
    cases.append({
        "from": [width, height],
        "to": [to_width, to_height],
        **({"rounded": rounded.ravel().tolist()} if reduced else {}),
        "exact": [round(value, 9) for value in exact.ravel()[::9].tolist()],
    })
print("[" + ",\n".join(json.dumps(case) for case in cases) + "]")
