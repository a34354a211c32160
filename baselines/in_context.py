"""How well does a language model do that learns nothing: asked outright, or after some examples?

A text's class is the one whose words it finds likeliest, compared with how likely it finds them
where no text stands: Zhao et al. 2021, "Calibrate Before Use: Improving Few-Shot Performance of
Language Models".
"""

from __future__ import annotations

import numpy as np
import torch

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import answers, precision, prompt
from benchbig.finetune.answers import Question, Reader
from benchbig.finetune.encoder import size
from benchbig.finetune.merit import probabilities

EMPTY = ("N/A", "", "[MASK]")  # texts that say nothing, as in the paper


def fit(train: Part, context: Context) -> Predict:
    """Read the question and the examples. The card's one asset is the language model.

    params: shots, examples with their class that stand before every text; shot_tokens and
    max_tokens, of an example and of a text that are read.
    """
    (path,) = context.files.values()
    notes, params, task = context.notes, context.params, context.task
    # The weights come with 4 bits or 16: bfloat16 takes nothing from them.
    bf16 = precision.fast_bf16(context.device)
    reader = answers.read(path, context.device, torch.bfloat16 if bf16 else torch.float32)
    chosen = shots(train, params["shots"], context.seed)
    form, question = prompt.around(task), prompt.question(task, reader.tokenizer)
    before, after = form if len(chosen) else question
    examples = "".join(
        prompt.shot(task, cut(reader, train.X[at], params["shot_tokens"]), train.y[at])
        for at in chosen
    )
    asked = answers.ask(reader, examples + before, after, prompt.answers(task))
    nothing = scores(reader, asked, EMPTY, params["max_tokens"])
    prior = np.log(np.mean(np.exp(nothing), axis=0))
    held = size(reader.network)
    notes.n_params, notes.n_trainable, notes.artifact_bytes = held.numbers, 0, held.bytes
    notes.n_train_used, notes.precision = len(chosen), precision.name(bf16)

    def predict(X: Array) -> Array:
        return probabilities(scores(reader, asked, X, params["max_tokens"]) - prior)

    return predict


def scores(reader: Reader, question: Question, texts: Array, most: int) -> Array:
    """(n, k) log likelihoods, each row's as if there were no other answers."""
    rows = [answers.numbers(reader, str(text), most) for text in texts]
    found = answers.scores(reader, question, rows).astype(np.float64)
    return found - np.logaddexp.reduce(found, axis=1, keepdims=True)


def shots(train: Part, n: int, seed: int) -> Array:
    """Positions of n examples, in a random order, of every class as many (to within one)."""
    if n == 0:
        return np.empty(0, dtype=np.int64)
    order = np.random.default_rng(seed).permutation(len(train.y))
    turn = np.empty(len(order), dtype=np.int64)  # the how-manieth of its class a row is
    for label in np.unique(train.y):
        rows = order[train.y[order] == label]
        turn[rows] = np.arange(len(rows))
    chosen = order[np.argsort(turn[order], kind="stable")][:n]
    return np.random.default_rng(seed).permutation(chosen)


def cut(reader: Reader, text: str, most: int) -> str:
    """The text, or its two ends where it has more tokens."""
    return reader.tokenizer.decode(answers.numbers(reader, str(text), most))
