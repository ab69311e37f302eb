"""Figures of identification by numpy, from whole matrices: what packages/verifier/test/identification compares with.

    tools/peers/run insightface identification.py > packages/verifier/test/identification/fixture.json

Rank, TPIR and FPIR as ISO/IEC 19795-1 and NISTIR 8271 define them, of random vectors: written by another approach than ours,
with every similarity sorted.
"""

import json

import numpy as np

FPIRS = {"1e-1": 0.1, "1e-2": 0.01, "1e-3": 0.001}


def draw(rng, people, images, size, spread):
    centres = rng.normal(size=(people, size))
    labels = np.repeat(np.arange(people), images)
    return labels, np.round(centres[labels] + spread * rng.normal(size=(len(labels), size)), 3).astype(np.float32)


def normalised(x):
    x = x.astype(np.float64)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def figures(gallery_labels, gallery, probe_labels, probes, leave_out):
    scores = normalised(probes) @ normalised(gallery).T
    people = np.unique(gallery_labels)
    best = np.stack([scores[:, gallery_labels == person].max(axis=1) for person in people], axis=1)
    order = people[np.argsort(-best, axis=1, kind="stable")]
    enrolled = np.isin(probe_labels, people)
    ranks = np.argmax(order == probe_labels[:, None], axis=1) + 1
    own = people[None, :] == probe_labels[:, None]
    mate = np.where(own, best, -2).max(axis=1)
    other = np.where(own, -2, best).max(axis=1)
    strangers = np.sort(other if leave_out else other[~enrolled])[::-1]
    out = {
        "ranks": np.where(enrolled, ranks, 0).tolist(),
        "cmc": [float(np.mean(ranks[enrolled] <= k)) for k in range(1, min(len(people), 100) + 1)],
        "mated": int(enrolled.sum()),
        "strangers": len(strangers),
        "tpir": {},
    }
    for name, wanted in FPIRS.items():
        threshold = strangers[int(wanted * len(strangers))]
        hit = enrolled & (ranks == 1) & (mate > threshold)
        out["tpir"][name] = {
            "threshold": float(2 - 2 * threshold),
            "tpir": float(hit.sum() / enrolled.sum()),
            "fpir": float(np.mean(strangers > threshold)),
        }
    return out


def main():
    rng = np.random.default_rng(7)
    labels, embeddings = draw(rng, people=60, images=5, size=8, spread=0.45)
    shuffled = rng.permutation(len(labels))
    labels, embeddings = labels[shuffled], embeddings[shuffled]
    first = np.zeros(len(labels), bool)
    first[np.unique(labels, return_index=True)[1]] = True
    field = (labels % 3 > 0) & (rng.random(len(labels)) < 0.4)
    cases = {
        "first": figures(labels[first], embeddings[first], labels[~first], embeddings[~first], leave_out=True),
        "field": figures(labels[field], embeddings[field], labels[~field], embeddings[~field], leave_out=False),
    }
    print(json.dumps({
        "labels": labels.tolist(),
        "embeddings": [[round(float(x), 3) for x in row] for row in embeddings],
        "gallery": field.tolist(),
        **cases,
    }))


main()
