"""How well does logistic regression do on the mean of a text's GloVe vectors?

Pennington, Socher and Manning 2014, "GloVe: Global Vectors for Word Representation". The vectors
were learnt from other texts, each word's alone: no word's meaning depends on its neighbours.
"""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import probe
from benchbig.preprocess import words
from benchbig.preprocess.probabilities import spread
from benchbig.preprocess.shared import charged

RARE = 1e-3  # the smoothing a of a / (a + frequency), as Arora et al. 2017 have it


class Vectors(NamedTuple):
    """places: a word's row in table (words, 50); seconds that reading it took."""

    places: Mapping[str, int]
    table: Array
    seconds: float


def fit(train: Part, context: Context) -> Predict:
    """params: C; weights, "equal" or "rare": there a word counts the less the more often it
    occurs in the training texts, as in Arora, Liang and Ma 2017, "A Simple but Tough-to-Beat
    Baseline for Sentence Embeddings"."""
    (folder,) = context.files.values()
    k, notes, params = context.task.n_classes or 2, context.notes, context.params
    vectors = charged(read, notes, folder)
    counts = frequencies(train.X) if params["weights"] == "rare" else {}
    means = embed(vectors, train.X, counts)
    centre, scale = means.mean(axis=0), means.std(axis=0) + 1e-9
    fitted = probe.fit((means - centre) / scale, train.y, params["C"])
    if not fitted.converged:
        notes.warnings.append(f"not converged after {probe.ITERATIONS} iterations")
    notes.n_trainable = int(fitted.model.coef_.size + fitted.model.intercept_.size)
    notes.n_params = notes.n_trainable + vectors.table.size
    notes.artifact_bytes = 4 * notes.n_params + sum(map(len, vectors.places))
    notes.precision = "fp32"

    def predict(X: Array) -> Array:
        rows = (embed(vectors, X, counts) - centre) / scale
        return spread(probe.probabilities(fitted.model, rows), fitted.model.classes_, k)

    return predict


@functools.lru_cache(maxsize=1)  # the trials of a search share one table in memory
def read(folder: Path) -> Vectors:
    """The 400,000 words and their vectors."""
    began = time.perf_counter()
    names = pq.read_table(folder / "glove_6B_index.parquet")["index"].to_pylist()
    table = np.load(folder / "glove_6B_50d_emb.npy", allow_pickle=False)
    places = {word: at for at, word in enumerate(names)}
    return Vectors(places, table, time.perf_counter() - began)


def frequencies(texts: Sequence[str] | Array) -> dict[str, float]:
    """Each word's share of all words."""
    counts = Counter(word for text in texts for word in words.split(str(text)))
    total = sum(counts.values())
    return {word: count / total for word, count in counts.items()}


def embed(vectors: Vectors, texts: Array, shares: Mapping[str, float]) -> Array:
    """(n, 50) the mean of each text's known words, 0 where there are none.

    shares: how often words occur; a word then weighs RARE / (RARE + share), else all alike.
    """
    found = np.zeros((len(texts), vectors.table.shape[1]), dtype=np.float32)
    for row, text in enumerate(texts):
        known = [word for word in words.split(str(text)) if word in vectors.places]
        if known:
            weights = np.array([RARE / (RARE + shares.get(word, 0.0)) for word in known])
            rows = vectors.table[[vectors.places[word] for word in known]]
            found[row] = weights @ rows / weights.sum()
    return found
