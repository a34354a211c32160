"""Histories with a rule in them, and models that rank, fitted small and short to learn it."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchbig.cards import find
from benchbig.data import Context, Part, Predict, Split
from benchbig.data.histories import Catalogue, Choices, histories
from benchbig.data.splits import leave_one_out
from benchbig.metrics.places import places
from benchbig.metrics.score import value

CATALOG = find()
# Smaller and shorter than the card's, so that a fit takes a second.
SHORT = {"width": 16, "factors": 16, "batch": 128, "length": 12, "hidden": 16}


def made(rows: list[np.ndarray], items: int) -> Split:
    """A split of these histories, oldest first; users and items have facts of two kinds."""
    user = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    time = np.concatenate([np.arange(len(row)) for row in rows])
    choices = Choices(user, np.concatenate(rows), time)
    catalogue = Catalogue(
        ids=np.arange(len(rows)),
        users=pd.DataFrame({"age": np.arange(len(rows)) % 40 * 1.0}),
        items=pd.DataFrame({"kind": pd.Categorical(np.arange(items) % 3), "year": np.nan}),
        texts=np.array([f"item {at}" for at in range(items)], dtype=object),
    )
    return histories(choices, catalogue, leave_one_out(user, time))


def tasteful() -> Split:
    """200 users who each choose 10 of the 20 items of their taste, of 3; in no order."""
    rng = np.random.default_rng(0)
    return made([rng.permutation(20)[:10] + 20 * (who % 3) for who in range(200)], 60)


def context(model: str, split: Split, seed: int = 0, steps: int = 12) -> Context:
    card = CATALOG.model(model)
    task = replace(CATALOG.task("film_ratings"), n_items=split.train.X.n_items)
    wanted = {**SHORT, "steps": steps, "every": 20}
    short = {name: wanted[name] for name in wanted if name in card.params}
    return Context(task, {**card.params, **short}, seed, split.valid, {}, "cpu", 1, Path())


def fitted(model: str, split: Split, told: Context) -> Predict:
    module = CATALOG.model(model).code or model
    return importlib.import_module(f"benchbig.baselines.{module}").fit(split.train, told)


def judged(predict: Predict, part: Part, name: str = "recall_at_10") -> float:
    p = places(predict(part.X), part.X, part.y, repeats=False)
    found = value(name, "ranking", part.y, p)
    assert found is not None
    return found
