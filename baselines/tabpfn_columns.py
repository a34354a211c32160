"""How does a table become the numbers that TabPFN v1 expects?

First as numbers: nominal columns one-hot, at most 100 columns in all (`learn_encoding`). Then on
the scale that the network was trained on (`learn_scaling`), as `preprocess_input` in
`tabpfn/scripts/transformer_prediction_interface.py` and `normalize_data`, `remove_outliers` and
`normalize_by_used_features_f` in `tabpfn/utils.py` of the package tabpfn 0.1.11 do it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.preprocessing import PowerTransformer

from benchbig.data.parts import Array

if TYPE_CHECKING:
    import pandas as pd

MAX_FEATURES = 100
N_SIGMA = 4.0


@dataclass(frozen=True)
class Encoding:
    """Which columns the network is shown: numeric ones, and (column, value) indicators."""

    numeric: tuple[str, ...]
    indicators: tuple[tuple[str, Any], ...]

    @property
    def width(self) -> int:
        """How many numbers a row becomes."""
        return len(self.numeric) + len(self.indicators)


def learn_encoding(X: pd.DataFrame) -> Encoding:
    """Choose the columns by the training part: of the nominal values the most frequent ones.

    A value that finds no room, or was never seen, has all its column's indicators at 0, as a
    missing one has. Raises ValueError when the numeric columns alone are more than 100.
    """
    nominal = [name for name in X.columns if X[name].dtype.name == "category"]
    numeric = tuple(name for name in X.columns if name not in nominal)
    if len(numeric) > MAX_FEATURES:
        raise ValueError(f"{len(numeric)} numeric columns; TabPFN v1 takes at most {MAX_FEATURES}")
    counted: list[tuple[int, str, Any]] = []
    for name in nominal:
        counts = X[name].value_counts()
        seen = [(int(n), name, value) for value, n in counts.items() if n]
        # Of two values the rarer one alone says all: its indicator is 0 where the other's is 1.
        counted += seen[1:] if len(seen) == 2 and not X[name].isna().any() else seen
    counted.sort(key=lambda entry: -entry[0])
    kept = {(name, value) for _, name, value in counted[: MAX_FEATURES - len(numeric)]}
    indicators = tuple((name, v) for name in nominal for v in X[name].cat.categories)
    return Encoding(numeric, tuple(pair for pair in indicators if pair in kept))


def encode(encoding: Encoding, X: pd.DataFrame) -> Array:
    """The rows as numbers: (n, width) float64, NaN where a numeric value is missing."""
    out = np.empty((len(X), encoding.width))
    for at, name in enumerate(encoding.numeric):
        out[:, at] = X[name].to_numpy(dtype=np.float64, na_value=np.nan)
    for at, (name, value) in enumerate(encoding.indicators, start=len(encoding.numeric)):
        out[:, at] = (X[name] == value).to_numpy(dtype=np.float64)
    return out


@dataclass(frozen=True)
class Scaling:
    """What a context taught: all arrays over the columns that it keeps.

    kept: positions of the columns that vary in the context; bent: those of them (positions
    within kept) that `power`, where there is one, makes more Gaussian.
    """

    kept: Array
    mean: Array
    std: Array
    bent: Array
    power: PowerTransformer | None
    lower: Array
    upper: Array


def learn_scaling(context: Array, power: bool) -> Scaling:
    """Fit the scaling on the context alone. context: (rows, columns), NaN where missing."""
    kept = np.flatnonzero([len(np.unique(c[~np.isnan(c)])) > 1 for c in context.T])
    x = context[:, kept]
    mean, std = np.nanmean(x, axis=0), np.nanstd(x, axis=0, ddof=1) + 1e-6
    z = np.clip((x - mean) / std, -100, 100)
    bent = np.array([at for at in range(len(kept)) if power and _bends(z[:, [at]])], dtype=int)
    bend = PowerTransformer().fit(z[:, bent]) if len(bent) else None
    if bend is not None:
        z[:, bent] = bend.transform(z[:, bent])
    # Bounds of the values within four deviations, so that outliers do not widen them.
    middle, reach = np.nanmean(z, axis=0), N_SIGMA * np.nanstd(z, axis=0, ddof=1)
    inner = np.where(np.abs(z - middle) <= reach, z, np.nan)
    middle, reach = np.nanmean(inner, axis=0), N_SIGMA * np.nanstd(inner, axis=0, ddof=1)
    return Scaling(kept, mean, std, bent, bend, middle - reach, middle + reach)


def scale(scaling: Scaling, x: Array) -> Array:
    """Rows (n, columns) on the network's scale: (n, kept) float32, missing values 0.

    Beyond the bounds values grow with their logarithm only; all are multiplied by 100 / columns,
    which keeps the size of the network's input the same however many columns there are.
    """
    z = np.clip((x[:, scaling.kept] - scaling.mean) / scaling.std, -100, 100)
    if scaling.power is not None:
        z[:, scaling.bent] = scaling.power.transform(z[:, scaling.bent])
    soft = np.log1p(np.abs(z))
    z = np.minimum(soft + scaling.upper, np.maximum(-soft + scaling.lower, z))
    z *= MAX_FEATURES / max(1, len(scaling.kept))
    return np.asarray(np.nan_to_num(z, nan=0.0), dtype=np.float32)


def _bends(column: Array) -> bool:
    """Whether a Yeo-Johnson transform can be fitted to this column (rows, 1) without trouble."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return bool(np.nanstd(PowerTransformer().fit_transform(column)) > 0)
        except (ValueError, RuntimeError, ArithmeticError, Warning):
            return False  # The original leaves such a column as it is.
