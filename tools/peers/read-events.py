"""Reads the event files in FOLDER with the real TensorBoard, and compares every value with FOLDER/expected.json, which write-events.ts
wrote. Histograms are counted again here, in TensorFlow's default buckets. See check-tensorboard.

    tools/peers/run tensorboard read-events.py FOLDER
"""

import base64
import glob
import json
import os
import sys

import numpy as np
import tensorboard
from tensorboard.backend.event_processing import event_accumulator

folder = sys.argv[1]
with open(os.path.join(folder, "expected.json"), encoding="utf-8") as file:
    expected = json.load(file)
events = event_accumulator.EventAccumulator(folder, size_guidance={"scalars": 0, "histograms": 0, "images": 0})
events.Reload()
compared = 0
differ = []


def same(what, here, there):
    global compared
    compared += 1
    if here != there:
        differ.append(f"{what}: wrote {here!r}, TensorBoard reads {there!r}")


def default_limits():
    """tensorflow/core/lib/histogram/histogram.cc, InitDefaultBucketsInner."""
    limits, limit = [], 1e-12
    while limit < 1e20:
        limits.append(limit)
        limit *= 1.1
    limits.append(sys.float_info.max)
    return np.array([-limit for limit in reversed(limits)] + [0.0] + limits)


def spread(histogram, limits):
    """Counts in all buckets; the file joins runs of empty ones."""
    counts = np.zeros(len(limits))
    places = np.searchsorted(limits, histogram.bucket_limit)
    counts[places] = histogram.bucket
    return counts


same("tags of scalars", sorted(expected["scalars"]), sorted(events.Tags()["scalars"]))
for tag, values in expected["scalars"].items():
    read = events.Scalars(tag)
    same(f"steps of {tag}", [step for step, _ in values], [event.step for event in read])
    for (step, value), event in zip(values, read):
        same(f"{tag} at {step}", float(np.float32(value)), event.value)

limits = default_limits()
for tag, values in expected["histograms"].items():
    read = events.Histograms(tag)
    same(f"steps of {tag}", [step for step, _ in values], [event.step for event in read])
    for (step, numbers), event in zip(values, read):
        histogram = event.histogram_value
        numbers = np.array(numbers)
        same(f"{tag} at {step}, extremes", [numbers.min(), numbers.max()], [histogram.min, histogram.max])
        same(f"{tag} at {step}, number", float(len(numbers)), histogram.num)
        sums = np.array([numbers.sum(), (numbers**2).sum()])
        close = np.allclose([histogram.sum, histogram.sum_squares], sums, rtol=1e-12, atol=0)
        same(f"{tag} at {step}, sums", True, bool(close))
        counts = np.bincount(np.searchsorted(limits, numbers, side="right"), minlength=len(limits))
        same(f"{tag} at {step}, buckets", counts.tolist(), spread(histogram, limits).astype(int).tolist())

read = events.Images("augmented")
same("steps of images", [step for step, *_ in expected["images"]], [event.step for event in read])
for (step, width, height, png), event in zip(expected["images"], read):
    same(f"image at {step}", (width, height), (event.width, event.height))
    same(f"image at {step}, bytes", base64.b64decode(png), event.encoded_image_string)

files = len(glob.glob(os.path.join(folder, "events.out.tfevents.*")))
print(f"TensorBoard {tensorboard.__version__}: {files} files, {compared} comparisons, {len(differ)} differ")
for line in differ[:10]:
    print(line[:500])
sys.exit(1 if differ else 0)
