"""Do all cards hold what they must, and is every mistake in one named with its place?"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from toys import MODEL_CARD, SUITE_CARD, TASK_CARD, Plugins, toml

from benchbig.assets.extract import check_names
from benchbig.cards import find
from benchbig.cards.check import SHA256
from benchbig.cards.fit import misfit
from benchbig.errors import BenchError
from benchbig.hub import reference
from benchbig.metrics.names import fitting

CATALOG = find()
COMMIT = re.compile("[0-9a-f]{40}")  # a branch or tag may move
TASKS, MODELS, SUITES = map(CATALOG.names, ("tasks", "baselines", "suites"))


def functions(path: Path) -> set[str]:
    """The names of the functions a file defines, without importing it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_a_card_and_a_load_function(name: str):
    card = CATALOG.task(name)
    assert "load" in functions(card.path.with_suffix(".py"))
    assert card.metric in fitting(card.kind)
    assert card.metric != "cost_per_1000" or card.costs
    assert min(map(len, (card.title, card.description, card.origin, card.split.why))) > 3
    assert any(misfit(card, CATALOG.model(model)) is None for model in MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_a_card_and_a_fit_function(name: str):
    card = CATALOG.model(name)
    assert "fit" in functions(card.path.with_name(f"{card.code or name}.py"))
    assert any(misfit(CATALOG.task(task), card) is None for task in TASKS)


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_names_tasks_and_models_that_are_there(name: str):
    card = CATALOG.suite(name)
    tasks = [CATALOG.task(task) for task in card.tasks]
    of_hub = [reference.parse(model) for model in card.models if reference.is_one(model)]
    assert all(COMMIT.fullmatch(model.revision) for model in of_hub)
    models = [CATALOG.model(model) for model in card.models if not reference.is_one(model)]
    for model in models:
        assert any(misfit(task, model) is None for task in tasks), f"{model.name} fits none"
    for task in tasks:
        families = {m.family for m in models if misfit(task, m) is None}
        assert {"classical", "pretrained"} <= families, f"{task.name} has no large contender"


@pytest.mark.parametrize("name", [f"tasks/{n}" for n in TASKS] + [f"models/{n}" for n in MODELS])
def test_every_asset_is_pinned_and_says_whose_it_is(name: str):
    shelf, stem = name.split("/")
    card = CATALOG.task(stem) if shelf == "tasks" else CATALOG.model(stem)
    for asset in card.assets.values():
        check_names(asset)
        pins = [asset.sha256] if asset.member else list(asset.files.values())
        pins = [asset.archive_sha256] if asset.whole else pins
        pins += [piece.archive_sha256 for piece in asset.pieces]
        assert pins
        assert all(SHA256.fullmatch(pin or "") for pin in pins)
        assert asset.hub is None or asset.revision, f"{asset.name} has no revision"
        assert asset.origin
        assert asset.licence


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"metrc": "roc_auc"}, "unknown key 'metrc'; did you mean 'metric'?"),
    ({"version": "1"}, "'version' must be a whole number, not '1'"),
    ({"version": True}, "'version' must be a whole number, not True"),
    ({"version": 0}, "'version' must be 1 or more, not 0"),
    ({"kind": "binry"}, "unknown value of 'kind' 'binry'; did you mean 'binary'?"),
    ({"n_classes": 3}, "a binary task has 'n_classes' 2, not 3"),
    ({"classes": ["yes"]}, "'classes' has 1 names for 2 classes"),
    ({"classes": ["yes", 1]}, "'classes[1]' must be a text, not 1"),
    ({"split": {"scheme": "time"}}, "'split.seeded' is missing"),
    ({"split": {**TASK_CARD["split"], "sceme": "x"}}, "did you mean 'split.scheme'?"),
    ({"name": "other"}, "'name' is taken from the file's name; delete the key"),
    ({"assets": {"rows": {"licence": "MIT", "origin": "x"}}}, "asset 'rows' must name one of pypi"),
    (
        {"assets": {"rows": {"licence": "MIT", "origin": "x", "pypi": "data", "member": "a"}}},
        "'pypi' must be pinned as package==version, not 'data'",
    ),
    (
        {"assets": {"rows": {"licence": "MIT", "origin": "x", "pypi": "d==1", "member": "a"}}},
        "asset 'rows' must pin its member's 'sha256'",
    ),
    (
        {"assets": {"rows": {"licence": "MIT", "origin": "x", "pypi": "d==1", "folder": "a"}}},
        "asset 'rows' takes all of 'a' and so must pin the 'archive_sha256'",
    ),
    (
        {"assets": {"rows": {"licence": "MIT", "origin": "x", "hub": "d/e", "folder": "a"}}},
        "or list 'files' with a sha256 each",
    ),
    (
        {"assets": {"rows": {"licence": "MIT", "origin": "x", "pieces": [{"pypi": "d==1"}]}}},
        "'assets.rows.pieces[0].archive_sha256' is missing",
    ),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_a_mistake_in_a_task_card_is_named(plugins: Plugins, change: dict[str, Any], message: str):
    path = plugins.task("german", card=change)
    with pytest.raises(BenchError) as raised:
        find([plugins.folder]).task("german")
    assert str(path) in str(raised.value)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_key_is_named(plugins: Plugins):
    path = plugins.task("german")
    path.write_text(toml({k: v for k, v in TASK_CARD.items() if k != "licence"}))
    with pytest.raises(BenchError, match="'licence' is missing"):
        find([plugins.folder]).task("german")


