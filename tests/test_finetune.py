"""Is the shared machinery that fine-tunes and probes sound? A tiny random encoder, no download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="fine-tuning needs torch: benchbig[large]")
pytest.importorskip("transformers", reason="fine-tuning needs transformers: benchbig[large]")

from tiny_encoder import TEXTS, quick_recipe, save_tiny_encoder  # noqa: E402

from benchbig.data import Notes  # noqa: E402
from benchbig.finetune import (  # noqa: E402
    batches,
    embeddings,
    encoder,
    frozen,
    loop,
    precision,
    probe,
    vocabulary,
    weights,
)
from benchbig.finetune.classifier import Classifier, logits  # noqa: E402

RECIPE = quick_recipe()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_encoder(tmp_path_factory.mktemp("encoder"))


def watching(seed: int = 0, seen: Callable[[float], None] = lambda _: None) -> Any:
    """What the loop needs of a context."""
    return SimpleNamespace(seed=seed, device="cpu", progress=seen)


def classifier(folder: Path, k: int = 2) -> tuple[Classifier, list[list[int]], Any]:
    """A classifier with a head of zeros, 40 token rows, and whether each speaks of a card."""
    found = encoder.read(folder, 32, "cpu")
    model = Classifier(found, np.zeros((k, found.width), np.float32), np.zeros(k, np.float32))
    texts = [TEXTS[at % len(TEXTS)] for at in range(40)]
    y = np.array([int("card" in text) for text in texts], dtype=np.int64)
    return model, encoder.tokenise(found, texts), y


def test_batches_by_length_hold_each_row_once_within_the_token_budget() -> None:
    rows = [[0] * length for length in (3, 9, 1, 4, 4, 2)]
    found = list(batches.by_length(rows, 8))
    # 9 tokens exceed the budget alone; then 2 rows of at most 4, then 2 of at most 3, then 1.
    assert [list(batch) for batch in found] == [[1], [3, 4], [0, 5], [2]]


def test_an_epoch_holds_each_row_once_and_follows_its_seed() -> None:
    rows = [[0] * (1 + at % 7) for at in range(100)]
    one, same, other = (
        batches.shuffled(rows, 8, np.random.default_rng(seed)) for seed in (0, 0, 1)
    )
    assert sorted(np.concatenate(one)) == list(range(100))
    assert [list(batch) for batch in one] == [list(batch) for batch in same]
    assert [list(batch) for batch in one] != [list(batch) for batch in other]


def test_padding_fills_to_the_longest_row_and_masks_the_filling() -> None:
    ids, mask = batches.pad([[5, 6, 7], [8]], 9, "cpu")
    assert ids.tolist() == [[5, 6, 7], [8, 9, 9]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_embeddings_are_means_of_length_one_in_the_order_of_the_texts(folder: Path) -> None:
    found = encoder.read(folder, 32, "cpu")
    rows = encoder.tokenise(found, TEXTS)
    together = encoder.embed(found, rows, "cpu")
    for row, vector in zip(rows, together, strict=True):
        with torch.no_grad():
            mean = found.network(input_ids=torch.tensor([row])).last_hidden_state[0].mean(0)
        np.testing.assert_allclose(vector, mean / mean.norm(), atol=1e-5)


@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_an_embedding_is_the_same_to_the_bit_alone_and_among_others(
    tmp_path: Path, kind: str
) -> None:
    # In bfloat16 an encoder of 16 rounds the difference away.
    wide = save_tiny_encoder(tmp_path, width=128, layers=4)
    found = encoder.read(wide, 61, "cpu")
    found.network.to(getattr(torch, kind))
    rng = np.random.default_rng(0)
    words = found.tokenizer.vocab_size
    rows = [rng.integers(0, words, length).tolist() for length in (*range(1, 62), 61, 61)]
    among = encoder.embed(found, rows, "cpu")
    alone = np.concatenate([encoder.embed(found, [row], "cpu") for row in rows])
    np.testing.assert_array_equal(alone, among)
    few = encoder.embed(found, rows[::7], "cpu")
    np.testing.assert_array_equal(few, among[::7])


def test_a_text_keeps_its_two_ends_at_the_most_tokens(folder: Path) -> None:
    assert [encoder.ends([1, 2, 3, 4, 5], most) for most in (5, 4, 3)] == [
        [1, 2, 3, 4, 5],
        [1, 2, 4, 5],
        [1, 2, 5],
    ]
    found = encoder.read(folder, 4, "cpu")
    assert [len(row) for row in encoder.tokenise(found, ["my card top up failed", "card"])] == [
        4,
        3,
    ]


def test_a_prefix_stands_before_every_text_and_its_embeddings_are_kept_apart(
    folder: Path, tmp_path: Path
) -> None:
    plain, told = (encoder.read(folder, 32, "cpu", prefix=words) for words in ("", "my "))
    texts = ["card failed", "rate"]
    assert encoder.tokenise(told, texts) == encoder.tokenise(plain, ["my card failed", "my rate"])
    shelves = {embeddings.shelf_path(tmp_path, "a", each, "cpu") for each in (plain, told)}
    assert len(shelves) == 2


def test_kept_embeddings_are_not_computed_again_but_their_seconds_are_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = encoder.read(folder, 32, "cpu")
    path = tmp_path / "kept.npz"
    texts = [TEXTS[2], TEXTS[0], TEXTS[2], TEXTS[1]]  # one text twice
    first = embeddings.embed(found, texts, path, "cpu")
    assert first.shared_s == 0
    np.testing.assert_allclose(
        first.vectors, encoder.embed(found, encoder.tokenise(found, texts), "cpu"), atol=1e-5
    )
    monkeypatch.setattr(encoder, "embed", None)
    again = embeddings.embed(found, texts[::-1], path, "cpu")
    np.testing.assert_array_equal(again.vectors, first.vectors[::-1])
    fewer = embeddings.embed(found, texts[:1], path, "cpu")
    assert 0 < fewer.shared_s < again.shared_s


def test_texts_are_added_to_the_kept_ones(folder: Path, tmp_path: Path) -> None:
    found = encoder.read(folder, 32, "cpu")
    path = tmp_path / "kept.npz"
    embeddings.embed(found, TEXTS[:3], path, "cpu")
    embeddings.embed(found, TEXTS[2:5], path, "cpu")
    assert len(embeddings.read(path, found.width).names) == 5


def test_a_damaged_file_of_embeddings_is_made_anew(folder: Path, tmp_path: Path) -> None:
    found = encoder.read(folder, 32, "cpu")
    path = tmp_path / "kept.npz"
    whole = embeddings.embed(found, TEXTS, path, "cpu").vectors
    path.write_bytes(path.read_bytes()[:200])
    np.testing.assert_allclose(embeddings.embed(found, TEXTS, path, "cpu").vectors, whole)
    assert list(tmp_path.iterdir()) == [path]


def test_other_weights_have_another_shelf(folder: Path, tmp_path: Path) -> None:
    other = save_tiny_encoder(tmp_path / "other", seed=1)
    assert weights.sha256(folder) != weights.sha256(other)
    found, short = encoder.read(folder, 32, "cpu"), encoder.read(folder, 32, "cpu")
    short.network.to(torch.bfloat16)
    shelves = {
        embeddings.shelf_path(tmp_path, "a", found, "cpu"),
        embeddings.shelf_path(tmp_path, "b", found, "cpu"),
        embeddings.shelf_path(tmp_path, "a", short, "cpu"),
        embeddings.shelf_path(tmp_path, "a", found, "cuda"),
    }
    assert len(shelves) == 4


@pytest.mark.parametrize("agrees", [True, False])
def test_bf16_is_used_only_where_it_agrees_with_fp32(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agrees: bool
) -> None:
    monkeypatch.setattr(precision, "fast_bf16", lambda device: True)
    monkeypatch.setattr(precision, "agree", lambda exact, quick: agrees)
    found = frozen.prepare(folder, 32, tmp_path / str(agrees), "cpu", TEXTS, Notes())
    assert found.bf16 is agrees
    assert found.encoder.network.dtype == (torch.bfloat16 if agrees else torch.float32)


@pytest.mark.parametrize("agrees", [True, False])
def test_no_second_copy_is_held_while_bf16_is_tried_and_fp32_comes_back_as_it_was(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agrees: bool
) -> None:
    exact = encoder.read(folder, 32, "cpu").network
    read_ones: list[encoder.Encoder] = []

    def read(*told: Any) -> encoder.Encoder:
        read_ones.append(encoder_read(*told))
        return read_ones[-1]

    encoder_read = encoder.read
    monkeypatch.setattr(encoder, "read", read)
    monkeypatch.setattr(precision, "fast_bf16", lambda device: True)
    monkeypatch.setattr(precision, "agree", lambda exact, quick: agrees)
    found = frozen.prepare(folder, 32, tmp_path / f"once {agrees}", "cpu", TEXTS, Notes()).encoder
    assert len(read_ones) == (1 if agrees else 2)
    assert found is read_ones[-1]
    if not agrees:
        kept = found.network.state_dict()
        assert all(torch.equal(kept[name], w) for name, w in exact.state_dict().items())


def test_embeddings_agree_by_their_smallest_cosine() -> None:
    one = np.eye(2, dtype=np.float32)
    assert precision.agree(one, one)
    assert not precision.agree(one, np.array([[1, 0], [0.1, 0.995]], dtype=np.float32)[:, ::-1])


def test_mps_computes_in_fp32() -> None:
    assert not precision.fast_bf16("mps")


@pytest.mark.parametrize("classes", [[0, 1], [0, 1, 2], [0, 2, 3]])
def test_a_probe_as_a_linear_layer_gives_the_same_probabilities(classes: list[int]) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(60, 5)).astype(np.float32)
    y = np.array(classes)[rng.integers(len(classes), size=60)]
    fitted = probe.fit(vectors, y, 1.0)
    assert fitted.converged
    k = max(classes) + 1
    weight, bias = probe.head(fitted.model, k)
    p = torch.softmax(torch.from_numpy(vectors @ weight.T + bias), dim=1).numpy()
    np.testing.assert_allclose(p[:, classes], probe.probabilities(fitted.model, vectors), atol=1e-3)
    missing = sorted(set(range(k)) - set(classes))
    assert np.all(p[:, missing] < 1e-3)


def test_a_small_training_part_gets_more_epochs() -> None:
    recipe = loop.Recipe.of({**vars(RECIPE), "epochs": 1.5, "steps": 35, "most_epochs": 5})
    # In batches of 8: 100 steps an epoch, then 10, of which 35 are wanted, then 1, and 5 epochs
    # are the most.
    assert [recipe.length(n) for n in (800, 80, 8)] == [150, 35, 5]


def test_a_fraction_of_an_epoch_is_judged_too(folder: Path) -> None:
    model, rows, y = classifier(folder)
    steps: list[float] = []
    recipe = loop.Recipe.of({**vars(RECIPE), "epochs": 1.4, "most_epochs": 1})
    said = loop.train(model, rows, y, recipe, lambda: 0.0, False, watching(0, steps.append))
    assert len(said) == 2
    assert len(steps) == 7  # 5 an epoch


def test_the_rate_rises_to_its_peak_and_falls_to_nothing() -> None:
    factor = loop._rise_and_fall(10, 0.2)
    assert [factor(step) for step in (0, 1, 2, 6, 9)] == [0.5, 1.0, 1.0, 0.5, 0.125]


def test_the_loop_learns_and_the_same_seed_learns_the_same(folder: Path) -> None:
    found = []
    for seed in (0, 0, 1):
        model, rows, y = classifier(folder)
        done: list[float] = []
        said = loop.train(model, rows, y, RECIPE, lambda: 0.0, False, watching(seed, done.append))
        assert len(said) == 3
        assert done[-1] == 1.0
        assert done == sorted(done)
        found.append(logits(model, rows, "cpu", False))
    assert np.mean(found[0].argmax(axis=1) == y) == 1.0
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


def test_the_best_epoch_is_kept(folder: Path) -> None:
    model, rows, y = classifier(folder)
    after: list[Any] = []

    def judge() -> float:
        after.append(logits(model, rows, "cpu", False))
        return [0.2, 0.9, 0.5][len(after) - 1]

    assert loop.train(model, rows, y, RECIPE, judge, False, watching()) == [0.2, 0.9, 0.5]
    np.testing.assert_array_equal(logits(model, rows, "cpu", False), after[1])


def test_leaving_out_tokens_that_never_occur_changes_no_result(folder: Path) -> None:
    whole, rows, y = classifier(folder)
    before = whole.network.get_input_embeddings().weight.detach().clone()
    loop.train(whole, rows, y, RECIPE, lambda: 0.0, False, watching())
    few, rows, y = classifier(folder)
    used = vocabulary.tokens([rows], few.fill)
    with vocabulary.narrowed(few, used) as table:
        assert few.network.get_input_embeddings().num_embeddings == len(used)
        narrow = vocabulary.renumber(rows, table)
        loop.train(few, narrow, y, RECIPE, lambda: 0.0, False, watching())
    learnt = few.network.get_input_embeddings().weight.detach()
    unused = sorted(set(range(len(before))) - set(used.tolist()))
    assert unused
    np.testing.assert_array_equal(learnt[unused], before[unused])
    assert not np.allclose(learnt[used], before[used])
    np.testing.assert_allclose(
        logits(few, rows, "cpu", False), logits(whole, rows, "cpu", False), atol=1e-5
    )
