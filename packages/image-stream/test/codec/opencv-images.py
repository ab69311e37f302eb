"""Writes opencv-images.json: small images by Pillow, and the RGB pixels that OpenCV's imdecode makes of them (as MXNet would); and
opencv-warnings.json: of which damage to a JPEG's scan libjpeg warns when OpenCV decodes it.
Run by hand: tools/peers/run opencv packages/image-stream/test/codec/opencv-images.py"""
import base64
import io
import json
import os
import pathlib
import struct
import tempfile
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


def sampled(factor):
    options = [cv2.IMWRITE_JPEG_QUALITY, 85, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor]
    return cv2.imencode('.jpg', rgb[..., ::-1], options)[1].tobytes()


def segment(jpeg, marker):
    """Where the first segment with this marker begins and ends."""
    at = 2
    while True:
        end = at + 2 + struct.unpack_from('>H', jpeg, at + 2)[0]
        if jpeg[at + 1] == marker:
            return at, end
        at = end


def replaced(jpeg, at, new):
    return jpeg[:at] + new + jpeg[at + len(new):]


plain = encoded(rgb, 'JPEG', quality=90, subsampling='4:2:0')
progressive = encoded(rgb, 'JPEG', quality=80, progressive=True)
plain_grey = encoded(grey, 'JPEG', quality=90)
table = segment(plain, 0xdb)[0]
inks = encoded(np.dstack([rgb, (255 - x * 7).astype(np.uint8)]), 'JPEG', 'CMYK', quality=90)
adobe = segment(inks, 0xee)

images = {
    'colour JPEG with subsampled chroma': encoded(rgb, 'JPEG', quality=90, subsampling='4:2:0'),
    'colour JPEG with chroma halved across': encoded(rgb, 'JPEG', quality=75, subsampling='4:2:2'),
    'colour JPEG with chroma halved down': sampled(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440),
    'colour JPEG with a quarter of the chroma across': sampled(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411),
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
    'JPEG with restart markers': encoded(rgb, 'JPEG', quality=90, restart_marker_blocks=1),
    'grey JPEG with sampling factors of 2x2': replaced(plain_grey, segment(plain_grey, 0xc0)[0] + 11, b'\x22'),
    'CMYK JPEG': inks,
    'CMYK JPEG without the mark of Adobe': inks[:adobe[0]] + inks[adobe[1]:],
    'YCCK JPEG': replaced(inks, adobe[0] + 15, b'\2'),
    'YCCK JPEG with a colour transform that is not defined': replaced(inks, adobe[0] + 15, b'\1'),
    'JPEG with the scan header of a Samsung phone': replaced(plain, segment(plain, 0xda)[1] - 3, bytes(3)),
    'JPEG with stray bytes between segments': plain[:table] + b'abc' + plain[table:],
    'JPEG with fill bytes and a stray ff 00': plain[:table] + b'\xff\0\xff\xff' + plain[table:],
    'progressive JPEG with stray bytes between segments': progressive[:20] + bytes(3) + progressive[20:],
    'JPEG of JFIF version 2': replaced(plain, 11, b'\2'),
    'JPEG with an EXIF block that is broken': plain[:2] + b'\xff\xe1\0\x14Exif\0\0' + b'\x99' * 12 + plain[2:],
    'JPEG with something behind it': plain + plain[:50],
    'PNG whose text has a wrong checksum': encoded(rgb, 'PNG')[:33] + b'\0\0\0\3tEXta\0b\0\0\0\5' + encoded(rgb, 'PNG')[33:],
}


def fixture(name, image):
    pixels = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    text = {key: base64.b64encode(value).decode() for key, value in {'image': image, 'pixels': pixels.tobytes()}.items()}
    return {'name': name, 'height': pixels.shape[0], 'width': pixels.shape[1], **text}


fixtures = [fixture(name, image) for name, image in images.items()]
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(fixtures, indent=2) + '\n')

size = 40
y, x = np.mgrid[:size, :size]
picture = np.stack([x * 6, y * 6, (x * y) % 256], -1)
picture = np.clip(picture + random.normal(0, 8, picture.shape), 0, 255).astype(np.uint8)


def warns(jpeg):
    """Whether libjpeg says anything on stderr."""
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        os.dup2(stderr, 2)
        os.close(stderr)
        return pixels is None or file.tell() > 0


def damaged(jpeg, count):
    """Damage as [how, where, bytes, whether libjpeg warns]."""
    scan = segment(jpeg, 0xda)[1]
    for number in range(count):
        how = ['zero', 'flip', 'cut'][number % 3]
        length = int(random.integers(1, 60))
        at = int(random.integers(scan, len(jpeg) - 2 - length))
        if how == 'zero':
            result = replaced(jpeg, at, bytes(length))
        elif how == 'flip':
            result = replaced(jpeg, at, bytes([jpeg[at] ^ 1 << length % 8]))
        else:
            result = jpeg[:at] + jpeg[at + length:]
        yield [how, at, length, warns(result)]


kinds = {'subsampled chroma': dict(subsampling='4:2:0'), 'full chroma': dict(subsampling='4:4:4'), 'own tables': dict(optimize=True),
         'restart markers': dict(restart_marker_blocks=3)}
jpegs = {name: encoded(picture, 'JPEG', quality=85, **options) for name, options in kinds.items()} | {
    'grey': encoded(picture[..., 0], 'JPEG', quality=85)}
warnings = [{'name': name, 'image': base64.b64encode(jpeg).decode(), 'damage': list(damaged(jpeg, 120))} for name, jpeg in jpegs.items()]
pathlib.Path(__file__).with_name('opencv-warnings.json').write_text(json.dumps(warnings) + '\n')
