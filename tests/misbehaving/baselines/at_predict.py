"""What can a model return that is no prediction? `how` on the card names a function here."""

import numpy as np

from benchbig.baselines import centre


def raises(p):
    return 1 / 0


def nan(p):
    return np.where(p > 0.5, np.nan, p)


def infinite(p):
    return p + np.inf


def short(p):
    return p[:-1]


def two_columns(p):
    return np.stack([1 - p, p], axis=1)


def whole_labels(p):
    return (p > 0.5).astype(int)


def float_labels(p):
    return (p > 0.5).astype(float)


def beyond(p):
    return 10 * p - 5


def a_list(p):
    return list(p)


def fit(train, context):
    honest = centre.fit(train, context)
    spoil = globals()[context.params["how"]]
    return lambda X: spoil(honest(X))
