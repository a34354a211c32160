"""Words of texts and rows written out: what must be in them?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchbig.preprocess import row_text, words


def test_words_are_small_and_marks_and_endings_stand_apart() -> None:
    assert words.split("I don't LIKE it's end, can't!") == [
        *("i", "do", "n't", "like", "it", "'s", "end", ",", "ca", "n't", "!")
    ]
    assert words.split("") == []


def test_texts_without_spaces_are_taken_by_their_characters() -> None:
    assert words.splitter(["房间很小"])("很 好 A") == ["很", "好", "a"]
    assert words.splitter(["a room"])("a b") == ["a", "b"]


def test_a_vocabulary_holds_the_most_frequent_words_and_equals_by_name() -> None:
    lines = [["b", "a", "c"], ["b", "a"], ["b", "d"]]
    assert words.vocabulary(lines, most=2, fewest=1) == {"b": 2, "a": 3}
    assert words.vocabulary(lines, most=9, fewest=2) == {"b": 2, "a": 3}
    assert words.vocabulary(lines, most=9, fewest=1) == {"b": 2, "a": 3, "c": 4, "d": 5}


@pytest.mark.parametrize(
    ("longest", "kept"), [(5, "abcde"), (4, "abde"), (3, "abe"), (2, "ae"), (1, "a")]
)
def test_of_a_long_text_both_ends_are_read(longest: int, kept: str) -> None:
    numbers = {letter: at for at, letter in enumerate("abcde", 2)}
    assert words.numbered("abcde", numbers, longest) == [numbers[letter] for letter in kept]


def test_a_text_without_a_known_word_is_an_unknown_word() -> None:
    assert words.numbered([], {}, 3) == [words.UNKNOWN]
    assert words.numbered(["new"], {}, 3) == [words.UNKNOWN]


def test_a_row_is_written_as_names_and_values_without_what_is_missing() -> None:
    table = pd.DataFrame(
        {
            "age": [58, 30],
            "pdays": [np.nan, 1234567.0],
            "mean_rate": [0.123456, -2.5],
            "job": pd.Categorical(["blue-collar", None], categories=["blue-collar", "no_job"]),
        }
    )
    assert row_text.texts(table).tolist() == [
        "age: 58, mean rate: 0.1235, job: blue-collar",
        "age: 30, pdays: 1234567, mean rate: -2.5",
    ]
    codes = pd.DataFrame({"job": pd.Categorical(["no_job"])})
    assert row_text.texts(codes).tolist() == ["job: no job"]
