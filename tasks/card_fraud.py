"""Card fraud: is this card payment a fraud? Tabular, binary, 0.17% positive, split by time.

Origin: 284,807 payments by European cardholders on two days of September 2013, collected by
Worldline and the Machine Learning Group of ULB (Dal Pozzolo, Caelen, Johnson and Bontempi 2015,
"Calibrating probability with undersampling for unbalanced classification", IEEE CIDM). 492 of
them are frauds. V1..V28 are principal components of attributes kept secret; Amount is in euros;
Time is in seconds since the first payment.
Licence: public copies name the Open Database License or CC BY 4.0; the package says nothing.

Duplicates: rows that equal an earlier one in all 31 columns (Time, V1..V28, Amount, Class) are
dropped before the split: 1,081 rows, 19 of them frauds, which leaves 283,726 with 473 frauds.
Payments that repeat at another time are real events and stay (648 test payments, none a fraud,
have the features of a training payment).

Split: by time, the first 60% of the rows to training (342 frauds), the next 20% to validation
(57), the last 20% to test (74). It does not leak: nothing is learnt from a later payment, no
second stands in two parts, and exact copies are gone. It does not depend on the seed.

Time itself is no feature: every test row lies beyond the training range, and of the hour of the
day the training part has seen only some hours twice. So 29 features: V1..V28 and Amount.

One row (id 0): V1 -1.36, V2 -0.07, V3 2.54, ... V28 -0.02, Amount 149.62 -> 0 (no fraud).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from benchbig.data import Split
from benchbig.data.frames import whole
from benchbig.data.splits import by_time, cut


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: 29 float columns; y: 1 for fraud; ids: the row in the file, from 0."""
    table = pd.read_csv(files["creditcard"])
    table = table[~table.duplicated()]
    features = table.drop(columns=["Time", "Class"])
    everything = whole(features, table["Class"].to_numpy())
    return cut(everything, by_time(table["Time"].to_numpy()))
