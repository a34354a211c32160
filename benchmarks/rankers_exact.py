"""What do implicit's and RecBole's networks say, given weights that are written down?

Small tables and networks at random, the scores and losses that implicit's and RecBole's code gives
for them, written to benchmarks/rankers_exact.npz: tests/test_rankers_exact.py puts the same weights
into our models and expects the same numbers to five digits. Same environment as
rankers_reference.py, a few seconds.

    python benchmarks/rankers_exact.py
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from rankers_by_others import atomic, loaded, scores
from recbole_reference import older_numpy
from scipy.sparse import csr_matrix

from benchbig.data.histories import Histories
from benchbig.data.parts import Array

NUMBERS = Path(__file__).with_name("rankers_exact.npz")
USERS, ITEMS, WIDTH, HIDDEN = 9, 12, 4, 6
Arrays = dict[str, Array]


def facts(rng: np.random.Generator) -> Histories:
    """Users and items of whom a name and a number is known; each user has chosen five items."""
    chosen = np.concatenate([rng.permutation(ITEMS)[:5] for _ in range(USERS)])
    return Histories(
        user=np.arange(USERS),
        first=5 * np.arange(USERS + 1),
        item=chosen,
        time=np.arange(len(chosen)),
        users=pd.DataFrame({
            "gender": pd.Categorical.from_codes(np.arange(USERS) % 2, ["f", "m"]),
            "age": rng.integers(18, 80, USERS).astype(float),
        }),
        items=pd.DataFrame({
            "kind": pd.Categorical.from_codes(np.arange(ITEMS) % 3, ["a", "b", "c"]),
            "year": rng.integers(1950, 1999, ITEMS).astype(float),
        }),
        texts=np.array([f"item {at}" for at in range(ITEMS)], dtype=object),
    )  # fmt: skip


def network(model: str, told: dict[str, Any], X: Histories) -> tuple[Any, Any, Arrays]:
    """RecBole's network with weights that all matter, its data set, and its scores."""
    numpy_rng = np.random.default_rng(5)
    pairs = (X.user[X.row], X.item)
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        folder = Path(scratch) / "small"
        numbers = atomic(folder, X, {"train": pairs, "valid": pairs, "test": pairs})
        told = {**told, "seed": 0}
        _, (train, _, _), learnt = loaded(model, told, folder, numbers, model == "DeepFM")
        for weight in learnt.parameters():
            drawn = numpy_rng.normal(0, 0.5, tuple(weight.shape))
            weight.data = torch.from_numpy(drawn.astype(np.float32))
        return learnt, train.dataset, {"scores": scores(learnt, train.dataset, X)}


def rows(dataset: Any, field: str, count: int) -> Array:
    """RecBole's numbers of ours, 0 to count - 1; its own 0 is filling."""
    found: Array = dataset.token2id(field, np.arange(count).astype(str))
    return found


