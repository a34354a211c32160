"""Does a row of a rare class weigh what it should?"""

from __future__ import annotations

import numpy as np

from benchbig.preprocess.balance import class_weights


def test_classes_weigh_as_their_rarity_asks() -> None:
    y = np.array([0] * 6 + [1] * 2)
    two, three = np.bincount(y, minlength=2), np.bincount(y, minlength=3)
    np.testing.assert_allclose(class_weights(two, 1.0), [8 / 12, 8 / 4])
    np.testing.assert_allclose(class_weights(two, 0.5), np.sqrt([8 / 12, 8 / 4]), rtol=1e-6)
    np.testing.assert_allclose(class_weights(two, 0.0), [1, 1])
    np.testing.assert_allclose(class_weights(three, 1.0), [8 / 18, 8 / 6, 8 / 3], rtol=1e-6)
