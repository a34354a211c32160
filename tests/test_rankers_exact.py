"""Do the models that rank say what implicit's, RecBole's and PyTorch's code says, number by number?

The numbers of the first two stand in benchmarks/rankers_exact.npz with the weights that they are
of (benchmarks/rankers_exact.py); here the same weights are put into our models.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from benchbig.baselines import als
from benchbig.data.histories import Histories

torch = pytest.importorskip("torch", reason="these models need torch: benchbig[large]")

from benchbig.baselines import pairs  # noqa: E402
from benchbig.baselines.bpr import Factors  # noqa: E402
from benchbig.baselines.deepfm import DeepFM, Side  # noqa: E402
from benchbig.baselines.neumf import NeuMF  # noqa: E402
from benchbig.finetune.sequence import Sequence, Table  # noqa: E402

NUMBERS = Path(__file__).resolve().parents[1] / "benchmarks" / "rankers_exact.npz"


def numbers(model: str) -> dict[str, np.ndarray]:
    """What is written down of a model, by the array's own name."""
    with np.load(NUMBERS, allow_pickle=False) as held:
        return {name.partition(".")[2]: held[name] for name in held.files
                if name.startswith(f"{model}.")}  # fmt: skip


def facts() -> Histories:
    """The users and items of those numbers; what they have chosen does not matter here."""
    told = numbers("facts")
    users, items = len(told["user_age"]), len(told["item_year"])
    return Histories(
        user=np.arange(users),
        first=np.zeros(users + 1, dtype=np.int64),
        item=np.zeros(0, dtype=np.int64),
        time=np.zeros(0, dtype=np.int64),
        users=pd.DataFrame({
            "gender": pd.Categorical.from_codes(told["user_gender"], ["f", "m"]),
            "age": told["user_age"],
        }),
        items=pd.DataFrame({
            "kind": pd.Categorical.from_codes(told["item_kind"], ["a", "b", "c"]),
            "year": told["item_year"],
        }),
        texts=np.array([""] * items, dtype=object),
    )  # fmt: skip


def put(weight: torch.Tensor, values: np.ndarray) -> None:
    """These values into a weight, whose shape they must have."""
    assert tuple(weight.shape) == values.shape
    weight.data = torch.from_numpy(np.ascontiguousarray(values))


def said(network: torch.nn.Module, X: Histories) -> np.ndarray:
    """(users, items) as the model serves them."""
    return pairs.scores(network.eval(), X, np.ones(len(X), dtype=bool), "cpu")


def test_neumf_says_what_recbole_s_says():
    told, X = numbers("neumf"), facts()
    width = told["mf_user"].shape[1]
    network = NeuMF(X, width, dropout=0.5)
    for table, name in zip(
        network.tables, ("mf_user", "mlp_user", "mf_item", "mlp_item"), strict=True
    ):
        put(table.weight, told[name])
    put(network.weight, told["last_weight"][0, :width])
    put(network.of_user.weight, told["hidden_weight"][:, :width])
    put(network.of_item.weight, told["hidden_weight"][:, width:])
    put(network.of_user.bias, told["hidden_bias"])
    put(network.rest[2].weight, told["second_weight"])
    put(network.rest[2].bias, told["second_bias"])
    put(network.rest[4].weight, told["last_weight"][:, width:])
    put(network.rest[4].bias, told["last_bias"])
    assert said(network, X) == pytest.approx(told["scores"], abs=1e-5)


def fill(side: Side, told: dict[str, np.ndarray], own: str, name: str, number: str) -> None:
    """A side's vectors and weights: its number's, then a name's with a row for a missing one."""
    for kind, table in (("vectors", side.vectors), ("weights", side.weights)):
        missing = np.zeros((1, told[f"{kind}_{name}"].shape[1]), dtype=np.float32)
        put(table.weight, np.concatenate(
            [told[f"{kind}_{own}"], missing, told[f"{kind}_{name}"]]))  # fmt: skip
    put(side.slopes, told[f"vectors_{number}"][None])
    put(side.tilts, told[f"weights_{number}"])


