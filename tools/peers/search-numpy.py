"""Exact search as numpy does it, timed in turns (turns.py) with ours: the most alike face of each query, by a float32 matrix product.

    tools/peers/run numpy search-numpy.py FILE FACES SIZE QUERIES     FILE: float32 templates [FACES + QUERIES, SIZE], the queries last
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import numpy as np  # noqa: E402
from turns import take_turns  # noqa: E402


def main():
    file, faces, size, queries = sys.argv[1], *map(int, sys.argv[2:5])
    templates = np.fromfile(file, np.float32, faces * size).reshape(faces, size)
    wanted = np.fromfile(file, np.float32, queries * size, offset=4 * faces * size).reshape(queries, size)

    def search():
        return (wanted @ templates.T).argmax(axis=1)

    take_turns(f"numpy {np.__version__}", search)


main()
