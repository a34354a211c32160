"""How well does a text model do on a table whose rows are written out?

It reads "age: 58, job: management, ..." and learns as it does from any other text.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from benchbig.baselines import finetune_text, frozen_text, lora_text
from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess.row_text import texts

BY = {"frozen": frozen_text.fit, "full": finetune_text.fit, "lora": lora_text.fit}


def fit(train: Part, context: Context) -> Predict:
    """params: by, "frozen", "full" or "lora"; and those of the text model that does it so."""
    valid = replace(context.valid, X=texts(context.valid.X))
    by = BY[context.params["by"]]
    reads = by(replace(train, X=texts(train.X)), replace(context, valid=valid))

    def predict(X: pd.DataFrame) -> Array:
        return reads(texts(X))

    return predict
