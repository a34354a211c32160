"""Along which few axes do pictures differ? A kernel is cheaper on these than on all columns."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from sklearn.decomposition import PCA

from benchbig.data import Notes
from benchbig.data.parts import Array
from benchbig.preprocess.images import describe
from benchbig.preprocess.shared import charged


class Learnt(NamedTuple):
    """The axes and the training pictures along them, (n, r) float32; seconds that took."""

    axes: PCA
    rows: Array
    seconds: float


def learn(params: Mapping[str, Any], X: Array, notes: Notes) -> Learnt:
    """The principal axes of training pictures, computed once for all trials on them.

    params: variance, the share of it that the axes hold, and those of `describe`. notes: told what
    was spared or spent (`charged`).
    """
    told = {name: params[name] for name in ("features", "side", "cell", "bins") if name in params}
    return charged(_learn, notes, params["variance"], json.dumps(told), X.shape, X.tobytes())


@functools.lru_cache(maxsize=1)  # the trials of a search share one training part
def _learn(variance: float, told: str, shape: tuple[int, ...], raw: bytes) -> Learnt:
    began = time.perf_counter()
    x = describe(json.loads(told))(np.frombuffer(raw, dtype=np.uint8).reshape(shape))
    # Of n pictures and d columns the first takes n d^2 operations, the second d n^2.
    axes = PCA(variance, svd_solver="covariance_eigh" if len(x) > x.shape[1] else "full")
    return Learnt(axes, axes.fit_transform(x), time.perf_counter() - began)
