"""How well does a pretrained text encoder do when low-rank matrices beside it learn the task?

Its own weights stay as they came, so what is kept for a task is small, and less can be unlearnt.
"""

from __future__ import annotations

from functools import partial

from benchbig.baselines.finetune_text import Adapter, tune
from benchbig.data import Context, Part, Predict
from benchbig.finetune import lora


def fit(train: Part, context: Context) -> Predict:
    """As finetune_text, by LoRA. params: rank, alpha, and those of finetune_text."""
    rank, alpha = context.params["rank"], context.params["alpha"]
    return tune(train, context, Adapter(partial(lora.attach, rank=rank, alpha=alpha), lora.merge))
