"""Which weighted words and letter sequences stand for a text in the classical text models?"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from benchbig.data import Notes
from benchbig.data.parts import Array
from benchbig.preprocess.shared import charged

SMALL = 1000  # below so many texts an n-gram seen once may be all there is, so it is kept

# Chinese and Japanese are written without spaces: a "word" between two of them is a whole clause,
# hardly ever seen twice. One to three characters hold the words of these scripts.
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
CHARACTERS = (1, 3)
LOOKED_AT = 1000  # texts that tell the script


class Learnt(NamedTuple):
    """A fitted vectoriser and some texts' rows (n, features); seconds that took."""

    features: FeatureUnion
    rows: csr_matrix
    seconds: float


def learn(params: Mapping[str, Any], texts: Array, notes: Notes) -> Learnt:
    """The vectoriser fitted on the training texts, computed once for all trials on them.

    params: `vectoriser`'s. notes: told what was spared or spent (`charged`).
    """
    return charged(_learn, notes, tuple(params["words"]), tuple(params["letters"]), tuple(texts))


def validation(
    params: Mapping[str, Any], texts: Array, valid: Array, notes: Notes, judging: bool
) -> csr_matrix:
    """The rows (n, features) of the validation texts, computed once for all trials.

    texts: what the vectoriser is fitted on. judging: not for a fit, as calibrating is (`charged`).
    """
    told = tuple(params["words"]), tuple(params["letters"]), tuple(texts), tuple(valid)
    return charged(_validation, notes, *told, judging=judging).rows


@functools.lru_cache(maxsize=1)
def _validation(
    words: tuple[int, int], letters: tuple[int, int], texts: tuple[str, ...], valid: tuple[str, ...]
) -> Learnt:
    features = _learn(words, letters, texts).features
    began = time.perf_counter()
    return Learnt(features, features.transform(valid), time.perf_counter() - began)


@functools.lru_cache(maxsize=1)  # the trials of a search share one training part
def _learn(words: tuple[int, int], letters: tuple[int, int], texts: tuple[str, ...]) -> Learnt:
    began = time.perf_counter()
    features = vectoriser({"words": words, "letters": letters}, texts)
    return Learnt(features, features.fit_transform(texts), time.perf_counter() - began)


def vectoriser(params: Mapping[str, Any], texts: Sequence[str] | Array) -> FeatureUnion:
    """N-grams weighted by tf-idf and scaled to length 1, of the kind that suits these texts.

    params: "words" and "letters", each [shortest, longest] of its n-grams; letters are taken
    within words (scikit-learn's char_wb), which forgives spelling. Where the training texts are
    written without spaces, sequences of `CHARACTERS` stand for both. Counts are damped to
    1 + log(count); an n-gram of a single text is dropped when there are at least `SMALL`.
    Gives float32, half the memory traffic of the solvers at the same accuracy.
    """
    kinds = {"words": ("word", params["words"]), "letters": ("char_wb", params["letters"])}
    if unspaced(texts):
        kinds = {"characters": ("char", CHARACTERS)}
    parts = [
        (
            name,
            TfidfVectorizer(
                analyzer=analyzer,
                ngram_range=tuple(lengths),
                sublinear_tf=True,
                min_df=1 if len(texts) < SMALL else 2,
                dtype=np.float32,
            ),
        )
        for name, (analyzer, lengths) in kinds.items()
    ]
    return FeatureUnion(parts)


def unspaced(texts: Sequence[str] | Array) -> bool:
    """Whether most letters of the first `LOOKED_AT` texts are of a script without spaces."""
    together = "".join(texts[:LOOKED_AT])
    letters = sum(map(str.isalpha, together))
    return 2 * len(UNSPACED.findall(together)) > letters
