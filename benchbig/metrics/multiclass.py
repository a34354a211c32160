"""How good the choice among k classes is.

y: (n,) 0..k-1; p: (n, k) probabilities. The chosen class is the most probable, of equals the
first.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchbig.data.parts import Array
from benchbig.metrics.cells import Cells, ratio


def accuracy(y: Array, p: Array) -> Cells:
    """The share of examples whose class is chosen."""
    return _share(p.argmax(axis=1) == y)


def top5_accuracy(y: Array, p: Array) -> Cells:
    """The share of examples whose class is among the five most probable.

    Of equally probable classes the later come first, as in scikit-learn's
    `top_k_accuracy_score`.
    """
    own = p[np.arange(len(y)), y][:, None]
    later = np.arange(p.shape[1]) > y[:, None]
    before = (p > own).sum(axis=1) + ((p == own) & later).sum(axis=1)
    return _share(before < 5)


def balanced_accuracy(y: Array, p: Array) -> Cells:
    """The mean over the classes that occur in y of the share of them that is recognised."""
    return _confusion(y, p, lambda right, true, chosen: _mean_defined(ratio(right, true)))


def macro_f1(y: Array, p: Array) -> Cells:
    """The plain mean of each class's F1, over the classes that occur in y or are chosen.

    Source: scikit-learn 1.9 `f1_score(average="macro")`; a class that occurs only among the
    choices counts as 0, one that occurs nowhere does not count.
    """
    return _confusion(
        y, p, lambda right, true, chosen: _mean_defined(ratio(2 * right, true + chosen))
    )


def _share(hit: Array) -> Cells:
    """The share of examples that are hits; hit: (n,) bool."""
    return Cells(hit.astype(np.int64), 2, lambda counts: ratio(counts[:, 1], counts.sum(axis=1)))


def _mean_defined(values: Array) -> Array:
    """The mean over classes of the values that are not nan; values: (r, k) to (r,)."""
    defined = ~np.isnan(values)
    return ratio(np.where(defined, values, 0.0).sum(axis=1), defined.sum(axis=1).astype(float))


def _confusion(y: Array, p: Array, value: Callable[[Array, Array, Array], Array]) -> Cells:
    """A metric of each class's counts, (r, k) each: rightly chosen, true, chosen."""
    k = p.shape[1]
    entry, index = np.unique(y * k + p.argmax(axis=1), return_inverse=True)
    of_true = np.eye(k)[entry // k]
    of_chosen = np.eye(k)[entry % k]
    of_right = of_true * of_chosen

    def of_counts(counts: Array) -> Array:
        return value(counts @ of_right, counts @ of_true, counts @ of_chosen)

    return Cells(index, len(entry), of_counts)
