"""Alters what it is asked to predict; each call would make the next one worse."""

from benchbig.baselines import centre


def fit(train, context):
    honest = centre.fit(train, context)

    def predict(X):
        p = honest(X)
        X.iloc[:, :] = 0.0
        X["extra"] = 1.0
        return p

    return predict
