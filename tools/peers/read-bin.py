"""Loads a verification set as insightface does and prints what it holds as JSON.

    tools/peers/run mxnet read-bin.py lfw.bin
"""

import hashlib
import json
import pickle
import sys


def main():
    [path] = sys.argv[1:]
    with open(path, "rb") as file:
        bins, same = pickle.load(file, encoding="bytes")  # insightface: src/eval/verification.py, load_bin
    images = [bytes(image) if isinstance(image, bytes) else image.tobytes() for image in bins]
    print(json.dumps({
        "images": len(bins),
        "pairs": len(same),
        "same": sum(map(bool, same)),
        "types": sorted({type(image).__name__ for image in bins}),
        "same_types": sorted({type(value).__name__ for value in same}),
        "sha256": [hashlib.sha256(image).hexdigest() for image in images],
    }))


main()
