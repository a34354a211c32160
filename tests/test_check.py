"""Does `benchbig check` pass what a run wrote, and find every kind of damage?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toys import BREAST_CANCER, Command, Plugins, kept, one_line

from benchbig.verification import verify


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Command, Path]:
    """A store as a run leaves it: two tasks whose test parts have the same ids, other labels."""
    folder = tmp_path_factory.mktemp("sound")
    plugins = Plugins(folder / "plugins")
    plugins.task("tumour")
    turned = BREAST_CANCER.replace("    return cut(", "    y = 1 - y\n    return cut(")
    turned = turned.replace("stratified(y, seed)", "stratified(1 - y, seed)")
    plugins.task("turned", turned)
    plugins.model("centre")
    cli = Command(folder)
    done = cli("run", "--task", "tumour,turned", "--model", "centre", "--seeds", "0",
               "--plugins", plugins.folder)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return cli, folder / "results"


def test_a_sound_store_passes_the_check(sound: tuple[Command, Path]):
    cli, store = sound
    records = kept(store)
    tests = [records[task, "centre", 0]["test_ids_sha256"] for task in ("tumour", "turned")]
    assert tests[0] == tests[1]
    done = cli("check", store)
    assert done.returncode == 0
    assert f"{store}: 2 records, 0 problems" in done.stdout.splitlines()[-1]


def alter_value(store: Path) -> None:
    _edit(store, lambda record: {**record, "value": record["value"] - 1e-12})


def alter_key(store: Path) -> None:
    _edit(store, lambda record: {**record, "key": "0" * 20})


def alter_seed(store: Path) -> None:
    _edit(store, lambda record: {**record, "seed": 7})


def alter_type(store: Path) -> None:
    _edit(store, lambda record: {**record, "n_test": "many"})


def make_a_list(store: Path) -> None:
    _edit(store, lambda record: [record])


def alter_prediction(store: Path) -> None:
    path = store / kept(store)["tumour", "centre", 0]["predictions"]["path"]
    with np.load(path) as file:
        p = file["p"]
    np.savez_compressed(path, p=p[::-1])


def alter_labels(store: Path) -> None:
    path = store / kept(store)["tumour", "centre", 0]["predictions"]["test"]
    with np.load(path) as file:
        ids, y = file["ids"], file["y"]
    np.savez_compressed(path, ids=ids, y=y[::-1])


def spoil_labels(store: Path) -> None:
    path = store / kept(store)["tumour", "centre", 0]["predictions"]["test"]
    path.write_bytes(path.read_bytes()[:-40])


def remove_predictions(store: Path) -> None:
    (store / kept(store)["tumour", "centre", 0]["predictions"]["path"]).unlink()


def remove_machine(store: Path) -> None:
    for path in (store / "env").iterdir():
        path.unlink()


def tear_machine(store: Path) -> None:
    for path in (store / "env").iterdir():
        path.write_text("")


def tear_line(store: Path) -> None:
    path = store / "records/tumour/centre.jsonl"
    path.write_text(path.read_text()[:-30])


def move_file(store: Path) -> None:
    (store / "records/tumour/centre.jsonl").rename(store / "records/tumour/other.jsonl")


def _edit(store: Path, change: Callable[[Any], Any]) -> None:
    path = store / "records/tumour/centre.jsonl"
    path.write_text(json.dumps(change(json.loads(path.read_text()))) + "\n")


DAMAGE = [
    (alter_value, "the predictions give roc_auc"),
    (alter_key, "the key is 00000000000000000000, but what it is made of gives"),
    (alter_seed, "but what it is made of gives"),
    (alter_type, "n_test: 'many' is not of type"),
    (make_a_list, "is not of type 'object'"),
    (alter_prediction, "not the recorded one"),
    (alter_labels, "the predictions give roc_auc"),
    (spoil_labels, "cannot be read"),
    (remove_predictions, ".npz is missing"),
    (remove_machine, ".json is missing"),
    (tear_machine, ".json is missing or torn"),
    (tear_line, "not JSON"),
    (move_file, "belongs in another file"),
]


@pytest.mark.parametrize(("damage", "message"), DAMAGE, ids=lambda d: getattr(d, "__name__", ""))
def test_the_check_finds_damage(
    sound: tuple[Command, Path], tmp_path: Path, damage: Callable[[Path], None], message: str
):
    store = tmp_path / "results"
    shutil.copytree(sound[1], store)
    damage(store)
    problems = verify(store).problems
    assert problems
    assert any(message in problem for problem in problems), problems


def test_a_damaged_store_is_exit_1_and_an_empty_one_is_not_sound(
    sound: tuple[Command, Path], tmp_path: Path, run_cli: Command
):
    shutil.copytree(sound[1], tmp_path / "results")
    alter_key(tmp_path / "results")
    done = run_cli("check", "results")
    assert done.returncode == 1
    assert "results/records/tumour/centre.jsonl:1: the key is" in done.stdout
    one_line(run_cli("check", "nowhere"), "nowhere: no records there; type 'benchbig run")
