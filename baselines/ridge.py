"""How well does linear regression do, with a penalty on its weights?"""

from __future__ import annotations

import pandas as pd
from sklearn.linear_model import Ridge

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import dense
from benchbig.preprocess.size import pickled_bytes


def fit(train: Part, context: Context) -> Predict:
    """Least squares with an l2 penalty, solved exactly.

    params: alpha, the penalty's weight a training row; numbers, the views of the number columns
    (benchbig/preprocess/scale.py).
    """
    params, notes = context.params, context.notes
    encoding = dense.learn(train.X, params["numbers"])
    model = Ridge(alpha=params["alpha"] * len(train))
    model.fit(dense.encode(encoding, train.X), train.y)
    notes.n_params = notes.n_trainable = len(model.coef_) + 1
    notes.artifact_bytes = pickled_bytes(encoding, model)

    def predict(X: pd.DataFrame) -> Array:
        return model.predict(dense.encode(encoding, X))

    return predict
