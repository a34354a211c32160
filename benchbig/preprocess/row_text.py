"""How is a row of a table written out, for a model that reads?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchbig.data.parts import Array

DIGITS = 4  # of a number that are written: more are tokens without a meaning


def texts(X: pd.DataFrame) -> Array:
    """(n,) one text a row: "age: 58, job: management, ...", what is missing left out.

    After Hegselmann et al. 2023, "TabLLM", whose plain list of names and values did about as well
    as longer sentences. Underscores and full stops in names become blanks.
    """
    columns = [_written(X[name], name) for name in X.columns]
    rows = [", ".join(filter(None, row)) for row in zip(*columns, strict=True)]
    return np.array(rows, dtype=object)


def _written(column: pd.Series, name: object) -> list[str]:
    """What each row's text says of one column; nothing where the value is missing."""
    label = str(name).replace("_", " ").replace(".", " ")
    missing = column.isna().to_numpy()
    if isinstance(column.dtype, pd.CategoricalDtype):
        named = [f"{label}: {str(value).replace('_', ' ')}" for value in column.cat.categories]
        codes = column.cat.codes.to_numpy()
        return ["" if gone else named[code] for gone, code in zip(missing, codes, strict=True)]
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return ["" if gone else f"{label}: {_number(value)}"
            for gone, value in zip(missing, values, strict=True)]  # fmt: skip


def _number(value: float) -> str:
    """Whole numbers as they are, others to `DIGITS` digits."""
    return str(int(value)) if value == int(value) else f"{value:.{DIGITS}g}"
