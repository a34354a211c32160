"""Does the name of a model of the Hugging Face hub become a card that pins what is taken?

The hub's own client reads a cache that the tests lay out as it does; the models are tiny and
random, saved as transformers saves them.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from hub_by_hand import COMMIT, in_cache, unwrapped
from toys import Command, one_line

pytest.importorskip("torch", reason="models of the hub need torch: benchbig[large]")
pytest.importorskip("transformers", reason="models of the hub need transformers: benchbig[large]")
pytest.importorskip("peft", reason="LoRA needs peft: benchbig[large]")

from tiny_encoder import save_tiny_encoder

from benchbig.cards import find
from benchbig.cards.read import read
from benchbig.cards.schema import ModelCard
from benchbig.cards.write import toml
from benchbig.errors import BenchError
from benchbig.hub import bring, reference

REFERENCES = [
    ("hf:me/model", ("me/model", "main", "frozen")),
    ("hf:me/model#lora", ("me/model", "main", "lora")),
    ("hf:me/model@v1.0#zero_shot", ("me/model", "v1.0", "zero_shot")),
    ("hf:Me-2/My.Model_x@refs/pr/3", ("Me-2/My.Model_x", "refs/pr/3", "frozen")),
]


@pytest.mark.parametrize(("name", "meant"), REFERENCES)
def test_a_reference_names_a_repository_a_revision_and_an_adaptation(
    name: str, meant: tuple[str, str, str]
) -> None:
    assert tuple(reference.parse(name)) == meant


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hf:model", "is named hf:owner/name"),
        ("hf:me/model@", "is named hf:owner/name"),
        ("hf:../../etc", "is named hf:owner/name"),
        ("hf:me/model#lra", "did you mean 'lora'?"),
    ],
)
def test_a_reference_that_is_none_is_named(name: str, said: str) -> None:
    with pytest.raises(BenchError, match=re.escape(said)):
        reference.parse(name)


def test_a_card_reads_back_as_it_was_written(tmp_path: Path) -> None:
    for name in ("minilm_lora", "tfidf_svm", "mlp"):
        card = find().model(name)
        path = tmp_path / f"{name}.toml"
        path.write_text(toml(card), encoding="utf-8")
        again = read(path, ModelCard)
        assert {**vars(again), "path": None} == {**vars(card), "path": None}


def test_the_card_pins_every_file_that_is_taken_and_no_other(
    hub_home: Path, tmp_path: Path
) -> None:
    catalog, (name,) = bring(find(), ["hf:me/tiny-encoder"], offline=True)
    (asset,) = catalog.model(name).assets.values()
    folder = hub_home / "hub" / "models--me--tiny-encoder" / "snapshots" / COMMIT
    taken = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert set(asset.files) == taken
    for file, digest in asset.files.items():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest
    assert (asset.hub, asset.revision) == ("me/tiny-encoder", COMMIT)
    like = find().model("mpnet_frozen")
    assert catalog.model(name).search == like.search


def test_other_names_stay_as_they_are(hub_home: Path) -> None:
    catalog = find()
    assert bring(catalog, ["logreg", "majority"]) == (catalog, ("logreg", "majority"))


def test_what_offline_is_not_there_says_what_to_type(hub_home: Path, run_cli: Command) -> None:
    done = run_cli("run", "--task", "short_reviews", "--model", "hf:me/none", "--offline")
    one_line(done, "hf:me/none at main is not in", "benchbig fetch --model hf:me/none@main")


def test_weights_as_a_pickle_are_refused(hub_home: Path) -> None:
    def pickled(folder: Path) -> None:
        save_tiny_encoder(folder)
        (folder / "model.safetensors").rename(folder / "pytorch_model.bin")

    in_cache(hub_home, "me/pickled", pickled)
    with pytest.raises(BenchError, match=r"has no model\.safetensors"):
        bring(find(), ["hf:me/pickled"], offline=True)


def test_what_is_in_the_cache_in_part_is_not_taken_for_the_model(hub_home: Path) -> None:
    """A download that broke off, or a look at the config alone."""

    def half(folder: Path) -> None:
        save_tiny_encoder(folder)
        shards = [f"model-0000{n}-of-00002.safetensors" for n in (1, 2)]
        (folder / "model.safetensors").rename(folder / shards[0])
        index = {"weight_map": dict(zip("ab", shards, strict=True))}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))

    def looked_at(folder: Path) -> None:
        save_tiny_encoder(folder)
        (folder / "model.safetensors").unlink()

    for name, save in (("half", half), ("looked-at", looked_at)):
        in_cache(hub_home, f"me/{name}", save)
        with pytest.raises(BenchError, match=rf"is only in part .* --model hf:me/{name}@main"):
            bring(find(), [f"hf:me/{name}"], offline=True)


def test_a_model_of_sound_is_no_model_of_pictures(hub_home: Path) -> None:
    def heard(folder: Path) -> None:
        save_tiny_encoder(folder)
        told = {"feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 80}
        (folder / "preprocessor_config.json").write_text(json.dumps(told))

    in_cache(hub_home, "me/heard", heard)
    with pytest.raises(BenchError, match=r"neither texts nor pictures: .* WhisperFeatureExtractor"):
        bring(find(), ["hf:me/heard"], offline=True)


def test_an_encoder_cannot_be_asked(hub_home: Path) -> None:
    with pytest.raises(BenchError, match="cannot be asked"):
        bring(find(), ["hf:me/tiny-encoder#zero_shot"], offline=True)


def test_show_and_fetch_know_models_of_the_hub(hub_home: Path, run_cli: Command) -> None:
    shown = run_cli("show", "hf:me/tiny-encoder#lora")
    assert "me/tiny-encoder, lora" in shown.stdout, shown.stderr
    assert f"commit={COMMIT}" in unwrapped(shown.stdout)
    got = run_cli("fetch", "--model", "hf:me/tiny-encoder")
    assert "weights" in got.stdout, got.stderr
    assert "fetched" in got.stdout
