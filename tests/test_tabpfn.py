"""TabPFN v1: the same numbers as the original code, and contexts in which rare classes stand.

`fixtures/tabpfn_v1.npz` holds what the original gave: the code of the package tabpfn 0.1.11
under torch 2.13 with three changes of no effect on numbers (imports of moved names, scikit-learn's
renamed argument `ensure_all_finite`, `weights_only=True`), with the checkpoint pinned on the
card. Of scikit-learn's iris and breast cancer, as float32, 60 labelled rows and 20 new ones
(`NAME_rows`, positions in the data set):
NAME_logits: (20, 10) of the bare network, columns standardised by the labelled rows' mean and std;
NAME_one, NAME_power: probabilities of TabPFNClassifier with one member, without preprocessing and
with preprocess_transform="power_all", neither columns nor classes rotated;
NAME_four: those of its ensemble of 4, seed 0; NAME_views: the (power, feature shift, class shift)
that this ensemble drew.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_iris

torch = pytest.importorskip("torch", reason="TabPFN needs torch: pip install 'benchbig[large]'")

from torch.nn.attention import SDPBackend, sdpa_kernel  # noqa: E402

from benchbig.assets.cache import cache_dir, find  # noqa: E402
from benchbig.baselines import tabpfn, tabpfn_network  # noqa: E402
from benchbig.baselines.tabpfn_columns import (  # noqa: E402
    encode,
    learn_encoding,
    learn_scaling,
    scale,
)
from benchbig.baselines.tabpfn_context import draw, prior_shift  # noqa: E402
from benchbig.cards.read import read  # noqa: E402
from benchbig.cards.schema import ModelCard  # noqa: E402
from benchbig.data import Context, Notes, Part  # noqa: E402

CARD = Path(tabpfn.__file__).with_suffix(".toml")
LOADERS = {"iris": load_iris, "cancer": load_breast_cancer}


@pytest.fixture(scope="module")
def weights():
    """The official checkpoint, where it has been fetched."""
    path = find(read(CARD, ModelCard).assets["tabpfn_v1"], cache_dir())
    if path is None:
        pytest.skip("TabPFN's weights are not in the cache: benchbig fetch --suite finance")
    return path


@pytest.fixture(scope="module")
def original():
    with np.load(Path(__file__).parent / "fixtures" / "tabpfn_v1.npz") as file:
        return dict(file)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A checkpoint of the true shapes with random weights and one layer."""
    monkeypatch.setattr(tabpfn_network, "LAYERS", 1)
    shapes = {
        "encoder": (512, 100),
        "y_encoder": (512, 1),
        "decoder.0": (1024, 512),
        "decoder.2": (10, 1024),
        "transformer_encoder.layers.0.self_attn.out_proj": (512, 512),
        "transformer_encoder.layers.0.linear1": (1024, 512),
        "transformer_encoder.layers.0.linear2": (512, 1024),
        "transformer_encoder.layers.0.norm1": (512,),
        "transformer_encoder.layers.0.norm2": (512,),
    }
    random = torch.Generator().manual_seed(0)
    state = {"module.criterion.weight": torch.ones(10)}
    for name, shape in shapes.items():
        state[f"module.{name}.weight"] = torch.randn(shape, generator=random) / shape[-1] ** 0.5
        state[f"module.{name}.bias"] = torch.randn(shape[0], generator=random)
    name = "module.transformer_encoder.layers.0.self_attn.in_proj"
    state[f"{name}_weight"] = torch.randn((1536, 512), generator=random) / 512**0.5
    state[f"{name}_bias"] = torch.randn(1536, generator=random)
    path = tmp_path / "small.cpkt"
    torch.save((state, None, {"emsize": 512}), path)
    return path


def table(original, name):
    """The fixture's rows: x (80, features) float32, y (80,); the first 60 are the labelled ones."""
    X, y = LOADERS[name](return_X_y=True)
    rows = original[f"{name}_rows"]
    return X.astype(np.float32)[rows], y[rows]


@pytest.mark.weights
@pytest.mark.parametrize("name", LOADERS)
def test_the_network_gives_the_original_logits(weights, original, name):
    x, y = table(original, name)
    x = torch.from_numpy((x - x[:60].mean(0)) / x[:60].std(0))
    network = tabpfn_network.read_network(weights, "cpu", torch.float32)
    memory = tabpfn_network.remember(network, x[:60], torch.from_numpy(y[:60]))
    seen = tabpfn_network.logits(network, memory, x[60:]).numpy()
    np.testing.assert_allclose(seen, original[f"{name}_logits"], atol=2e-4)


