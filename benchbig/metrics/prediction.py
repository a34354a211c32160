"""Is what a model returned a prediction, and what of it is kept."""

from __future__ import annotations

import numpy as np

from benchbig.data.parts import Array

SUM_TOLERANCE = 1e-3
# A float32 softmax may leave [0, 1] by rounding; such values are moved to the edge.
EDGE_TOLERANCE = 1e-6


class PredictionError(ValueError):
    """A model returned something that is no prediction for its task."""


def check_prediction(kind: str, n: int, k: int, p: object) -> Array:
    """The prediction rounded to what is stored, or PredictionError with the reason.

    kind: "binary", "multiclass" or "regression"; n: examples; k: classes. Accepted: floats in
    [0, 1], (n,) probabilities of class 1 for binary, (n, k) with rows that sum to 1 for
    multiclass; any finite floats, (n,), for regression. Of rankings see places.py.
    """
    shape = (n, k) if kind == "multiclass" else (n,)
    if not isinstance(p, np.ndarray):
        raise PredictionError(
            f"the model returned a {type(p).__name__}, not a numpy array of shape {shape}"
        )
    _check_shape(kind, shape, p)
    if kind == "regression":
        with np.errstate(over="ignore"):  # what overflows is refused in the next line
            p = round_for_storage(kind, p)
    if not np.isfinite(p).all():
        bad = int((~np.isfinite(p).reshape(n, -1).all(axis=1)).sum())
        raise PredictionError(f"the model returned NaN or infinity for {bad} of {n} examples")
    if kind == "regression":
        return p
    low, high = float(p.min()), float(p.max())
    if low < -EDGE_TOLERANCE or high > 1 + EDGE_TOLERANCE:
        raise PredictionError(
            f"the model returned scores from {low:.6g} to {high:.6g}; probabilities lie in [0, 1]"
        )
    p = np.clip(p, 0, 1)
    if kind == "multiclass":
        _check_sums(p)
    return round_for_storage(kind, p)


def looks_like_labels(kind: str, p: Array) -> bool:
    """Whether floats that pass for probabilities are all 0 or 1, both of them there.

    A fully grown tree gives such, too; so it is for the reader to judge.
    """
    if kind not in ("binary", "multiclass"):
        return False
    return bool(((p == 0) | (p == 1)).all() and p.min() < p.max())


def round_for_storage(kind: str, p: Array) -> Array:
    """The prediction in the precision it is stored and scored in; a store's size hangs on it.

    binary: float32 of 13 significant bits, so that rare classes keep their order near 0.
    multiclass: float16, multiples of 2^-12, below that powers of two. regression: float32.
    """
    if kind == "multiclass":
        return _coarse(p)
    return p.astype(np.float32) if kind == "regression" else _short(p.astype(np.float32))


def _short(p: Array) -> Array:
    """float32 rounded, half to even, to 12 of its 23 bits after the leading one."""
    dropped = 11
    bits = p.view(np.uint32)
    odd = (bits >> dropped) & 1
    kept = (bits + odd + ((1 << (dropped - 1)) - 1)) >> dropped << dropped
    return kept.astype(np.uint32).view(np.float32)


def _coarse(p: Array) -> Array:
    """float16 on the grid of 2^-12. Below it powers of two, so that log loss keeps its size."""
    step = 2.0**-12
    p = p.astype(np.float64)
    small = 2.0 ** np.rint(np.log2(np.clip(p, 2.0**-30, step)))  # 2^-25 and less is 0 in float16
    return np.where(p < step, small, np.rint(p / step) * step).astype(np.float16)


def _check_shape(kind: str, shape: tuple[int, ...], p: Array) -> None:
    """Raise unless these are floats of the expected shape."""
    if kind != "regression" and (p.dtype.kind in "biu" or (len(shape) == 2 and p.ndim == 1)):
        raise PredictionError(
            f"the model returned {p.dtype} values of shape {p.shape}, which look like labels; "
            f"expected probabilities (floats) of shape {shape}"
        )
    if p.dtype.kind != "f":
        raise PredictionError(
            f"the model returned {p.dtype} values; expected floats of shape {shape}"
        )
    if p.shape != shape:
        hint = ", the probability of class 1" if kind == "binary" else ""
        raise PredictionError(f"the model returned shape {p.shape}; expected {shape}{hint}")


def _check_sums(p: Array) -> None:
    """Raise unless every row sums to 1."""
    sums = p.sum(axis=1, dtype=np.float64)
    off = np.abs(sums - 1.0)
    worst = int(off.argmax())
    if off[worst] > SUM_TOLERANCE:
        raise PredictionError(
            f"the model returned rows that do not sum to 1: row {worst} sums to {sums[worst]:.6g}"
        )
