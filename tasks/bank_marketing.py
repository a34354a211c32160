"""Bank marketing: will this client take the term deposit? Tabular, binary, 11.7% positive.

Origin: 45,211 telephone contacts of a Portuguese bank, May 2008 to November 2010, UCI "Bank
Marketing", bank-full.csv (Moro, Cortez and Rita 2014, "A data-driven approach to predict the
success of bank telemarketing", Decision Support Systems 62).
Licence: CC BY 4.0 as recalled from the UCI repository; the package says nothing of the data.

`duration` is left out: how long the call lasts is known only when its outcome is known. So 15
features: age, balance, day of the month, contacts in this campaign, days since an earlier
campaign (missing, not -1, where there was none), earlier contacts, and nine nominal ones.

Duplicates: without `duration` 16 rows equal an earlier one in all columns, the outcome included;
they are dropped before the split, which leaves 45,195. Split: stratified, 70/10/20, drawn by the
seed: as if contacts came from one unchanging population. It does not leak: exact copies are gone
and no feature is known only after the call. The file is in date order and the outcome drifts;
the task bank_marketing_drift asks the same question of the future.

One row (id 0): age 58, job management, married, tertiary, balance 2,143, housing yes, day 5,
month may, campaign 1, pdays missing, previous 0, poutcome unknown -> 0 (no deposit).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from benchbig.data import Part, Split
from benchbig.data.frames import whole
from benchbig.data.splits import cut, stratified

SHARES = (0.7, 0.1, 0.2)  # a tenth, with its 529 deposits, is enough to choose by
NOMINAL = (
    "job",
    "marital",
    "education",
    "default",
    "housing",
    "loan",
    "contact",
    "month",
    "poutcome",
)


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: 6 number and 9 nominal columns; y: 1 for a deposit; ids: the row in the file, from 0."""
    everything = contacts(files["bank_full"])
    return cut(everything, stratified(everything.y, seed, SHARES))


def contacts(file: Path) -> Part:
    """All distinct contacts of the file in its own order, which is that of time."""
    table = pd.read_csv(file, sep=";").drop(columns="duration")
    table = table[~table.duplicated()]
    features = table.drop(columns="y")
    features["pdays"] = features["pdays"].where(features["pdays"] >= 0).astype("float64")
    return whole(features, (table["y"] == "yes").to_numpy(), NOMINAL)