@pytest.mark.weights
@pytest.mark.parametrize(("dtype", "atol"), [(torch.float32, 2e-5), (torch.bfloat16, 1e-2)])
@pytest.mark.parametrize("name", LOADERS)
def test_members_and_ensemble_give_the_original_probabilities(weights, original, name, dtype, atol):
    x, y = table(original, name)
    k = y.max() + 1
    network = tabpfn_network.read_network(weights, "cpu", dtype)
    views = [tabpfn.View(bool(p), int(f), int(c)) for p, f, c in original[f"{name}_views"]]
    plain = tabpfn.View(power=False, feature_shift=0, class_shift=0)
    cases = {"one": [plain], "power": [plain._replace(power=True)], "four": views}
    for case, case_views in cases.items():
        members = [tabpfn.enlist(network, view, x[:60], y[:60], k) for view in case_views]
        seen = torch.softmax(tabpfn.vote(network, members, x[60:], np.zeros(k)), 1).numpy()
        np.testing.assert_allclose(seen, original[f"{name}_{case}"], atol=atol, err_msg=case)


def test_a_new_row_scores_the_same_alone_and_in_a_batch(small):
    network = tabpfn_network.read_network(small, "cpu", torch.float32)
    x = torch.randn(40, 7, generator=torch.Generator().manual_seed(1))
    memory = tabpfn_network.remember(network, x[:30], torch.arange(30) % 3)
    together = tabpfn_network.logits(network, memory, x[30:])
    alone = torch.cat([tabpfn_network.logits(network, memory, row[None]) for row in x[30:]])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


def test_one_fused_kernel_gives_what_plain_products_give():
    random = torch.Generator().manual_seed(0)
    query = torch.randn(5, 512, generator=random)
    keys = torch.randn(4, 128, 7, generator=random) / 128**0.5
    values = torch.randn(4, 7, 128, generator=random)
    heads = tabpfn_network._heads(query)
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):  # refuses what it cannot take
        fused = tabpfn_network._attend_fused(heads, keys.transpose(1, 2), values)
    plain = tabpfn_network._attend(query, keys, values)
    torch.testing.assert_close(fused, plain, atol=1e-5, rtol=1e-5)


class Trap:
    def __reduce__(self):
        return print, ("executed",)


def test_a_checkpoint_with_code_in_it_is_refused(tmp_path):
    path = tmp_path / "trap.cpkt"
    torch.save(({"weight": Trap()}, None, {}), path)
    with pytest.raises(pickle.UnpicklingError):
        tabpfn_network.read_network(path, "cpu", torch.float32)


def frame(n, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "amount": rng.lognormal(size=n),
            "age": rng.integers(18, 80, n),
            "job": pd.Categorical(rng.choice(["a", "b", "c"], n)),
        }
    )
    X.loc[::7, "amount"] = np.nan
    return X


def context_for(small, n_classes, **params):
    return Context(
        task=SimpleNamespace(n_classes=n_classes),
        params={
            "members": 3,
            "context_rows": 40,
            "balance": 1.0,
            "settled": 0.0,
            "precision": "fp32",
            **params,
        },
        seed=0,
        valid=Part(frame(1), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)),
        files={"tabpfn_v1": small},
        device="cpu",
        threads=1,
        cache=small.parent,
        notes=Notes(),
    )


def test_fit_gives_probabilities_notes_and_the_same_again(small):
    y = (np.arange(200) % 50 == 0).astype(np.int64)
    train = Part(frame(200), y, np.arange(200))
    context = context_for(small, 2)
    p = tabpfn.fit(train, context)(frame(9, seed=1))
    assert p.shape == (9,)
    assert ((p > 0) & (p < 1)).all()
    assert context.notes.precision == "fp32"
    assert context.notes.n_trainable == 0
    assert 40 < context.notes.n_train_used <= 120  # three contexts of 40 rows each
    assert (p == tabpfn.fit(train, context_for(small, 2))(frame(9, seed=1))).all()


def test_several_classes_give_rows_that_sum_to_one(small):
    train = Part(frame(60), np.arange(60) % 4, np.arange(60))
    p = tabpfn.fit(train, context_for(small, 4))(frame(5, seed=1))
    assert p.shape == (5, 4)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-12)


def test_an_eleventh_class_is_refused(small):
    train = Part(frame(60), np.arange(60) % 11, np.arange(60))
    with pytest.raises(ValueError, match="at most 10"):
        tabpfn.fit(train, context_for(small, 11))


