"""What make-import-fixtures-*.py share: numbers that are a function of a tensor's name, the same in Python and in TypeScript
(packages/arcface-model/test/import/generated-weights.ts), so that a fixture need hold no weights, only what a network makes of them."""

import base64
import hashlib
import json

import numpy

IMAGES = 2


def uniform(name, count):
    """Of the generator x' = 1664525 x + 1013904223 modulo 2^32: the upper 24 bits, in [0, 1)."""
    state = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")
    first = (state * 1664525 + 1013904223) % 2**32
    values = numpy.array([first], numpy.uint32)
    factor, addend = 1664525, 1013904223
    while len(values) < count:
        values = numpy.concatenate([values, values * numpy.uint32(factor) + numpy.uint32(addend)])
        factor, addend = factor * factor % 2**32, (addend * factor + addend) % 2**32
    return (values[:count] >> 8) / 2.0**24


def generated(name, shape, low, high):
    count = int(numpy.prod(shape, dtype=int))
    return (low + (high - low) * uniform(name, count)).astype(numpy.float32).reshape(shape)


def values_of(name, shape):
    """By what a tensor is: filters of variance 2 / fan in, variances and scales around 1, slopes above 0, anything else around 0."""
    if name.endswith(("running_var", "moving_var")):
        return generated(name, shape, 0.5, 2)
    if len(shape) > 1:
        bound = 1.4 * (3 / float(numpy.prod(shape[1:]))) ** 0.5
        return generated(name, shape, -bound, bound)
    if is_scale(name):
        return generated(name, shape, 0.5, 1.5)
    return generated(name, shape, -0.25, 0.25)


def is_scale(name):
    """Slopes of PReLUs are as well as scales above 0."""
    return name.endswith((".weight", "_gamma"))


def images():
    """Pixels 0 to 255, [images, 112, 112, 3] RGB."""
    return (256 * uniform("images", IMAGES * 112 * 112 * 3)).astype(numpy.uint8).reshape(IMAGES, 112, 112, 3)


def write(folder, name, source, network, shapes, embeddings, norms=None):
    fixture = {
        "from": source,
        "network": network,
        "norms": norms or {},
        "embeddings": base64.b64encode(embeddings.astype("<f4").tobytes()).decode(),
        "tensors": shapes,
    }
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(fixture, file, indent=1)
        file.write("\n")
