"""What the record of each model of tests/misbehaving must say, and a run of some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toys import Command, kept

from benchbig.record import Record

FOLDER = Path(__file__).parent / "misbehaving"
SHORT = ["--timeout", "3s"]
LIMITS = ["--timeout", "60s", "--memory", "500M", "--disk", "50M"]
# What of a record does not depend on when, where and beside whom a job ran.
AGREED = (
    "value", "valid_value", "train_value", "metrics", "ci_low", "ci_high", "params", "predictions",
    "data_sha256", "test_ids_sha256", "key", "n_train", "n_valid", "n_test",
)  # fmt: skip
Run = tuple[Path, dict[tuple[str, str, int], Record]]


@dataclass(frozen=True)
class Fault:
    """What a record must say; warning: of an ok one."""

    status: str
    stage: str | None = None
    message: str = ""
    warning: str = ""


OK = Fault("ok")
LATE = Fault("timeout", "fit", "ran longer than the 3 seconds allowed; ended in stage fit")
LARGE = Fault("oom", "fit")
FAULTS = {
    "broken_import": Fault("failed", "fit",
                           "baselines/broken_import.py does not import: RuntimeError: no"),
    "no_fit": Fault("failed", "fit", "has no function 'fit'"),
    "raises": Fault("failed", "fit", "no luck"),
    "raises_in_predict": Fault("failed", "predict", "division by zero"),
    "raises_odd_text": Fault("failed", "fit", "and more"),
    "raises_escapes": Fault("failed", "fit", "raised"),
    "exits": Fault("failed", "fit", "enough"),
    "interrupts": Fault("failed", "fit", "exit code 70"),
    "leaves": Fault("failed", "fit", "left with exit code 0 in stage fit"),
    "crashes": Fault("killed", "fit", "SIGSEGV"),
    "kills_itself": Fault("killed", "fit", "SIGKILL"),
    "odd_signal": Fault("killed", "fit", "signal 40"),
    "loops": LATE,
    "loops_in_c": LATE,
    "ignores_sigterm": LATE,
    "asks_for_too_much": Fault("oom", "fit", "Unable to allocate"),
    "hoards": LARGE,
    "hoards_in_c": LARGE,
    "hoards_in_children": Fault("oom", "fit", "of memory, 0.5 GB allowed; ended in stage fit"),
    "leaves_child": OK,
    "leaves_session": OK,
    "leaves_daemon": OK,
    "leaves_session_and_loops": LATE,
    "leaves_thread": OK,
    "fills_files": Fault("failed", "fit", "50 MB allowed (--disk); ended in stage fit"),
    "fills_one_file": Fault("failed", "fit", "50 MB allowed (--disk); ended in stage fit"),
    "floods": OK,
    "floods_and_raises": Fault("failed", "fit", "after the flood"),
    "nan": Fault("failed", "predict", "NaN"),
    "notes_nan": Fault("failed", "score", "not JSON compliant"),
    "infinite": Fault("failed", "predict", "NaN or infinity"),
    "short": Fault("failed", "predict", "returned shape"),
    "two_columns": Fault("failed", "predict", "shape"),
    "whole_labels": Fault("failed", "predict", "look like labels"),
    "float_labels": Fault("ok", warning="labels where probabilities were asked for?"),
    "beyond": Fault("failed", "predict", "probabilities lie in [0, 1]"),
    "a_list": Fault("failed", "predict", "returned a list"),
    "alters": OK,
    "alters_in_predict": OK,
    "reseeds": OK,
    "wanders": OK,
    "deletes": OK,
    "overwrites": Fault("failed", "fit", "a job may write only to its working folder"),
    "kills_its_parent": Fault("failed", "fit", "Operation not permitted"),
    "counts_cores": OK,
}  # fmt: skip
# What only a system with Landlock holds back.
CONFINED = ("deletes", "overwrites", "kills_its_parent")


def run(folder: Path, faults: Sequence[str], executor: str, *options: str) -> Run:
    """Run the honest model for two seeds and each faulty one for one, two jobs at a time."""
    shared = ["--task", "tumour", "--plugins", str(FOLDER), "--executor", executor,
              "--jobs", "2", *LIMITS, *options]  # fmt: skip
    # A temporary folder of its own, so that it need not share the cores with other runs.
    cli = Command(folder, {"TMPDIR": str(folder)})
    late = tuple(name for name in faults if FAULTS[name] == LATE)
    others = tuple(name for name in faults if FAULTS[name] != LATE)
    for some, limits in ((late, SHORT), (others, [])):
        if not some:
            continue
        done = cli("run", *shared, *limits, "--model", ",".join((*some, "centre")), "--seeds", "0")
        assert done.returncode in (1, 2), done.stderr
        assert "Traceback" not in done.stderr
        assert "\x1b" not in done.stdout + done.stderr
    done = cli("run", *shared, "--model", "centre", "--seeds", "0,1")
    assert done.returncode == 0, done.stderr
    return folder / "results", kept(folder / "results")


def check_fault(record: Record, fault: Fault) -> None:
    assert record["status"] == fault.status, record["error"]
    if fault.status == "ok":
        assert record["error"] is None
        assert any(fault.warning in text for text in record["warnings"] or [""])
        return
    assert record["error"]["stage"] == fault.stage
    assert fault.message in record["error"]["message"]
    assert record["value"] is None
    assert record["predictions"] is None


def check_same_bits(one: Run, other: Run) -> None:
    """The honest model gave the same in both runs: what must agree in records, all of its files."""
    for seed in (0, 1):
        here, there = one[1]["tumour", "centre", seed], other[1]["tumour", "centre", seed]
        assert {name: here[name] for name in AGREED} == {name: there[name] for name in AGREED}
        for name in ("path", "test"):
            file = here["predictions"][name]
            assert (one[0] / file).read_bytes() == (other[0] / file).read_bytes()
