"""What is known of users when they are to be served: the X of a ranking task, and its parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchbig.data.parts import Array, Part, Split
from benchbig.data.splits import Cut

if TYPE_CHECKING:
    import pandas as pd

NOTHING = -1  # fills the rows of y, since not every user has as many items held out


@dataclass(frozen=True)
class Histories:
    """n users, each with what he chose so far, oldest first.

    user: (n,) int64, rows of `users`. first: (n + 1,) int64; the choices of row i are
    [first[i], first[i + 1]) of `item` (int64, rows of `items`) and `time` (int64, any unit).
    users, items: a row each, numbers and nominal columns of what is known of them at any time.
    texts: (items,) object, what each item is in words.
    """

    user: Array
    first: Array
    item: Array
    time: Array
    users: pd.DataFrame
    items: pd.DataFrame
    texts: Array

    def __len__(self) -> int:
        return len(self.user)

    @property
    def n_items(self) -> int:
        """How many items there are to choose from."""
        return len(self.texts)

    @property
    def lengths(self) -> Array:
        """(n,) choices of each row."""
        return np.diff(self.first)

    @property
    def row(self) -> Array:
        """(choices,) the row that each choice belongs to."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def of(self, row: int) -> Array:
        """The items of one row, oldest first."""
        chosen: Array = self.item[self.first[row] : self.first[row + 1]]
        return chosen

    def take(self, rows: Array) -> Histories:
        """These rows, in this order."""
        lengths = self.lengths[rows]
        first = np.concatenate(([0], np.cumsum(lengths)))
        inside = np.arange(first[-1]) - np.repeat(first[:-1], lengths)
        at = np.repeat(self.first[:-1][rows], lengths) + inside
        return replace(
            self, user=self.user[rows], first=first, item=self.item[at], time=self.time[at]
        )

    def lend(self) -> Histories:
        """The same, for a model to do with as it likes; see Part.lend."""
        return Histories(
            user=self.user.copy(),
            first=self.first.copy(),
            item=self.item.copy(),
            time=self.time.copy(),
            users=self.users.copy(deep=False),
            items=self.items.copy(deep=False),
            texts=self.texts.copy(),
        )


class Choices(NamedTuple):
    """Who chose what and when, (n,) int64 each: numbers from 0 of users and items, times."""

    user: Array
    item: Array
    time: Array


class Catalogue(NamedTuple):
    """Who can choose and what: see Histories. ids: (users,) int64, their numbers in the file."""

    ids: Array
    users: pd.DataFrame
    items: pd.DataFrame
    texts: Array


def histories(choices: Choices, catalogue: Catalogue, cut: Cut) -> Split:
    """The parts of a ranking task: a row a user, who may stand in all three.

    train: every user with training choices; y is (n, 0). valid: users with choices cut off for
    validation; X is what they chose before, y (n, m) the different items cut off, ascending,
    filled up with NOTHING. test: likewise, and the validation choices are part of X by then.
    ids: the users' numbers in the file. Choices of one instant stay in the order given.
    """
    before_test = np.sort(np.concatenate([cut.train, cut.valid]))
    train = _known(choices, catalogue, cut.train, np.unique(choices.user[cut.train]))
    nothing = np.empty((len(train), 0), dtype=np.int64)
    return Split(
        Part(train, nothing, catalogue.ids[train.user]),
        _served(choices, catalogue, cut.train, cut.valid),
        _served(choices, catalogue, before_test, cut.test),
    )


def _served(choices: Choices, catalogue: Catalogue, known: Array, held: Array) -> Part:
    pairs = np.unique(np.stack([choices.user[held], choices.item[held]]), axis=1)
    users, row, counts = np.unique(pairs[0], return_inverse=True, return_counts=True)
    place = np.arange(len(row)) - (np.cumsum(counts) - counts)[row]
    y = np.full((len(users), int(counts.max(initial=0))), NOTHING)
    y[row, place] = pairs[1]
    X = _known(choices, catalogue, known, users)
    return Part(X, y, catalogue.ids[users])


def _known(choices: Choices, catalogue: Catalogue, known: Array, users: Array) -> Histories:
    """What these users (ascending) chose in the rows `known`."""
    ordered = known[np.lexsort((choices.time[known], choices.user[known]))]
    ordered = ordered[np.isin(choices.user[ordered], users)]
    lengths = np.bincount(choices.user[ordered], minlength=len(catalogue.ids))[users]
    return Histories(
        user=users,
        first=np.concatenate(([0], np.cumsum(lengths))),
        item=choices.item[ordered],
        time=choices.time[ordered],
        users=catalogue.users,
        items=catalogue.items,
        texts=catalogue.texts,
    )
