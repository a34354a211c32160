"""Is a breast tumour benign? 569 x 30, 62.7% benign; Wolberg, Street and Mangasarian 1993, UCI."""

import importlib.util
from pathlib import Path

import pandas as pd

from benchbig.data.frames import whole
from benchbig.data.splits import cut, stratified


def load(seed, files):
    home = importlib.util.find_spec("sklearn").submodule_search_locations[0]
    path = Path(home, "datasets", "data", "breast_cancer.csv")
    table = pd.read_csv(path, skiprows=1, header=None)
    table.columns = [f"x{i}" for i in range(30)] + ["y"]
    y = table["y"].to_numpy()
    return cut(whole(table.drop(columns="y"), y), stratified(y, seed))
