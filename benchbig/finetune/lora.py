"""How does a network learn a task through a few small matrices beside its own, left as they are?

Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"; here on every linear layer,
as in Dettmers et al. 2023, "QLoRA".
"""

from __future__ import annotations

from typing import Any

from peft import LoraConfig, get_peft_model


def attach(network: Any, rank: int, alpha: int) -> Any:
    """Put pairs of matrices of this rank beside all linear layers of a network, in place.

    They alone learn from now on, begin without effect, and count alpha / rank. Gives peft's
    wrapper around the network, for `merge`.
    """
    config = LoraConfig(r=rank, lora_alpha=alpha, target_modules="all-linear", bias="none")
    return get_peft_model(network, config)


def merge(wrapper: Any) -> None:
    """Add what was learnt to the network's own matrices, in place: predicting costs no more."""
    wrapper.merge_and_unload()
