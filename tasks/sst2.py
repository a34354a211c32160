"""SST-2: does a phrase of a film review speak well of the film? Text, binary, from the hub.

Origin: the Stanford Sentiment Treebank (Socher et al. 2013, "Recursive deep models for semantic
compositionality over a sentiment treebank", EMNLP) with two classes, as GLUE has it; the data set
stanfordnlp/sst2 of the Hugging Face hub. Training: 67,349 phrases, most of them parts of the same
sentences. The hub's test part has no labels, so its validation part, 872 whole sentences, is the
test part here, as is usual. Licence: unknown, says the hub.

Split: the test part is the same for every seed; a stratified twentieth of the training part is to
validate. Phrases that agree in letters and digits count once, and are dropped from the training
part where the test part has them. It does not leak into the test part: the treebank's sentences
were divided before they were cut into phrases. Phrases of one sentence may stand both in the
training and the validation part, so what the validation part says is too good.

One row: "hide new secretions from the parental units" -> 0 (negative).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchbig.data import Split
from benchbig.data.hub import columns
from benchbig.tasks.hub_texts import official


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: phrases; y: 1 for a positive one; ids: the row, training rows first."""
    folder = files["sst2"] / "data"
    parts = [
        columns(folder / f"{part}-00000-of-00001.parquet", ("sentence", "label"))
        for part in ("train", "validation")
    ]
    return official(parts[0], parts[1], seed)
