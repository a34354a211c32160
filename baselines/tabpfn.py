"""Can a transformer that has seen only synthetic tables classify this one without training?

TabPFN v1 (Hollmann et al. 2023, arXiv:2207.01848) reads labelled rows as its context and gives
a new row's class logits in one pass; nothing is fitted by gradient. An ensemble as in
`transformer_predict` of `tabpfn/scripts/transformer_prediction_interface.py` (package tabpfn
0.1.11): members come in pairs, without and with a power transform of the columns, and a pair has
its own rotation of the columns and of the class numbers; logits are averaged at temperature 0.8.

Three things are added for tables of more than the thousand rows that the network was trained on:
every member draws a context of its own, so that the ensemble learns from more rows than one
context holds (credit default, validation: average precision .534 against .512 with 4 members);
rare classes come into a context above their share, for which the logits are corrected afterwards
(`tabpfn_context.py`); and a row that the first members have settled asks no further one (`vote`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch.nn.functional import softmax

from benchbig.baselines.tabpfn_columns import (
    Scaling,
    encode,
    learn_encoding,
    learn_scaling,
    scale,
)
from benchbig.baselines.tabpfn_context import draw, prior_shift
from benchbig.baselines.tabpfn_network import (
    MAX_CLASSES,
    Memory,
    Network,
    logits,
    read_network,
    remember,
)
from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import precision

if TYPE_CHECKING:
    import pandas as pd

TEMPERATURE = 0.8
BATCH = {"cpu": 1024, "cuda": 8192, "mps": 1024}


class View(NamedTuple):
    """How a member sees a table: columns bent or not, columns and class numbers rotated."""

    power: bool
    feature_shift: int
    class_shift: int


@dataclass(frozen=True)
class Member:
    """A view, and what was learnt of a context under it."""

    view: View
    scaling: Scaling
    memory: Memory


def fit(train: Part, context: Context) -> Predict:
    """Draw the members' contexts and encode them; the network's weights stay as they are.

    params: members; context_rows and balance, see `draw`; settled, see `vote`; precision: "auto",
    "fp32" or "bf16", see `choose_dtype`.
    Raises ValueError where the table has more than 10 classes or 100 numeric columns.
    """
    params, notes, k = context.params, context.notes, context.task.n_classes or 2
    if k > MAX_CLASSES:
        raise ValueError(f"{k} classes; TabPFN v1 takes at most {MAX_CLASSES}")
    dtype = choose_dtype(params["precision"], context.device)
    network = read_network(context.files["tabpfn_v1"], context.device, dtype)
    encoding = learn_encoding(train.X)
    x = encode(encoding, train.X)
    members, drawn = [], []
    views = plan(params["members"], encoding.width, k, context.seed)
    for number, view in enumerate(views):
        rng = np.random.default_rng([context.seed, number])
        rows = draw(train.y, params["context_rows"], params["balance"], rng)
        members.append(enlist(network, view, x[rows], train.y[rows], k))
        drawn.append(rows)
        context.progress((number + 1) / len(views))
    shift, settled = prior_shift(train.y, train.y[drawn[0]], k), params["settled"]
    notes.n_params, notes.n_trainable = network.n_params, 0
    notes.n_train_used = len(np.unique(np.concatenate(drawn)))
    notes.precision = precision.name(dtype == torch.bfloat16)
    notes.artifact_bytes = context.files["tabpfn_v1"].stat().st_size + sum(
        x[rows].nbytes for rows in drawn
    )

    def predict(X: pd.DataFrame) -> Array:
        p = softmax(vote(network, members, encode(encoding, X), shift, settled), dim=1).numpy()
        return p[:, 1] if k == 2 else p

    return predict


def choose_dtype(wanted: str, device: str) -> torch.dtype:
    """The type of the layers' products for new rows.

    auto: bfloat16 where the chip has instructions for it, float32 elsewhere.
    """
    if wanted not in ("auto", "fp32", "bf16"):
        raise ValueError(f"precision {wanted!r}; choose 'auto', 'fp32' or 'bf16'")
    bf16 = precision.fast_bf16(device) if wanted == "auto" else wanted == "bf16"
    return torch.bfloat16 if bf16 else torch.float32


def plan(members: int, n_features: int, n_classes: int, seed: int) -> list[View]:
    """The members' views, in pairs that differ by the power transform alone."""
    rng = np.random.default_rng(seed)
    features, classes = rng.permutation(n_features), rng.permutation(n_classes)
    return [
        View(
            power=number % 2 == 1,
            feature_shift=int(features[number // 2 % n_features]),
            class_shift=int(classes[number // 2 % n_classes]),
        )
        for number in range(members)
    ]


def enlist(network: Network, view: View, x: Array, y: Array, n_classes: int) -> Member:
    """Encode a context under a view. x: (rows, features), NaN where missing; y: (rows,)."""
    scaling = learn_scaling(x, view.power)
    shifted = torch.from_numpy((y + view.class_shift) % n_classes)
    memory = remember(network, look(network, view, scaling, x), shifted.to(network.device))
    return Member(view, scaling, memory)


def look(network: Network, view: View, scaling: Scaling, x: Array) -> torch.Tensor:
    """Rows (n, features) as a member sees them, on the network's device."""
    rotated = np.roll(scale(scaling, x), -view.feature_shift, axis=1)
    return torch.from_numpy(rotated).to(network.device)


def vote(
    network: Network,
    members: Sequence[Member],
    x: Array,
    shift: Array,
    settled: float = 0.0,
) -> torch.Tensor:
    """The members' mean logits of rows x (n, features): (n, classes) float64, on the CPU.

    shift: (classes,) is added to them, see `prior_shift`. A row whose classes but one hold less
    than `settled` probability together, after a whole pair of members, asks no further member.
    On card fraud's validation part .001 makes 8 members cost 2.3, average precision .7556 against
    .7555; where classes overlap, as on credit default, hardly a row leaves early.
    """
    total = torch.zeros(len(x), len(shift), dtype=torch.float64)
    votes = torch.zeros(len(x), 1, dtype=torch.float64)
    unsettled = torch.arange(len(x))
    for number, member in enumerate(members):
        if not len(unsettled):
            break
        for rows in unsettled.split(BATCH[network.device]):
            seen = look(network, member.view, member.scaling, x[rows.numpy()])
            scores = logits(network, member.memory, seen)[:, : len(shift)].cpu() / TEMPERATURE
            total[rows] += scores.roll(-member.view.class_shift, dims=1)
        votes[unsettled] += 1
        if number % 2 == 1:
            mean = total[unsettled] / votes[unsettled] + torch.from_numpy(shift)
            unsettled = unsettled[softmax(mean, dim=1).amax(dim=1) <= 1 - settled]
    return total / votes + torch.from_numpy(shift)
