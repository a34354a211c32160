"""AG News: which of four desks is an article from? Text, four classes, from the hub.

Origin: AG's corpus of news articles (Gulli), as Zhang, Zhao and LeCun 2015, "Character-level
convolutional networks for text classification", cut it; the data set fancyzhx/ag_news of the
Hugging Face hub. 120,000 titles with descriptions to learn from, 7,600 to be asked about, each
class as often. Licence: unknown, says the hub; the corpus's page speaks of non-commercial use.

Split: the hub's own test part, the same for every seed; a stratified twentieth of its training
part is to validate. Texts that agree in letters and digits count once, and are dropped from the
training part where the test part has them. The file has no dates, so articles about one event may
stand in two parts.

One row: "Wall St. Bears Claw Back Into the Black (Reuters) ..." -> 2 (Business).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchbig.data import Split
from benchbig.data.hub import columns
from benchbig.tasks.hub_texts import official


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: titles with descriptions; y: the desk; ids: the row, training rows first."""
    folder = files["ag_news"] / "data"
    train, test = (
        columns(folder / f"{part}-00000-of-00001.parquet", ("text", "label"))
        for part in ("train", "test")
    )
    return official(train, test, seed)
