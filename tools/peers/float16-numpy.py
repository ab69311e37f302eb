"""What numpy makes of float16 and float32, as SHA-256 of the bytes: packages/weight-files/test/float16.test.ts holds ours to it.

    tools/peers/run onnxruntime float16-numpy.py
"""

import hashlib

import numpy as np

RANDOM = 1 << 20


def digest(name, values):
    print(name, hashlib.sha256(values.tobytes()).hexdigest())


def without_nan(values):
    return np.where(np.isnan(values), values.dtype.type(0), values)


def random_bits():
    """The linear congruential generator of Numerical Recipes: 32 bits that any language can make again."""
    bits = np.empty(RANDOM, np.uint32)
    state = 1
    for i in range(RANDOM):
        state = (1664525 * state + 1013904223) % 2**32
        bits[i] = state
    return bits


np.seterr(all="ignore")
halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
digest("float16 to float32, all 65536:", without_nan(halves.astype(np.float32)))

finite = np.arange(0x7C00, dtype=np.uint16).view(np.float16).astype(np.float32)
ends = np.append(finite[1:], np.float32(65536))
middles = ((finite.astype(np.float64) + ends) / 2).astype(np.float32)
around = np.concatenate([middles, np.nextafter(middles, np.float32(0)), np.nextafter(middles, np.float32(np.inf))])
digest("float32 half way between two float16, and beside it:", np.concatenate([around, -around]).astype(np.float16))

digest("float32 of random bits:", without_nan(random_bits().view(np.float32).astype(np.float16)))
