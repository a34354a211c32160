"""How well do CatBoost's gradient boosted trees do?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, CatBoostRegressor, Pool

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import columns
from benchbig.preprocess.probabilities import spread
from benchbig.preprocess.size import pickled_bytes

PATIENCE = 40  # rounds


def fit(train: Part, context: Context) -> Predict:
    """Trees are added until the loss on the validation part has not fallen for PATIENCE rounds.

    params: learning_rate, depth, l2_leaf_reg, random_strength (noise on the splits' scores),
    iterations, border_count (steps a column), one_hot_max_size (a column of more names is turned
    into target statistics).
    """
    params, notes = context.params, context.notes
    real = context.task.kind == "regression"
    kind = CatBoostRegressor if real else CatBoostClassifier
    model = kind(
        learning_rate=params["learning_rate"],
        depth=params["depth"],
        l2_leaf_reg=params["l2_leaf_reg"],
        random_strength=params["random_strength"],
        iterations=params["iterations"],
        border_count=params["border_count"],
        one_hot_max_size=params["one_hot_max_size"],
        early_stopping_rounds=PATIENCE,
        random_seed=context.seed,
        thread_count=context.threads,
        allow_writing_files=False,
        logging_level="Silent",
    )
    names = columns.nominal(train.X)
    model.fit(
        Pool(_plain(train.X, names), train.y, cat_features=names),
        eval_set=Pool(_plain(context.valid.X, names), context.valid.y, cat_features=names),
    )
    notes.artifact_bytes = pickled_bytes(model)
    if model.tree_count_ == params["iterations"]:
        notes.warnings.append(f"still improving after {model.tree_count_} trees")

    def predict(X: pd.DataFrame) -> Array:
        pool = Pool(_plain(X, names), cat_features=names)
        if real:
            return np.asarray(model.predict(pool, thread_count=context.threads))
        p = model.predict_proba(pool, thread_count=context.threads)
        return spread(p, np.asarray(model.classes_), context.task.n_classes or 2)

    return predict


def _plain(X: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Names as text, a gap as a name of its own: CatBoost takes no missing name."""
    frame = X.copy(deep=False)
    for name in names:
        frame[name] = X[name].astype(object).where(X[name].notna(), "").astype(str)
    return frame
