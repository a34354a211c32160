"""Film ratings: which film will this viewer rate next? Ranking, leave-one-out by time.

Origin: MovieLens 100k (Harper and Konstan 2015, "The MovieLens datasets: history and context", ACM
TiiS 5(4)): 100,000 ratings of 943 viewers, September 1997 to April 1998, each of at least 20
films, no film twice. Licence: GroupLens' terms, for research, without redistribution (recalled);
the copy is the example that RecBole ships, in its atomic files.

That a viewer rated a film is what is predicted; the stars are left out. A film is known by its
title, year and genres, a viewer by age, gender and occupation. One film, "unknown", has no facts.

Split: leave-one-out by time. A viewer's last rating goes to the test part, the one before to
validation, all earlier ones to training. 415 of 943 viewers gave their last ratings in one second;
of ratings of one second that counts as later which stands later in the file, whose order the
origin says is random. So nothing but chance picks among them, and it does not depend on the seed.

It does not leak: a viewer's own future is never in his history, which is checked, and what he has
rated is no candidate. **What it allows**, as every split of this kind: other viewers' ratings of a
later day are in the training part, so a film's fame after the day is known.

One row (user 196, id 196): ... -> the film he rated last.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchbig.data import Split
from benchbig.data.histories import Catalogue, Choices, histories
from benchbig.data.splits import leave_one_out


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """users: age, gender, occupation; items: year and a column a genre; ids: user numbers."""
    folder = files["movielens"]
    ratings, films, viewers = (_table(folder / f"ml-100k.{n}") for n in ("inter", "item", "user"))
    # Both number from 1 without a gap; a catalogue's row is the number less one.
    films, viewers = films.sort_values("item_id"), viewers.sort_values("user_id")
    choices = Choices(
        user=ratings["user_id"].to_numpy() - 1,
        item=ratings["item_id"].to_numpy() - 1,
        time=ratings["timestamp"].to_numpy().astype(np.int64),
    )
    catalogue = Catalogue(
        ids=viewers["user_id"].to_numpy(), users=_viewers(viewers), items=_films(films),
        texts=_texts(films),
    )  # fmt: skip
    return histories(choices, catalogue, leave_one_out(choices.user, choices.time))


def _table(path: Path) -> pd.DataFrame:
    """An atomic file: tab-separated, its heads are name:type."""
    table = pd.read_csv(path, sep="\t", encoding="utf-8", quoting=3)
    return table.rename(columns=lambda head: head.split(":")[0])


def _viewers(viewers: pd.DataFrame) -> pd.DataFrame:
    table = viewers[["age", "gender", "occupation"]].reset_index(drop=True)
    return table.astype({"age": float, "gender": "category", "occupation": "category"})


def _films(films: pd.DataFrame) -> pd.DataFrame:
    genres = films["class"].str.get_dummies(sep=" ").astype(float)
    year = pd.to_numeric(films["release_year"], errors="coerce")
    return genres.assign(year=year).reset_index(drop=True)


def _texts(films: pd.DataFrame) -> np.ndarray:
    """'Toy Story (1995): Animation, Children's, Comedy'."""
    told = zip(films["movie_title"], films["release_year"], films["class"], strict=True)
    lines = [f"{title} ({year}): {genres.replace(' ', ', ')}" for title, year, genres in told]
    return np.array(lines, dtype=object)
