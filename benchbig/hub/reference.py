"""What does "hf:owner/name@revision#adaptation" mean?"""

from __future__ import annotations

import re
from typing import NamedTuple

from benchbig.errors import BenchError, unknown

PREFIX = "hf:"
ADAPTATIONS = ("frozen", "lora", "full", "zero_shot")
FORM = re.compile(
    r"hf:(?P<repo>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?(?:#(?P<adaptation>[\w-]*))?", re.A
)
LONGEST = 40  # letters of a repository's name in a card's name


class Reference(NamedTuple):
    """A repository, a revision of it (a commit, branch or tag) and what is done with its model."""

    repo: str
    revision: str
    adaptation: str


def is_one(name: str) -> bool:
    """Whether a model's name is meant as a reference to the hub."""
    return name.startswith(PREFIX)


def parse(name: str) -> Reference:
    """The reference in a model's name; revision "main" and adaptation "frozen" unless given."""
    found = FORM.fullmatch(name)
    if found is None:
        raise BenchError(
            f"--model {name}: a model of the hub is named hf:owner/name, hf:owner/name@revision "
            f"and with #{', #'.join(ADAPTATIONS)} at its end"
        )
    adaptation = found["adaptation"] or "frozen"
    if adaptation not in ADAPTATIONS:
        raise unknown("adaptation", adaptation, ADAPTATIONS, name)
    return Reference(found["repo"], found["revision"] or "main", adaptation)


def card_name(reference: Reference, commit: str) -> str:
    """The name of its card and in its records: hf_owner_name_adaptation_commit."""
    return f"{stem(reference)}_{commit[:7]}"


def stem(reference: Reference) -> str:
    """The beginning that the names of all revisions of one model share."""
    letters = re.sub(r"[^a-z0-9]+", "_", reference.repo.lower()).strip("_")
    return f"hf_{letters[:LONGEST]}_{reference.adaptation}"
