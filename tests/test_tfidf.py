"""Are n-grams taken of the right kind, and once for all trials of a search?"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import FeatureUnion
from texts_by_hand import CLASSICAL, fitted, messages, model_card

from benchbig.cards import Tuning
from benchbig.data import Context, Notes, Part, Predict
from benchbig.preprocess import tfidf
from benchbig.preprocess.tfidf import unspaced, vectoriser
from benchbig.worker.search import Outcome, search


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


def counted(monkeypatch: pytest.MonkeyPatch, place: Any, name: str) -> list[int]:
    """How many texts, the last argument, each call of this function was given from now on."""
    seen, called = list[int](), getattr(place, name)

    def counting(*told: Any) -> Any:
        seen.append(len(told[-1]))
        return called(*told)

    monkeypatch.setattr(place, name, counting)
    tfidf._learn.cache_clear()
    tfidf._validation.cache_clear()
    return seen


def searched(
    name: str, train: Part, context: Context, judge: Callable[[Predict], float]
) -> Outcome:
    """Four trials of a model's card."""
    card = model_card(name)
    fit = importlib.import_module(f"benchbig.baselines.{card.code or name}").fit
    found = search(fit, train, context, card.search, Tuning(4, 1000.0), judge, True)
    assert len(found.trials) == 4
    return found


@pytest.mark.parametrize("name", CLASSICAL)
def test_a_search_counts_the_n_grams_of_its_texts_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = messages(4)
    alone, context = fitted(name, train, 4, tmp_path)
    whole = alone(train.X)
    given = counted(monkeypatch, tfidf, "vectoriser")
    found = searched(name, train, context, lambda predict: 0.5)
    assert given == [len(train)]
    first, *others = found.trials
    assert first.notes.filled_s > 0 == first.notes.shared_s
    assert {trial.notes.shared_s for trial in others} == {first.notes.filled_s}
    assert all(trial.fit_s > first.notes.filled_s for trial in others)
    np.testing.assert_array_equal(found.predict(train.X), whole)  # the card's own parameters
    tfidf.learn(context.params, train.X[:9], Notes())
    assert given == [len(train), 9]


@pytest.mark.parametrize("name", CLASSICAL)
def test_a_search_counts_the_n_grams_of_the_validation_part_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each trial of long texts spends most of the budget's seconds on the same rows."""
    train = messages(4)
    _, context = fitted(name, train, 4, tmp_path)
    context = replace(context, valid=train.take(np.arange(12)))
    given = counted(monkeypatch, FeatureUnion, "transform")
    seen: list[Any] = []

    def judge(predict: Predict) -> float:
        seen.append(predict(context.valid.lend_X()))
        np.testing.assert_allclose(seen[-1], predict(train.X)[:12], atol=1e-12)
        return 0.5

    found = searched(name, train, context, judge)
    assert [n for n in given if n == 12] == [12]
    assert len(seen) == 4
    # Calibrating is of the fit; what judging alone asks for is not.
    spared = [trial.notes.valid_shared_s for trial in found.trials]
    assert [seconds > 0 for seconds in spared] == [False] + [name == "tfidf_logreg"] * 3
