"""How is a table of the Hugging Face hub read, in the Parquet form that it gives every data set?"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchbig.data.parts import Array
from benchbig.data.pictures import square


def columns(file: Path, names: Sequence[str], side: int = 0) -> list[Array]:
    """These columns of a Parquet file: whole numbers as int64, texts as objects, pictures bytes.

    Pictures, stored as PNG or JPEG, come as uint8 (n, h, w, 3) and must be of one size; or with
    side, the middle square of each, scaled to so many pixels. Needs the extra `large`.
    """
    from datasets import Dataset, Image

    with tempfile.TemporaryDirectory() as scratch:  # datasets keeps a copy; here a passing one
        table = Dataset.from_parquet(str(file), cache_dir=scratch, keep_in_memory=True)
        found = []
        for name in names:
            if isinstance(table.features[name], Image):
                # One after another: all of a large file at once, unscaled, fill the memory.
                rows = (row[name] for row in table.select_columns([name]))
                pictures = (np.asarray(each.convert("RGB")) for each in rows)
                found.append(np.stack([square(p, side) if side else p for p in pictures]))
            else:
                values = table.with_format("numpy")[name][:]
                found.append(values.astype(np.int64 if values.dtype.kind in "iu" else object))
    return found
