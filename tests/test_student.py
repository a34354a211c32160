"""Student's numbers and Holm's: against scipy and by hand."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from benchbig.stats.holm import holm
from benchbig.stats.student import (
    detectable,
    equivalent,
    freedom,
    p_of_parts,
    p_value,
    power,
    quantile,
    reach,
)


def test_the_parts_of_the_variance_add_with_their_own_t():
    """t of 2 degrees is 4.303, of infinitely many 1.960: sqrt(4.303^2 * 1 + 1.960^2 * 4)."""
    parts = [(1.0, 2.0), (4.0, math.inf)]
    width = math.sqrt(4.302653**2 + 4 * 1.959964**2)
    assert reach(parts, 0.95) == pytest.approx(width, rel=1e-6)
    assert p_of_parts(width, parts) == pytest.approx(0.05, rel=1e-5)
    assert p_of_parts(3.0, [(1.0, 5.0)]) == pytest.approx(2 * stats.t.sf(3, 5))
    assert p_of_parts(0.0, parts) == 1.0
    assert stats.t.ppf(0.975, freedom(3.0, 0.95)) == pytest.approx(3.0)
    assert math.isinf(freedom(1.95, 0.95))


def test_holm_by_hand():
    """.01 * 3, then max(.03, .02 * 2), then max(.04, .5)."""
    assert holm([0.02, None, 0.5, 0.01]) == pytest.approx([0.04, None, 0.5, 0.03])
    assert holm([0.9, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_students_numbers_are_scipys():
    assert quantile(0.975, 4.5) == pytest.approx(stats.t.ppf(0.975, 4.5))
    assert quantile(0.975, math.inf) == pytest.approx(stats.norm.ppf(0.975))
    assert p_value(0.3, 0.1, 5) == pytest.approx(2 * stats.t.sf(3, 5))
    assert p_value(0.3, 0.1, 5, null=0.1, side="greater") == pytest.approx(stats.t.sf(2, 5))
    assert p_value(-0.3, 0.1, 5, side="less") == pytest.approx(stats.t.sf(3, 5))
    assert p_value(0.0, 0.0, 5) == 1.0
    assert p_value(0.1, 0.0, 5) == 0.0
    assert equivalent(0.0, 0.1, 9, 0.2) == pytest.approx(stats.t.sf(2, 9))
    critical = stats.t.ppf(0.975, 7)
    assert power(0.3, 0.1, 7) == pytest.approx(stats.nct.sf(critical, 7, 3))
    assert power(detectable(0.1, 7), 0.1, 7) == pytest.approx(0.8)
