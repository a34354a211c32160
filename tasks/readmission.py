"""Readmission: will this diabetic be back in hospital within 30 days? Tabular, binary.

Origin: UCI "Diabetes 130-US hospitals for years 1999-2008" (Strack et al. 2014, "Impact of HbA1c
measurement on hospital readmission rates", BioMed Research International): stays of up to 14 days
of patients with diabetes. Licence: CC BY 4.0 as recalled from the UCI repository; the package says
nothing of the data.
Size: the copy keeps 99,492 of the origin's 101,766 stays. It has numbered the names (of the drugs
3 is none, 0 steady, 1 up, 2 down), sorted the three diagnoses into nine kinds with a column each,
made one column of gender and race together (1 in all but 318 rows), and dropped weight, payer and
specialty.

Stays that ended in death or in a hospice (discharge 11, 13, 14, 19, 20) are dropped, as the
origin's authors do: the dead do not come back, and to know it is no skill. So are rows that equal
an earlier one in all columns. `metformin-rosiglitazone` has one value only and is left out, so 64
features.

Split: stratified, 60/20/20, drawn by the seed. **What it cannot rule out:** the origin's 101,766
stays are of 71,518 patients, and the copy has dropped their numbers, so the stays of one patient
cannot be kept together and may stand in two parts. Exact copies are gone, every feature is known
at discharge, and ages come in decades; still, take the level as that of a hospital that knows many
of its patients.

One row (id 0): age 75, discharge 3, 3 days, 53 laboratory tests, 20 drugs, 1 earlier stay -> 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from benchbig.data import Split
from benchbig.data.frames import whole
from benchbig.data.splits import cut, stratified

NEVER_BACK = (11, 13, 14, 19, 20)  # codes of discharge: died, or to a hospice
CODES = ("admission_type_id", "discharge_disposition_id", "admission_source_id")
RESULTS = ("max_glu_serum", "A1Cresult")
DRUGS = (
    "metformin",
    "repaglinide",
    "nateglinide",
    "chlorpropamide",
    "glimepiride",
    "acetohexamide",
    "glipizide",
    "glyburide",
    "tolbutamide",
    "pioglitazone",
    "rosiglitazone",
    "acarbose",
    "miglitol",
    "troglitazone",
    "tolazamide",
    "insulin",
    "glyburide-metformin",
    "glipizide-metformin",
    "glimepiride-pioglitazone",
    "metformin-pioglitazone",
)


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: 39 number and 25 nominal columns; y: 1 for readmitted; ids: the file's row, from 0."""
    table = pd.read_csv(files["diabetes"])
    table = table[~table["discharge_disposition_id"].isin(NEVER_BACK) & ~table.duplicated()]
    y = table["readmitted"].to_numpy()
    features = table.drop(columns=["readmitted", "metformin-rosiglitazone"])
    return cut(whole(features, y, (*CODES, *RESULTS, *DRUGS)), stratified(y, seed))
