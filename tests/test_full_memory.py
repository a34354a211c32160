"""Is a batch that memory does not hold taken in parts, with the same result?

A tiny random encoder, no download.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="fine-tuning needs torch: benchbig[large]")
pytest.importorskip("transformers", reason="fine-tuning needs transformers: benchbig[large]")

from test_finetune_learning import RECIPE, classifier, watching  # noqa: E402
from tiny_encoder import save_tiny_encoder  # noqa: E402

from benchbig.finetune import encoder, loop, memory  # noqa: E402
from benchbig.finetune.classifier import Classifier, logits  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_encoder(tmp_path_factory.mktemp("encoder"))


def small(model: Classifier, most: int, error: Exception) -> list[int]:
    """Let the model raise this for batches of more rows; gives the sizes of those it took."""
    forward, taken = model.forward, []

    def bounded(ids: Any, mask: Any) -> Any:
        if len(ids) > most:
            raise error
        taken.append(len(ids))
        return forward(ids, mask)

    model.forward = bounded
    return taken


FULL = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("MPS backend out of memory"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    MemoryError(),
]


@pytest.mark.parametrize("error", FULL, ids=lambda error: str(error)[:12])
def test_a_batch_that_memory_does_not_hold_has_the_same_gradient_in_parts(
    folder: Path, error: Exception
) -> None:
    whole, rows, y = classifier(folder)
    context = watching()
    loop.train(whole, rows, y, RECIPE, lambda: 0.0, False, context)
    assert context.notes.warnings == []
    bounded, rows, y = classifier(folder)
    taken = small(bounded, 3, error)
    loop.train(bounded, rows, y, RECIPE, lambda: 0.0, False, context)
    # 8 rows do not fit, nor 4; once found, parts of 2 stay: 15 steps of 8 rows in all.
    assert taken == [2] * 60
    assert context.notes.warnings == ["memory held only 2 rows of a batch at a time"]
    np.testing.assert_allclose(
        logits(bounded, rows, "cpu", False), logits(whole, rows, "cpu", False), atol=1e-4
    )


def test_predicting_takes_what_memory_holds(folder: Path) -> None:
    model, rows, _ = classifier(folder)
    before = logits(model, rows, "cpu", False)
    small(model, 5, FULL[0])
    np.testing.assert_allclose(logits(model, rows, "cpu", False), before, atol=1e-6)


def test_memory_that_ran_out_once_is_not_tried_anew_with_every_batch(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _, _ = classifier(folder)
    monkeypatch.setitem(encoder.TOKENS, "cpu", 16)
    forward, refused = model.forward, []

    def bounded(ids: Any, mask: Any) -> Any:
        if len(ids) > 2:
            refused.append(len(ids))
            raise FULL[0]
        return forward(ids, mask)

    model.forward = bounded
    logits(model, [[2, 3]] * 40, "cpu", False)
    assert refused == [8, 4]  # of the first of five batches of 8 rows


def test_what_is_not_for_lack_of_memory_or_is_a_single_row_is_raised(folder: Path) -> None:
    for most, error in ((0, FULL[0]), (3, RuntimeError("shapes cannot be multiplied"))):
        model, rows, y = classifier(folder)
        small(model, most, error)
        with pytest.raises(RuntimeError, match=str(error)[:12]):
            loop.train(model, rows, y, RECIPE, lambda: 0.0, False, watching())


def test_parts_are_halved_until_they_fit_and_begun_again_from_the_first() -> None:
    seen: list[list[int]] = []
    undone: list[int] = []

    def run(at: Any) -> None:
        if len(at) > 2:
            raise torch.OutOfMemoryError
        seen.append(list(at))

    batch = np.arange(5)
    assert memory.fitting(run, batch, 9, lambda: undone.append(1)) == 2
    assert seen == [[0, 1], [2, 3], [4]]
    assert len(undone) == 2  # after 5 rows, and after 3


def test_a_batch_begins_with_the_share_that_the_one_before_fitted_in() -> None:
    tried: list[int] = []

    def run(at: Any) -> None:
        tried.append(len(at))
        if len(at) > 2:
            raise torch.OutOfMemoryError

    memory.each(run, [np.arange(size) for size in (8, 8, 4, 1)])
    # Of 8 rows a quarter fits. Where 4 fill a batch, they are twice as long, and one is a quarter.
    assert tried == [8, 4, *[2] * 4, *[2] * 4, *[1] * 4, 1]
