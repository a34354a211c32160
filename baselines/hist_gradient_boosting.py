"""How well do scikit-learn's histogram gradient boosted trees do?"""

from __future__ import annotations

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import trees
from benchbig.preprocess.probabilities import spread
from benchbig.preprocess.size import pickled_bytes


def fit(train: Part, context: Context) -> Predict:
    """Trees are added until the loss on the validation part has not fallen for 20 rounds.

    params: learning_rate, max_leaf_nodes, min_samples_leaf, l2_regularization, max_features
    (the share of columns each split may use), max_iter.
    """
    params, notes = context.params, context.notes
    table = trees.learn(train.X)
    real = context.task.kind == "regression"
    kind = HistGradientBoostingRegressor if real else HistGradientBoostingClassifier
    model = kind(
        learning_rate=params["learning_rate"],
        max_leaf_nodes=params["max_leaf_nodes"],
        min_samples_leaf=trees.leaf_rows(params["min_samples_leaf"], len(train)),
        l2_regularization=params["l2_regularization"],
        max_features=params["max_features"],
        max_iter=params["max_iter"],
        categorical_features=table.nominal,
        early_stopping=True,
        n_iter_no_change=20,
        random_state=context.seed,
    )
    valid = context.valid
    model.fit(
        trees.encode(table, train.X), train.y, X_val=trees.encode(table, valid.X), y_val=valid.y
    )
    notes.artifact_bytes = pickled_bytes(table, model)
    if model.n_iter_ == params["max_iter"]:
        notes.warnings.append(f"still improving after {model.n_iter_} trees")

    def predict(X: pd.DataFrame) -> Array:
        if real:
            return model.predict(trees.encode(table, X))
        p = model.predict_proba(trees.encode(table, X))
        return spread(p, model.classes_, context.task.n_classes or 2)

    return predict
