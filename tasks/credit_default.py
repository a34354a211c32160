"""Credit default: will this card holder fail to pay next month? Tabular, binary, 22.1% positive.

Origin: 30,000 clients of a bank in Taiwan, 2005, UCI "Default of credit card clients" (Yeh and
Lien 2009, "The comparisons of data mining techniques for the predictive accuracy of probability
of default of credit card clients", Expert Systems with Applications 36). 23 features: the credit
limit, sex, education, marital status, age, and for each month from April to September the state
of payment, the bill and the payment, in New Taiwan dollars.
Licence: CC BY 4.0 as recalled from the UCI repository; the package says nothing of the data.

Trap: the copy names its monthly columns from April to September, but its rows stand in UCI's own
order, which runs from September back to April (the first row equals UCI's ID 1: PAY_0 = 2,
BILL_AMT1 = 3913). The columns are renamed here to the months that they hold.

The state of payment is -2 (card not used), -1 (paid in full), 0 (revolving credit) or the months
of delay, 1 to 8: numbers whose first steps are names. They stay numbers, in order; linear models
are offered each value as a column besides.

Duplicates: 35 rows equal an earlier one in all columns; they are dropped before the split, which
leaves 29,965 (21 more share all features with another but not the outcome; they stay).
Split: stratified, 70/10/20, drawn by the seed. It does not leak: one row is one client, exact
copies are gone, and all features precede the month that is predicted.

One row (id 0): limit 20,000, sex 2 (female), edu 2 (university), married 1, age 24, sep_delay 2,
aug_delay 2, jul_delay -1, ... sep_bill 3,913, ... apr_pay 0 -> 1 (default).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from benchbig.data import Split
from benchbig.data.frames import whole
from benchbig.data.splits import cut, stratified

SHARES = (0.7, 0.1, 0.2)  # a tenth, with its 663 defaults, is enough to choose by
MONTHS = ("apr", "may", "jun", "jul", "aug", "sep")
RENAMED = {
    f"{seen}_{what}": f"{true}_{what}"
    for seen, true in zip(MONTHS, reversed(MONTHS), strict=True)
    for what in ("delay", "bill", "pay")
}


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: 20 integer and 3 nominal columns; y: 1 for default; ids: the row in the file, from 0."""
    table = pd.read_csv(files["credit"], compression="gzip").rename(columns=RENAMED)
    table = table[~table.duplicated()]
    y = table["default"].to_numpy()
    everything = whole(table.drop(columns="default"), y, nominal=("sex", "edu", "married"))
    return cut(everything, stratified(y, seed, SHARES))
