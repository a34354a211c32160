"""Does learning keep its word: rare classes, patience, LoRA, pooling, files?

A tiny random encoder, no download.
"""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="fine-tuning needs torch: benchbig[large]")
pytest.importorskip("transformers", reason="fine-tuning needs transformers: benchbig[large]")

from tiny_encoder import TEXTS, quick_recipe, save_tiny_encoder  # noqa: E402
from transformers import AutoModel  # noqa: E402

from benchbig.data import Part  # noqa: E402
from benchbig.errors import BenchError  # noqa: E402
from benchbig.finetune import encoder, loop, merit, weights  # noqa: E402
from benchbig.finetune.classifier import Classifier, logits  # noqa: E402

RECIPE = quick_recipe()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_encoder(tmp_path_factory.mktemp("encoder"))


def watching(seed: int = 0) -> Any:
    """What the loop needs of a context."""
    notes = SimpleNamespace(warnings=[])
    return SimpleNamespace(seed=seed, device="cpu", progress=lambda _: None, notes=notes)


def classifier(folder: Path, k: int = 2) -> tuple[Classifier, list[list[int]], Any]:
    """A classifier with a head of zeros, 40 token rows, and whether each speaks of a card."""
    found = encoder.read(folder, 32, "cpu")
    model = Classifier(found, np.zeros((k, found.width), np.float32), np.zeros(k, np.float32))
    texts = [TEXTS[at % len(TEXTS)] for at in range(40)]
    y = np.array([int("card" in text) for text in texts], dtype=np.int64)
    return model, encoder.tokenise(found, texts), y


def test_of_a_large_validation_part_some_is_watched_in_the_classes_shares() -> None:
    y = np.repeat([0, 1], [4000, 1000])
    whole = Part(np.arange(5000), y, np.arange(5000))
    some = merit.watched(whole, seed=3)
    assert np.bincount(some.y).tolist() == [1600, 400]
    assert (y[some.X] == some.y).all()
    assert merit.watched(whole, seed=4).ids.tolist() != some.ids.tolist()
    assert merit.watched(some, seed=3) is some


def test_the_classes_weights_are_put_on_the_device_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, rows, y = classifier(folder)
    from_numpy, moved = torch.from_numpy, []

    def counted(array: Any) -> Any:
        if array.dtype == np.float32 and array.shape == (2,):
            moved.append(array)
        return from_numpy(array)

    monkeypatch.setattr(torch, "from_numpy", counted)
    loop.train(model, rows, y, RECIPE, lambda: 0.0, False, watching())
    assert len(moved) == 2  # for the loss, and in the end what they added to the logits


def test_embeddings_norms_biases_and_the_head_do_not_decay() -> None:
    names = {
        "network.embeddings.word_embeddings": 0.0,
        "network.embed_tokens": 0.0,
        "network.wte": 0.0,
        "network.layers.0.mlp.up_proj": RECIPE.decay,
        "head": 0.0,
    }
    model = torch.nn.Module()
    for name in names:
        part = model
        for step in name.split("."):
            if not hasattr(part, step):
                part.add_module(step, torch.nn.Module())
            part = getattr(part, step)
        part.weight = torch.nn.Parameter(torch.ones(2, 2))
        part.bias = torch.nn.Parameter(torch.ones(2))
    groups = loop._optimizer(model, RECIPE, "cpu").param_groups
    decay = {id(one): group["weight_decay"] for group in groups for one in group["params"]}
    for name, wanted in names.items():
        assert decay[id(model.get_submodule(name).weight)] == wanted, name
        assert decay[id(model.get_submodule(name).bias)] == 0.0, name


def test_a_balanced_loss_still_ends_in_the_classes_own_frequencies(folder: Path) -> None:
    """A head that sees nothing (all texts alike) can only learn the frequencies: 30 of 40."""
    model, _, _ = classifier(folder)
    for weight in model.network.parameters():
        weight.requires_grad_(False)
    rows, y = [[2, 3]] * 40, np.array([1] * 30 + [0] * 10)
    recipe = replace(RECIPE, epochs=80, most_epochs=80, balance=1.0)
    loop.train(model, rows, y, recipe, lambda: 0.0, False, watching())
    p = torch.softmax(torch.from_numpy(logits(model, rows[:1], "cpu", False)), dim=1)[0, 1]
    assert float(p) == pytest.approx(0.75, abs=0.03)


def test_patience_ends_the_training_and_the_best_epoch_is_kept(folder: Path) -> None:
    model, rows, y = classifier(folder)
    after: list[Any] = []

    def judge() -> float:
        after.append(logits(model, rows, "cpu", False))
        return [0.1, 0.9, 0.9, 0.5, 0.4, 1.0][len(after) - 1]

    recipe = replace(RECIPE, epochs=6, most_epochs=6, patience=2)
    said = loop.train(model, rows, y, recipe, judge, False, watching())
    assert said == [0.1, 0.9, 0.9, 0.5, 0.4]  # a draw is no loss of patience
    np.testing.assert_array_equal(logits(model, rows, "cpu", False), after[2])


