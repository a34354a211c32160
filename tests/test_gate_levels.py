"""Does the gate hold what it promises? Simulated on stored predictions, a few runs of each kind.

benchmarks/gate_levels.py does the same at length; its figures stand in docs/gate.md.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import runs_by_hand as stores
from scipy import stats

ROOT = Path(__file__).resolve().parents[1]
WORLDS = 12


@cache
def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(ROOT / "benchmarks"))  # scripts import each other by name
    sys.modules[name] = module  # a dataclass looks its module up
    spec.loader.exec_module(module)
    return module


@cache
def models(*tasks: str, sizes: bool = False) -> list[object]:
    """Those trained on all rows; sizes: on fewer as well."""
    stored = script("gate_levels").stored(stores.PUBLISHED)
    found = [one for one in stored if one.task in tasks and (sizes or not one.n_train)]
    if not found:
        pytest.skip("the published records hold none of these tasks")
    return found


@pytest.mark.parametrize("same", [True, False], ids=["same seeds", "other seeds"])
def test_a_null_comparison_stays_open(same: bool):
    """At most one run in 100 may fail: of a dozen, two would be far beyond chance (1 in 150)."""
    some = models("bank_intents", "bank_marketing_drift", sizes=not same)
    alarms, by_model = script("gate_levels").null(some, 3, same, WORLDS, seed=11)
    assert alarms <= 1, by_model


def test_other_seeds_with_test_parts_of_their_own_stay_open_too():
    few = models("credit_default", "bank_marketing")
    alarms, by_model = script("gate_levels").null(few, 3, False, WORLDS, seed=12)
    assert alarms <= 1, by_model


def test_worlds_give_the_same_side_by_side():
    def told(jobs: int) -> list[float]:
        return script("gate_levels").worlds_of(draw, 5, 7, jobs)

    assert told(2) == told(1)


def draw(rng: np.random.Generator) -> float:
    return float(rng.random())


@cache
def curves(*tasks: str) -> list[object]:
    return [script("gate_worlds").curve(model) for model in models(*tasks)]


@cache
def promised(task: str, refit: bool) -> list[dict[str, float]]:
    """What became of losses of twice the minimum effect that the gate holds, model by model."""
    planted = script("gate_levels").planted
    return list(
        planted(models(task), curves(task), 3, WORLDS, seed=14, loss="promised", refit=refit)
    )


def check_caught(rows: list[dict[str, float]]) -> None:
    """That losses were called as often as promised, up to what chance takes once in 100 tries."""
    worlds = sum(row["worlds"] for row in rows)
    assert worlds >= WORLDS
    caught = sum(row["caught"] for row in rows)
    assert caught <= worlds
    assert caught >= stats.binom.ppf(0.01, worlds, 0.95), rows


def test_two_points_of_accuracy_are_caught():
    """Twice the default minimum effect, planted in each of four models on 1,999 messages."""
    of = models("bank_intents"), curves("bank_intents")
    rows = list(script("gate_levels").planted(*of, 3, WORLDS, seed=13, loss="default"))
    assert len(rows) >= 4
    check_caught(rows)


@pytest.mark.parametrize("refit", [False, True], ids=["the same fits", "other fits"])
@pytest.mark.parametrize("task", ["bank_marketing_drift", "card_fraud"])
def test_twice_the_minimum_effect_that_the_gate_holds_is_caught(task: str, refit: bool):
    """Wherever less cannot be seen, the gate says so beforehand by a higher minimum effect.

    Average precision over time, which of all tasks moves most from seed to seed, and on few frauds.
    """
    check_caught(promised(task, refit))


@pytest.mark.parametrize("task", ["bank_marketing_drift", "card_fraud"])
def test_what_is_planted_is_what_a_world_loses(task: str):
    """Else more would be caught than was asked: worlds draw what the harm is measured on."""
    rows = [row for row in promised(task, refit=False) if row["worlds"]]
    worlds = np.array([row["worlds"] for row in rows])
    lost, asked = (np.array([row[name] for row in rows]) for name in ("lost", "minimum"))
    assert (lost @ worlds) / (2 * asked @ worlds) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("metric", [None, "average_precision", "ndcg_at_10"])
def test_what_is_taken_for_the_noise_of_seeds_is_that_of_the_published_records(metric: str | None):
    """Variance 1 in its own units; the fit over some 30 models is good to about a factor of 2.

    Accuracy alone is not asked: on several seeds it is published of four models whose fits hardly
    depend on the seed, and of nine on 675 photographs, which vary ten times as much as is usual.
    """
    noise = script("seed_noise")
    prior = noise.fit(noise.usual(noise.found([stores.PUBLISHED], metric)))
    assert 0.5 <= prior.variance <= 2.0
    assert 2.0 <= prior.df <= 12.0
