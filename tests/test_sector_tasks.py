"""The tasks of retail, media and healthcare: their files' forms, and that their splits do not leak.

The real files are looked up in the cache; `benchbig fetch --task NAME` puts them there. Small
files in the packages' own form stand in for them where only the loader's logic is asked.
"""

from __future__ import annotations

import importlib

import numpy as np
import pandas as pd
import pytest

from benchbig.assets import cache_dir
from benchbig.assets import find as find_asset
from benchbig.cards import find
from benchbig.data.check import check_split
from benchbig.data.texts import distinct, same
from benchbig.tasks.hospital_death import LATER, PREDICTIONS
from benchbig.tasks.news_topics_zh import TOPICS
from benchbig.tasks.readmission import CODES, DRUGS, RESULTS

# The task, and the positives of train, valid and test under seed 0 (for ten classes: of class 1).
POSITIVES = {
    "product_reviews": (1298, 374, 440),
    "short_reviews": (3145, 1048, 1048),
    "film_reviews": (21398, 995, 2488),
    "product_reviews_zh": (4981, 1660, 1660),
    "news_topics_zh": (6008, 2002, 2003),
    "hospital_death": (1416, 472, 472),
    "readmission": (6676, 2225, 2225),
}


def load(task, files, seed=0):
    return importlib.import_module(f"benchbig.tasks.{task}").load(seed, files)


def parts(split):
    return split.train, split.valid, split.test


def together(split, field):
    return np.concatenate([getattr(part, field) for part in parts(split)])


@pytest.fixture(scope="module")
def real():
    """The split of a task on its real data, loaded once; skips where it is not cached."""
    loaded = {}

    def split(task, seed=0):
        if (task, seed) not in loaded:
            assets = find().task(task).assets
            files = {name: find_asset(asset, cache_dir()) for name, asset in assets.items()}
            if None in files.values():
                pytest.skip(f"the data of {task} are not cached: benchbig fetch --task {task}")
            loaded[task, seed] = load(task, files, seed)
        return loaded[task, seed]

    return split


@pytest.mark.parametrize("task", POSITIVES)
def test_a_task_holds_what_its_card_says(task, real):
    card, split = find().task(task), real(task)
    check_split(split, card)
    sizes = [len(part) for part in parts(split)]
    assert sum(sizes) == card.n_examples
    if card.split.n_train:
        assert sizes == [card.split.n_train, card.split.n_valid, card.split.n_test]
    assert tuple(int((part.y == 1).sum()) for part in parts(split)) == POSITIVES[task]
    assert len(np.unique(split.train.y)) == card.n_classes == len(card.classes)
    if card.modality == "tabular":
        assert split.train.X.shape[1] == card.n_features


@pytest.mark.parametrize("task", POSITIVES)
def test_the_seed_draws_the_split(task, real):
    assert real(task, 0).test.ids.tolist() != real(task, 1).test.ids.tolist()


@pytest.mark.parametrize("task", [name for name in POSITIVES if find().task(name).n_features])
def test_no_exact_copy_of_a_row_stands_in_two_parts(task, real):
    rows = [
        set(pd.util.hash_pandas_object(part.X.assign(_=part.y), index=False))
        for part in parts(real(task))
    ]
    assert not rows[0] & rows[1]
    assert not rows[0] & rows[2]
    assert not rows[1] & rows[2]


@pytest.mark.parametrize("task", [name for name in POSITIVES if not find().task(name).n_features])
def test_no_copy_of_a_text_stands_in_two_parts(task, real):
    keys = [same(text) for text in together(real(task), "X")]
    assert all(keys)
    assert len(set(keys)) == len(keys)


def test_a_text_counts_once_and_not_at_all_under_two_classes():
    texts = ["Good.", "bad", "good", "so so", "...", "So, so!", "好。", "好"]
    part = distinct(texts, np.array([1, 0, 1, 0, 1, 1, 1, 1]), np.arange(8) * 10)
    assert part.X.tolist() == ["Good.", "bad", "好。"]
    assert part.y.tolist() == [1, 0, 1]
    assert part.ids.tolist() == [0, 1, 6]
    assert part.groups.tolist() == [0, 10, 60]


def rated(path, rows):
    """A file in the form of the rated set: id, mean rating, text; the last line without an end."""
    path.write_bytes("\r\n".join(f"{i}\t{r}\t{t}" for i, r, t in rows).encode())
    return path


def test_the_sentences_of_a_review_stay_together_and_zero_is_not_positive(tmp_path):
    rows = [
        (f"{review}_{at}", rating, f"review {review}, {word} ")
        for review in range(1, 31)
        for at, (rating, word) in enumerate([(0.0, "none"), (-1.5, "bad"), (2.05, "good")], 1)
    ]
    split = load("product_reviews", {"amazon": rated(tmp_path / "amazon.txt", rows)})
    assert sorted(together(split, "ids")) == list(range(90))
    for part in parts(split):
        assert (np.bincount(part.groups)[np.unique(part.groups)] == 3).all()
        for text, label, row, review in zip(part.X, part.y, part.ids, part.groups, strict=True):
            assert text == f"review {review}, {('none', 'bad', 'good')[row % 3]}"
            assert label == text.endswith("good")


