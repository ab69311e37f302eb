"""What OpenCV's FaceDetectorYN finds in pictures: a line of JSON for each, faces as [left, top, width, height, x, y, ... five points, score].
With --time it is timed in turns with ours instead (turns.py): a step is all pictures.

    tools/peers/run opencv detect-yunet.py [--time] MODEL MIN_SCORE PICTURE...
"""

import json
import sys

import cv2
from turns import take_turns

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
timed = sys.argv[1] == "--time"
model, score, *paths = sys.argv[2 if timed else 1 :]
detector = cv2.FaceDetectorYN.create(model, "", (32, 32), float(score), 0.3, 5000)
pictures = [cv2.imread(path) for path in paths]


def find(picture):
    detector.setInputSize(picture.shape[1::-1])
    _, faces = detector.detect(picture)
    return [] if faces is None else faces


if timed:
    take_turns(f"OpenCV {cv2.__version__}", lambda: [find(picture) for picture in pictures])
else:
    for picture in pictures:
        print(json.dumps([[round(float(value), 5) for value in face] for face in find(picture)]))
