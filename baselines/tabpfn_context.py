"""Which labelled rows does TabPFN read, and how are its scores put right for that choice?"""

from __future__ import annotations

import numpy as np

from benchbig.data.parts import Array


def draw(y: Array, n_rows: int, balance: float, rng: np.random.Generator) -> Array:
    """Positions of n_rows rows (all, where y has no more), in random order.

    y: (n,) classes. balance: 0 draws every class in its own share, but at least one row of it;
    1 gives all classes equal parts as far as their rows reach; between them a class gets at
    least that fraction of an equal part.
    """
    if len(y) <= n_rows:
        return rng.permutation(len(y))
    classes, counts = np.unique(y, return_counts=True)
    floor = np.minimum(counts, np.maximum(1, np.ceil(balance * n_rows / len(classes))))
    over = np.maximum(counts * n_rows / len(y) - floor, 0)
    quota = np.floor(floor + over * max(n_rows - floor.sum(), 0) / max(over.sum(), 1e-9))
    # What rounding left over goes to the class with most rows to spare, one after another; what
    # it took too much comes from the commonest.
    for _ in range(int(n_rows - quota.sum())):
        quota[np.argmax(counts - quota)] += 1
    quota[np.argmax(counts)] += min(0, n_rows - quota.sum())
    rows = [
        rng.choice(np.flatnonzero(y == c), int(n), replace=False)
        for c, n in zip(classes, quota, strict=True)
    ]
    return rng.permutation(np.concatenate(rows))


def prior_shift(train_y: Array, context_y: Array, n_classes: int) -> Array:
    """What to add to logits learnt at the context's class shares, to hold at the training part's.

    (n_classes,) log of share in training over share in context; 0 for a class without rows. By
    Bayes' rule, as class-conditional densities do not change with the shares (Saerens, Latinne
    and Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori probabilities",
    eq. 4). For two classes it moves all log-odds alike and leaves the ranking as it is.
    """
    trained = np.bincount(train_y, minlength=n_classes)
    shown = np.bincount(context_y, minlength=n_classes)
    present = (trained > 0) & (shown > 0)
    shift = np.zeros(n_classes)
    shift[present] = np.log(trained[present] / trained.sum() / (shown[present] / shown.sum()))
    return shift
