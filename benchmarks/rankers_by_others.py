"""How do implicit, RecBole and RecTools fit and score the rankers of film_ratings? Shared code.

Each function learns from the split's training part, watches the validation part where there is
something to watch, and gives (n, items) scores for the users of the test part.
"""

from __future__ import annotations

import contextlib
import copy
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from benchbig.data import Part, Split
from benchbig.data.histories import NOTHING, Histories
from benchbig.data.parts import Array
from benchbig.metrics.places import places
from benchbig.metrics.score import value
from benchbig.preprocess.interactions import matrix

Params = Mapping[str, Any]


def judged(scores: Array, part: Part, name: str = "ndcg_at_10") -> float:
    """Full ranking of what a user has not chosen yet, by the code that item kNN and EASE were
    held to RecBole's own evaluation with."""
    p = places(np.ascontiguousarray(scores, dtype=np.float32), part.X, part.y, repeats=False)
    return value(name, "ranking", part.y, p) or 0.0


def implicit_als(split: Split, params: Params, seed: int) -> Array:
    """implicit's ALS: params factors, sweeps, unchosen and penalty as on our card.

    Its confidence of a choice is c = 1 + 1 / unchosen, and its penalty is the same for all rows:
    here the mean of ours over rows of both sides, brought to its scale.
    """
    from implicit.cpu.als import AlternatingLeastSquares

    chosen, served = matrix(split.train.X), matrix(split.test.X)
    rows = [
        params["penalty"] * (np.diff(m.indptr) / params["unchosen"] + m.shape[1]).mean()
        for m in (chosen, chosen.T.tocsr())
    ]
    model = AlternatingLeastSquares(
        factors=params["factors"],
        regularization=float(np.mean(rows)),
        alpha=1 + 1 / params["unchosen"],
        iterations=params["sweeps"],
        use_cg=False,
        num_threads=1,
        random_state=seed,
    )
    model.fit(chosen, show_progress=False)
    users = model.recalculate_user(np.arange(served.shape[0]), served)
    found: Array = users @ model.item_factors.T
    return found


def implicit_bpr(split: Split, params: Params, seed: int) -> Array:
    """implicit's BPR, by stochastic gradients, looked at every `every` passes over the data."""
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    chosen = matrix(split.train.X)
    best, kept = -1.0, np.empty(0)
    model = BayesianPersonalizedRanking(
        factors=params["factors"],
        learning_rate=params["learning_rate"],
        regularization=params["regularization"],
        iterations=params["every"],
        num_threads=1,
        random_state=seed,
    )
    for _ in range(params["looks"]):
        model.fit(chosen, show_progress=False)  # goes on from where it is
        scores = model.user_factors @ model.item_factors.T
        now = judged(scores[split.valid.X.user], split.valid)
        if now > best:
            best, kept = now, scores[split.test.X.user]
    return kept


def standard(facts: pd.DataFrame) -> pd.DataFrame:
    """Numbers to mean 0 and deviation 1, a missing one 0; names to their codes."""
    told = {}
    for name, column in facts.items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            told[f"{name}:token"] = column.cat.codes.to_numpy()
        else:
            scaled = (column - column.mean()) / (column.std(ddof=0) or 1.0)
            told[f"{name}:float"] = scaled.fillna(0.0).to_numpy()
    return pd.DataFrame(told)


def atomic(folder: Path, X: Histories, parts: Mapping[str, tuple[Array, Array]]) -> list[str]:
    """RecBole's atomic files of these pairs of users and items; the names of the number columns."""
    folder.mkdir()
    for name, pairs in parts.items():
        heads = ("user_id:token", "item_id:token")
        table = pd.DataFrame(dict(zip(heads, pairs, strict=True)))
        table.to_csv(folder / f"{folder.name}.{name}.inter", sep="\t", index=False)
    numbers = []
    for name, facts in (("user", X.users), ("item", X.items)):
        # RecBole cuts a name at its first ":" and has fields of its own.
        table = standard(facts.rename(columns=lambda c, name=name: f"{name}_{c}".replace(":", "")))
        numbers += [head.split(":")[0] for head in table if head.endswith(":float")]
        table.insert(0, f"{name}_id:token", np.arange(len(table)))
        table.to_csv(folder / f"{folder.name}.{name}", sep="\t", index=False)
    return numbers


def loaded(model: str, told: Params, folder: Path, numbers: list[str], facts: bool) -> Any:
    """RecBole's config, the parts' loaders and the network, new."""
    from recbole.config import Config
    from recbole.data import create_dataset, data_preparation
    from recbole.utils import get_model, init_seed

    config = Config(
        model=model,
        dataset=folder.name,
        config_dict={
            "data_path": str(folder.parent),
            "benchmark_filename": ["train", "valid", "test"],
            "load_col": None if facts else {"inter": ["user_id", "item_id"]},
            "numerical_features": numbers if facts else [],
            "normalize_all": False,
            "metrics": ["NDCG"],
            "topk": [10],
            "valid_metric": "NDCG@10",
            "metric_decimal_place": 8,
            "eval_args": {"group_by": "user", "order": "RO", "mode": "full",
                          "split": {"RS": [8, 1, 1]}},
            "eval_batch_size": 2**20,
            "use_gpu": False,
            "show_progress": False,
            "state": "ERROR",
            "checkpoint_dir": str(folder / "saved"),
            **told,
        },
    )  # fmt: skip
    init_seed(config["seed"], True)
    dataset = create_dataset(config)
    loaders = data_preparation(config, dataset)
    return config, loaders, get_model(model)(config, loaders[0].dataset)


