"""How well does a linear support vector machine do, its scores turned into probabilities?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchbig.baselines.primal_svm import decide, learn
from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import dense
from benchbig.preprocess.probabilities import calibrate, calibrated
from benchbig.preprocess.size import pickled_bytes


def fit(train: Part, context: Context) -> Predict:
    """Squared hinge loss, l2 penalty; calibrated on the validation part, ranking unchanged.

    params: C; balance, how far rare classes weigh more (0 not, 1 fully); numbers, the views of
    the number columns (benchbig/preprocess/scale.py); crosses, the fewest rows of a pair of
    values that gets a column, 0 for none (crosses.py beside it).
    """
    k, notes, params = context.task.n_classes or 2, context.notes, context.params
    encoding = dense.learn(train.X, params["numbers"], params["crosses"])
    x = dense.encode(encoding, train.X)
    planes = learn(x, train.y, k, params["C"], params["balance"])
    if not planes.converged:
        notes.warnings.append("not converged")
    scores = decide(dense.encode(encoding, context.valid.X), planes)
    calibration = calibrate(scores, context.valid.y)
    notes.n_params = notes.n_trainable = int(planes.weights.size + planes.offsets.size)
    notes.artifact_bytes = pickled_bytes(encoding, planes, calibration)
    notes.precision = "fp32" if x.dtype == np.float32 else "fp64"

    def predict(X: pd.DataFrame) -> Array:
        return calibrated(decide(dense.encode(encoding, X), planes), calibration)

    return predict
