"""Do the statistics keep their promises? Many draws, and the tables of docs/statistics.md.

    OMP_NUM_THREADS=1 python benchmarks/statistics_promises.py && python docs/generate.py

About a minute on one core. Real predictions come from results/; figures go to a file beside this.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from gate_stored import source
from measuring import HERE, machine

from benchbig import store
from benchbig.stats import standings
from benchbig.stats.crossover import crossing
from benchbig.stats.paired import Difference, Scored, compare, scored
from benchbig.stats.student import power

RESULTS = Path(__file__).resolve().parents[1] / "results"
EXAMPLES = 100  # of a simulated test part; each loss has a spread of 1, so a mean of 0.1


FIGURES = HERE / "statistics_promises.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--json", type=Path, default=FIGURES)
    asked = parser.parse_args()
    draws, began = asked.draws, time.process_time()
    told = {"machine": machine(), "store": source(RESULTS, "finance"), "draws": draws}
    tables = {}
    for name, title, lines in (
        ("false alarms", "False alarms at 5%, in percent", false_alarms(draws)),
        ("power", "Power: promised and found, in percent", powers(draws // 2)),
        ("coverage", "Coverage on real predictions, in percent", coverage(draws // 2)),
        ("crossover", "Coverage of the crossover, in percent", crossings(draws // 4)),
        ("over tasks", "Coverage over tasks, in percent", over_tasks(draws // 4)),
        ("time", "Time", speed()),
    ):
        tables[name] = list(lines)
        print(f"### {title}\n")
        print("\n".join(tables[name]), flush=True)
        print()
    told |= {"cpu_s": time.process_time() - began, "tables": tables}
    asked.json.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def table(*rows: object) -> str:
    return f"| {' | '.join(map(str, rows))} |"


def of_losses(losses: np.ndarray, ids: np.ndarray) -> Scored:
    """A model of which the mean of these numbers is asked."""
    pull = (losses - losses.mean()) * math.sqrt(len(losses) / (len(losses) - 1))
    return Scored(ids, float(losses.mean()), pull)


def simulated(
    rng: np.random.Generator, seeds: int, truth: float, tau: float, shared: float
) -> Difference:
    """Two models over so many seeds, whose test parts share this much of their examples.

    tau: how much retraining moves a seed's difference, in units of what its test part does.
    """
    common, pool = round(shared * EXAMPLES), rng.normal(size=EXAMPLES)
    zero, head = [], []
    for seed in range(seeds):
        own = EXAMPLES - common
        ids = np.concatenate((np.arange(common), 1000 * (seed + 1) + np.arange(own)))
        noise = np.concatenate((pool[:common], rng.normal(size=own)))
        zero.append(of_losses(np.zeros(EXAMPLES), ids))
        head.append(of_losses(noise + truth + 0.1 * tau * rng.normal(), ids))
    found = compare(zero, head)
    assert found is not None
    return found


def false_alarms(draws: int) -> Iterator[str]:
    taus = (0, 0.5, 1, 2, 6)
    yield table("seeds", "test part shared", *(f"τ = {tau}" for tau in taus))
    yield table(*["---:"] * (2 + len(taus)))
    for seeds in (1, 2, 3, 5, 10):
        for shared in (0.0, 0.2, 1.0):
            if seeds == 1 and shared:
                continue
            rng = np.random.default_rng(seeds)
            rates = []
            for tau in taus:
                found = [simulated(rng, seeds, 0.0, tau, shared) for _ in range(draws)]
                rates.append(f"{100 * np.mean([one.p < 0.05 for one in found]):.1f}")
            yield table(seeds, f"{shared:.0%}", *rates)


def powers(draws: int) -> Iterator[str]:
    """The promise is made from each comparison's own standard error, as a user sees it."""
    yield table("seeds", "shared", "τ", "true difference", "promised", "found")
    yield table(*["---:"] * 6)
    for seeds, shared, tau in ((1, 0.0, 0), (3, 1.0, 0.5), (3, 0.2, 1), (5, 0.2, 1), (10, 0.2, 1)):
        rng = np.random.default_rng(seeds)
        for truth in (0.2, 0.4):
            found = [simulated(rng, seeds, truth, tau, shared) for _ in range(draws)]
            promised = np.mean([power(truth, one.se, one.df) for one in found])
            seen = np.mean([one.p < 0.05 for one in found])
            yield table(
                seeds, f"{shared:.0%}", tau, truth, f"{100 * promised:.0f}", f"{100 * seen:.0f}"
            )


