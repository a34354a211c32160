"""Cards: what the driver knows of tasks, models and suites without importing any of them."""

from benchbig.cards.catalog import Catalog, find
from benchbig.cards.schema import (
    AssetCard,
    Costs,
    ModelCard,
    PieceCard,
    SplitCard,
    SuiteCard,
    TaskCard,
    Tuning,
    Words,
)

__all__ = [
    "AssetCard",
    "Catalog",
    "Costs",
    "ModelCard",
    "PieceCard",
    "SplitCard",
    "SuiteCard",
    "TaskCard",
    "Tuning",
    "Words",
    "find",
]
