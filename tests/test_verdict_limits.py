"""Limits turned into filters: who is left, and why the others are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from stores_by_hand import add, churn_and_faults

from benchbig.cards import find
from benchbig.errors import BenchError
from benchbig.verdict import limits
from benchbig.verdict.judge import Settings, judge
from benchbig.verdict.result import KEEP, UNSURE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return churn_and_faults(tmp_path)


def asked(**facts: object) -> Settings:
    return Settings(limits=limits.Limits(**facts))


def test_limits_find_the_winner_again(folder):
    found = judge(folder, find(), asked(latency_ms=50.0))
    churn = next(one for one in found.tasks if one.task == "churn")
    assert churn.large.model == "small"
    assert ("churn", "bert", "latency 90 ms") in {
        (one.task, one.model, one.why) for one in found.left_out
    }
    faults = next(one for one in found.tasks if one.task == "faults")
    assert faults.large is None
    assert (faults.verdict, faults.choice) == (KEEP, "logreg")
    assert "within the limits" in faults.why
    assert found.limits == {"--max-latency-ms": "50"}


def test_limits_that_leave_nobody_leave_no_choice(folder):
    found = judge(folder, find(), asked(params=1.0, latency_ms=0.001))
    assert {(one.verdict, one.choice) for one in found.tasks} == {(UNSURE, None)}


def test_a_family_that_was_never_run_is_not_said_to_be_without_the_limits(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7)
    (one,) = judge(tmp_path, find(), asked(latency_ms=50.0)).tasks
    assert one.verdict == UNSURE
    assert one.why == "no pretrained model has a value"


def test_what_was_not_measured_is_not_within_a_limit(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7, latency_ms=None)
    found = judge(tmp_path, find(), asked(latency_ms=50.0))
    assert found.left_out[0].why == "latency not measured"


def test_memory_hardware_and_size_are_limits_too(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7)
    add(tmp_path, "churn", "bert", 0.9, family="pretrained", device="NVIDIA H100", n_params=10**8)
    reasons = {
        "gpu": (asked(gpu=False), "runs on NVIDIA H100"),
        "size": (asked(params=5e7), "parameters 100,000,000"),
        "memory": (asked(memory_bytes=4e8), "memory 412 MB"),
        "licence": (asked(licence="commercial"), "licence unknown: no card"),
    }
    for settings, why in reasons.values():
        out = judge(tmp_path, find(), settings).left_out
        assert ("bert", why) in {(one.model, one.why) for one in out}


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        (("Apache-2.0",), True),
        (("MIT", "CC BY 4.0"), True),
        ((), True),
        (("Apache-2.0", "CC BY-NC 4.0"), False),
        (("research use",), False),
        (("unstated",), False),
        (None, False),
    ],
)
def test_a_licence_allows_business_or_not(licence, free):
    assert (limits._unlicensed(licence) is None) == free


def test_limits_are_read_with_their_units():
    found = limits.parse(50, "2G", "50M", True, "commercial")
    assert found == limits.Limits(50, 2e9, False, "commercial", 5e7)
    assert limits.parse(None, "1.5GB", None, False, "any").memory_bytes == 1.5e9
    for wrong in ((None, "much", None), (None, "0G", None), (None, None, "50X"), (0.0, None, None)):
        with pytest.raises(BenchError, match="--max"):
            limits.parse(*wrong, False, "any")
    with pytest.raises(BenchError, match="unknown licence"):
        limits.parse(None, None, None, False, "free")
