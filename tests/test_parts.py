"""Does what a model alters in what it was lent stay with the model?"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchbig.data import Part
from benchbig.data.frames import copy_on_write


def test_what_is_altered_in_a_lent_frame_does_not_come_back():
    copy_on_write()
    frame = pd.DataFrame({"number": [1.0, 2.0], "name": pd.Categorical(["a", "b"])})
    own = Part(frame.copy(), np.array([0, 1]), np.array([0, 1]))
    lent = own.lend()
    lent.X.loc[0, "number"] = 9.0
    lent.X["number"] *= 2
    lent.X["more"] = 1
    lent.X.pop("name")
    lent.y[:] = 0
    pd.testing.assert_frame_equal(own.X, frame)
    assert own.y.tolist() == [0, 1]


@pytest.mark.parametrize(("version", "asked"), [("2.2.0", True), ("2.3.3", True), ("3.0.0", False)])
def test_copy_on_write_is_asked_for_where_pandas_does_not_do_it_unasked(
    monkeypatch: pytest.MonkeyPatch, version: str, asked: bool
):
    options = SimpleNamespace(mode=SimpleNamespace(copy_on_write=False))
    monkeypatch.setattr(pd, "options", options)
    monkeypatch.setattr(pd, "__version__", version)
    copy_on_write()
    assert options.mode.copy_on_write is asked
