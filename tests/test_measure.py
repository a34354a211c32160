"""Is a job on a GPU timed and measured, with torch or without? By a stand-in for torch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from test_job import JOB

from benchbig.data import Part, Split
from benchbig.worker import measure, plugins, stages
from benchbig.worker.request import Request


class Torch:
    """What the measuring asks of torch. said: what it was asked to do, in order."""

    def __init__(self, begun: bool) -> None:
        self.said: list[str] = []
        self.begun = begun
        self.cuda = SimpleNamespace(
            is_available=lambda: True,
            is_initialized=lambda: self.begun,
            synchronize=lambda: self.said.append("wait"),
            reset_peak_memory_stats=lambda: self.said.append("forget"),
            max_memory_allocated=lambda: 7,
        )
        self.mps = SimpleNamespace(synchronize=lambda: self.said.append("wait for Metal"))

    def ones(self, *shape: int, device: str = "cpu") -> np.ndarray:
        self.begun = self.begun or device == "cuda"
        self.said.append(f"ones on {device}")
        return np.ones(shape)

    def manual_seed(self, seed: int) -> None:
        """Nothing is drawn here."""


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Torch]:
    """A torch that has not computed on the GPU."""
    found = Torch(begun=False)
    monkeypatch.setitem(sys.modules, "torch", found)
    measure._wake.cache_clear()
    yield found
    measure._wake.cache_clear()


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_model_that_computes_there_without_torch_is_measured_as_far_as_can_be(
    monkeypatch: pytest.MonkeyPatch, device: str
):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    measure.warm_up(device)
    measure.forget_peak()
    began = measure.clock(device)
    assert measure.clock(device) >= began
    assert measure.peak_vram(device) is None


def test_a_torch_that_has_not_computed_on_the_gpu_is_not_made_to_begin(torch: Torch):
    measure.clock("cuda")
    measure.forget_peak()
    assert measure.peak_vram("cuda") is None
    assert torch.said == []


def test_the_clock_is_read_when_the_accelerator_has_done_its_work(torch: Torch):
    torch.begun = True
    measure.clock("cpu")
    assert torch.said == []
    measure.clock("cuda")
    measure.clock("mps")
    assert torch.said == ["wait", "wait for Metal"]
    assert measure.peak_vram("cuda") == 7
    assert measure.peak_vram("cpu") is None


def test_the_gpu_is_awake_and_its_peak_forgotten_when_a_fit_begins(
    torch: Torch, monkeypatch: pytest.MonkeyPatch
):
    X, y = np.arange(6), np.arange(6) % 2
    part = Part(X, y, X)

    def fit(train, context):
        torch.said.append("fit")
        return lambda X: np.full(len(X), 0.5)

    monkeypatch.setattr(plugins, "function", lambda shelf, module, name: fit)
    request = Request(
        job=JOB, record={}, task_card="", model_card="", task_files={}, model_files={}, roots=(),
        folder="", cache="", device="cuda", threads=1, alone=True,
    )  # fmt: skip
    task = SimpleNamespace(metric="roc_auc", kind="binary", n_classes=2, n_items=None, costs=None)
    model = SimpleNamespace(code="", name="toy", params={}, search={})
    stages.fit(request, task, model, Split(part, part, part), lambda stage: None)
    before = torch.said[: torch.said.index("fit")]
    assert before[:5] == ["ones on cpu"] * 2 + ["ones on cuda", "wait", "forget"]