def recbole(model: str, split: Split, params: Params, seed: int) -> Array:
    """RecBole's model, trained by its trainer, with its epoch that does best in validation."""
    from recbole.utils import get_trainer

    facts = model == "DeepFM"
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        folder, X = Path(scratch) / "films", split.train.X
        pairs = {"train": (X.user[X.row], X.item)}
        for name in ("valid", "test"):
            part: Part = getattr(split, name)
            row, place = np.nonzero(part.y != NOTHING)
            pairs[name] = (part.X.user[row], part.y[row, place])
        numbers = atomic(folder, X, pairs)
        told = {**params, "seed": seed}
        config, (train, valid, _), learnt = loaded(model, told, folder, numbers, facts)
        trainer = get_trainer(config["MODEL_TYPE"], model)(config, learnt)
        # Its own checkpoints are pickles of more than weights: the best epoch's are kept in memory.
        best: dict[str, Any] = {"score": float("-inf")}

        def keep(_: int, score: float) -> None:
            if score >= best["score"]:
                best.update(score=score, weights=copy.deepcopy(learnt.state_dict()))

        trainer.fit(train, valid, saved=False, show_progress=False, callback_fn=keep)
        learnt.load_state_dict(best["weights"])
        return scores(learnt, train.dataset, split.test.X)


def scores(learnt: Any, dataset: Any, X: Histories) -> Array:
    """(n, items) what RecBole's network says of every user and item, under our numbers."""
    from recbole.data.interaction import Interaction

    learnt.eval()
    user, item = dataset.uid_field, dataset.iid_field
    users = torch.from_numpy(dataset.token2id(user, X.user.astype(str)))
    items = torch.from_numpy(dataset.token2id(item, np.arange(X.n_items).astype(str)))
    found = []
    with torch.no_grad():
        for piece in torch.split(users, 64):
            asked = {user: piece.repeat_interleave(len(items)), item: items.repeat(len(piece))}
            # Before the sigmoid, which in 32 bits makes equals of what is not.
            learnt.sigmoid = torch.nn.Identity()
            told = learnt.predict(dataset.join(Interaction(asked)))
            found.append(told.view(len(piece), -1).numpy())
    return np.concatenate(found)


def rectools_sasrec(split: Split, params: Params, seed: int) -> Array:
    """RecTools' SASRec: the softmax over all items at every place of a history.

    What a user has chosen is no candidate (filter_viewed). It lists items and gives no scores of
    the others, so here the first 100 of each list get scores and the others one below.
    """
    import logging

    from lightning_fabric import seed_everything
    from rectools import Columns
    from rectools.dataset import Dataset
    from rectools.models import SASRecModel
    from rectools.models.nn.item_net import IdEmbeddingsItemNet

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    unique = pd.unique

    def unique_of(values: Any) -> Any:
        """RecTools 0.19 gives it tuples, which pandas 3 does not take."""
        return unique(np.array(values, object) if isinstance(values, tuple) else values)

    pd.unique = unique_of

    def told(X: Histories) -> Any:
        table = {
            Columns.User: X.user[X.row],
            Columns.Item: X.item,
            Columns.Weight: 1.0,
            # Its own order by time may differ among choices of one second: these are in ours.
            Columns.Datetime: pd.to_datetime(np.arange(len(X.item)), unit="s"),
        }
        return Dataset.construct(pd.DataFrame(table))

    def ranked(part: Part) -> Array:
        lists = model.recommend(part.X.user, told(part.X), k=100, filter_viewed=True)
        found = np.full((len(part), part.X.n_items), -101.0, dtype=np.float32)
        row = np.searchsorted(part.X.user, lists[Columns.User].to_numpy())
        found[row, lists[Columns.Item].to_numpy()] = -lists[Columns.Rank].to_numpy()
        return found

    seed_everything(seed)
    model = SASRecModel(
        n_factors=params["width"], n_blocks=params["layers"], n_heads=params["heads"],
        dropout_rate=params["dropout"], session_max_len=params["length"], loss="softmax",
        lr=params["learning_rate"], batch_size=params["batch"], epochs=params["every"],
        recommend_torch_device="cpu", item_net_block_types=(IdEmbeddingsItemNet,),
        deterministic=True,
    )  # fmt: skip
    learnt, best, stale, kept = told(split.train.X), -1.0, 0, np.empty(0)
    for _ in range(params["looks"]):
        model.fit_partial(learnt, min_epochs=params["every"], max_epochs=params["every"])
        now = judged(ranked(split.valid), split.valid)
        stale = 0 if now > best else stale + 1
        if now > best:
            best, kept = now, ranked(split.test)
        if stale == params["patience"]:
            break
    return kept
