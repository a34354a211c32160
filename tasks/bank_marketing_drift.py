"""Bank marketing, drifting: trained on the past, will it hold in the future? Split by date.

The data, licence, features and dropped duplicates are those of the task bank_marketing. The file
has no year, but it is in date order (its months run from May 2008 to November 2010, and its
origin says so), so the row number is the time.

Split: the first 60% of the rows to training, the next 20% to validation, the last 20% to test.
It does not leak: nothing is learnt from a later contact, and exact copies are gone. It does not
depend on the seed. The share of deposits rises from 5% in training to 12% in validation and
32% in test, as the bank came to choose whom it calls: probabilities learnt on the past are far too
low for the test part, and that is the point.

One row (id 45,210, the last): age 37, job entrepreneur, married, secondary, balance 2,971, day
17, month nov, campaign 2, pdays 188, previous 11, poutcome other -> 0 (no deposit).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchbig.data import Split
from benchbig.data.splits import by_order, cut
from benchbig.tasks.bank_marketing import contacts


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: 6 number and 9 nominal columns; y: 1 for a deposit; ids: the row in the file, from 0."""
    everything = contacts(files["bank_full"])
    return cut(everything, by_order(len(everything)))