def neumf(X: Histories) -> Arrays:
    """RecBole's NeuMF under our numbers of users and items."""
    told = {"mf_embedding_size": WIDTH, "mlp_embedding_size": WIDTH,
            "mlp_hidden_size": [WIDTH, WIDTH // 2], "dropout_prob": 0.0}  # fmt: skip
    learnt, dataset, found = network("NeuMF", told, X)
    users, items = rows(dataset, "user_id", USERS), rows(dataset, "item_id", ITEMS)
    tables = {"mf_user": (learnt.user_mf_embedding, users),
              "mlp_user": (learnt.user_mlp_embedding, users),
              "mf_item": (learnt.item_mf_embedding, items),
              "mlp_item": (learnt.item_mlp_embedding, items)}  # fmt: skip
    found |= {name: table.weight[at].detach().numpy() for name, (table, at) in tables.items()}
    linear = [layer for layer in learnt.mlp_layers.mlp_layers if hasattr(layer, "weight")]
    return found | named({"hidden": linear[0], "second": linear[1], "last": learnt.predict_layer})


def deepfm(X: Histories) -> Arrays:
    """RecBole's DeepFM under our numbers; each field's part of the first layer by itself."""
    told = {"embedding_size": WIDTH, "mlp_hidden_size": [HIDDEN, HIDDEN // 2], "dropout_prob": 0.0}
    learnt, dataset, found = network("DeepFM", told, X)
    first, counts = learnt.first_order_linear, {"user_id": USERS, "item_id": ITEMS,
                                                "user_gender": 2, "item_kind": 3}  # fmt: skip
    for at, field in enumerate(learnt.token_field_names):
        own = learnt.token_field_offsets[at] + rows(dataset, field, counts[field])
        found[f"vectors_{field}"] = learnt.token_embedding_table.embedding.weight[own]
        found[f"weights_{field}"] = first.token_embedding_table.embedding.weight[own]
    for at, field in enumerate(learnt.float_field_names):
        own = learnt.float_field_offsets[at] + number_row(dataset, field)
        found[f"vectors_{field}"] = learnt.float_embedding_table.embedding.weight[own]
        found[f"weights_{field}"] = first.float_embedding_table.embedding.weight[own]
    linear = [layer for layer in learnt.mlp_layers.mlp_layers if hasattr(layer, "weight")]
    fields = [*learnt.token_field_names, *learnt.float_field_names]
    for field, piece in zip(fields, linear[0].weight.split(WIDTH, dim=1), strict=True):
        found[f"hidden_{field}"] = piece
    found["hidden_bias"], found["offset"] = linear[0].bias, first.bias
    found |= named({"second": linear[1], "last": learnt.deep_predict_layer})
    return {name: one.detach().numpy() if isinstance(one, torch.Tensor) else one
            for name, one in found.items()}  # fmt: skip


def number_row(dataset: Any, field: str) -> int:
    """Which row of its table RecBole takes for a number's vector; the same for every value."""
    table = dataset.user_feat if field.startswith("user") else dataset.item_feat
    (found,) = np.unique(table[field][1:, 1].numpy())
    return int(found)


def named(layers: dict[str, Any]) -> Arrays:
    """The weights and biases of linear layers."""
    found = {}
    for name, layer in layers.items():
        found[f"{name}_weight"] = layer.weight.detach().numpy()
        found[f"{name}_bias"] = layer.bias.detach().numpy()
    return found


def bpr(X: Histories) -> Arrays:
    """implicit's BPR, learnt for a moment; its last factor is 1 of users and the items' offset."""
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    model = BayesianPersonalizedRanking(factors=WIDTH, iterations=30, num_threads=1, random_state=0)
    model.fit(csr_matrix((np.ones(len(X.item)), X.item, X.first), (USERS, ITEMS)), False)
    told = [model.recommend(u, csr_matrix((1, ITEMS)), N=ITEMS, filter_already_liked_items=False)
            for u in range(USERS)]  # fmt: skip
    found = np.empty((USERS, ITEMS), dtype=np.float32)
    for user, (items, values) in enumerate(told):
        found[user, items] = values
    return {"users": model.user_factors, "items": model.item_factors, "scores": found}


def als(rng: np.random.Generator) -> Arrays:
    """implicit's exact half step of ALS, a row at a time: its penalty is one number for all rows.

    Ours of a row with n choices is penalty * (n + unchosen * all), of a loss that is `unchosen`
    times implicit's; and its confidence counts a choice 1 + 1 / unchosen times where ours counts
    it 1 / unchosen times beside the zeros' share: so its solution is 1 + unchosen times ours.
    """
    from implicit.cpu.als import AlternatingLeastSquares

    chosen = (rng.random((USERS, ITEMS)) < 0.4).astype(np.float32)
    others = rng.normal(size=(ITEMS, WIDTH)).astype(np.float32)
    unchosen, penalty, found = 0.3, 0.02, []
    for row in chosen:
        shrink = penalty * (row.sum() / unchosen + ITEMS)
        model = AlternatingLeastSquares(
            factors=WIDTH, regularization=float(shrink), alpha=1 + 1 / unchosen, num_threads=1
        )
        model.item_factors = others
        found.append(model.recalculate_user(0, csr_matrix(row[None])).reshape(-1))
    told = {"unchosen": np.array(unchosen), "penalty": np.array(penalty)}
    return {"chosen": chosen, "others": others, "solved": np.array(found), **told}


def losses(rng: np.random.Generator) -> Arrays:
    """RecBole's loss of BPR, and PyTorch's of "chosen or not", of some fits."""
    from recbole.model.loss import BPRLoss

    own, others = (torch.from_numpy(rng.normal(size=shape)) for shape in ((7,), (7, 3)))
    fits = torch.cat([own, others.flatten()])
    label = (torch.arange(len(fits)) < len(own)).double()
    pairwise = BPRLoss()(own.repeat_interleave(3), others.flatten())
    plain = torch.nn.BCEWithLogitsLoss()(fits, label)
    return {"own": own.numpy(), "others": others.numpy(), "pairwise": pairwise.numpy(),
            "pointwise": plain.numpy()}  # fmt: skip


def main() -> None:
    """Write all arrays, each under its model's name and its own."""
    older_numpy()
    sys.argv = sys.argv[:1]  # RecBole reads the command line
    rng = np.random.default_rng(0)
    X = facts(rng)
    known = {
        "user_gender": X.users["gender"].cat.codes.to_numpy(),
        "user_age": X.users["age"].to_numpy(),
        "item_kind": X.items["kind"].cat.codes.to_numpy(),
        "item_year": X.items["year"].to_numpy(),
    }
    found = {"facts": known, "neumf": neumf(X), "deepfm": deepfm(X), "bpr": bpr(X),
             "als": als(rng), "losses": losses(rng)}  # fmt: skip
    flat = {f"{model}.{name}": one for model, arrays in found.items() for name, one in
            arrays.items()}  # fmt: skip
    np.savez_compressed(NUMBERS, **flat)
    print(f"{NUMBERS.name}: {len(flat)} arrays, {NUMBERS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
