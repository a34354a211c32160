"""Which tasks and models of a store belong to a suite, those of the hub included?"""

from __future__ import annotations

import re
from collections.abc import Callable

from benchbig.cards import SuiteCard
from benchbig.hub.reference import card_name, is_one, parse, stem

COMMIT = re.compile(r"[0-9a-f]{40}")
SEVEN = re.compile(r"[0-9a-f]{7}")


def belongs(card: SuiteCard) -> Callable[[str, str], bool]:
    """Tells of a record's task and model whether they are the suite's.

    A model of the hub that the suite names by a commit is that commit's alone; by a branch, a tag
    or no revision it may have become any commit.
    """
    plain = {name for name in card.models if not is_one(name)}
    references = [parse(name) for name in card.models if is_one(name)]
    pinned = {card_name(one, one.revision) for one in references if COMMIT.fullmatch(one.revision)}
    moving = {stem(one) for one in references if not COMMIT.fullmatch(one.revision)}

    def of(task: str, model: str) -> bool:
        if task not in card.tasks:
            return False
        name, _, digits = model.rpartition("_")
        moved = name in moving and SEVEN.fullmatch(digits) is not None
        return model in plain or model in pinned or moved

    return of
