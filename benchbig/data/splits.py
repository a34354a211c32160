"""Which rows go to training, validation and test? Positions only; a task cuts its table by them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchbig.data.parts import Part, Split

Positions = npt.NDArray[np.int64]

SHARES = (0.6, 0.2, 0.2)


class Cut(NamedTuple):
    """Row positions of the three parts, each ascending, none in two parts."""

    train: Positions
    valid: Positions
    test: Positions


def cut(whole: Part, parts: Cut) -> Split:
    """The three parts of a whole, at these positions."""
    return Split(whole.take(parts.train), whole.take(parts.valid), whole.take(parts.test))


def stratified(y: npt.ArrayLike, seed: int, shares: tuple[float, float, float] = SHARES) -> Cut:
    """Draw the parts at random, each class in the same shares (to within one row a class).

    y: (n,) classes; shares: of train, valid and test, adding up to 1.
    """
    labels = np.asarray(y)
    rng = np.random.default_rng(seed)
    pieces = []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        pieces.append(np.split(rows, _bounds(len(rows), shares)))
    return Cut(*(_ascending(np.concatenate(part)) for part in zip(*pieces, strict=True)))


def by_order(n: int, shares: tuple[float, float, float] = SHARES) -> Cut:
    """Cut n rows that already stand in the order of time: past, then middle, then future."""
    return Cut(*(_ascending(part) for part in np.split(np.arange(n), _bounds(n, shares))))


def by_time(times: npt.ArrayLike, shares: tuple[float, float, float] = SHARES) -> Cut:
    """Cut by time, earliest first; rows of one instant never stand in two parts.

    times: (n,) sortable stamps, in any order. A border that would fall inside one instant moves
    back to its first row, so the later part never teaches about its own first moment.
    """
    stamps = np.asarray(times)
    order = np.argsort(stamps, kind="stable")
    ordered = stamps[order]
    borders = [
        int(np.searchsorted(ordered, ordered[b])) if b < len(ordered) else b
        for b in _bounds(len(stamps), shares)
    ]
    return Cut(*(_ascending(part) for part in np.split(order, borders)))


def by_group(groups: npt.ArrayLike, seed: int, shares: tuple[float, float, float] = SHARES) -> Cut:
    """Draw whole groups (a patient, a customer) at random, so that none stands in two parts.

    groups: (n,) group of each row. Shares hold for the rows to within one group's size.
    """
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    filled = np.cumsum(np.bincount(member, minlength=len(names))[order])
    borders = np.searchsorted(filled, _bounds(len(member), shares), side="right")
    part_of_group = np.empty(len(names), dtype=np.int64)
    part_of_group[order] = np.searchsorted(borders, np.arange(len(names)), side="right")
    part = part_of_group[member]
    return Cut(*(_ascending(np.flatnonzero(part == index)) for index in range(3)))


def by_group_stratified(
    groups: npt.ArrayLike, y: npt.ArrayLike, seed: int, shares: tuple[float, float, float] = SHARES
) -> Cut:
    """Draw whole groups at random, those of each class in the same shares of their rows.

    groups: (n,) group of each row; y: (n,) classes. A group counts as of the class that most of
    its rows have, the lowest of equals.
    """
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    classes, label = np.unique(np.asarray(y), return_inverse=True)
    counts = np.zeros((len(names), len(classes)), dtype=np.int64)
    np.add.at(counts, (member, label), 1)
    kind = counts.argmax(axis=1)[member]
    pieces = []
    for each in np.unique(kind):
        rows = np.flatnonzero(kind == each)
        pieces.append([rows[part] for part in by_group(member[rows], seed, shares)])
    return Cut(*(_ascending(np.concatenate(part)) for part in zip(*pieces, strict=True)))


def leave_one_out(users: npt.ArrayLike, times: npt.ArrayLike) -> Cut:
    """Each user's last row to test, the one before to validation, all earlier ones to training.

    users, times: (n,) in any order. Of rows of one instant that one counts as later which stands
    later in the arrays. Users of fewer than 3 rows stay in training with all of them.
    """
    order, starts = _timelines(users, times)
    counts = np.diff(np.append(starts, len(order)))
    total = np.repeat(counts, counts)
    left = np.repeat(starts + counts, counts) - 1 - np.arange(len(order))
    part = np.where(total >= 3, np.maximum(2 - left, 0), 0)
    return Cut(*(_ascending(order[part == index]) for index in range(3)))


def by_user_time(
    users: npt.ArrayLike, times: npt.ArrayLike, shares: tuple[float, float, float] = SHARES
) -> Cut:
    """Cut each user's own time: past, then middle, then future; no instant of his is torn.

    users, times: (n,) in any order. shares: of a user's different instants, rounded, at least one
    to validation and one to test. Users of fewer than 3 instants stay in training.
    """
    order, starts = _timelines(users, times)
    who, when = np.asarray(users)[order], np.asarray(times)[order]
    opens = np.ones(len(order), dtype=bool)
    opens[1:] = (who[1:] != who[:-1]) | (when[1:] != when[:-1])
    counts = np.diff(np.append(starts, len(order)))
    instant = np.cumsum(opens) - 1
    begun = np.repeat(instant[starts], counts)
    total = np.repeat(np.add.reduceat(opens, starts), counts)
    left = total - (instant - begun) - 1
    test, valid = (np.maximum(np.rint(total * share), 1) for share in (shares[2], shares[1]))
    part = np.where(left < test, 2, np.where(left < test + valid, 1, 0))
    part = np.where(total >= 3, part, 0)
    return Cut(*(_ascending(order[part == index]) for index in range(3)))


def serve_only(parts: Cut, users: npt.ArrayLike, n: int, seed: int) -> Cut:
    """Draw n of the users who have rows in the test part; every row of the others to training.

    users: (rows,) of each row. All are kept where there are no more than n.
    """
    who = np.asarray(users)
    tested = np.unique(who[parts.test])
    drawn = np.random.default_rng(seed).permutation(tested)[:n]
    valid, test = (part[np.isin(who[part], drawn)] for part in (parts.valid, parts.test))
    return Cut(np.setdiff1d(np.arange(len(who)), np.concatenate([valid, test])), valid, test)


def _timelines(users: npt.ArrayLike, times: npt.ArrayLike) -> tuple[Positions, Positions]:
    """All rows user by user, earliest first, and where each user begins."""
    who = np.asarray(users)
    order = np.lexsort((np.asarray(times), who))
    changes = np.flatnonzero(who[order][1:] != who[order][:-1]) + 1
    return order, np.concatenate(([0], changes))


def subset(y: npt.ArrayLike, n: int, seed: int) -> Positions:
    """Choose n rows so that a smaller choice always lies within a larger one of the same seed.

    y: (rows,) classes (integers), each kept in proportion to within a row, and at least one row
    of each once n reaches the number of classes; or anything else, then plainly at random.
    Returns ascending positions. Raises ValueError where n is not within 1..rows.
    """
    target = np.asarray(y)
    if not 1 <= n <= len(target):
        raise ValueError(f"cannot choose {n} of {len(target)} rows")
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(target))
    if target.dtype.kind == "f" or target.ndim > 1:
        return _ascending(shuffled[:n])
    # Row i of a class with m rows is placed at i/m of the way: any prefix has every class in
    # proportion, and the first row of each class stands at the very front.
    place = np.empty(len(target))
    for label in np.unique(target):
        rows = shuffled[target[shuffled] == label]
        place[rows] = np.arange(len(rows)) / len(rows)
    return _ascending(shuffled[np.argsort(place[shuffled], kind="stable")][:n])


def _bounds(n: int, shares: tuple[float, float, float]) -> list[int]:
    if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"shares {shares} must be non-negative and add up to 1")
    return [round(n * shares[0]), round(n * (shares[0] + shares[1]))]


def _ascending(positions: npt.ArrayLike) -> Positions:
    return np.sort(np.asarray(positions)).astype(np.int64)
