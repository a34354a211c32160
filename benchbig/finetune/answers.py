"""How likely does a language model find each class's words where a text's class would stand?

All answers to a text are scored in one pass: they stand side by side after it, and each sees what
comes before and itself alone. What every text has before it is read once and kept.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, DynamicCache

from benchbig.finetune import batches, memory, weights
from benchbig.finetune.encoder import ends

Ids = list[int]
Floats = np.ndarray[Any, np.dtype[np.float32]]
TOKENS = {"cpu": 1024, "cuda": 32768, "mps": 8192}  # a batch's tokens


@dataclass(frozen=True)
class Reader:
    """A language model and its tokenizer, held in the type it computes in.

    Casting at every call, as autocast does, would take three times as long as the computing.
    """

    network: Any
    tokenizer: Any
    device: str


@dataclass(frozen=True)
class Question:
    """What is asked of every text. kept: the keys and values of its first `length` tokens.

    after: tokens between a text and its class; answers: the tokens of each class.
    """

    kept: Any
    length: int
    after: Ids
    answers: list[Ids]


def read(path: Path, device: str, dtype: torch.dtype) -> Reader:
    """The language model in a folder, or in a .gguf file."""
    network = weights.network(path, AutoModelForCausalLM, device, dtype)
    return Reader(network.to(device).eval(), weights.tokenizer(path), device)


def numbers(reader: Reader, text: str, most: int | None = None) -> Ids:
    """The text's tokens, no special ones; of more than `most` both ends."""
    found: Ids = reader.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    return found if most is None else ends(found, most)


def ask(reader: Reader, before: str, after: str, answers: Sequence[str]) -> Question:
    """Read what stands before every text, examples included, once for all of them."""
    first = list(reader.tokenizer(before)["input_ids"])
    with torch.inference_mode():
        kept = DynamicCache(config=reader.network.config)
        ids = torch.tensor([first], device=reader.device)
        reader.network.base_model(input_ids=ids, past_key_values=kept, use_cache=True)
    tokens = [numbers(reader, answer) for answer in answers]
    return Question(kept, len(first), numbers(reader, after), tokens)


def scores(reader: Reader, question: Question, texts: Sequence[Ids]) -> Floats:
    """(n, k) log likelihoods of each class's words after each text's tokens."""
    rows = [[*text, *question.after] for text in texts]
    found = np.empty((len(rows), len(question.answers)), dtype=np.float32)
    extra = sum(len(answer) - 1 for answer in question.answers)

    def part(positions: batches.Positions) -> None:
        found[positions] = _scores(reader, question, [rows[at] for at in positions])

    with torch.inference_mode():
        # What is kept of the question takes a place in every row, too, though none to compute.
        tokens = TOKENS[reader.device]
        memory.each(part, batches.by_length([[*row, *[0] * extra] for row in rows], tokens))
    return found


def _scores(reader: Reader, question: Question, rows: Sequence[Ids]) -> Floats:
    """One batch: the texts, padded, then all but the last token of every answer."""
    branches = [answer[:-1] for answer in question.answers]
    ids, places, mask = _laid_out(question.length, rows, branches)
    kept = copy.deepcopy(question.kept)
    kept.batch_repeat_interleave(len(rows))
    device, network = reader.device, reader.network
    allowed = torch.from_numpy(mask).to(device)[:, None]
    lowest = torch.finfo(network.dtype).min
    hidden = network.base_model(
        input_ids=torch.from_numpy(ids).to(device),
        position_ids=torch.from_numpy(places).to(device),
        attention_mask=torch.where(allowed, 0.0, lowest).to(network.dtype),
        past_key_values=kept,
        use_cache=True,
    ).last_hidden_state
    longest = max(map(len, rows))
    ends = torch.tensor([len(row) - 1 for row in rows], device=device)
    at_end = hidden[torch.arange(len(rows), device=device), ends][:, None]
    seen = torch.cat([at_end, hidden[:, longest:]], dim=1)
    logs = network.get_output_embeddings()(seen).float().log_softmax(dim=-1)
    found, place = [], 1
    for answer in question.answers:
        total = logs[:, 0, answer[0]]
        for token in answer[1:]:
            total = total + logs[:, place, token]
            place += 1
        found.append(total)
    return np.asarray(torch.stack(found, dim=1).cpu().numpy())


def _laid_out(kept: int, rows: Sequence[Ids], branches: Sequence[Ids]) -> tuple[Any, Any, Any]:
    """ids and places (n, q), and whether each of them sees what: (n, q, kept + q).

    A text's tokens see what was kept and those before them; a branch sees these and its own.
    """
    n, longest = len(rows), max(map(len, rows))
    width = longest + sum(map(len, branches))
    ids = np.zeros((n, width), dtype=np.int64)
    places = np.zeros((n, width), dtype=np.int64)
    sees = np.zeros((n, width, kept + width), dtype=bool)
    sees[:, :, :kept] = True
    # What only fills sees itself, too: a row of nothing would have no weights.
    sees[:, np.arange(width), kept + np.arange(width)] = True
    for at, row in enumerate(rows):
        length = len(row)
        ids[at, :length] = row
        places[at, :length] = kept + np.arange(length)
        sees[at, :length, kept : kept + length] |= np.tri(length, dtype=bool)
        start = longest
        for branch in branches:
            own = slice(start, start + len(branch))
            ids[at, own] = branch
            places[at, own] = kept + length + np.arange(len(branch))
            sees[at, own, kept : kept + length] = True
            sees[at, own, kept + own.start : kept + own.stop] |= np.tri(len(branch), dtype=bool)
            start = own.stop
    return ids, places, sees