MODEL_MISTAKES = [
    ({"search": {"C": [1]}}, "'search.C' has no default; add 'C' to \\[params\\]"),
    ({"params": {"C": 1}, "search": {"C": []}}, "'search.C' must list at least one value"),
    ({"params": {"C": 1}, "search": {"C": {"low": 1}}}, "'search.C' must be a list of values or"),
    ({"params": {"C": 1}, "search": {"C": {"low": 2, "high": 1}}}, "low below high"),
    (
        {"params": {"C": 1}, "search": {"C": {"low": 0, "high": 1, "log": True}}},
        "above 0 with log",
    ),
    ({"params": {"C": 1}, "search": {"C": {"low": "a", "high": "b"}}}, "must be a list of values"),
    ({"params": {"C": float("inf")}}, "'params' and 'search' go into records"),
    ({"requires": ["torch"]}, "'requires' needs 'extra'"),
    ({"modalities": ["tabla"]}, "did you mean 'tabular'"),
    ({"modalities": "tabular"}, "'modalities' must be a list, not 'tabular'"),
]


@pytest.mark.parametrize(("change", "message"), MODEL_MISTAKES)
def test_a_mistake_in_a_model_card_is_named(plugins: Plugins, change: dict[str, Any], message: str):
    plugins.model("hyperplane", card=change)
    with pytest.raises(BenchError, match=message):
        find([plugins.folder]).model("hyperplane")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tasks": []}, "'tasks' is empty"),
        ({"seeds": []}, "'seeds' is empty"),
        ({"seeds": [-1]}, "'seeds' must be 0 or more, not -1"),
        ({"n_train": [-5]}, "'n_train' must be 0 or more, not -5"),
        ({"limit": -1}, "'limit' must be 0 or more, not -1"),
        ({"seeds": [0, 1, 1]}, "'seeds' lists 1 twice"),
        ({"models": ["centre", "centre"]}, "'models' lists 'centre' twice"),
        ({"n_train_of": {"tumour": [5, 5]}}, "'n_train_of.tumour' lists 5 twice"),
        ({"n_train_of": {"tumor": [5]}}, "did you mean 'tumour'"),
        ({"n_train_of": {"tumour/center": [5]}}, "did you mean 'centre'"),
        ({"n_train_of": {"tumour/centre": [-1]}}, "'n_train_of.tumour/centre' must list sizes"),
        ({"n_train_of": {"tumour": []}}, "'n_train_of.tumour' must list sizes of 0 or more"),
        ({"tuning": {"trials": 0}}, "'tuning.trials' must be 1 or more"),
        ({"tuning": {"trails": 3}}, "did you mean 'tuning.trials'"),
    ],
)
def test_a_mistake_in_a_suite_card_is_named(plugins: Plugins, change: dict[str, Any], message: str):
    plugins.suite("mine", change)
    with pytest.raises(BenchError, match=message):
        find([plugins.folder]).suite("mine")


