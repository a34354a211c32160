"""Histories small enough to rank by hand, for tests of whatever ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchbig.data.histories import Catalogue, Histories


def catalogue(users: int, items: int) -> Catalogue:
    return Catalogue(
        ids=np.arange(users) + 100,
        users=pd.DataFrame(index=range(users)),
        items=pd.DataFrame(index=range(items)),
        texts=np.array([f"item {at}" for at in range(items)], dtype=object),
    )


def known(rows: list[list[int]], items: int) -> Histories:
    """Histories of these items, oldest first."""
    of = catalogue(len(rows), items)
    return Histories(
        user=np.arange(len(rows)),
        first=np.cumsum([0, *map(len, rows)]),
        item=np.array([item for row in rows for item in row], dtype=np.int64),
        time=np.array([at for row in rows for at in range(len(row))], dtype=np.int64),
        users=of.users,
        items=of.items,
        texts=of.texts,
    )