def test_lora_begins_without_effect_learns_alone_and_merges_into_the_weights(folder: Path) -> None:
    pytest.importorskip("peft", reason="LoRA needs peft: benchbig[large]")
    from benchbig.finetune import lora

    model, rows, y = classifier(folder)
    before = {name: w.detach().clone() for name, w in model.network.named_parameters()}
    start = logits(model, rows, "cpu", False)
    wrapper = lora.attach(model.network, 4, 8.0)
    np.testing.assert_allclose(logits(model, rows, "cpu", False), start, atol=1e-6)
    free = {name for name, w in model.named_parameters() if w.requires_grad}
    assert all("lora_" in name or name.startswith("head.") for name in free)
    # Six linear layers, two matrices each, and the head's weight and bias.
    assert len(free) == 6 * 2 + 2
    recipe = replace(RECIPE, epochs=12, most_epochs=12)
    loop.train(model, rows, y, recipe, lambda: 0.0, False, watching())
    learnt = logits(model, rows, "cpu", False)
    assert np.mean(learnt.argmax(axis=1) == y) == 1.0
    lora.merge(wrapper)
    np.testing.assert_allclose(logits(model, rows, "cpu", False), learnt, atol=1e-4)
    after = dict(model.network.named_parameters())
    assert set(after) == set(before)
    changed = {name for name, w in after.items() if not torch.equal(w, before[name])}
    assert changed == {name for name in before if "weight" in name and w_is_linear(name)}


def w_is_linear(name: str) -> bool:
    """Whether a BERT's weight of this name belongs to a linear layer."""
    return "encoder" in name and "LayerNorm" not in name


def test_the_first_and_the_last_token_can_stand_for_a_text(folder: Path) -> None:
    found = encoder.read(folder, 32, "cpu")
    rows = encoder.tokenise(found, TEXTS)
    for pooling, place in (("first", 0), ("last", -1)):
        vectors = encoder.embed(replace(found, pooling=pooling), rows, "cpu")
        for row, vector in zip(rows, vectors, strict=True):
            with torch.no_grad():
                one = found.network(input_ids=torch.tensor([row])).last_hidden_state[0, place]
            np.testing.assert_allclose(vector, one / one.norm(), atol=1e-5)


def test_a_folder_says_what_stands_for_a_text(folder: Path, tmp_path: Path) -> None:
    assert weights.pooling(folder) == "mean"
    other = save_tiny_encoder(tmp_path)
    (other / "1_Pooling").mkdir()
    for mode, name in weights.POOLINGS.items():
        modes = {each: each == mode for each in weights.POOLINGS}
        (other / "1_Pooling" / "config.json").write_text(json.dumps(modes))
        assert weights.pooling(other) == name
    config = json.loads((other / "config.json").read_text())
    (other / "1_Pooling" / "config.json").unlink()
    (other / "config.json").write_text(json.dumps({**config, "architectures": ["OPTForCausalLM"]}))
    assert weights.pooling(other) == "last"


def test_a_text_is_cut_but_not_what_stands_around_it(folder: Path) -> None:
    found = encoder.read(folder, 6, "cpu", ("my card", "rate"))
    numbers = found.tokenizer.get_vocab()
    # What comes before begins as the tokenizer begins a text; here it ends one, too.
    before = [numbers[word] for word in ("[CLS]", "my", "card", "[SEP]")]
    rows = encoder.tokenise(found, ["help help help help", ""])
    assert rows == [[*before, numbers["help"], numbers["rate"]], [*before, numbers["rate"]]]


def test_weights_of_a_bin_file_are_read_and_code_in_one_is_not_run(
    folder: Path, tmp_path: Path
) -> None:
    exact = encoder.read(folder, 32, "cpu")
    other = save_tiny_encoder(tmp_path / "bin", seed=1)
    (other / "model.safetensors").unlink()
    torch.save(exact.network.state_dict(), other / "pytorch_model.bin")
    rows = encoder.tokenise(exact, TEXTS)
    np.testing.assert_array_equal(
        encoder.embed(encoder.read(other, 32, "cpu"), rows, "cpu"),
        encoder.embed(exact, rows, "cpu"),
    )

    class Harm:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "harm",))

    with (other / "pytorch_model.bin").open("wb") as file:
        pickle.dump(Harm(), file)
    with pytest.raises(Exception, match=r"[Ww]eights"):
        encoder.read(other, 32, "cpu")
    assert not (tmp_path / "harm").exists()


def test_code_that_comes_with_weights_is_refused(folder: Path, tmp_path: Path) -> None:
    other = save_tiny_encoder(tmp_path)
    config = json.loads((other / "config.json").read_text())
    named = {"AutoConfig": "mine.Config", "AutoModel": "mine.Model"}
    (other / "config.json").write_text(
        json.dumps({**config, "model_type": "mine", "auto_map": named})
    )
    (other / "mine.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(BenchError, match="only by running code that comes with the weights"):
        encoder.read(other, 32, "cpu")


@pytest.mark.parametrize(("device", "how"), [("cpu", "eager"), ("mps", "eager"), ("cuda", "sdpa")])
def test_attention_is_fused_on_cuda_alone(folder: Path, device: str, how: str) -> None:
    found = weights.network(folder, AutoModel, device)
    assert found.config._attn_implementation == how
