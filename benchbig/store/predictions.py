"""What did a record's model say of each test example, and what was true?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchbig.errors import BenchError
from benchbig.record import Record
from benchbig.store import layout
from benchbig.store.pack import DAMAGED

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
        ids, y, groups = _test(folder / Path(named["test"]).name)
    except (OSError, ValueError, KeyError, RuntimeError, *DAMAGED) as error:
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


def _test(path: Path) -> tuple[Array, Array, Array | None]:
    """The ids, the truth and the groups of a test part."""
    found = path.stat()
    return _test_as_of(path, found.st_mtime_ns, found.st_size)


# All models of a task and seed share the file: a site of 240 records asks 120 times for 18 of them.
@lru_cache(maxsize=8)
def _test_as_of(path: Path, changed: int, size: int) -> tuple[Array, Array, Array | None]:
    import numpy as np

    with np.load(path, allow_pickle=False) as test:
        ids, y = test["ids"], test["y"]
        groups = test["groups"] if "groups" in test.files else None
    for one in (ids, y, groups):
        if one is not None:
            one.flags.writeable = False
    return ids, y, groups