def test_a_settled_row_asks_only_the_first_pair(small):
    network = tabpfn_network.read_network(small, "cpu", torch.float32)
    x = np.random.default_rng(0).normal(size=(70, 5))
    views = tabpfn.plan(4, n_features=5, n_classes=2, seed=0)
    members = [tabpfn.enlist(network, view, x[:60], np.arange(60) % 2, 2) for view in views]
    pair = tabpfn.vote(network, members[:2], x[60:], np.zeros(2))
    all_four = tabpfn.vote(network, members, x[60:], np.zeros(2))
    rarer = torch.softmax(pair, 1).amin(dim=1)
    settled = float(rarer.quantile(0.5))  # between the fifth and the sixth of ten
    seen = tabpfn.vote(network, members, x[60:], np.zeros(2), settled)
    torch.testing.assert_close(seen[rarer < settled], pair[rarer < settled])
    torch.testing.assert_close(seen[rarer >= settled], all_four[rarer >= settled])
    assert not torch.allclose(seen, pair)
    # Nor does it fail when no row is left to ask.
    torch.testing.assert_close(tabpfn.vote(network, members, x[60:], np.zeros(2), 1.0), pair)


def test_members_come_in_pairs_that_differ_by_the_power_transform():
    views = tabpfn.plan(4, n_features=5, n_classes=2, seed=0)
    assert [view.power for view in views] == [False, True, False, True]
    assert views[0][1:] == views[1][1:]
    assert {view.class_shift for view in views} == {0, 1}


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        (0.0, [8, 1, 1]),  # shares of 10 rows: 9, .2, .8; but at least one row of each
        (0.6, [6, 2, 2]),  # at least .6 * 10 / 3 = 2 rows of each
        (1.0, [4, 2, 4]),  # an equal part is 3.3, rounded up; class 1 has only 2 rows
    ],
)
def test_rare_classes_get_their_rows(balance, expected):
    y = np.repeat([0, 1, 2], [90, 2, 8])
    rows = draw(y, 10, balance, np.random.default_rng(0))
    assert len(np.unique(rows)) == 10
    assert np.bincount(y[rows], minlength=3).tolist() == expected


def test_a_small_table_is_its_own_context():
    y = np.arange(8) % 2
    assert sorted(draw(y, 10, 1.0, np.random.default_rng(0))) == list(range(8))


@pytest.mark.parametrize("balance", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("counts", [(334, 334, 333), (101,) * 10, (999, 1, 1), (5, 500, 500)])
def test_a_context_of_nearly_all_rows_asks_no_class_for_more_than_it_has(counts, balance):
    y = np.repeat(np.arange(len(counts)), counts)
    rows = draw(y, 1000, balance, np.random.default_rng(0))
    assert len(set(rows)) == len(rows) == 1000
    assert (np.bincount(y[rows], minlength=len(counts)) >= 1).all()


def test_the_prior_shift_restores_the_training_odds():
    train, shown = np.repeat([0, 1], [990, 10]), np.repeat([0, 1], [50, 50])
    shift = prior_shift(train, shown, 3)
    # Even odds in the context, 1 to 99 in training: the log-odds move by -log 99.
    assert shift[1] - shift[0] == pytest.approx(-np.log(99))
    assert shift[2] == 0  # a class without rows is left alone


def test_nominal_columns_become_indicators_within_the_hundred_features():
    X = pd.DataFrame({f"n{i}": np.arange(6.0) for i in range(98)})
    X["answer"] = pd.Categorical(["yes", "no", "no", "no", "no", "yes"])
    X["city"] = pd.Categorical(["u", "u", "v", "v", "v", None], categories=["t", "u", "v"])
    encoding = learn_encoding(X)
    # Of two values the rarer; of the cities the commoner ones; three compete for two places.
    assert encoding.indicators == (("answer", "yes"), ("city", "v"))
    assert encode(encoding, X)[:, 98:].tolist() == [[1, 0], [0, 0], [0, 1], [0, 1], [0, 1], [1, 0]]


def test_scaling_learns_from_the_context_alone_and_fills_what_is_missing():
    context = np.array([[1.0, 5.0, np.nan], [2.0, 5.0, np.nan], [3.0, 5.0, np.nan]])
    scaling = learn_scaling(context, power=False)
    assert scaling.kept.tolist() == [0]  # neither the constant nor the empty column
    seen = scale(scaling, np.array([[2.0, 0.0, 0.0], [3.0, 0.0, 0.0], [np.nan, 0.0, 0.0]]))
    # Mean 2, deviation 1; 1 of 100 columns is used, so all is multiplied by 100.
    np.testing.assert_allclose(seen, [[0], [100], [0]], atol=1e-3)
    # 50 deviations, beyond the bound of 4: 4 + log(1 + 50), times 100.
    far = scale(scaling, np.array([[52.0, 0.0, 0.0]]))
    np.testing.assert_allclose(far, [[100 * (4 + np.log(51))]], rtol=1e-4)
