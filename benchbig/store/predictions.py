"""What did a record's model say of each test example, and what was true?"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchbig.errors import BenchError
from benchbig.record import Record
from benchbig.store import layout

if TYPE_CHECKING:
    from benchbig.data.parts import Array


@dataclass(frozen=True)
class Predicted:
    """ids: (n,) int64 of the test examples. y: (n,) truth. p: (n,) or (n, k) as stored.

    groups: (n,) int64 where examples come in groups that are drawn together, else None.
    """

    ids: Array
    y: Array
    p: Array
    groups: Array | None = None


def predictions(store: Path, record: Record) -> Predicted | None:
    """The predictions of one ok record; None of any other.

    Raises BenchError where the files it names are not there or cannot be read.
    """
    import numpy as np

    named = record["predictions"]
    if record["status"] != "ok" or named is None:
        return None
    try:
        # A store may come from anyone: of a path only the last part is taken.
        folder = layout.predictions_folder(store)
        with np.load(folder / Path(named["path"]).name, allow_pickle=False) as own:
            p = own["p"]
        with np.load(folder / Path(named["test"]).name, allow_pickle=False) as test:
            ids, y = test["ids"], test["y"]
            groups = test["groups"] if "groups" in test.files else None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise BenchError(
            f"{store}: the predictions of {record['task']}, {record['model']}, seed "
            f"{record['seed']} cannot be read ({error}); type: benchbig check {store}"
        ) from None
    if len(p) != len(ids):
        raise BenchError(
            f"{store}: {named['path']} holds {len(p)} predictions for {len(ids)} examples; "
            f"type: benchbig check {store}"
        )
    return Predicted(ids, y, p, groups)
