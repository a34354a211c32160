"""Times and memory between two stores: what the gate says of them."""

from __future__ import annotations

import json
from pathlib import Path

import runs_by_hand as stores
from gates_by_hand import found, gate


def test_a_slower_model_is_reported_and_shuts_the_gate_only_when_asked(tmp_path: Path):
    base, head = tmp_path / "base", tmp_path / "head"
    for seed in (0, 1, 2):
        for model in ("tfidf_logreg", "tfidf_svm", "minilm_frozen", "minilm_finetune"):
            slow = 3.0 if model == "tfidf_svm" else 1.0 + 0.02 * seed
            stores.put(base, seed=seed, model=model, fit_s=4.0 + 0.1 * seed)
            stores.put(head, seed=seed, model=model, fit_s=slow * (4.05 + 0.08 * seed))
    code, text = gate(base, head)
    assert code == 0
    assert "regressed: bank_intents, tfidf_svm: fit 4.1 s -> 12 s" in text
    assert gate(base, head, fail_on=("cost",))[0] == 1
    assert gate(base, head, fail_on=("any",))[0] == 1


def test_times_of_another_machine_are_not_compared(base: Path, head: Path):
    stores.seeds(head, fit_s=99.0, env="f" * 16)
    _, (finding,) = found(base, head)
    fit = next(cost for cost in finding["costs"] if cost["name"] == "fit_s")
    assert fit["status"] == "not comparable"
    assert fit["why"].startswith("other machine or packages")
    assert gate(base, head, fail_on=("any",))[0] == 0


def test_the_machines_are_told_apart_by_what_differs(base: Path, head: Path):
    stores.seeds(head, env="f" * 16)
    for folder, name, packages in (
        (base, "0123456789abcdef", {"numpy": "2.3.1", "scipy": "1.16"}),
        (head, "f" * 16, {"numpy": "2.4.6", "scipy": "1.16"}),
    ):
        (folder / "env").mkdir()
        told = {"cpu": folder.name, "cores": 2, "packages": packages}
        (folder / "env" / f"{name}.json").write_text(json.dumps(told))
    text = gate(base, head)[1]
    assert "other machine or packages: cpu base, then head; numpy 2.3.1, then 2.4.6" in text


def test_wildly_scattered_times_are_still_told(tmp_path: Path):
    base, head = tmp_path / "base", tmp_path / "head"
    for seed, fit in enumerate((1e-99, 1e99, 1.0)):
        stores.put(base, seed=seed, fit_s=fit)
        stores.put(head, seed=seed, fit_s=1 / fit)
    _, (finding,) = found(base, head)
    assert next(cost for cost in finding["costs"] if cost["name"] == "fit_s")["high"] > 1e300


def test_one_time_each_proves_nothing(tmp_path: Path):
    base = stores.seeds(tmp_path / "base", which=(0,), fit_s=1.0)
    head = stores.seeds(tmp_path / "head", which=(0,), fit_s=100.0)
    _, (finding,) = found(base, head)
    fit = next(cost for cost in finding["costs"] if cost["name"] == "fit_s")
    assert (fit["status"], fit["ratio"]) == ("not comparable", 100.0)
    assert "measured once" in fit["why"]
