"""Toy messages and models of texts fitted on them, large ones with a tiny random encoder."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchbig.cards.read import read
from benchbig.cards.schema import ModelCard, TaskCard
from benchbig.data import Context, Part, Predict

ROOT = Path(__file__).parent.parent
CLASSICAL = ["tfidf_logreg", "tfidf_svm", "tfidf_naive_bayes"]
LARGE = ["minilm_frozen", "minilm_finetune", "minilm_lora"]
NETWORKS = ["lstm", *LARGE]
SUBJECTS = ["my card", "the top up", "this transfer", "the rate"]
ENDINGS = ["failed", "is lost", "please help", "what now", "again", "today", "is late", "is odd"]


def model_card(name: str) -> ModelCard:
    return read(ROOT / "baselines" / f"{name}.toml", ModelCard)


def task_card(k: int) -> TaskCard:
    """The card of a text task of k classes."""
    card = read(ROOT / "tasks" / "bank_intents.toml", TaskCard)
    return replace(card, n_classes=k, classes=(), kind="binary" if k == 2 else "multiclass")


def messages(k: int, first: int = 0) -> Part:
    """Every subject with every ending; a message's class is its subject, of k."""
    texts = np.array([f"{s} {e}" for s in SUBJECTS[:k] for e in ENDINGS], dtype=object)
    y = np.repeat(np.arange(k), len(ENDINGS)).astype(np.int64)
    return Part(texts, y, np.arange(first, first + len(y)))


def fitted(
    name: str, train: Part, k: int, tmp_path: Path, **params: Any
) -> tuple[Predict, Context]:
    """A model fitted on toy messages, large ones with a tiny encoder of random weights."""
    card = model_card(name)
    files = {}
    for package in card.requires:
        pytest.importorskip(package, reason=f"needs {package}: benchbig[{card.extra}]")
    if name in LARGE:
        from tiny_encoder import save_tiny_encoder

        files["minilm"] = save_tiny_encoder(tmp_path / "encoder")
    context = Context(
        task=task_card(k),
        params={**card.params, **params},
        seed=0,
        valid=messages(k, first=1000),
        files=files,
        device="cpu",
        threads=1,
        cache=tmp_path / "cache",
    )
    module = importlib.import_module(f"benchbig.baselines.{card.code or name}")
    return module.fit(train, context), context
