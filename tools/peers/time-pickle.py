"""How long Python takes to load a verification set as insightface does and to touch each of its images.

    tools/peers/run mxnet time-pickle.py lfw.bin
"""

import json
import pickle
import sys
import time


def main():
    [path] = sys.argv[1:]
    started = time.perf_counter()
    with open(path, "rb") as file:
        bins, same = pickle.load(file, encoding="bytes")
    touched = sum(image[0] ^ image[-1] for image in bins)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "images": len(bins), "pairs": len(same), "touched": touched}))


main()
