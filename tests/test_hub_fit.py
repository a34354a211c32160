"""Are models of the Hugging Face hub fitted like any other, texts and pictures, every adaptation?

They are tiny and random, in the client's own cache, saved as transformers saves them.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hub_by_hand import COMMIT, in_cache
from toys import Command, Plugins, kept

pytest.importorskip("torch", reason="models of the hub need torch: benchbig[large]")
pytest.importorskip("transformers", reason="models of the hub need transformers: benchbig[large]")
pytest.importorskip("peft", reason="LoRA needs peft: benchbig[large]")

from tiny_encoder import save_tiny_encoder
from tiny_vision import save_tiny_clip, save_tiny_conv, save_tiny_vit

from benchbig import store
from benchbig.hub import reference

MESSAGES = """
import numpy as np
from benchbig.data import Part, Split

def load(seed, files):
    texts = np.array([f"{word} {end}" for end in ("card", "rate", "top up", "help") * 5
                      for word in ("my", "lost")], dtype=object)
    y = np.tile([0, 1], 20)
    order = np.random.default_rng(seed).permutation(40)
    cut = [Part(texts[at], y[at], at) for at in np.split(order, [20, 30])]
    return Split(*cut)
"""
CARD = {
    "modality": "text",
    "n_features": None,
    "n_examples": 40,
    "metric": "accuracy",
    "classes": ["mine", "lost"],
}


@pytest.fixture
def messages(plugins: Plugins) -> Plugins:
    plugins.task("messages", MESSAGES, {k: v for k, v in CARD.items() if v is not None})
    path = plugins.folder / "tasks" / "messages.toml"
    path.write_text(re.sub(r"n_features.*\n", "", path.read_text()))
    return plugins


def test_models_of_the_hub_are_fitted_and_their_commit_recorded(
    hub_home: Path, messages: Plugins, run_cli: Command, results: Path
) -> None:
    names = [
        "hf:me/tiny-encoder",
        "hf:me/tiny-encoder#full",
        f"hf:me/tiny-encoder@{COMMIT}#lora",
        "hf:me/tiny-writer#zero_shot",
        "hf:me/tiny-writer#lora",
    ]
    done = run_cli(
        *("run", "--plugins", messages.folder, "--task", "messages", "--seeds", "0"),
        *("--model", ",".join(names), "--results", results, "--executor", "serial"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    records = {record["model"]: record for record in kept(results).values()}
    assert len(records) == len(names)
    for asked in map(reference.parse, names):
        record = records[reference.card_name(asked, COMMIT)]
        assert record["adaptation"] == asked.adaptation
        assert record["family"] == "pretrained"
        assert record["params"]["commit"] == COMMIT
        assert (record["n_train_used"] == 0) == (asked.adaptation == "zero_shot")


PICTURES = """
import numpy as np
from benchbig.data import Part, Split

def load(seed, files):
    rng = np.random.default_rng(seed)
    y = np.arange(60) % 3
    X = rng.integers(0, 60, (60, 10, 10, 3), dtype=np.uint8)
    X[np.arange(60), :, :, y] += 150  # red, green or blue
    cut = np.split(rng.permutation(60), [30, 45])
    return Split(*(Part(X[at], y[at], at) for at in cut))
"""


def test_image_models_of_the_hub_are_fitted_too(
    hub_home: Path, plugins: Plugins, run_cli: Command, results: Path
) -> None:
    for repo, save in (("me/vit", save_tiny_vit), ("me/conv", save_tiny_conv),
                       ("me/clip", save_tiny_clip)):  # fmt: skip
        in_cache(hub_home, repo, save)
    card = {**CARD, "modality": "image", "kind": "multiclass", "n_classes": 3, "n_examples": 60}
    card["classes"] = ["card", "rate", "help"]
    plugins.task("colours", PICTURES, {k: v for k, v in card.items() if v is not None})
    path = plugins.folder / "tasks" / "colours.toml"
    path.write_text(re.sub(r"n_features.*\n", "", path.read_text()))
    names = ["hf:me/vit", "hf:me/vit#lora", "hf:me/conv#full", "hf:me/clip#zero_shot",
             "hf:me/clip#frozen"]  # fmt: skip
    done = run_cli(
        *("run", "--plugins", plugins.folder, "--task", "colours", "--seeds", "0"),
        *("--model", ",".join(names), "--results", results, "--executor", "serial"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    records = {record["model"]: record for record in kept(results).values()}
    found = [records[reference.card_name(reference.parse(name), COMMIT)] for name in names]
    vit, by_lora, conv, asked, clip = found
    assert min(record["value"] for record in (vit, conv, clip)) > 0.9
    assert by_lora["value"] > 0.4  # of a third by chance; there are ten steps to learn in
    assert 0 < by_lora["n_trainable"] < by_lora["n_params"] / 2
    assert conv["n_trainable"] == conv["n_params"]
    assert asked["n_trainable"] == 0
    assert [r["n_train_used"] for r in found] == [30, 30, 30, 0, 30]


def test_an_encoder_that_was_taught_a_prefix_gets_it_and_says_so(
    hub_home: Path,
    messages: Plugins,
    run_cli: Command,
    results: Path,
) -> None:
    for repo in ("intfloat/multilingual-e5-small", "intfloat/multilingual-e5-large-instruct"):
        in_cache(hub_home, repo, save_tiny_encoder)
    names = [
        "hf:me/tiny-encoder",
        "hf:intfloat/multilingual-e5-small",
        "hf:intfloat/multilingual-e5-small#full",
        "hf:intfloat/multilingual-e5-large-instruct",
    ]
    done = run_cli(
        *("run", "--plugins", messages.folder, "--task", "messages", "--seeds", "0"),
        *("--model", ",".join(names), "--results", results, "--executor", "serial"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    records = {record["model"]: record for record in kept(results).values()}
    found = [records[reference.card_name(reference.parse(name), COMMIT)] for name in names]
    prefixes = [record["params"].get("prefix") for record in found]
    assert prefixes == [None, "query: ", "query: ", None]
    # All have the same weights, so what they answer tells whether the words were there.
    plain, frozen, _, instructed = (store.predictions(results, record).p for record in found)
    np.testing.assert_array_equal(plain, instructed)
    assert not np.allclose(plain, frozen)