def test_deepfm_says_what_recbole_s_says():
    told, X = numbers("deepfm"), facts()
    network = DeepFM(X, told["vectors_user_id"].shape[1], len(told["hidden_bias"]), dropout=0.5)
    fill(network.users, told, "user_id", "user_gender", "user_age")
    fill(network.items, told, "item_id", "item_kind", "item_year")
    for layer, fields in (
        (network.of_user, ("user_id", "user_gender", "user_age")),
        (network.of_item, ("item_id", "item_kind", "item_year")),
    ):
        put(layer.weight, np.concatenate([told[f"hidden_{field}"] for field in fields], axis=1))
    put(network.of_user.bias, told["hidden_bias"])
    put(network.rest[2].weight, told["second_weight"])
    put(network.rest[2].bias, told["second_bias"])
    put(network.rest[4].weight, told["last_weight"])
    put(network.rest[4].bias, told["last_bias"] + told["offset"])
    assert said(network, X) == pytest.approx(told["scores"], abs=1e-5)


def test_bpr_factors_say_what_implicit_s_say():
    told, X = numbers("bpr"), facts()
    network = Factors(X, told["users"].shape[1] - 1)
    put(network.users.weight, told["users"][:, :-1])
    put(network.items.weight, told["items"][:, :-1])
    put(network.offsets.weight, told["items"][:, -1:])
    assert said(network, X) == pytest.approx(told["scores"], abs=1e-5)


def test_the_losses_are_recbole_s_and_pytorch_s():
    told = numbers("losses")
    own, others = torch.from_numpy(told["own"]), torch.from_numpy(told["others"])
    assert pairs.bpr(own, others).item() == pytest.approx(float(told["pairwise"]), abs=1e-8)
    assert pairs.pointwise(own, others).item() == pytest.approx(float(told["pointwise"]), abs=1e-8)


def test_a_half_step_of_als_is_implicit_s():
    """Up to its scale, which no ranking sees: see benchmarks/rankers_exact.py."""
    told = numbers("als")
    params = {"unchosen": float(told["unchosen"]), "penalty": float(told["penalty"])}
    found = als.solve(csr_matrix(told["chosen"]), told["others"], params)
    assert (1 + params["unchosen"]) * found == pytest.approx(told["solved"], abs=1e-5)


def test_sasrec_says_what_pytorch_s_own_transformer_says():
    """torch.nn.TransformerEncoder, norms first and GELU, given the same weights and masks."""
    torch.manual_seed(0)
    items, width, heads, length = 11, 8, 2, 6
    own = Sequence(Table(items, width, None, True), width, length, 2, heads, dropout=0.3).eval()
    layer = torch.nn.TransformerEncoderLayer(
        width, heads, 2 * width, dropout=0.3, activation="gelu", batch_first=True, norm_first=True
    )
    theirs = torch.nn.TransformerEncoder(
        layer, 2, norm=torch.nn.LayerNorm(width), enable_nested_tensor=False
    ).eval()
    for weight in own.parameters():
        torch.nn.init.normal_(weight, std=0.5)
    for block, other in zip(own.blocks, theirs.layers, strict=True):
        for mine, name in ((block.asked, "in_proj_"), (block.told, "out_proj.")):
            for part in ("weight", "bias"):
                target = other.self_attn.get_parameter(f"{name}{part}")
                target.data = getattr(mine, part).data
        other.linear1, other.linear2 = block.layers[0], block.layers[3]
        other.norm1, other.norm2 = block.norms
    theirs.norm = own.norm
    rows = torch.tensor([[1, 2, 3, 4, 5, 6], [11, 11, 7, 8, 7, 0]])
    table = own.table()
    vectors = torch.cat([table, torch.zeros(1, width)])[rows] * width**0.5 + own.places
    ahead = torch.triu(torch.ones(length, length, dtype=torch.bool), 1)
    filled = (rows == items)[:, None, :] & ~torch.eye(length, dtype=torch.bool)
    mask = (ahead | filled).repeat_interleave(heads, dim=0)
    expected = theirs(vectors, mask=mask)
    assert torch.allclose(own(rows, table), expected, atol=1e-5)
