"""What the gate says of two stores, and by which exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import runs_by_hand as stores
from gates_by_hand import found, gate
from scipy import stats

from benchbig.errors import BenchError
from benchbig.gate import noise
from benchbig.gate.compare import judged
from benchbig.gate.finding import Finding
from benchbig.stats.shift import Shift


def test_the_same_store_twice_shows_no_change(base: Path):
    code, (finding,) = found(base, base)
    assert code == 0
    assert (finding["status"], finding["difference"]) == ("no change seen", 0.0)
    assert finding["unmoved"]


def test_a_loss_of_three_points_shuts_the_gate(base: Path, head: Path):
    stores.seeds(head, share=0.03)
    code, (finding,) = found(base, head)
    assert code == 1
    assert finding["status"] == "regressed"
    assert finding["high"] < 0 < finding["base"] - finding["head"] < 0.035
    assert finding["worse"] <= 0.01


def test_the_way_back_is_an_improvement_and_opens_it(base: Path, head: Path):
    stores.seeds(head, share=0.03)
    code, (finding,) = found(head, base)
    assert (code, finding["status"]) == (0, "improved")


def test_a_sure_loss_below_the_minimum_effect_is_no_regression(base: Path, head: Path):
    stores.seeds(head, share=0.03)
    code, (finding,) = found(base, head, minimum={"accuracy": 0.1})
    assert (code, finding["status"]) == (0, "no change seen")
    assert finding["high"] < 0


def test_what_vanished_is_a_regression(base: Path, tmp_path: Path):
    stores.put(base, task="film_reviews")
    head = stores.seeds(tmp_path / "head")
    code, findings = found(base, head)
    assert code == 1
    assert [one["status"] for one in findings] == ["missing", "no change seen"]
    assert found(base, head, fail_on=("quality",))[0] == 0
    assert found(base, head, tasks=("bank_intents",))[0] == 0
    assert "vanished from HEAD: film_reviews" in gate(base, head)[1]


def test_what_came_in_addition_is_new_and_no_alarm(base: Path, head: Path):
    stores.seeds(head)
    stores.put(head, task="film_reviews")
    code, findings = found(base, head)
    assert code == 0
    assert {one["task"]: one["status"] for one in findings} == {
        "bank_intents": "no change seen",
        "film_reviews": "new",
    }


def test_a_seed_that_fails_now_shuts_the_gate_and_says_how(base: Path, head: Path):
    stores.seeds(head, which=(0, 1))
    stores.fail(head, seed=2)
    code, (finding,) = found(base, head)
    assert (code, finding["status"]) == (1, "newly failing")
    assert finding["why"] == "seed 2: failed: the matrix is singular"


def test_a_model_that_failed_before_too_is_not_comparable(tmp_path: Path):
    for side in ("base", "head"):
        stores.fail(tmp_path / side)
    code, (finding,) = found(tmp_path / "base", tmp_path / "head")
    assert (code, finding["status"]) == (4, "not comparable")


def test_a_model_that_works_again_is_new(tmp_path: Path, head: Path):
    stores.fail(tmp_path / "base")
    stores.seeds(head)
    code, (finding,) = found(tmp_path / "base", head)
    assert (code, finding["status"]) == (4, "new")
    assert finding["why"].startswith("failed: ")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"data_sha256": "f" * 64}, "other data at seed 0"),
        ({"test_ids_sha256": "f" * 64}, "other test examples at seed 0"),
        ({"scheme": "time"}, "other split: stratified, then time"),
        ({"task_version": 2}, "other version of the task: 1, then 2"),
    ],
)
def test_what_is_on_another_scale_is_not_compared(tmp_path: Path, facts: dict[str, Any], why: str):
    base = stores.seeds(tmp_path / "base", scheme="stratified")
    head = stores.seeds(tmp_path / "head", **{"scheme": "stratified", **facts})
    code, (finding,) = found(base, head)
    assert (code, finding["status"], finding["why"]) == (4, "not comparable", why)


def test_lost_predictions_are_said_and_not_guessed(base: Path, head: Path):
    stores.seeds(head, share=0.03)
    for path in (head / "predictions").glob("[!t]*.npz"):
        path.unlink()
    code, (finding,) = found(base, head)
    assert (code, finding["status"]) == (4, "not comparable")
    assert "cannot be read" in finding["why"]


def test_predictions_that_do_not_give_the_value_are_not_believed(base: Path, head: Path):
    record = stores.seeds(head) and stores.put(head, seed=2)
    stores.append(head, {**record, "value": 0.99})
    assert "do not give its value" in found(base, head)[1][0]["why"]


def test_a_value_that_is_undefined_is_not_compared(tmp_path: Path):
    """One class alone in the test part: the area under the ROC curve has no value."""
    ids = np.arange(40)
    part = (ids, np.zeros(40, dtype=int), np.linspace(0, 1, 40, dtype=np.float32))
    for name in ("base", "head"):
        stores.put(tmp_path / name, part=part, metric="roc_auc", kind="binary")
    code, (finding,) = found(tmp_path / "base", tmp_path / "head")
    assert (code, finding["status"]) == (4, "not comparable")
    assert finding["why"] == "its metric is undefined"


def test_a_name_out_of_a_store_leads_nowhere_else(base: Path, head: Path, tmp_path: Path):
    secret = tmp_path / "secret.npz"
    np.savez(secret, p=stores.real()[2])
    record = stores.put(head)
    named = {**record["predictions"], "path": f"predictions/../../{secret.name}"}
    stores.append(head, {**record, "predictions": named})
    code, (finding,) = found(base, head)
    assert (code, finding["status"]) == (4, "not comparable")


def test_runs_without_a_common_seed_are_compared_by_their_means(base: Path, head: Path):
    """Seeds 3 to 5 have the published predictions of seed 2, and the same test part."""
    stores.seeds(head, which=(3, 4, 5))
    code, (finding,) = found(base, head)
    assert (code, finding["status"], finding["paired"]) == (0, "no change seen", False)
    assert "no seed in common" in finding["why"]
    worse = stores.seeds(head.with_name("worse"), share=0.04, which=(3, 4, 5))
    assert found(base, worse)[0] == 1


def test_one_seed_says_what_it_cannot_say(tmp_path: Path):
    """Fits that are the same ones but for some rows need no second seed to tell their noise."""
    base, head, other = tmp_path / "base", tmp_path / "head", tmp_path / "other"
    stores.seeds(base, which=(0,))
    stores.put(other, part=stores.real(model="tfidf_svm"))
    _, (finding,) = found(base, other)
    assert "one seed" in finding["why"]
    stores.seeds(head, 0.02, which=(0,))
    _, (finding,) = found(base, head)
    assert finding["why"] == ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"form": "junitt"}, "did you mean 'junit'"),
        ({"fail_on": ("qualty",)}, "did you mean 'quality'"),
        ({"reports": (Path("x.pdf"),)}, "must end in one of"),
        ({"tasks": ("bank_intent",)}, "did you mean 'bank_intents'"),
        ({"models": ("tfidf_logre",)}, "did you mean 'tfidf_logreg'"),
    ],
)
def test_a_slip_of_the_pen_is_no_pass(base: Path, asked: dict[str, Any], said: str):
    with pytest.raises(BenchError, match=said):
        gate(base, base, **asked)


def test_the_command_line_says_it_by_the_exit_code(
    base: Path, head: Path, run_cli: Any, tmp_path: Path
):
    stores.seeds(head, share=0.03)
    assert run_cli("compare", base, base).returncode == 0
    assert run_cli("compare", base, head).returncode == 1
    assert run_cli("compare", base, head, "--fail-on", "never").returncode == 0
    assert run_cli("compare", base, head, "--min-effect", "0.1").returncode == 0
    done = run_cli("compare", base, tmp_path)
    assert done.returncode == 2
    assert "no records there" in done.stderr


# The minimum effect


def test_where_little_is_seen_the_minimum_effect_is_raised_and_said(tmp_path: Path):
    """100 messages: one point is one message, and nothing so small can be promised."""
    ids, y, p = (part[:100] for part in stores.real())
    base, head = tmp_path / "base", tmp_path / "head"
    stores.put(base, part=(ids, y, p))
    stores.put(head, part=(ids, y, stores.worse(p, y, 0.02)))
    _, (finding,) = found(base, head)
    assert finding["asked"] == 0.01
    assert finding["minimum"] == finding["visible"] / 2 > 0.03
    text = gate(base, head)[1]
    assert f"half of what is seen: bank_intents {100 * finding['minimum']:.2f}\n" in text
    assert "raised" not in gate(base, head, minimum={"": 0.5})[1]


def test_other_rows_with_other_seeds_move_a_model_more():
    """Four times the usual 0.01, as if of two seeds; one seed has nothing else to go by."""
    assert noise.prior("average_precision", 0.5, False, 3) == pytest.approx((0.0001, 4.0))
    assert noise.prior("average_precision", 0.5, True, 3) == pytest.approx((0.0016, 2.0))
    assert noise.prior("average_precision", 0.5, True, 1) == pytest.approx((0.0016, 4.0))


@pytest.mark.parametrize(("rows", "which", "more"), [(0, (3, 4), 1), (300, (3, 4), 2),
                                                     (300, (0, 1), 1)])  # fmt: skip
def test_where_fewer_rows_are_chosen_by_other_seeds_less_is_seen(
    tmp_path: Path, rows: int, which: tuple[int, ...], more: float
):
    """The fits are another model's. Where seeds are shared, so are the rows that they choose."""
    seen = []
    for asked in (0, rows):
        base, head = (tmp_path / f"{asked}{side}{rows}" for side in "bh")
        for seed, other in zip((0, 1), which, strict=True):
            stores.put(base, seed=seed, n_train_asked=asked)
            part = stores.real(model="tfidf_svm", seed=seed)
            stores.put(head, seed=other, part=part, n_train_asked=asked)
        seen.append(found(base, head)[1][0]["visible"])
    assert (seen[1] > more * seen[0]) if more > 1 else seen[1] == pytest.approx(seen[0])


def shifted(difference: float, se: float) -> Shift:
    """All doubt is over test examples; the value is as uncertain as one of 100 decisions."""
    return Shift(0.5, 0.5 + difference, difference, se, se, 6, 0.05, 0.0, 3, 3, True)


def test_a_sure_loss_counts_though_less_than_the_raised_minimum():
    finding = Finding("fraud", "logreg", 0, "cpu", "", "average_precision", True)
    (called,) = judged([(finding, shifted(-0.05, se=0.002))], {})
    assert called.minimum is not None
    assert called.minimum > 0.05 > called.asked == 0.01
    assert called.status == "regressed"


def test_each_side_is_tested_at_half_the_level():
    """One comparison: p of .002 is a regression, .003 is none; Holm leaves one p as it is."""
    finding = Finding("fraud", "logreg", 0, "cpu", "", "average_precision", True)
    for p, status in ((0.002, "regressed"), (0.003, "no change seen")):
        moved = shifted(-0.05, se=0.05 / stats.norm.isf(p))
        (called,) = judged([(finding, moved)], {})
        assert called.worse == pytest.approx(p)
        assert called.status == status
