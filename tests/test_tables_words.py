"""Do numbers in tables read as people say them, and can a text out of a record do harm?"""

from __future__ import annotations

import pytest

from benchbig.metrics.names import ABSENT
from benchbig.tables import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ABSENT),
        (0.0, "<1 ms"),
        (0.012, "12 ms"),
        (0.0996, "0.10 s"),
        (0.83, "0.83 s"),
        (3.21, "3.2 s"),
        (9.96, "10 s"),
        (59.6, "1 min 0 s"),
        (200.4, "3 min 20 s"),
        (3599.7, "1 h 0 min"),
        (7500.0, "2 h 5 min"),
    ],
)
def test_seconds_read_as_people_say_them(value: float | None, text: str) -> None:
    assert words.seconds(value) == text


def test_other_numbers_read_as_people_say_them() -> None:
    assert [words.size(n) for n in (83, 412e6, 999.6e6, 1.34e9)] == [
        "83 B",
        "412 MB",
        "1.0 GB",
        "1.3 GB",
    ]
    assert [words.rate(n) for n in (0.52, 9.96, 1234.4, 3.46e6)] == [
        "0.52/s",
        "10/s",
        "1,234/s",
        "3.5M/s",
    ]
    assert [words.milliseconds(n) for n in (0.21, 12.3, 1234)] == ["0.21 ms", "12 ms", "1,234 ms"]
    assert words.scored("average_precision", 0.783, 0.7012, 0.853) == "0.783 [0.701, 0.853]"
    assert words.scored("accuracy", 0.9321, 0.918, 0.944) == "93.2% [91.8, 94.4]"


def test_foreign_texts_cannot_drive_a_terminal() -> None:
    seen = words.printable("a\x1b[2J\nb\u202ec\x9bd é")
    assert seen == "a\\x1b[2J\\nb\\u202ec\\x9bd é"
    assert seen.isprintable()
