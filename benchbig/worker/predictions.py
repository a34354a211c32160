"""Write the test part's predictions, by example id, small and the same to the byte each time."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np

from benchbig.data.digest import ids_sha256
from benchbig.data.parts import Array, Part


def write(folder: Path, key: str, test: Part, p: Array, attempt: int = 1) -> dict[str, str]:
    """Leave <key>.npz (p) and test-<hash>.npz (ids, y, groups if any) in the folder; says where.

    attempt: from the second on a part of the name, so that no record's file becomes another's.
    p: float32 (n,) or float16 (n, k), rounded before it was scored; of a ranking (n,) of named
    fields. ids and labels are the same for every model on a test part, so one file serves them
    all; its name is made of both, since two tasks that are cut alike have the same ids.
    """
    y = _narrow(test.y)
    labelled = hashlib.sha256(ids_sha256(test.ids).encode() + str(y.dtype).encode() + y.tobytes())
    shared = f"test-{labelled.hexdigest()[:16]}.npz"
    about = {"ids": test.ids.astype(np.int64), "y": y}
    if test.groups is not None:
        about["groups"] = test.groups.astype(np.int64)
    (folder / shared).write_bytes(_packed(about))
    own = f"{key}.npz" if attempt == 1 else f"{key}-{attempt}.npz"
    content = _packed({"p": p})
    (folder / own).write_bytes(content)
    return {
        "path": f"predictions/{own}",
        "sha256": hashlib.sha256(content).hexdigest(),
        "test": f"predictions/{shared}",
    }


def _packed(arrays: dict[str, Array]) -> bytes:
    """An .npz file of these; in memory, since into a file each array takes several writes."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # none is named allow_pickle
    return file.getvalue()


def _narrow(y: Array) -> Array:
    """Labels in the narrowest type that holds them; real targets as they are."""
    if y.dtype.kind == "f":
        return y
    ends = np.min_scalar_type(int(y.max())), np.min_scalar_type(min(int(y.min()), 0))
    return y.astype(np.result_type(*ends))
