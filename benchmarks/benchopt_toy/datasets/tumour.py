"""The toy task for benchopt: a new split each repetition, as benchbig draws one each seed."""

import os
from pathlib import Path

import plain
from benchopt import BaseDataset


class Dataset(BaseDataset):
    name = "tumour"

    def get_data(self):
        seed = self.get_seed(use_repetition=True)
        return {"split": plain.tumour.load(seed, {}), "folder": Path(os.environ["TOY_FOLDER"])}
