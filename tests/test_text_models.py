"""Do the text models keep their word? Toy messages, a tiny random encoder."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from texts_by_hand import CLASSICAL, NETWORKS, fitted, messages, model_card, task_card

from benchbig.assets.cache import cache_dir, find
from benchbig.baselines import tfidf_svm
from benchbig.cards import Tuning
from benchbig.data import Notes, Part, Predict
from benchbig.preprocess.tfidf import vectoriser
from benchbig.worker.measure import predict_pieces
from benchbig.worker.search import search


@pytest.mark.parametrize("name", CLASSICAL + NETWORKS)
@pytest.mark.parametrize("k", [2, 4])
def test_a_text_model_gives_probabilities_in_the_shape_of_the_kind(
    name: str, k: int, tmp_path: Path
) -> None:
    train = messages(k)
    predict, context = fitted(name, train, k, tmp_path)
    p = predict(train.X)
    assert p.dtype == np.float64
    assert p.shape == ((len(train),) if k == 2 else (len(train), k))
    assert np.all((p >= 0) & (p <= 1))
    if k > 2:
        np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-12)
    notes = context.notes
    assert notes.n_params is not None
    assert notes.n_trainable is not None
    assert 0 < notes.n_trainable <= notes.n_params
    assert notes.artifact_bytes
    assert notes.precision in ("fp64", "fp32", "bf16")


@pytest.mark.parametrize("name", CLASSICAL + NETWORKS)
def test_a_text_models_probabilities_follow_the_order_of_the_texts(
    name: str, tmp_path: Path
) -> None:
    train = messages(4)
    predict, _ = fitted(name, train, 4, tmp_path)
    p, backwards = predict(train.X), predict(train.X[::-1])
    np.testing.assert_allclose(backwards[::-1], p, atol=1e-9 if name in CLASSICAL else 2e-2)


@pytest.mark.parametrize("name", CLASSICAL + NETWORKS)
def test_a_class_that_the_training_part_lacks_is_improbable(name: str, tmp_path: Path) -> None:
    train = messages(4)
    without = train.take(np.flatnonzero(train.y != 1))
    predict, _ = fitted(name, without, 4, tmp_path)
    p = predict(without.X)
    assert p.shape == (len(without), 4)
    assert p[:, 1].max() < 0.01


@pytest.mark.parametrize("name", CLASSICAL)
def test_a_classical_text_model_learns_and_converges(name: str, tmp_path: Path) -> None:
    train = messages(4)
    predict, context = fitted(name, train, 4, tmp_path)
    assert np.mean(predict(train.X).argmax(axis=1) == train.y) == 1.0
    assert context.notes.warnings == []


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_learns_texts(name: str, tmp_path: Path) -> None:
    train = messages(4)
    predict, context = fitted(name, train, 4, tmp_path)
    assert np.mean(predict(train.X).argmax(axis=1) == train.y) > 0.9
    assert context.notes.warnings == []


@pytest.mark.parametrize("name", ["minilm_finetune", "minilm_lora"])
def test_on_a_cpu_only_so_many_tokens_are_learnt_from(name: str, tmp_path: Path) -> None:
    train = messages(4)
    params = {"epochs": 2.0, "steps": 0, "most_epochs": 2, "batch": 8}
    _, whole = fitted(name, train, 4, tmp_path, **params)
    assert whole.notes.n_train_used is None
    # 124 words and 2 special tokens in each of 32 messages, 188 tokens; seen twice, 376.
    _, half = fitted(name, train, 4, tmp_path, **params, cpu_tokens=188)
    assert half.notes.n_train_used == 16


@pytest.mark.parametrize(("steps", "afforded", "kept", "taken"), [
    (20, 10.0, None, 10),  # 32 rows are 4 steps: three rounds fewer, all rows
    (20, 5.0, 20, 6),  # two epochs of all would be 8 steps: fewer rows
    (0, 4.0, 16, 4),
    (3, 9.0, None, 8),
])  # fmt: skip
def test_small_parts_are_gone_through_less_often_before_rows_are_left_out(
    steps: int, afforded: float, kept: int | None, taken: int
) -> None:
    finetune_text = pytest.importorskip(
        "benchbig.baselines.finetune_text", reason="needs torch: benchbig[large]"
    )
    train, rows = messages(4), [[1] * 10] * 32
    params = model_card("minilm_finetune").params
    own = {"epochs": 2.0, "most_epochs": 10, "batch": 8, "steps": steps}
    told = SimpleNamespace(
        params={**params, **own, "cpu_tokens": int(afforded * 8 * 10)},
        device="cpu",
        seed=0,
        task=task_card(4),
        notes=Notes(),
    )
    left, left_rows, recipe = finetune_text.affordable(train, rows, told)
    assert told.notes.n_train_used == kept
    assert len(left) == len(left_rows) == (kept or 32)
    assert recipe.length(len(left)) == taken


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_seed_gives_the_same_probabilities(name: str, tmp_path: Path) -> None:
    train = messages(2)
    first, _ = fitted(name, train, 2, tmp_path)
    second, _ = fitted(name, train, 2, tmp_path)
    np.testing.assert_array_equal(first(train.X), second(train.X))


@pytest.mark.parametrize("name", CLASSICAL)
def test_a_classical_text_model_learns_from_chinese(name: str, tmp_path: Path) -> None:
    texts = np.array([f"{at}房间很{word}{at}" for at in range(20) for word in "小好"], dtype=object)
    train = Part(texts, np.tile([0, 1], 20), np.arange(40))
    predict, _ = fitted(name, train, 2, tmp_path)
    assert (predict(np.array(["太小", "太好"], dtype=object)) > 0.5).tolist() == [False, True]


def test_calibrating_the_svm_keeps_the_class_of_the_largest_margin(tmp_path: Path) -> None:
    train = messages(4)
    predict, context = fitted("tfidf_svm", train, 4, tmp_path)
    features = vectoriser(context.params, train.X)
    rows = features.fit_transform(train.X)
    model = tfidf_svm.LinearSVC(C=context.params["C"], random_state=0).fit(rows, train.y)
    np.testing.assert_array_equal(predict(train.X).argmax(axis=1), model.predict(rows))


def test_seconds_spared_by_kept_embeddings_are_charged(tmp_path: Path) -> None:
    _, first = fitted("minilm_frozen", messages(2), 2, tmp_path)
    _, second = fitted("minilm_frozen", messages(2), 2, tmp_path)
    _, tuned = fitted("minilm_finetune", messages(2), 2, tmp_path)
    assert first.notes.shared_s == 0
    assert second.notes.shared_s > 0
    assert tuned.notes.shared_s == second.notes.shared_s


def test_texts_to_predict_are_embedded_anew_but_for_the_validation_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = messages(2)
    predict, context = fitted("minilm_frozen", train, 2, tmp_path)
    from benchbig.finetune import encoder

    calls: list[int] = []
    embed = encoder.embed

    def counted(found: Any, rows: Any, device: str) -> Any:
        calls.append(len(rows))
        return embed(found, rows, device)

    predict(context.valid.X)
    monkeypatch.setattr(encoder, "embed", counted)
    predict(context.valid.lend_X())  # as the engine gives it
    assert calls == []
    assert context.notes.valid_shared_s > 0
    predict(train.X[1:])  # other texts, though they are known
    assert calls == [len(train) - 1]


def test_a_search_embeds_its_texts_once_for_all_trials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train, calls = messages(2), list[int]()
    _, context = fitted("minilm_frozen", train.take(np.arange(6, 10)), 2, tmp_path)
    from benchbig.finetune import encoder, precision

    embed = encoder.embed

    def counted(found: Any, rows: Any, device: str) -> Any:
        calls.append(len(rows))
        return embed(found, rows, device)

    def judge(predict: Predict) -> float:
        p, _ = predict_pieces(predict, context.valid, "cpu", lambda piece, p: p)
        return float(np.mean((p > 0.5) == context.valid.y))

    monkeypatch.setattr(encoder, "embed", counted)
    monkeypatch.setattr(precision, "fast_bf16", lambda device: False)  # its check embeds, too
    valid = replace(context.valid, X=context.valid.X + " now")
    context = replace(context, valid=valid)
    ranges = model_card("minilm_frozen").search
    fit = importlib.import_module("benchbig.baselines.frozen_text").fit
    found = search(fit, train, context, ranges, Tuning(4, 1000.0), judge, True)
    assert len(found.trials) == 4
    assert calls == [len(train) - 4, len(valid)]


@pytest.mark.weights
def test_minilm_puts_like_messages_together_in_either_precision() -> None:
    pytest.importorskip("torch", reason="needs torch: benchbig[large]")
    pytest.importorskip("transformers", reason="needs transformers: benchbig[large]")
    import torch

    from benchbig.finetune import encoder

    folder = find(model_card("minilm_frozen").assets["minilm"], cache_dir())
    if folder is None:
        pytest.skip("MiniLM is not in the cache: benchbig fetch --suite finance")
    exact = encoder.read(folder, 256, "cpu")
    texts = ["I lost my card", "My card is gone", "What is the exchange rate for euros today?"]
    rows = encoder.tokenise(exact, texts)
    for kind in (torch.float32, torch.bfloat16):
        exact.network.to(kind)
        vectors = encoder.embed(exact, rows, "cpu")
        like = vectors @ vectors.T
        assert like[0, 1] > 0.6 > 0.3 > like[0, 2]
