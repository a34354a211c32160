"""Tables by the error of a copy, and written out for a model that reads: do they keep their word?

Breast cancer, which ships with scikit-learn, stands in for rare events: benign is the common class.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score

from benchbig.cards import find
from benchbig.cards.fit import misfit
from benchbig.cards.schema import Words
from benchbig.data import Context, Part, Split
from benchbig.data.splits import cut, stratified

torch = pytest.importorskip("torch", reason="needs torch: benchbig[large]")
CATALOG = find()


@pytest.fixture(scope="module")
def tumours() -> Split:
    bunch = load_breast_cancer(as_frame=True)
    y = 1 - bunch.target.to_numpy()  # 1: malignant
    return cut(Part(bunch.data, y, np.arange(len(y))), stratified(y, 0))


def context(model: str, split: Split, files: Any = None, **params: Any) -> Context:
    card, task = CATALOG.model(model), CATALOG.task("bank_marketing")
    params = {**card.params, **params}
    return Context(task, params, 0, split.valid, files or {}, "cpu", 1, Path("unused"))


def test_what_is_copied_badly_is_taken_for_the_rare_class(tumours: Split) -> None:
    given = context("autoencoder", tumours, steps=400)
    predict = importlib.import_module("benchbig.baselines.autoencoder").fit(tumours.train, given)
    p = predict(tumours.test.X)
    assert p.shape == (len(tumours.test),)
    assert np.all((p >= 0) & (p <= 1))
    assert roc_auc_score(tumours.test.y, p) > 0.85
    assert given.notes.n_train_used == int((tumours.train.y == 0).sum())
    np.testing.assert_allclose(predict(tumours.test.X[::-1])[::-1], p, atol=1e-6)


def test_the_rare_class_teaches_the_copier_nothing(tumours: Split) -> None:
    fit = importlib.import_module("benchbig.baselines.autoencoder").fit
    whole = fit(tumours.train, context("autoencoder", tumours, steps=60))
    # The same rows, wilder where they are rare: the encoding sees them, the network must not.
    rare = tumours.train.y == 1
    X = tumours.train.X.copy()
    X.loc[rare] = X.loc[rare].sample(frac=1, random_state=0).to_numpy()
    other = fit(replace(tumours.train, X=X), context("autoencoder", tumours, steps=60))
    np.testing.assert_allclose(other(tumours.test.X), whole(tumours.test.X), atol=1e-6)


def clients(n: int, first: int = 0) -> Part:
    """Rows whose job tells the class, in the words that the tiny encoder knows."""
    jobs = pd.Categorical.from_codes(np.arange(n) % 2, categories=["card", "rate"])
    table = pd.DataFrame({"my": jobs, "age": np.arange(n) % 5})
    return Part(table, np.arange(n, dtype=np.int64) % 2, np.arange(first, first + n))


@pytest.mark.parametrize("model", ["rows_minilm_frozen", "rows_minilm_finetune"])
def test_a_model_that_reads_learns_from_rows_written_out(model: str, tmp_path: Path) -> None:
    for package in CATALOG.model(model).requires:
        pytest.importorskip(package, reason=f"needs {package}: benchbig[large]")
    from tiny_encoder import save_tiny_encoder

    files = {"minilm": save_tiny_encoder(tmp_path / "encoder")}
    train, valid = clients(40), clients(20, 40)
    given = context(model, Split(train, valid, valid), files)
    given = replace(given, cache=tmp_path)
    predict = importlib.import_module("benchbig.baselines.rows_as_text").fit(train, given)
    assert np.mean((predict(train.X) > 0.5) == train.y) == 1.0
    np.testing.assert_allclose(predict(valid.X), predict(valid.X.copy()), atol=2e-2)


def test_only_tasks_in_words_are_written_out() -> None:
    model = CATALOG.model("rows_minilm_frozen")
    assert misfit(CATALOG.task("bank_marketing"), model) is None
    assert "needs the task in words" in str(misfit(CATALOG.task("card_fraud"), model))
    named = replace(CATALOG.task("card_fraud"), words=Words(text="Payment"))
    assert misfit(named, model) is None


def test_long_texts_are_left_to_a_gpu_by_models_that_would_take_hours() -> None:
    model, task = CATALOG.model("mpnet_finetune"), CATALOG.task("film_reviews")
    assert misfit(task, model) is None
    assert misfit(task, model, "NVIDIA H100") is None
    assert misfit(task, model, "cpu") == "takes texts of at most 100 words on a CPU, not 230"
    assert misfit(CATALOG.task("short_reviews"), model, "cpu") is None


def test_a_text_model_is_not_planned_for_a_language_it_does_not_read() -> None:
    chinese, english = CATALOG.task("product_reviews_zh"), CATALOG.task("product_reviews")
    assert misfit(chinese, CATALOG.model("m3e_frozen")) is None
    assert misfit(english, CATALOG.model("m3e_frozen")) == "reads zh, not en"
    assert misfit(chinese, CATALOG.model("minilm_frozen")) == "reads en, not zh"
    for task in (chinese, english):
        assert misfit(task, CATALOG.model("tfidf_svm")) is None