def test_a_snippet_without_a_review_is_drawn_by_its_class(tmp_path):
    rows = [(at + 1, (-1) ** at * 1.3, f"snippet {at}") for at in range(20)]
    split = load("short_reviews", {"films": rated(tmp_path / "films.txt", rows)})
    assert split.train.groups is None
    assert [part.y.tolist().count(1) for part in parts(split)] == [6, 2, 2]
    assert (together(split, "y") == (together(split, "ids") % 2 == 0)).all()


def test_a_film_reviews_line_breaks_become_blanks(tmp_path):
    path = tmp_path / "imdb.csv"
    rows = [f'"Take {at}, ""fine"".<br /><br />Yes",{"positive" if at % 2 else "negative"}'
            for at in range(20)]  # fmt: skip
    path.write_text("review,sentiment\n" + "\n".join(rows) + "\n", encoding="utf-8")
    split = load("film_reviews", {"imdb": path})
    for part in parts(split):
        assert part.X.tolist() == [f'Take {row}, "fine".  Yes' for row in part.ids]
        assert part.y.tolist() == [row % 2 for row in part.ids]


def test_the_negative_files_lines_are_counted_on_after_the_positive_ones(tmp_path):
    good = [f"很好{at}" for at in range(10)]
    bad = [f"不好{at}" for at in range(10)]
    files = {"positive": tmp_path / "pos.txt", "negative": tmp_path / "neg.txt"}
    files["positive"].write_text("\n".join([*good, good[0], "一般"]), encoding="utf-8")
    files["negative"].write_text("\n".join([*bad, "一般。", ""]), encoding="utf-8")
    split = load("product_reviews_zh", files)
    assert sorted(together(split, "ids")) == [*range(10), *range(12, 22)]
    lines = [*good, good[0], "一般", *bad]
    for part in parts(split):
        assert part.X.tolist() == [lines[row] for row in part.ids]
        assert part.y.tolist() == [int(row < 10) for row in part.ids]


def test_a_headlines_topic_is_its_place_in_the_list(tmp_path):
    path = tmp_path / "thucnews.txt"
    lines = [f"{topic}\t标题{topic}{at}" for at in range(20) for topic in reversed(TOPICS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    split = load("news_topics_zh", {"thucnews": path})
    assert find().task("news_topics_zh").classes == TOPICS
    assert [len(part) for part in parts(split)] == [180, 10, 10]
    for text, label in zip(together(split, "X"), together(split, "y"), strict=True):
        assert TOPICS[label] in text


def test_hospital_death_reads_blanks_before_numbers_and_hides_what_is_known_later(tmp_path):
    header = ["sno", "age", "sex", "hospdead", "dzgroup", "dzclass", "income", "race", "ca"]
    header += ["adlsc", "urine", *LATER, *PREDICTIONS]
    tail = ",".join("9" * (len(LATER) + len(PREDICTIONS)))
    rows = [
        f"{at + 1}, {40 + at}.5,male,{at % 2},CHF,COPD/CHF,,white,no, 0,,{tail}" for at in range(20)
    ]
    path = tmp_path / "support2.csv"
    path.write_text("\n".join([",".join(header), *rows]) + "\n", encoding="utf-8")
    split = load("hospital_death", {"support2": path})
    wanted = ["age", "sex", "dzgroup", "dzclass", "income", "race", "ca", "urine"]
    assert split.train.X.columns.tolist() == wanted
    assert split.train.X["age"].tolist() == [40.5 + row for row in split.train.ids]
    assert split.train.y.tolist() == [row % 2 for row in split.train.ids]
    assert split.train.X["urine"].isna().all()


def test_readmission_leaves_out_who_cannot_come_back(tmp_path):
    names = ["age", *CODES, *RESULTS, *DRUGS, "metformin-rosiglitazone", "readmitted"]
    table = pd.DataFrame(np.full((30, len(names)), 3), columns=names)
    table["age"] = np.arange(30)
    table["readmitted"] = np.arange(30) % 2
    table.loc[[4, 5, 6], "discharge_disposition_id"] = [11, 13, 20]
    table.loc[8] = table.loc[7]
    path = tmp_path / "diabetes.csv"
    table.to_csv(path, index=False)
    split = load("readmission", {"diabetes": path})
    assert sorted(together(split, "ids")) == [at for at in range(30) if at not in (4, 5, 6, 8)]
    nominal = [n for n in split.train.X if isinstance(split.train.X[n].dtype, pd.CategoricalDtype)]
    assert nominal == [*CODES, *RESULTS, *DRUGS]


def test_no_real_stay_ended_in_death_or_a_hospice(real):
    X = real("readmission").train.X
    assert not X["discharge_disposition_id"].isin([11, 13, 14, 19, 20, 21]).any()
