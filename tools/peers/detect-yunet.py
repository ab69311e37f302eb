"""What OpenCV's FaceDetectorYN finds in pictures: a line of JSON for each, faces as [left, top, width, height, x, y, ... five points, score].

    tools/peers/run opencv detect-yunet.py MODEL MIN_SCORE PICTURE...
"""

import json
import sys

import cv2

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
model, score = sys.argv[1], float(sys.argv[2])
detector = cv2.FaceDetectorYN.create(model, "", (32, 32), score, 0.3, 5000)
for path in sys.argv[3:]:
    picture = cv2.imread(path)
    detector.setInputSize(picture.shape[1::-1])
    _, faces = detector.detect(picture)
    print(json.dumps([[round(float(value), 5) for value in face] for face in ([] if faces is None else faces)]))
