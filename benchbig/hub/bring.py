"""How does a model that is named by its place on the hub become a card like any other?

Its revision is resolved to a commit, its files are pinned by sha256, and the card is written to
the cache, in the form of a plugin folder. Recipe and search are those of a built-in model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from benchbig.assets import cache_dir
from benchbig.cards import AssetCard, Catalog, ModelCard
from benchbig.cards.write import toml
from benchbig.errors import BenchError
from benchbig.hub import kind as kinds
from benchbig.hub import listing as listings
from benchbig.hub.kind import Kind
from benchbig.hub.listing import Listing
from benchbig.hub.reference import Reference, card_name, is_one, parse
from benchbig.installed import spec as installed

# The built-in model whose code, parameters and search a model of the hub takes over. An image
# model takes all but what is about texts, and has code of its own.
LIKE: Mapping[str, str] = {
    "frozen": "mpnet_frozen",
    "lora": "mpnet_lora",
    "full": "mpnet_finetune",
    "zero_shot": "smollm2_zero_shot",
}
OF_TEXTS = ("max_tokens", "cpu_tokens", "shots", "shot_tokens")
# Encoders that were taught with words before every text, and do worse without: their cards say
# so, and that "query: " is for features to classify by. Not so the E5 that take an instruction.
PREFIXES = ((re.compile(r"intfloat/(multilingual-)?e5-(small|base|large)(-v2)?"), "query: "),)
DONE = {
    "frozen": "left as it is, with logistic regression on its embeddings",
    "lora": "learns the task through low-rank matrices beside its own (LoRA)",
    "full": "learns the task with all of its weights",
    "zero_shot": "asked for the class, without any example",
}


def bring(
    catalog: Catalog, names: Iterable[str], offline: bool = False
) -> tuple[Catalog, tuple[str, ...]]:
    """The catalog with a card for every "hf:..." among the names, and the names with theirs."""
    wanted = tuple(names)
    cards = {name: _card(catalog, parse(name), offline) for name in wanted if is_one(name)}
    if not cards:
        return catalog, wanted
    root = cache_dir() / "hub"
    models = dict(catalog.files["baselines"])
    for card in cards.values():
        path = root / "baselines" / f"{card.name}.toml"
        _write(path, toml(card))
        models[card.name] = path
    brought = Catalog((*catalog.roots, root), {**catalog.files, "baselines": models})
    return brought, tuple(cards[name].name if name in cards else name for name in wanted)


def _card(catalog: Catalog, reference: Reference, offline: bool) -> ModelCard:
    if installed("huggingface_hub") is None:
        raise BenchError(
            f"hf:{reference.repo} comes from the Hugging Face hub, whose client is not installed; "
            f"type: pip install 'benchbig[large]'"
        )
    listing = listings.of(reference, offline)
    kind = kinds.of(reference, listing)
    kinds.check(reference, listing, kind)
    return _like(catalog.model(LIKE[reference.adaptation]), reference, listing, kind)


def _like(like: ModelCard, reference: Reference, listing: Listing, kind: Kind) -> ModelCard:
    """The built-in model's card with another model in it."""
    asset = AssetCard(
        name="weights",
        licence=listing.licence,
        licence_basis="unstated" if listing.licence == "unstated" else "stated",
        origin=f"{reference.repo} on the Hugging Face hub",
        hub=reference.repo,
        revision=listing.commit,
        folder=".",
        files=listing.files,
        bytes=listing.bytes,
    )
    code, params = like.code or like.name, dict(like.params)
    if kind.modality == "image":
        code = "vision"
        params = {k: v for k, v in params.items() if k not in OF_TEXTS}
        params["by"] = reference.adaptation
    elif reference.adaptation != "zero_shot":
        params.update(_prefix(reference.repo))
    return replace(
        like,
        name=card_name(reference, listing.commit),
        title=f"{reference.repo}, {reference.adaptation.replace('_', '-')}",
        version=1,
        code=code,
        adaptation=reference.adaptation,
        modalities=(kind.modality,),
        description=f"{reference.repo} of the Hugging Face hub at commit {listing.commit[:7]}, "
        f"{DONE[reference.adaptation]}.",
        limits=f"The recipe is that of {like.name}, not chosen for this model.",
        licence=listing.licence,
        languages=(),
        cpu_words=None,
        max_classes=like.max_classes if kind.modality == "text" else None,
        params={**params, "commit": listing.commit},
        assets={"weights": asset},
    )


def _prefix(repo: str) -> Mapping[str, str]:
    """The parameter `prefix`, where the model is known to want one."""
    found = next((words for repos, words in PREFIXES if repos.fullmatch(repo)), None)
    return {"prefix": found} if found else {}


def _write(path: Path, text: str) -> None:
    """Put the card in place in one step; one that is the same stays untouched."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
