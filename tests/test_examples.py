"""Are examples few, small, of the training part, and shown only where a licence allows it?"""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from records_by_hand import ok, task
from site_by_hand import filed
from toys import Command, Plugins, one_line

from benchbig import assets
from benchbig.cards import find
from benchbig.data import Part
from benchbig.data.histories import Histories
from benchbig.errors import BenchError
from benchbig.site import examples
from benchbig.site.build import build
from benchbig.site.excerpt import COLUMNS, EXAMPLES, LETTERS, excerpt
from benchbig.worker import plugins as code

CATALOG = find()
STORED = [name for name in CATALOG.names("tasks") if examples.stored(CATALOG.task(name)).is_file()]
CLOSED = re.compile(r"unknown|unstated|research|no redistribution", re.IGNORECASE)


def part(X: object, y: np.ndarray) -> Part:
    return Part(X, y, np.arange(len(y)))


def test_examples_are_of_as_many_classes_as_there_are() -> None:
    y = np.array([0] * 97 + [1] * 3)
    table = pd.DataFrame({"x": np.arange(100) / 8, "kind": pd.Categorical(list("ab") * 50)})
    found = excerpt(task(classes=("right", "wrong")), part(table, y))
    assert sorted(found.labels) == ["right", "right", "wrong", "wrong"]
    assert found.columns == ("x", "kind")
    # The rows themselves, not others of their class.
    rows = {(f"{row.x:.5g}", str(row.kind)): int(y[row.Index]) for row in table.itertuples()}
    assert [("right", "wrong")[rows[cells]] for cells in found.cells] == list(found.labels)
    assert excerpt(task(classes=("right", "wrong")), part(table, y)) == found


def test_wide_tables_are_cut_and_what_is_missing_stays_empty() -> None:
    wide = pd.DataFrame({f"x{i}": [np.nan, 1.0] for i in range(40)})
    found = excerpt(task(), part(wide, np.array([0, 1])))
    assert (len(found.columns), found.more) == (COLUMNS, 40 - COLUMNS)
    assert found.lines[0] == ("x0", ("", "1"))


def test_long_texts_are_cut_and_can_hide_nothing() -> None:
    texts = np.array(["word " * 200, "left\u202eright"], dtype=object)
    found = excerpt(task(modality="text"), part(texts, np.array([0, 1])))
    assert len(found.texts[0]) == LETTERS
    assert found.texts[0].endswith("…")
    assert "\u202e" not in found.texts[1]


@pytest.mark.parametrize("shape", [(6, 300, 200, 3), (6, 28, 28), (6, 32, 32, 1)])
def test_thumbnails_are_small_pictures(shape: tuple[int, ...]) -> None:
    """Noise, which nothing compresses well."""
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    found = excerpt(task(modality="image"), part(pixels, np.arange(6) % 2))
    for picture in found.pictures:
        head, _, content = picture.partition(";base64,")
        assert head in ("data:image/png", "data:image/jpeg")
        assert len(picture) <= 4096
        assert max(Image.open(io.BytesIO(base64.b64decode(content))).size) <= 64


def test_of_a_ranking_the_last_choices_and_the_next_are_shown() -> None:
    users = pd.DataFrame(index=range(2))
    names = np.array(list("abcdefgh"), dtype=object)
    items = pd.DataFrame(index=range(8))
    known = Histories(np.arange(2), np.array([0, 6, 7]), np.array([0, 1, 2, 3, 4, 5, 7]),
                      np.zeros(7, dtype=np.int64), users, items, names)  # fmt: skip
    found = excerpt(task(kind="ranking"), part(known, np.array([[6, -1], [0, 1]])))
    told = dict(zip(found.labels, found.lists, strict=True))
    assert told == {"g": ("b", "c", "d", "e", "f"), "a": ("h",)}


@pytest.mark.parametrize("name", CATALOG.names("tasks"))
def test_only_licences_that_allow_it_have_examples(name: str) -> None:
    card = CATALOG.task(name)
    if CLOSED.search(f"{card.licence} {card.licence_basis}"):
        assert not card.examples, f"{name}: {card.licence}"
    if examples.stored(card).is_file():
        assert card.examples, f"{name}.json stands there, but its card does not allow it"


@pytest.mark.parametrize("name", STORED)
def test_stored_examples_are_current_and_small(name: str) -> None:
    card = CATALOG.task(name)
    found = examples.read(card)
    assert found is not None, f"of another version; type: benchbig leaderboard examples {name}"
    assert 1 <= len(found.labels) <= EXAMPLES
    assert all(len(text) <= LETTERS for text in found.texts)
    assert all(len(picture) <= 4096 for picture in found.pictures)
    if card.classes:
        assert set(found.labels) <= set(card.classes)


def test_stored_examples_are_those_of_the_training_part() -> None:
    card = CATALOG.task("bank_intents")
    files = {one.name: assets.find(one, assets.cache_dir()) for one in card.assets.values()}
    if None in files.values():
        pytest.skip("needs 'benchbig fetch --task bank_intents'")
    split = code.function("tasks", card.name, "load")(0, files)
    assert excerpt(card, split.train) == examples.read(card)
    test = set(split.test.X)
    assert not test & set(examples.read(card).texts)


def test_a_plugins_examples_come_from_its_code_and_show_on_its_page(
    plugins: Plugins, run_cli: Command, tmp_path: Path
) -> None:
    card = {"examples": True, "classes": ["malignant", "<b>benign</b>"]}
    plugins.task("tumour", card=card)
    plugins.task("secret")
    done = run_cli("leaderboard", "examples", "--task", "tumour,secret", "--plugins",
                   plugins.folder)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "secret: passed over" in done.stdout
    assert not (plugins.folder / "leaderboard" / "examples" / "secret.json").exists()
    catalog = find([str(plugins.folder)])
    found = examples.read(catalog.task("tumour"))
    assert found is not None
    assert found.more == 30 - COLUMNS
    results = filed(tmp_path / "store", [ok(of=task("tumour"))])
    build(results, tmp_path / "site", catalog)
    for page in ("tasks/tumour.html", "zh/tasks/tumour.html"):
        text = (tmp_path / "site" / page).read_text()
        assert "&lt;b&gt;benign&lt;/b&gt;" in text
        assert f'<td class="num"><bdi>{found.cells[0][0]}</bdi></td>' in text
    plugins.task("tumour", card={**card, "version": 2})
    assert examples.read(find([str(plugins.folder)]).task("tumour")) is None


def test_broken_examples_are_said_with_what_to_type(plugins: Plugins, run_cli: Command) -> None:
    card = find([str(plugins.task("tumour", card={"examples": True}).parents[1])]).task("tumour")
    path = examples.stored(card)
    path.parent.mkdir(parents=True)
    for content in ("{", '{"version": 1, "labels": [], "odd": 1}'):
        path.write_text(content)
        with pytest.raises(BenchError, match="leaderboard examples --task tumour"):
            examples.read(card)
    path.write_text('{"version": 1, "labels": ["x"], "pictures": ["javascript:alert(1)"]}')
    assert examples.read(card) is None
    one_line(run_cli("leaderboard", "examples"), "no task named", "--task NAME")
