"""How well does a random forest do on a picture's pixels?"""

from __future__ import annotations

from sklearn.ensemble import RandomForestClassifier

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess.images import describe
from benchbig.preprocess.probabilities import spread
from benchbig.preprocess.size import pickled_bytes


def fit(train: Part, context: Context) -> Predict:
    """Bagged trees, each split on a random share of the columns.

    params: trees, max_features (a share), min_samples_leaf, and those of `describe`
    (benchbig/preprocess/images.py).
    """
    params, notes, matrix = context.params, context.notes, describe(context.params)
    model = RandomForestClassifier(
        n_estimators=params["trees"],
        max_features=params["max_features"],
        min_samples_leaf=params["min_samples_leaf"],
        n_jobs=context.threads,
        random_state=context.seed,
    )
    model.fit(matrix(train.X), train.y)
    notes.artifact_bytes = pickled_bytes(model)

    def predict(X: Array) -> Array:
        p = model.predict_proba(matrix(X))
        return spread(p, model.classes_, context.task.n_classes or 2)

    return predict
