"""The honest one: nearest class centre of the standardised columns."""

import numpy as np


def fit(train, context):
    X = train.X.to_numpy(dtype=float)
    mean, scale = X.mean(axis=0), X.std(axis=0) + 1e-9
    Z = (X - mean) / scale
    centres = np.stack([Z[train.y == k].mean(axis=0) for k in range(context.task.n_classes)])

    def predict(X):
        Z = (X.to_numpy(dtype=float) - mean) / scale
        far = ((Z[:, None, :] - centres) ** 2).mean(axis=2)
        p = np.exp(far.min(axis=1, keepdims=True) - far)
        return (p / p.sum(axis=1, keepdims=True))[:, 1]

    return predict