def test_a_card_that_is_not_toml_is_named(plugins: Plugins):
    path = plugins.task("german")
    path.write_text("title = Credit\n")
    with pytest.raises(BenchError, match=r"german\.toml: not valid TOML: .*line 1"):
        find([plugins.folder]).task("german")


@pytest.mark.parametrize("name", ["German", "1st", "a-b", "a b"])
def test_a_name_that_could_not_be_imported_is_refused(plugins: Plugins, name: str):
    plugins.task(name)
    with pytest.raises(BenchError, match="must be small letters, digits and underscores"):
        find([plugins.folder]).task(name)


@pytest.mark.parametrize("shelf", ["tasks", "baselines"])
def test_two_plugins_of_one_name_are_both_named(tmp_path: Path, shelf: str):
    paths = []
    for folder in ("one", "two"):
        plugins = Plugins(tmp_path / folder)
        write = plugins.task if shelf == "tasks" else plugins.model
        paths.append(str(write("twin")))
    with pytest.raises(BenchError) as raised:
        find([tmp_path / "one", tmp_path / "two"])
    assert all(path in str(raised.value) for path in paths)


def test_a_plugin_cannot_take_a_built_in_name(plugins: Plugins):
    path = plugins.task("card_fraud")
    with pytest.raises(BenchError, match="two plugins are named 'card_fraud'") as raised:
        find([plugins.folder])
    assert str(path) in str(raised.value)


def test_code_cannot_hide_behind_another_plugin_s_code(tmp_path: Path):
    """Both are imported as benchbig.baselines.shared; the second would never run."""
    for folder in ("one", "two"):
        Plugins(tmp_path / folder).model(f"model_{folder}", card={"code": "shared"})
        (tmp_path / folder / "baselines" / f"model_{folder}.py").rename(
            tmp_path / folder / "baselines" / "shared.py"
        )
    with pytest.raises(BenchError, match="two plugins are named 'shared'"):
        find([tmp_path / "one", tmp_path / "two"])


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_plugins_is_refused(tmp_path: Path, name: str):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BenchError, match=f"--plugins .*{name}: no folder with tasks/"):
        find([tmp_path / name])


def test_the_environment_names_plugin_folders_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for folder in ("one", "two"):
        Plugins(tmp_path / folder).task(f"task_{folder}")
    monkeypatch.setenv("BENCHBIG_PLUGINS", f"{tmp_path / 'one'}{os.pathsep}{tmp_path / 'two'}")
    assert {"task_one", "task_two"} <= set(find().names("tasks"))


def installed(folder: Path, value: str) -> subprocess.CompletedProcess[str]:
    """Find all cards where a package on the path names `value` in the group benchbig.plugins."""
    about = folder / "acme-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[benchbig.plugins]\nacme = {value}\n")
    code = (
        "import sys\nfrom benchbig.cards import find\nfrom benchbig.errors import BenchError\n"
        "try:\n    print(find().task('churn').title)\n"
        "except BenchError as error:\n    print(error)\n"
        "print('imported' if 'acme_plugins' in sys.modules else 'not imported')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_installed_package_brings_plugins_without_being_imported(tmp_path: Path):
    Plugins(tmp_path / "acme_plugins").task("churn", card={"title": "Acme churn"})
    (tmp_path / "acme_plugins" / "__init__.py").write_text("raise RuntimeError('imported')")
    done = installed(tmp_path, "acme_plugins")
    assert done.stdout == "Acme churn\nnot imported\n", done.stderr


@pytest.mark.parametrize("value", ["acme_gone", "acme_gone.inner"])
def test_an_installed_plugin_whose_package_is_gone_is_named(tmp_path: Path, value: str):
    done = installed(tmp_path, value)
    assert f"'acme' names the package '{value}', which is not there" in done.stdout, done.stderr


def test_the_toy_cards_are_what_the_schema_asks_for(plugins: Plugins):
    """Else every test above could pass for another reason than the one it names."""
    plugins.task("tumour")
    plugins.model("centre")
    plugins.suite("toys")
    catalog = find([plugins.folder])
    assert catalog.task("tumour").title == TASK_CARD["title"]
    assert catalog.model("centre").title == MODEL_CARD["title"]
    assert catalog.suite("toys").title == SUITE_CARD["title"]
