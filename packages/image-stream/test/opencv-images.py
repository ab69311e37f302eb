"""Writes opencv-images.json: small images by Pillow, and the RGB pixels that OpenCV's imdecode makes of them (as MXNet would).
Run by hand: python3 opencv-images.py"""
import base64
import io
import json
import pathlib
import cv2
import numpy as np
from PIL import Image

HEIGHT, WIDTH = 21, 18
random = np.random.default_rng(1)
y, x = np.mgrid[:HEIGHT, :WIDTH]
smooth = np.stack([x * 12, y * 10, (x - 9) ** 2 + (y - 10) ** 2], -1)
rgb = np.clip(smooth + random.normal(0, 12, smooth.shape), 0, 255).astype(np.uint8)
rgba = np.dstack([rgb, (x * 14).astype(np.uint8)])
grey = rgb[..., 1]
turned = Image.Exif()
turned[0x0112] = 6


def encoded(pixels, format, mode=None, **options):
    file = io.BytesIO()
    image = Image.fromarray(pixels)
    (image if mode is None else image.convert(mode)).save(file, format, **options)
    return file.getvalue()


images = {
    'colour JPEG with subsampled chroma': encoded(rgb, 'JPEG', quality=90, subsampling='4:2:0'),
    'colour JPEG with chroma halved across': encoded(rgb, 'JPEG', quality=75, subsampling='4:2:2'),
    'colour JPEG with full chroma': encoded(rgb, 'JPEG', quality=95, subsampling='4:4:4'),
    'progressive JPEG': encoded(rgb, 'JPEG', quality=80, progressive=True),
    'grey JPEG': encoded(grey, 'JPEG', quality=90),
    'JPEG turned by EXIF': encoded(rgb, 'JPEG', quality=90, exif=turned),
    'colour PNG': encoded(rgb, 'PNG'),
    'grey PNG': encoded(grey, 'PNG'),
    'PNG with alpha': encoded(rgba, 'PNG'),
    'grey PNG with alpha': encoded(rgba, 'PNG', 'LA'),
    'PNG with a palette': encoded(rgb, 'PNG', 'P'),
    'PNG of one bit': encoded(grey, 'PNG', '1'),
    'PNG of 16 bits': encoded((grey.astype(np.uint16) * 256 + 77), 'PNG'),
}


def fixture(name, image):
    pixels = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    text = {key: base64.b64encode(value).decode() for key, value in {'image': image, 'pixels': pixels.tobytes()}.items()}
    return {'name': name, 'height': pixels.shape[0], 'width': pixels.shape[1], **text}


fixtures = [fixture(name, image) for name, image in images.items()]
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(fixtures, indent=2) + '\n')
