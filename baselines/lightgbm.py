"""How well do LightGBM's gradient boosted trees do?"""

from __future__ import annotations

import lightgbm
import numpy as np
import pandas as pd

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import trees
from benchbig.preprocess.size import pickled_bytes

PATIENCE = 20  # rounds


def fit(train: Part, context: Context) -> Predict:
    """Trees are added until the loss on the validation part has not fallen for PATIENCE rounds.

    params: learning_rate, num_leaves, min_data_in_leaf, lambda_l2, feature_fraction (the share of
    columns a tree may use), trees (at most).
    """
    params, k, notes = context.params, context.task.n_classes or 2, context.notes
    objective = "binary" if k == 2 else "multiclass"
    if context.task.kind == "regression":
        objective = "regression"
    table = trees.learn(train.X)
    data = lightgbm.Dataset(
        trees.encode(table, train.X), train.y, categorical_feature=table.nominal
    )
    valid = data.create_valid(trees.encode(table, context.valid.X), context.valid.y)
    booster = lightgbm.train(
        {
            "objective": objective,
            "num_class": k if objective == "multiclass" else 1,
            "learning_rate": params["learning_rate"],
            "num_leaves": params["num_leaves"],
            "min_data_in_leaf": trees.leaf_rows(params["min_data_in_leaf"], len(train)),
            "lambda_l2": params["lambda_l2"],
            "feature_fraction": params["feature_fraction"],
            "seed": context.seed,
            "num_threads": context.threads,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        },
        data,
        num_boost_round=params["trees"],
        valid_sets=[valid],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
    )
    notes.artifact_bytes = pickled_bytes(table, booster.model_to_string())
    if booster.best_iteration == params["trees"]:
        notes.warnings.append(f"still improving after {booster.best_iteration} trees")

    def predict(X: pd.DataFrame) -> Array:
        p = booster.predict(trees.encode(table, X), num_threads=context.threads)
        return np.asarray(p)

    return predict
