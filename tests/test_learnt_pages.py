"""Do the figures of fine-tuning's speed and of the rankers stand on their pages as measured?"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[1]
MACHINE = {"cpu": "A chip", "cores": 2, "python": "3.12.1", "date": "2026-01-02",
           "commit": "0123456789", "load_before": 0.5}  # fmt: skip


@pytest.fixture
def imported(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """docs/learnt.py and the scripts of benchmarks/, which import their neighbours by name."""
    for folder in ("docs", "benchmarks"):
        monkeypatch.syspath_prepend(str(ROOT / folder))
    yield importlib.import_module("learnt")
    for name in ("learnt", "finetune_speed", "measuring"):
        sys.modules.pop(name, None)


def test_the_speed_of_both_loops_is_kept_by_device_and_shown(
    imported: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,000 examples: 20, 25 and 40 s are 40 a second in the median; 5, 4 and 10 s are 200."""
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    script = importlib.import_module("finetune_speed")
    timed = script.Timed
    found = script.figures(
        {
            "Trainer": [timed(20, 10, 0.9), timed(40, 20, 0.91), timed(25, 12.5, 0.92)],
            "benchbig": [timed(5, 4, 0.91), timed(10, 8, 0.9), timed(4, 2, 0.93)],
        },
        1000,
    )
    assert found["ratios"] == {"examples_per_s": 5.0, "examples_per_cpu_s": 3.125}
    assert found["loops"]["Trainer"]["accuracy"] == 0.91
    file = tmp_path / "speed.json"
    about = {"machine": MACHINE, "train": 500, "epochs": 2.0, "precision": "bf16", "torch": "2",
             "transformers": "5"}  # fmt: skip
    script.keep(file, "cpu", {**about, **found})
    monkeypatch.setattr(script, "peak", lambda device, bf16: 2e9)
    runs, backbone = [timed(5, 4, 0.9), timed(4, 4, 0.9)], SimpleNamespace(device="cuda", bf16=True)
    shown = script.reached(runs, 1_800_000_000, backbone)  # 0.4e9 a second
    assert shown["of_peak"] == pytest.approx(0.2)
    gpu = {"machine": {**MACHINE, "gpu": "A card"}}
    script.keep(file, "cuda", {**about, **found, **shown, **gpu})
    assert list(json.loads(file.read_text(encoding="utf-8"))) == ["cpu", "cuda"]
    monkeypatch.setattr(imported, "SPEED", file)
    text = imported.speed()
    assert "| Trainer | 40.0 | 80.0 | 91.0% |" in text
    assert text.count("| **ratio** | **5.00x** | **3.12x** |  |") == 2
    assert "4 times the Trainer's examples a second by the clock, is met" in text
    assert "--train 500 --repeat 3 --device cpu" in text
    assert text.count("The accelerator: A card.") == 1
    assert text.count("Ours reaches 20% of what one large product of matrices does there.") == 1
    slow = {**found, "ratios": {"examples_per_s": 3.9, "examples_per_cpu_s": 5.0}}
    script.keep(file, "cpu", {**about, **slow})
    assert "is not met" in imported.speed()


def test_rankers_stand_beside_the_other_implementations(
    imported: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imported, "RANKERS", tmp_path / "rankers.json")
    assert imported.rankers() == ""
    values = {"ndcg_at_10": [0.05, 0.07], "recall_at_10": [0.1, 0.2]}
    apart = {"ndcg_at_10": {"difference": -0.0012, "error": 0.0034}}
    other = {"by": "implicit", **values, "ours_less_theirs": apart}
    als = {"machine": MACHINE, "seeds": [0, 1], "ours": values, "others": [other]}
    told = {"versions": {"implicit": "0.7.3"}, "models": {"als": als, "bpr": als}}
    (tmp_path / "rankers.json").write_text(json.dumps(told), encoding="utf-8")
    text = imported.rankers()
    assert "| implicit ALS | benchbig | 2 | 0.0600 | 0.0500 to 0.0700 | 0.1500 |  |" in text
    assert "| implicit ALS | implicit | 2 |" in text
    assert "-0.0012 (0.0034)" in text
    assert "als, bpr on 2026-01-02 at commit `0123456` (A chip). implicit 0.7.3." in text
