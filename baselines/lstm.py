"""How well does a long short-term memory network do that is trained on these texts alone?

As in the tutorials: an embedding of 100, one layer of 128, a linear layer on what it holds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import loop
from benchbig.finetune.classifier import Classifier, logits
from benchbig.finetune.merit import merit, probabilities, watched
from benchbig.preprocess import words


class Network(nn.Module):
    """Word numbers and mask (n, length) to logits (n, k).

    pool: what the linear layer sees of the states, the "last" or the "most" of each over time.
    """

    def __init__(self, size: int, k: int, params: Any) -> None:
        super().__init__()
        self.fill, self.pool = words.FILL, params["pool"]
        self.embedding = nn.Embedding(size, params["embedding"], padding_idx=words.FILL)
        self.lstm = nn.LSTM(params["embedding"], params["hidden"], batch_first=True)
        self.before, self.after = nn.Dropout(), nn.Dropout()
        self.head = nn.Linear(params["hidden"], k)

    order, batch = Classifier.order, Classifier.batch

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        vectors = self.before(self.embedding(ids))
        packed = pack_padded_sequence(
            vectors, mask.sum(1).cpu(), batch_first=True, enforce_sorted=False
        )
        states, (last, _) = self.lstm(packed)
        if self.pool == "last":
            found = last[-1]
        else:
            lowest = torch.finfo(vectors.dtype).min
            found = pad_packed_sequence(states, batch_first=True, padding_value=lowest)[0].amax(1)
        result: torch.Tensor = self.head(self.after(found))
        return result


def fit(train: Part, context: Context) -> Predict:
    """Learn the words and the network; the epoch that does best on the validation part is kept.

    params: embedding, hidden, pool; vocabulary, at most so many words, each seen twice;
    longest, words of a text that are read; loop.Recipe's, whose `rate` is for all weights.
    """
    params, notes, device = context.params, context.notes, context.device
    task, valid = context.task, watched(context.valid, context.seed)
    k = task.n_classes or 2
    take = words.splitter(train.X)
    lines = [take(str(text)) for text in train.X]
    numbers = words.vocabulary(lines, params["vocabulary"], fewest=2)

    def rows(X: Array) -> list[list[int]]:
        return [words.numbered(take(str(text)), numbers, params["longest"]) for text in X]

    torch.manual_seed(context.seed)
    model = Network(len(numbers) + words.UNKNOWN + 1, k, params).to(device)
    start_at_prior(model, train.y)
    read = rows(valid.X)

    def judge() -> float:
        return merit(task, valid.y, logits(model, read, device, bf16=False))

    recipe = loop.Recipe.of({**params, "head_rate": params["rate"]})
    learnt = [words.numbered(line, numbers, params["longest"]) for line in lines]
    loop.train(model, learnt, train.y, recipe, judge, False, context)
    notes.n_params = notes.n_trainable = sum(w.numel() for w in model.parameters())
    notes.artifact_bytes = 4 * notes.n_params + sum(len(word.encode()) + 4 for word in numbers)
    notes.precision = "fp32"

    def predict(X: Array) -> Array:
        return probabilities(logits(model, rows(X), device, bf16=False))

    return predict


def start_at_prior(model: Network, y: Array) -> None:
    """Begin with the classes' frequencies; a class that is not there begins improbable."""
    k = model.head.out_features
    counts = np.bincount(y, minlength=k)
    bias = np.where(counts > 0, np.log(np.maximum(counts, 1) / len(y)), -10.0)
    with torch.no_grad():
        model.head.bias.copy_(torch.from_numpy(bias))
