"""Toy plugins on real data, and the command line, as the tests of the engine use them.

The toys read the tables that scikit-learn ships as files, without importing scikit-learn: a
worker then starts in milliseconds, and the whole run through real processes stays quick.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchbig.record import Record
from benchbig.store import latest

BREAST_CANCER = '''
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
'''
WINE = (
    BREAST_CANCER.replace("Is a breast tumour benign? 569 x 30, 62.7% benign; Wolberg, Street and "
                          "Mangasarian 1993, UCI.", "Which grower? 178 x 13; Aeberhard 1991, UCI.")
    .replace("breast_cancer.csv", "wine_data.csv")
    .replace("range(30)", "range(13)")
)  # fmt: skip
CENTROID = '''
"""Nearest class centre of the standardised columns, as a softmax of minus the distance."""

import numpy as np


def fit(train, context):
    X = train.X.to_numpy(dtype=float)
    mean, scale = X.mean(axis=0), X.std(axis=0) + 1e-9
    Z = (X - mean) / scale
    centres = np.stack([Z[train.y == k].mean(axis=0) for k in range(context.task.n_classes)])

    def predict(X):
        Z = (X.to_numpy(dtype=float) - mean) / scale
        far = ((Z[:, None, :] - centres) ** 2).mean(axis=2) / context.params["warmth"]
        p = np.exp(far.min(axis=1, keepdims=True) - far)
        p /= p.sum(axis=1, keepdims=True)
        return p if context.task.kind == "multiclass" else p[:, 1]

    return predict
'''
TASK_CARD: dict[str, Any] = {
    "title": "Breast cancer",
    "version": 1,
    "sector": "healthcare",
    "modality": "tabular",
    "kind": "binary",
    "metric": "roc_auc",
    "description": "Is a tumour benign?",
    "origin": "UCI, Breast Cancer Wisconsin (Diagnostic)",
    "licence": "CC BY 4.0",
    "licence_basis": "recalled",
    "data_origin": "real",
    "n_examples": 569,
    "n_features": 30,
    "n_classes": 2,
    "split": {"scheme": "stratified", "seeded": True, "why": "One row is one patient."},
}
MODEL_CARD: dict[str, Any] = {
    "title": "Nearest centre",
    "version": 1,
    "family": "classical",
    "adaptation": "none",
    "modalities": ["tabular"],
    "kinds": ["binary", "multiclass"],
    "description": "The nearest class centre.",
    "params": {"warmth": 1.0},
}
SUITE_CARD: dict[str, Any] = {
    "title": "Toys",
    "description": "Toy plugins on real tables.",
    "tasks": ["tumour"],
    "models": ["centre"],
    "seeds": [0],
}


def toml(table: Mapping[str, Any], place: str = "") -> str:
    """A nested table of plain values as TOML; JSON's texts, numbers and lists are TOML's too."""
    lines, below = [], []
    for key, value in table.items():
        if isinstance(value, dict):
            below += [f"[{place}{key}]", toml(value, f"{place}{key}.")]
        elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
            for each in value:
                below += [f"[[{place}{key}]]", toml(each, f"{place}{key}.")]
        else:
            bare = key.replace("_", "").replace("-", "").isalnum()
            name = key if bare else json.dumps(key)
            lines.append(f"{name} = {json.dumps(value).replace('Infinity', 'inf')}")
    return "\n".join([*lines, *below])


@dataclass(frozen=True)
class Plugins:
    """A folder of toy plugins; each method writes a card over the toy one, and its code."""

    folder: Path

    def task(
        self, name: str, code: str = BREAST_CANCER, card: Mapping[str, Any] | None = None
    ) -> Path:
        return self._write("tasks", name, code, {**TASK_CARD, **(card or {})})

    def model(self, name: str, code: str = CENTROID, card: Mapping[str, Any] | None = None) -> Path:
        return self._write("baselines", name, code, {**MODEL_CARD, **(card or {})})

    def suite(self, name: str, card: Mapping[str, Any] | None = None) -> Path:
        return self._write("suites", name, None, {**SUITE_CARD, **(card or {})})

    def _write(self, shelf: str, name: str, code: str | None, card: Mapping[str, Any]) -> Path:
        path = self.folder / shelf / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(toml(card), encoding="utf-8")
        if code is not None:
            path.with_suffix(".py").write_text(code, encoding="utf-8")
        return path


@dataclass(frozen=True)
class Command:
    """`python -m benchbig` in a folder and with a cache of its own."""

    cwd: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        kept = {name: v for name, v in os.environ.items() if not name.startswith("BENCHBIG_")}
        own = {"BENCHBIG_CACHE": str(self.cwd / "cache"), "OMP_NUM_THREADS": "1"}
        return {**kept, **own, **self.variables}

    def __call__(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.line(*arguments),
            cwd=self.cwd,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def line(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "benchbig", *map(str, arguments)]


def kept(store: Path) -> dict[tuple[str, str, int], Record]:
    """A store's records that count, by task, model and seed."""
    return {(r["task"], r["model"], r["seed"]): r for r in latest(store)}


def line_count(store: Path) -> int:
    """How many records were ever appended to a store."""
    return sum(len(path.read_text().splitlines()) for path in (store / "records").glob("*/*.jsonl"))


def one_line(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    """Exit 2 with one line on standard error that says all of these."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith("benchbig: ")
    assert done.stderr.count("\n") == 1
    for part in parts:
        assert part in done.stderr
