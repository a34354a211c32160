"""Nearest class centre of the standardised columns: a fit of under a millisecond."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array


def fit(train: Part, context: Context) -> Predict:
    """Two centres of unit scale. A partial, which unlike a closure can be pickled by a cache."""
    X = train.X.to_numpy(dtype=float)
    mean, scale = X.mean(axis=0), X.std(axis=0) + 1e-9
    Z = (X - mean) / scale
    centres = [Z[train.y == label].mean(axis=0) for label in (0, 1)]
    return partial(_predict, mean, scale, centres)


def _predict(mean: Array, scale: Array, centres: list[Array], X: pd.DataFrame) -> Array:
    """(n,) probabilities: a logistic of the difference of squared distances."""
    Z = (X.to_numpy(dtype=float) - mean) / scale
    far, near = (((Z - centre) ** 2).mean(axis=1) for centre in centres)
    return 1 / (1 + np.exp(near - far))
