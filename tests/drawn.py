"""Drawn shapes that an image model must tell apart, and what it is told beside them."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchbig.cards import find
from benchbig.data import Context, Part
from benchbig.preprocess import resize

CATALOG = find()
QUICK = {
    "random_forest": {"trees": 20},
    "cnn": {"channels": 8, "width": 16, "steps": 60, "epochs": 1, "batch": 32},
    "resnet": {"channels": 8, "steps": 60, "epochs": 1, "batch": 32},
}


def shapes(n: int, k: int, seed: int, colours: int = 0, side: int = 20) -> Part:
    """Pictures of noise with a bright bar in one of k directions: lying, standing, or falling."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 60, size=(n, side, side, max(colours, 1)), dtype=np.uint8)
    y = np.arange(n) % k
    down, across = np.mgrid[:side, :side] - side // 2
    bars = np.stack([abs(down) < 3, abs(across) < 3, abs(down - across) < 3])
    X[bars[y]] += 150
    return Part(X if colours else X[..., 0], y, 1000 * seed + np.arange(n))


def scaled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The height of every picture that is scaled from now on, one after another."""
    heights: list[int] = []
    one = resize._one

    def counted(picture: np.ndarray, height: int, width: int) -> np.ndarray:
        heights.append(height)
        return one(picture, height, width)

    monkeypatch.setattr(resize, "_one", counted)
    return heights


def context(name: str, k: int, valid: Part, seed: int = 0) -> Context:
    card = CATALOG.model(name)
    kind = "binary" if k == 2 else "multiclass"
    task = replace(CATALOG.task("product_images"), kind=kind, n_classes=k, classes=())
    params = {**card.params, **QUICK.get(name, {})}
    return Context(task, params, seed, valid, {}, "cpu", 1, Path("unused"))


def code(name: str):
    """The model's module, or a skip where what it needs is not installed."""
    card = CATALOG.model(name)
    for module in card.requires:
        pytest.importorskip(module, reason=f"needs {module}: benchbig[{card.extra}]")
    return importlib.import_module(f"benchbig.baselines.{card.code or name}")
