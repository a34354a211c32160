"""Are n-grams taken of the right kind, and once for all trials of a search?"""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import FeatureUnion
from texts_by_hand import fitted, messages, model_card

from benchbig.cards import Tuning
from benchbig.data import Notes, Predict
from benchbig.preprocess import tfidf
from benchbig.preprocess.tfidf import unspaced, vectoriser
from benchbig.worker.search import search


def test_texts_without_spaces_are_taken_by_their_characters() -> None:
    params = model_card("tfidf_logreg").params
    chinese = np.array(["房间很小", "房间很好 wifi 快"], dtype=object)
    made = vectoriser(params, chinese).fit(chinese).get_feature_names_out().tolist()
    assert {"characters__房", "characters__房间", "characters__房间很"} < set(made)
    assert not any("房间很小" in name for name in made)
    english = np.array(["my card 卡 is lost", "my card"], dtype=object)
    made = vectoriser(params, english).fit(english).get_feature_names_out().tolist()
    kinds = {name.split("__")[0] for name in made}
    assert kinds == {"words", "letters"}
    assert not unspaced(np.array(["", "123"], dtype=object))


@pytest.mark.parametrize("name", ["tfidf_logreg", "tfidf_svm", "tfidf_naive_bayes"])
def test_a_search_counts_the_n_grams_of_its_texts_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train, counted = messages(4), list[int]()
    alone, context = fitted(name, train, 4, tmp_path)
    whole = alone(train.X)
    made = tfidf.vectoriser

    def counting(params: Any, texts: Any) -> Any:
        counted.append(len(texts))
        return made(params, texts)

    monkeypatch.setattr(tfidf, "vectoriser", counting)
    tfidf._learn.cache_clear()
    tfidf._validation.cache_clear()
    fit = importlib.import_module(f"benchbig.baselines.{model_card(name).code or name}").fit
    ranges, budget = model_card(name).search, Tuning(4, 1000.0)
    found = search(fit, train, context, ranges, budget, lambda predict: 0.5, True)
    assert len(found.trials) == 4
    assert counted == [len(train)]
    first, *others = found.trials
    assert first.notes.filled_s > 0 == first.notes.shared_s
    assert {trial.notes.shared_s for trial in others} == {first.notes.filled_s}
    assert all(trial.fit_s > first.notes.filled_s for trial in others)
    np.testing.assert_array_equal(found.predict(train.X), whole)  # the card's own parameters
    tfidf.learn(context.params, train.X[:9], Notes())
    assert counted == [len(train), 9]


@pytest.mark.parametrize("name", ["tfidf_logreg", "tfidf_svm", "tfidf_naive_bayes"])
def test_a_search_counts_the_n_grams_of_the_validation_part_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each trial of long texts spends most of the budget's seconds on the same rows."""
    train, counted = messages(4), list[int]()
    _, context = fitted(name, train, 4, tmp_path)
    context = replace(context, valid=train.take(np.arange(12)))
    transform = FeatureUnion.transform

    def counting(self: FeatureUnion, texts: Any) -> Any:
        counted.append(len(texts))
        return transform(self, texts)

    monkeypatch.setattr(FeatureUnion, "transform", counting)
    tfidf._validation.cache_clear()
    fit = importlib.import_module(f"benchbig.baselines.{model_card(name).code or name}").fit
    seen: list[Any] = []

    def judge(predict: Predict) -> float:
        seen.append(predict(context.valid.lend_X()))
        np.testing.assert_allclose(seen[-1], predict(train.X)[:12], atol=1e-12)
        return 0.5

    found = search(fit, train, context, model_card(name).search, Tuning(4, 1000.0), judge, True)
    assert [n for n in counted if n == 12] == [12]
    assert len(seen) == len(found.trials) == 4
    # Calibrating is of the fit; what judging alone asks for is not.
    spared = [trial.notes.valid_shared_s for trial in found.trials]
    assert [seconds > 0 for seconds in spared] == [False] + [name == "tfidf_logreg"] * 3
