"""A photo from its file to its aligned faces, as one does it in Python: OpenCV's imread and FaceDetectorYN, insightface's norm_crop. Timed in turns
(turns.py); a step is a photo.

    tools/peers/run alignment align-opencv.py PHOTO MODEL SIDE      SIDE: faces are looked for in the photo reduced to it; 0: as it is
"""

import sys
import warnings

import cv2
from insightface.utils import face_align
from turns import take_turns

warnings.filterwarnings('ignore', category=FutureWarning)  # insightface calls skimage as of old
path, model, side = sys.argv[1], sys.argv[2], int(sys.argv[3])
detector = cv2.FaceDetectorYN.create(model, '', (32, 32), 0.7, 0.3, 5000)


def align():
    photo = cv2.imread(path)
    scale = min(1, side / max(photo.shape[:2])) if side else 1
    reduced = photo if scale == 1 else cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    detector.setInputSize(reduced.shape[1::-1])
    _, faces = detector.detect(reduced)
    # Of a portrait in its full size YuNet sees nothing: the face is larger than any that it knows.
    return [face_align.norm_crop(photo, face[4:14].reshape(5, 2) / scale) for face in ([] if faces is None else faces)]


take_turns(f'OpenCV {cv2.__version__}', align)
