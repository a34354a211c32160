"""Clocks, and what a fit and a prediction cost."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from benchbig.data.parts import Part, Predict

LATENCY_CALLS = 100
LATENCY_SECONDS = 2.0
WARM_ROWS = 32
Keep = Callable[[Part, Any], Any]


def _as_is(part: Part, p: Any) -> Any:
    """All of a prediction is kept."""
    return p


def clock(device: str) -> float:
    """Seconds, after the accelerator has done what torch asked of it.

    A model that computes there without torch must wait for its results itself.
    """
    if device == "cuda" and (cuda := _cuda()) is not None:
        cuda.synchronize()
    elif device == "mps" and "torch" in sys.modules:
        sys.modules["torch"].mps.synchronize()
    return time.perf_counter()


def _cuda() -> Any:
    """torch's side of CUDA, None where this process has not computed there by torch."""
    torch = sys.modules.get("torch")
    return torch.cuda if torch is not None and torch.cuda.is_initialized() else None


def warm_up(device: str) -> None:
    """Wake the numeric libraries and the GPU, so that the first fit does not pay for their
    start."""
    _wake("torch" in sys.modules, device)


@cache  # once a process is enough
def _wake(torch_too: bool, device: str) -> None:
    square = np.ones((64, 64))
    square @ square
    if torch_too:
        torch = sys.modules["torch"]
        torch.ones(64, 64) @ torch.ones(64, 64)
        if device == "cuda" and torch.cuda.is_available():
            there = torch.ones(64, 64, device=device)
            there @ there
            torch.cuda.synchronize()


def seed_everything(seed: int) -> None:
    """Seed the global generators a library might draw from unasked."""
    import random

    random.seed(seed)
    np.random.seed(seed)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)


def predict_all(
    predict: Predict, part: Part, device: str, keep: Keep = _as_is, rows: int = 0
) -> tuple[Any, float]:
    """The prediction for a whole part, and the seconds it took after a warm-up."""
    predict(part.take(np.arange(min(WARM_ROWS, len(part)))).X)
    return predict_pieces(predict, part, device, keep, rows)


def predict_pieces(
    predict: Predict, part: Part, device: str, keep: Keep, rows: int = 0
) -> tuple[Any, float]:
    """What is kept of what predict returns, and the seconds that predict itself took.

    keep: from a piece of the part and what predict returned for it to what is kept of that.
    rows: examples a call, 0 for all at once.
    """
    kept, seconds = [], 0.0
    for start in range(0, len(part), rows or len(part)):
        whole = rows == 0 or rows >= len(part)
        piece = part if whole else part.take(np.arange(start, min(start + rows, len(part))))
        given = part.lend_X() if whole else piece.X
        began = clock(device)
        p = predict(given)
        seconds += clock(device) - began
        kept.append(keep(piece, p))
    return (kept[0] if len(kept) == 1 else np.concatenate(kept)), seconds


def latency(predict: Predict, part: Part, seed: int, device: str) -> dict[str, float]:
    """Milliseconds a call with one example: quantiles over at most 100 calls or 2 seconds."""
    rows = np.random.default_rng(seed).permutation(len(part))[:LATENCY_CALLS]
    ones = [part.take(rows[i : i + 1]).X for i in range(len(rows))]
    predict(part.take(rows[:1]).X)
    times: list[float] = []
    for one in ones:
        began = clock(device)
        predict(one)
        times.append(1000 * (clock(device) - began))
        if sum(times) > 1000 * LATENCY_SECONDS:
            break
    p50, p90, p99 = np.quantile(times, [0.5, 0.9, 0.99]).tolist()
    return {"p50": p50, "p90": p90, "p99": p99, "n": len(times)}


def peak_vram(device: str) -> int | None:
    """Most bytes of accelerator memory that torch's tensors held since `forget_peak`; None where
    torch did not compute on a CUDA device."""
    cuda = _cuda() if device == "cuda" else None
    return None if cuda is None else int(cuda.max_memory_allocated())


def forget_peak() -> None:
    """Count accelerator memory from now on: what this process did before is another job's."""
    if (cuda := _cuda()) is not None:
        cuda.reset_peak_memory_stats()
