"""Verification of templates as insightface evaluates IJB-B and IJB-C (recognition/arcface_torch/eval_ijbc.py), written anew, function
by function under the same names:

    insightface-ijb.py COUNT SEED     random sets and what these functions say of them: a line of JSON each

In double precision from the embeddings on, where insightface adds images and media in single precision: its similarities differ
from these in the seventh digit.
"""
import json
import sys

import numpy as np
from sklearn import preprocessing
from sklearn.metrics import auc, roc_curve

FARS = ["1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "1e-1"]


def image_features(embeddings, flipped, scores):
    features = embeddings.astype(np.float64)
    if flipped is not None:
        features = features + flipped.astype(np.float64)
    return features if scores is None else features * scores[:, np.newaxis]


def image2template_feature(features, templates, medias):
    unique_templates = np.unique(templates)
    template_features = np.zeros((len(unique_templates), features.shape[1]))
    for place, template in enumerate(unique_templates):
        of_template = np.where(templates == template)[0]
        media_features = []
        for media in np.unique(medias[of_template]):
            of_media = of_template[medias[of_template] == media]
            media_features.append(np.mean(features[of_media], axis=0))
        template_features[place] = np.sum(media_features, axis=0)
    return preprocessing.normalize(template_features), unique_templates


def verification(template_features, unique_templates, p1, p2):
    place = {template: i for i, template in enumerate(unique_templates)}
    left = template_features[[place[template] for template in p1]]
    right = template_features[[place[template] for template in p2]]
    return np.sum(left * right, -1)


def figures(scores, labels):
    fpr, tpr, _ = roc_curve(labels, scores)
    area = auc(fpr, tpr)
    fpr, tpr = np.flipud(fpr), np.flipud(tpr)
    tar = {}
    for far in FARS:
        nearest = np.argmin(np.abs(fpr - float(far)))
        tar[far] = [float(tpr[nearest]), float(fpr[nearest])]
    return {"tar": tar, "auc": float(area)}


def draw(rng):
    size = int(rng.integers(3, 12))
    people = int(rng.integers(3, 9))
    centres = rng.normal(size=(people, size))
    spread = rng.choice([0.8, 2, 4])
    # Sixteen numbers of -1 or 1, alone in a template, are 4 long: nothing is rounded, and many similarities tie to the last bit.
    ties = rng.random() < 0.3
    if ties:
        size, centres = 16, np.sign(rng.normal(size=(people, 16)))
    lines, embeddings, owners = [], [], {}
    ids = rng.permutation(1000)
    image = 0
    for template in range(int(rng.integers(people, 4 * people))):
        person = int(rng.integers(people))
        owners[int(ids[template])] = person
        for media in range(1 if ties else int(rng.integers(1, 4))):
            # A media's number may come again in another template, and then is another media.
            for _ in range(1 if ties else int(rng.choice([1, 1, 2, 5]))):
                lines.append([f"{image}.jpg", int(ids[template]), media])
                embeddings.append(centres[person] + spread * rng.normal(size=size))
                image += 1
    order = rng.permutation(len(lines)) if rng.random() < 0.5 else np.arange(len(lines))
    lines = [lines[i] for i in order]
    embeddings = np.round(np.array(embeddings)[order], 2).astype(np.float32)
    if ties:
        embeddings = np.where(embeddings < 0, -1, 1).astype(np.float32)
    flipped = np.round(embeddings + 0.2 * rng.normal(size=embeddings.shape), 2).astype(np.float32)
    templates = sorted(owners)
    pairs = [[a, b, int(owners[a] == owners[b])] for i, a in enumerate(templates) for b in templates[i + 1:]]
    rng.shuffle(pairs)
    return {
        "lines": lines,
        "embeddings": [[float(f"{x:.2f}") for x in row] for row in embeddings],
        "flipped": [[float(f"{x:.2f}") for x in row] for row in flipped] if rng.random() < 0.6 and not ties else None,
        "scores": [round(float(x), 3) for x in rng.uniform(0.2, 1, len(lines))] if rng.random() < 0.6 and not ties else None,
        "pairs": pairs,
    }


def judged(drawn):
    lines = drawn["lines"]
    array = lambda values, dtype: None if values is None else np.array(values, dtype)
    features = image_features(
        array(drawn["embeddings"], np.float32), array(drawn["flipped"], np.float32), array(drawn["scores"], np.float64)
    )
    templates, unique = image2template_feature(
        features, np.array([line[1] for line in lines]), np.array([line[2] for line in lines])
    )
    pairs = np.array(drawn["pairs"])
    scores = verification(templates, unique, pairs[:, 0], pairs[:, 1])
    return {**drawn, "similarities": scores.tolist(), **figures(scores, pairs[:, 2])}


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    rng = np.random.default_rng(seed)
    done = 0
    while done < count:
        drawn = draw(rng)
        if len({pair[2] for pair in drawn["pairs"]}) == 2:
            print(json.dumps(judged(drawn)))
            done += 1


main()
