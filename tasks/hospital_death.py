"""Hospital death: will this seriously ill patient die in this stay? Tabular, 25.9% positive.

Origin: SUPPORT2, 9,105 seriously ill adults in five American hospitals, 1989 to 1994 (Knaus et al.
1995, "The SUPPORT prognostic model", Annals of Internal Medicine 122), as given by Vanderbilt
University's department of biostatistics. What was measured stems from the third day of the study.
Licence: unstated by the package; the origin gives the data to the public (recalled).

Left out, because they are the outcome or known only after it: `death` and `d.time` (survival
beyond the stay), `slos` (length of the stay), `sfdm2` (function two months later), `charges`,
`totcst` and `totmcst` (the stay's cost), `avtisst` (treatment averaged up to day 25), `dnr` and
`dnrday` (an order not to resuscitate, given on any day of the stay). Left out, because they are
others' predictions from the same facts: `surv2m` and `surv6m` (the SUPPORT model's), `prg2m` and
`prg6m` (the physician's), and the scores `sps` and `aps`. `adlsc` is imputed from other columns,
and `sno` counts the rows. So 29 features remain: age, sex, race, schooling, income, disease, coma
score, vital signs, blood values, and what the patient could do at home, most of the last with
gaps.

Split: stratified, 60/20/20, drawn by the seed. It does not leak: one row is one patient, no two
rows are equal, and what is known only later is left out.

One row (id 0): age 62.8, male, Lung Cancer, income $11-$25k, race other, meanbp 97, hrt 69 -> 0
(survived).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from benchbig.data import Split
from benchbig.data.frames import whole
from benchbig.data.splits import cut, stratified

LATER = (
    "death",
    "d.time",
    "slos",
    "sfdm2",
    "charges",
    "totcst",
    "totmcst",
    "avtisst",
    "dnr",
    "dnrday",
)
PREDICTIONS = ("surv2m", "surv6m", "prg2m", "prg6m", "sps", "aps")
NO_FEATURES = ("sno", "adlsc", "hospdead")
NOMINAL = ("sex", "dzgroup", "dzclass", "income", "race", "ca")


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: 23 number and 6 nominal columns; y: 1 for death; ids: the row in the file, from 0."""
    table = pd.read_csv(files["support2"], skipinitialspace=True)
    y = table["hospdead"].to_numpy()
    features = table.drop(columns=[*LATER, *PREDICTIONS, *NO_FEATURES])
    return cut(whole(features, y, NOMINAL), stratified(y, seed))
