"""How well does a Gaussian kernel SVM do on a picture's pixels, or on the run of its edges?"""

from __future__ import annotations

from benchbig.baselines.primal_svm import decide, learn
from benchbig.baselines.rbf_svm import choose, features, learn_map
from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess.images import describe
from benchbig.preprocess.probabilities import calibrate, calibrated
from benchbig.preprocess.size import pickled_bytes


def fit(train: Part, context: Context) -> Predict:
    """A linear machine on the kernel's Nystroem features; calibrated on the validation part.

    params: C; width, gamma times the columns' total variance; landmarks, how many training
    pictures span the kernel's space; and those of `describe` (benchbig/preprocess/images.py).
    """
    k, notes, params = context.task.n_classes or 2, context.notes, context.params
    matrix = describe(params)
    x = matrix(train.X)
    # Distances are the same about any centre, and lose less precision about the middle.
    centre = x.mean(axis=0)
    x -= centre
    gamma = params["width"] / max(float(x.var(axis=0).sum()), 1e-12)
    kernel = learn_map(x[choose(train.y, params["landmarks"], context.seed)], gamma)
    planes = learn(features(x, kernel), train.y, k, params["C"])
    if not planes.converged:
        notes.warnings.append("not converged")

    def score(X: Array) -> Array:
        return decide(features(matrix(X) - centre, kernel), planes)

    calibration = calibrate(score(context.valid.X), context.valid.y)
    notes.n_params = int(kernel.landmarks.size + kernel.whitening.size + planes.weights.size)
    notes.n_trainable = int(planes.weights.size + planes.offsets.size)
    notes.artifact_bytes = pickled_bytes(centre, kernel, planes, calibration)
    notes.precision = "fp32"
    return lambda X: calibrated(score(X), calibration)
