#!/usr/bin/env python3
"""Makes peer-images.json: what OpenCV and Pillow make of a small image of noise.

Needs opencv-python-headless and pillow; run it as `python peer-images.py > peer-images.json`.
"""
import json
import sys

import cv2
import numpy
from PIL import Image, ImageEnhance

HEIGHT, WIDTH = 10, 12
image = numpy.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=numpy.uint8)
pillow = Image.fromarray(image)

INTERPOLATIONS = {
    "nearest": cv2.INTER_NEAREST,
    "linear": cv2.INTER_LINEAR,
    "area": cv2.INTER_AREA,
    "cubic": cv2.INTER_CUBIC,
    "lanczos4": cv2.INTER_LANCZOS4,
}


def flat(pixels):
    return numpy.asarray(pixels).reshape(-1).tolist()


def resized(height, width, interpolation):
    return flat(cv2.resize(image, (width, height), interpolation=interpolation))


def blurred(sigma):
    side = 2 * int(numpy.ceil(3 * sigma)) + 1
    # In float64: OpenCV's own blur of bytes has a kernel in fixed point.
    blur = cv2.GaussianBlur(image.astype(numpy.float64), (side, side), sigma, borderType=cv2.BORDER_REFLECT_101)
    return flat(numpy.rint(blur).astype(int))


def rotated(degrees):
    turn = cv2.getRotationMatrix2D(((WIDTH - 1) / 2, (HEIGHT - 1) / 2), degrees, 1)
    return flat(cv2.warpAffine(image, turn, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderValue=0))


json.dump(
    {
        "opencv": cv2.__version__,
        "height": HEIGHT,
        "width": WIDTH,
        "pixels": flat(image),
        "smaller": {name: resized(4, 7, kind) for name, kind in INTERPOLATIONS.items()},
        "larger": {name: resized(17, 23, kind) for name, kind in INTERPOLATIONS.items()},
        "crop": flat(cv2.resize(image[3:8, 2:11], (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)),
        "blur": {str(sigma): blurred(sigma) for sigma in (0.1, 0.8, 2)},
        "rotate": {str(degrees): rotated(degrees) for degrees in (7, -30)},
        "grey": flat(pillow.convert("L")),
        "brightness": {str(f): flat(ImageEnhance.Brightness(pillow).enhance(f)) for f in (0.6, 1.4)},
        "contrast": {str(f): flat(ImageEnhance.Contrast(pillow).enhance(f)) for f in (0.6, 1.4)},
        "saturation": {str(f): flat(ImageEnhance.Color(pillow).enhance(f)) for f in (0.6, 1.4)},
    },
    sys.stdout,
    separators=(",", ":"),
)
