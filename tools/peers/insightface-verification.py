"""Verification as insightface's evaluation code does it (recognition/arcface_mxnet/verification.py, which comes from facenet's
src/facenet.py), written anew, function by function under the same names, one comparison of numpy after another:

    insightface-verification.py write DIR COUNT SEED     random and degenerate sets, and what these functions say of them
    insightface-verification.py time PAIRS SIZE ROUNDS   seconds that all figures of one set take, one round a line
    insightface-verification.py roc PAIRS ROUNDS         the same of scikit-learn's roc_curve on so many distances

interp1d is SciPy's own. From 1.9.0 on it refuses repeated x, which false accept rates of a fold always have; insightface's
code crashes there. Where it crashes in any version (a fold with no pair of one kind: ZeroDivisionError), `write` gives what
docs/verification.md defines instead: a rate of no pairs is 0.

What is said of all pairs at once is scikit-learn's: roc_curve and roc_auc_score, and the crossing of 1 - tpr = fpr as facenet finds it.
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy import interpolate, optimize
from sklearn import preprocessing
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import KFold

FARS = [1e-1, 1e-2, 1e-3, 1e-4]


def distances(embeddings1, embeddings2):
    return np.sum(np.square(np.subtract(embeddings1, embeddings2)), 1)


def calculate_accuracy(threshold, dist, actual_issame):
    predicted = np.less(dist, threshold)
    tp = np.sum(np.logical_and(predicted, actual_issame))
    fp = np.sum(np.logical_and(predicted, np.logical_not(actual_issame)))
    tn = np.sum(np.logical_and(np.logical_not(predicted), np.logical_not(actual_issame)))
    fn = np.sum(np.logical_and(np.logical_not(predicted), actual_issame))
    tpr = 0 if tp + fn == 0 else float(tp) / float(tp + fn)
    fpr = 0 if fp + tn == 0 else float(fp) / float(fp + tn)
    return tpr, fpr, float(tp + tn) / dist.size


def calculate_roc(thresholds, embeddings1, embeddings2, actual_issame, nrof_folds=10, pca=0):
    tprs = np.zeros((nrof_folds, len(thresholds)))
    fprs = np.zeros((nrof_folds, len(thresholds)))
    accuracy = np.zeros(nrof_folds)
    dist = distances(embeddings1, embeddings2)
    folds = KFold(n_splits=nrof_folds, shuffle=False).split(np.arange(len(actual_issame)))
    for fold, (train, test) in enumerate(folds):
        if pca > 0:
            model = PCA(n_components=pca)
            model.fit(np.concatenate((embeddings1[train], embeddings2[train]), axis=0))
            projected = [preprocessing.normalize(model.transform(side)) for side in (embeddings1, embeddings2)]
            dist = distances(*projected)
        train_accuracy = np.zeros(len(thresholds))
        for i, threshold in enumerate(thresholds):
            _, _, train_accuracy[i] = calculate_accuracy(threshold, dist[train], actual_issame[train])
        best = np.argmax(train_accuracy)
        for i, threshold in enumerate(thresholds):
            tprs[fold, i], fprs[fold, i], _ = calculate_accuracy(threshold, dist[test], actual_issame[test])
        _, _, accuracy[fold] = calculate_accuracy(thresholds[best], dist[test], actual_issame[test])
    return np.mean(tprs, 0), np.mean(fprs, 0), accuracy


def calculate_val_far(threshold, dist, actual_issame):
    accepted = np.less(dist, threshold)
    true_accept = np.sum(np.logical_and(accepted, actual_issame))
    false_accept = np.sum(np.logical_and(accepted, np.logical_not(actual_issame)))
    return float(true_accept) / float(np.sum(actual_issame)), float(false_accept) / float(np.sum(np.logical_not(actual_issame)))


def defined_val_far(threshold, dist, actual_issame):
    """The same, where a fold may lack a kind of pairs: its rate is 0."""
    val, far, _ = calculate_accuracy(threshold, dist, actual_issame)
    return val, far


def calculate_val(thresholds, embeddings1, embeddings2, actual_issame, far_target, nrof_folds=10, val_far=calculate_val_far):
    val = np.zeros(nrof_folds)
    far = np.zeros(nrof_folds)
    dist = distances(embeddings1, embeddings2)
    folds = KFold(n_splits=nrof_folds, shuffle=False).split(np.arange(len(actual_issame)))
    for fold, (train, test) in enumerate(folds):
        far_train = np.zeros(len(thresholds))
        for i, threshold in enumerate(thresholds):
            _, far_train[i] = val_far(threshold, dist[train], actual_issame[train])
        if np.max(far_train) >= far_target:
            threshold = interpolate.interp1d(far_train, thresholds, kind="slinear")(far_target)
        else:
            threshold = 0.0
        val[fold], far[fold] = val_far(threshold, dist[test], actual_issame[test])
    return np.mean(val), np.std(val), np.mean(far)


def evaluate(embeddings, actual_issame, fars=(1e-3,), pca=0, val_far=calculate_val_far):
    left, right, same = embeddings[0::2], embeddings[1::2], np.asarray(actual_issame)
    tpr, fpr, accuracy = calculate_roc(np.arange(0, 4, 0.01), left, right, same, pca=pca)
    vals = [calculate_val(np.arange(0, 4, 0.001), left, right, same, far, val_far=val_far) for far in fars]
    return tpr, fpr, accuracy, vals


def of_all_pairs(dist, same):
    fpr, tpr, _ = roc_curve(same, -dist, drop_intermediate=False)
    crossing = optimize.brentq(lambda x: 1.0 - x - interpolate.interp1d(fpr, tpr)(x), 0.0, 1.0)
    return float(roc_auc_score(same, -dist)), float(crossing), [float(np.max(tpr[fpr <= far])) for far in FARS]


# --- random sets ---------------------------------------------------------------------------------------------------------


def embedded(random, pairs, size=None, scale=1.0, noise=0.8):
    """Embeddings of length `scale` of pairs whose sides are alike where they are of one person."""
    size = size or int(random.integers(2, 40))
    same = random.random(pairs) < 0.5
    same[:2] = [True, False]
    spread = np.linspace(1, 0.2, size)
    left = random.normal(size=(pairs, size)) * spread
    other = np.where(same[:, None], left + noise * random.normal(size=left.shape) * spread, random.normal(size=left.shape) * spread)
    both = np.empty((2 * pairs, size))
    both[0::2], both[1::2] = left, other
    return preprocessing.normalize(both) * scale, same


def on_a_line(differences, same):
    """Embeddings of one number, whose squared distances are the squares of the differences."""
    both = np.zeros((2 * len(same), 1))
    both[1::2, 0] = differences
    return both, np.asarray(same, bool)


def kinds(random):
    pairs = int(random.integers(10, 300))
    coin = random.random(pairs) < 0.5
    coin[:2] = [True, False]
    one = np.zeros(pairs, bool)
    one[random.integers(pairs)] = True
    spread = np.sqrt(np.where(coin, 0.5, 1.5) + random.random(pairs))
    return {
        "embeddings": lambda: embedded(random, pairs),
        "long embeddings": lambda: embedded(random, min(pairs, 60), 512),
        "ties": lambda: on_a_line(np.round(spread * 8) / 8, coin),
        "on thresholds": lambda: on_a_line(np.sqrt(np.round(spread**2 * 100) * 0.01), coin),
        "all at one distance": lambda: on_a_line(np.full(pairs, 1.25), coin),
        "all at 0": lambda: on_a_line(np.zeros(pairs), coin),
        "one genuine pair": lambda: on_a_line(spread, one),
        "one impostor pair": lambda: on_a_line(spread, ~one),
        "sorted by kind": lambda: on_a_line(spread, np.arange(pairs) < pairs // 2),
        "few": lambda: embedded(random, int(random.integers(10, 20))),
        "farther than 4": lambda: embedded(random, pairs, scale=3.0),
        "all farther than 4": lambda: on_a_line(spread + 2.1, coin),
        "apart": lambda: on_a_line(np.where(coin, 0.3, 1.4) + random.random(pairs) / 10, coin),
        "wrong way round": lambda: on_a_line(np.where(coin, 1.4, 0.3) + random.random(pairs) / 10, coin),
        "impostors at 0": lambda: on_a_line(np.where(random.random(pairs) < 0.3, 0, spread), coin),
    }


def a_set(number, seed):
    random = np.random.default_rng([seed, number])
    of = kinds(random)
    kind = list(of)[number % len(of)]
    embeddings, same = of[kind]()
    # PCA where its axes are told apart, and with no solver that draws random numbers.
    pca = int(random.integers(1, 3)) if kind in ("embeddings", "farther than 4") and len(same) < 200 and embeddings.shape[1] > 4 else 0
    far = FARS[number // len(of) % len(FARS)]
    crashed = None
    try:
        tpr, fpr, accuracy, [(val, std, met)] = evaluate(embeddings, same, [far], pca)
    except ZeroDivisionError as error:
        crashed = repr(error)
        tpr, fpr, accuracy, [(val, std, met)] = evaluate(embeddings, same, [far], pca, val_far=defined_val_far)
    auc, eer, tars = of_all_pairs(distances(embeddings[0::2], embeddings[1::2]), same)
    return {
        "kind": kind,
        "size": embeddings.shape[1],
        "embeddings": embeddings.ravel().tolist(),
        "same": same.tolist(),
        "pca": pca,
        "wanted": far,
        "crashed": crashed,
        "tpr": tpr.tolist(),
        "fpr": fpr.tolist(),
        "accuracy": accuracy.tolist(),
        "val": float(val),
        "std": float(std),
        "far": float(met),
        "exact_auc": auc,
        "exact_eer": eer,
        "exact_tars": tars,
    }


def write(folder, count, seed):
    with open(Path(folder, "expected.jsonl"), "w") as file:
        for number in range(count):
            file.write(json.dumps(a_set(number, seed)) + "\n")


def times(pairs, size, rounds):
    embeddings, same = embedded(np.random.default_rng(1), pairs, size)
    for _ in range(rounds):
        started = time.perf_counter()
        evaluate(embeddings, same)
        print(time.perf_counter() - started, flush=True)


def roc_times(pairs, rounds):
    random = np.random.default_rng(1)
    same = random.random(pairs) < 0.5
    dist = np.where(same, 0.7, 1.4) + random.normal(size=pairs) * 0.2
    for _ in range(rounds):
        started = time.perf_counter()
        roc_curve(same, -dist)
        print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    what, *args = sys.argv[1:]
    if what == "write":
        write(args[0], int(args[1]), int(args[2]))
    else:
        {"time": times, "roc": roc_times}[what](*map(int, args))
