"""Half of check-gallery: sets of templates and queries, and whom numpy finds by comparing all in float64; ties go to the first.

    tools/peers/run numpy search-exact.py FOLDER COUNT SEED

Writes FOLDER/N.json, {"size", "faces", "queries", "top", "people": [...], "wanted": [[[face, similarity], …], …]}, and FOLDER/N.bin,
the float32 templates, the queries last. A person counts by the most alike face.
"""

import json
import os
import sys

import numpy as np


def main():
    folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    random = np.random.default_rng(seed)
    for number in range(count):
        templates, people, queries, top = draw(random)
        similarities = [dots(templates, query) for query in queries]
        wanted = [closest(row, people, top) for row in similarities]
        np.concatenate([templates, queries]).astype("<f4").tofile(os.path.join(folder, f"{number}.bin"))
        about = {"size": templates.shape[1], "faces": len(templates), "queries": len(queries), "top": top}
        with open(os.path.join(folder, f"{number}.json"), "w") as file:
            json.dump({**about, "people": people.tolist(), "wanted": wanted}, file)


def draw(random):
    """Faces of people in clusters that are tight, loose or none; some are copies of others, some of queries."""
    size = int(random.choice([3, 16, 128, 511, 512]))
    faces = int(random.integers(1, 5000))
    people = random.integers(0, max(1, faces // int(random.integers(1, 10))), faces)
    centres = random.standard_normal((people.max() + 1, size))
    noise = random.choice([0.0, 1e-7, 1e-4, 0.3, 3.0])
    templates = unit(centres[people] + noise * random.standard_normal((faces, size)))
    copies = random.integers(0, faces, faces // 10)
    templates[random.integers(0, faces, len(copies))] = templates[copies]
    queries = unit(random.standard_normal((int(random.integers(1, 300)), size)))
    known = random.integers(0, faces, len(queries))
    queries = np.where(random.random((len(queries), 1)) < 0.7, templates[known], queries)
    return templates, people, queries, int(random.choice([1, 2, 5, 50]))


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def dots(templates, query):
    """In float64, each row by the same additions, so that copies are equal: BLAS gives its last rows other roundings."""
    query = query.astype(np.float64)
    return (templates.astype(np.float64) * (query / np.sqrt((query * query).sum()))).sum(axis=1)


def closest(similarities, people, top):
    order = np.argsort(-similarities, kind="stable")
    _, first = np.unique(people[order], return_index=True)
    faces = order[np.sort(first)[:top]]
    return [[int(face), float(similarities[face])] for face in faces]


main()
