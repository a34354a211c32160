"""What is kept of the scores of every item: the head of each list, and where the held-out stand."""

from __future__ import annotations

import numpy as np

from benchbig.data.histories import NOTHING, Histories
from benchbig.data.parts import Array
from benchbig.metrics.prediction import PredictionError

HEAD = 10  # items of each list that are kept
DEPTH = 100  # a held-out item further down is only known to be so
BEYOND = 0  # the rank that says this
FULL = -np.inf  # the score of what is no candidate


def places(scores: object, X: Histories, held: Array, repeats: bool) -> Array:
    """The prediction for these users as it is stored and scored, (n,) of named fields.

    scores: (n, items) floats, what a model returned, higher is better; held: (n, m) items, filled
    up with -1. All items are ranked that the user is not known to have chosen; with repeats, all.
    Of equal scores the order is one random order of the items, the same for every model and user,
    so that neither an item's number nor a model's silence tells anything.

    Fields: items, how many there are. head (10,): the first of the list, `items` where it is
    shorter. rank (m,): of each held-out item, from 1, 0 beyond 100 and where none is. With
    repeats also known (m,): whether the user had chosen it before; new (m,): its rank in the list
    without what he had chosen, 0 where known.
    """
    values = _checked(scores, X)
    order = np.random.default_rng(0).permutation(X.n_items)
    column = np.argsort(order)
    values = values[:, order]
    found = np.zeros(len(X), dtype=_fields(X.n_items, held.shape[1], repeats))
    found["items"], found["head"] = X.n_items, X.n_items
    for row, line in enumerate(values):
        own = held[row] > NOTHING
        items, chosen = held[row][own], np.unique(X.of(row))
        if not repeats:
            line[column[chosen]] = FULL
        first = _first(line)
        found["head"][row, : min(HEAD, len(first))] = order[first[:HEAD]]
        found["rank"][row, own] = _ranks(first, column[items], X.n_items)
        if repeats:
            line[column[chosen]] = FULL
            found["known"][row, own] = np.isin(items, chosen)
            found["new"][row, own] = _ranks(_first(line), column[items], X.n_items)
    return found


def _fields(n_items: int, m: int, repeats: bool) -> np.dtype[np.void]:
    number = np.min_scalar_type(n_items)
    plain = [("items", number), ("head", number, (HEAD,)), ("rank", np.uint8, (m,))]
    told_apart = [("known", np.bool_, (m,)), ("new", np.uint8, (m,))]
    return np.dtype([*plain, *told_apart] if repeats else plain)


def _checked(scores: object, X: Histories) -> Array:
    """The scores, or PredictionError where they are none."""
    shape = (len(X), X.n_items)
    if not isinstance(scores, np.ndarray) or scores.dtype.kind != "f" or scores.shape != shape:
        seen = f"{scores.dtype} {scores.shape}" if isinstance(scores, np.ndarray) else type(scores)
        raise PredictionError(
            f"the model returned {seen}; expected floats of shape {shape}, a score of every item "
            "for every user"
        )
    wrong = int((~np.isfinite(scores).all(axis=1)).sum())
    if wrong:
        raise PredictionError(f"the model returned NaN or infinity for {wrong} of {len(X)} users")
    return scores


def _first(line: Array) -> Array:
    """The first DEPTH columns of a list, best first, of equals the earlier column first."""
    edge = np.partition(line, -DEPTH)[-DEPTH] if len(line) > DEPTH else FULL
    candidates = np.flatnonzero((line >= edge) & (line > FULL))
    best = np.argsort(-line[candidates], kind="stable")[:DEPTH]
    first: Array = candidates[best]
    return first


def _ranks(first: Array, columns: Array, n: int) -> Array:
    """The rank of each column, BEYOND where it is not among the first."""
    rank = np.full(n, BEYOND, dtype=np.uint8)
    rank[first] = np.arange(1, len(first) + 1)
    return rank[columns]
