"""What is a model of the hub: does it read texts or see pictures, and can it be asked?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from benchbig.errors import BenchError
from benchbig.hub.listing import TOKENIZER, Listing
from benchbig.hub.reference import Reference


class Kind(NamedTuple):
    """modality: "text" or "image"; asks: whether it can be asked without learning (zero-shot)."""

    modality: str
    asks: bool


def of(reference: Reference, listing: Listing) -> Kind:
    """The kind, by the files that are there and the config's architecture; nothing is loaded."""
    config = json.loads(listing.read("config.json").read_text(encoding="utf-8"))
    sees = "preprocessor_config.json" in listing.files and _sees(reference, listing)
    reads = bool(set(TOKENIZER) & set(listing.files))
    if sees:
        return Kind("image", asks=reads and "text_config" in config)
    return Kind("text", asks=_writes(config))


def check(reference: Reference, listing: Listing, kind: Kind) -> None:
    """Raise BenchError where the adaptation does not suit the model."""
    if kind.modality == "text" and not set(TOKENIZER) & set(listing.files):
        raise BenchError(
            f"hf:{reference.repo} has neither a tokenizer nor a preprocessor_config.json: it is "
            f"neither a text nor an image model"
        )
    if reference.adaptation == "zero_shot" and not kind.asks:
        raise BenchError(
            f"hf:{reference.repo} cannot be asked (zero_shot): that takes a causal language model, "
            f"or an image model that reads, such as CLIP; type #frozen, #lora or #full"
        )


def _sees(reference: Reference, listing: Listing) -> bool:
    """Whether pictures are what is prepared for the model. Raises BenchError for sound, say."""
    told = json.loads(listing.read("preprocessor_config.json").read_text(encoding="utf-8"))
    if {"image_processor_type", "image_mean", "size", "crop_size"} & set(told):
        return True
    kind = told.get("feature_extractor_type") or told.get("processor_class") or "something else"
    raise BenchError(
        f"hf:{reference.repo} takes neither texts nor pictures: its preprocessor_config.json is of "
        f"{kind}"
    )


def _writes(config: Mapping[str, Any]) -> bool:
    return any(str(name).endswith("ForCausalLM") for name in config.get("architectures") or ())
