"""How well does SASRec do where a pretrained encoder's embedding of its text stands for an item?

The catalogue's texts are embedded once for all seeds and trials, and every fit is charged for it.
"""

from __future__ import annotations

from benchbig.baselines import sasrec
from benchbig.data import Context, Part, Predict
from benchbig.finetune import frozen
from benchbig.finetune.encoder import size
from benchbig.preprocess.shared import charge


def fit(part: Part, context: Context) -> Predict:
    """params: those of sasrec, and max_tokens; tuned, whether the items' vectors may move too.

    The card's one asset is the encoder's folder; its own layers learn nothing.
    """
    (folder,) = context.files.values()
    params, notes, texts = context.params, context.notes, part.X.texts
    told = params["max_tokens"], context.cache, context.device, texts, notes
    backbone = frozen.prepare(folder, *told)
    found = frozen.shared(backbone, texts)
    charge(notes, found.shared_s, found.filled_s)
    predict = sasrec.learn(part, context, found.vectors, params["tuned"])
    held = size(backbone.encoder.network)
    notes.n_params = notes.n_trainable + held.numbers
    # A catalogue's vectors are worked out once; the encoder is needed for new items alone.
    notes.artifact_bytes = 4 * notes.n_trainable + found.vectors.nbytes + held.bytes
    return predict