def coverage(draws: int) -> Iterator[str]:
    """The published test part is the population; test parts are drawn from it with replacement."""
    yield table("task", "models", "metric", "examples", "positives", "covers")
    yield table("---", "---", "---", *["---:"] * 3)
    cases = (
        (
            "credit_default",
            "lightgbm",
            "tabpfn",
            ("average_precision", "roc_auc", "log_loss"),
            1000,
        ),
        (
            "bank_marketing_drift",
            "lightgbm",
            "logreg",
            ("average_precision", "recall_at_fpr"),
            2000,
        ),
        ("card_fraud", "logreg", "tabpfn", ("average_precision", "roc_auc"), 50000),
        ("bank_intents", "tfidf_svm", "minilm_finetune", ("accuracy", "macro_f1"), 1000),
    )
    for task, base, head, metrics, size in cases:
        one, other = first_seed(task, base), first_seed(task, head)
        kind = "binary" if one.p.ndim == 1 else "multiclass"
        many = draws if size < 10000 else draws // 5
        for metric in metrics:
            whole = [scored(metric, kind, one.ids, one.y, p).value for p in (one.p, other.p)]
            rng = np.random.default_rng(0)
            hits = 0
            for _ in range(many):
                at = rng.integers(len(one.ids), size=size)
                ids = np.arange(size)
                pair = [[scored(metric, kind, ids, one.y[at], p[at])] for p in (one.p, other.p)]
                found = compare(*pair)
                assert found is not None
                hits += found.low <= whole[1] - whole[0] <= found.high
            positives = f"{size * one.y.mean():.0f}" if kind == "binary" else "-"
            yield table(
                task, f"{base}, {head}", metric, size, positives, f"{100 * hits / many:.1f}"
            )


def first_seed(task: str, model: str) -> store.Predicted:
    """The published predictions of one model on one task."""
    for record in store.latest(RESULTS):
        named = (record["task"], record["model"], record["seed"], record["n_train_asked"])
        if named == (task, model, 0, 0):
            found = store.predictions(RESULTS, record)
            assert found is not None
            return found
    raise SystemExit(f"{RESULTS} has no record of {model} on {task}")


def crossings(draws: int) -> Iterator[str]:
    """A gain that rises by 0.1 a decade; errors of 0.03 at five sizes, a third of them common."""
    sizes = np.array([100, 300, 1000, 3000, 10000])
    errors = np.full((5, 5), 0.0003) + np.eye(5) * 0.0006
    yield table("true crossover", "covers", "found within the sizes")
    yield table(*["---:"] * 3)
    for truth in (200, 1000, 5000):
        rng = np.random.default_rng(0)
        inside = hits = 0
        for seed in range(draws):
            gains = rng.multivariate_normal(0.1 * np.log10(sizes / truth), errors)
            found = crossing(sizes, gains, errors, seed=seed)
            if found.at is not None:
                inside += 1
                hits += (found.low or 0) <= truth <= (found.high or math.inf)
        yield table(f"{truth:,}", f"{100 * hits / inside:.1f}", f"{100 * inside / draws:.0f}")


def over_tasks(draws: int) -> Iterator[str]:
    """Two equal models: half the duels is the truth."""
    yield table("tasks", "duels won", "strength")
    yield table(*["---:"] * 3)
    for tasks in (5, 10, 20):
        rng = np.random.default_rng(0)
        hits = [0, 0]
        for _ in range(draws):
            values = rng.normal(size=(tasks, 2))
            sure = [np.zeros((2, 2))] * tasks
            for at, (statistic, truth) in enumerate(
                ((standings.wins, 0.5), (standings.strengths, 1000.0))
            ):
                low, high = standings.intervals(statistic, values, sure)
                hits[at] += low[0] <= truth <= high[0]
        yield table(tasks, *(f"{100 * hit / draws:.1f}" for hit in hits))


def speed() -> Iterator[str]:
    """Ten seeds by 20,000 examples by 40 pairs, every model scored for each pair anew."""
    rng = np.random.default_rng(0)
    y = (rng.random(20000) < 0.2).astype(np.int64)
    models = [rng.random(20000) * 0.8 + 0.2 * y for _ in range(41)]
    for metric in ("average_precision", "roc_auc", "accuracy"):
        began = time.process_time()
        for p, q in itertools.pairwise(models):
            compare(
                *(
                    [scored(metric, "binary", np.arange(20000), y, s) for _ in range(10)]
                    for s in (p, q)
                )
            )
        yield f"- {metric}: {time.process_time() - began:.1f} s"


if __name__ == "__main__":
    main()
