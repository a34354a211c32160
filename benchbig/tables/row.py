"""A row: what one model did on one task with one training size on one device, over its seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchbig.cards.schema import LEARNS_NOTHING


@dataclass(frozen=True)
class Row:
    """The records of (task, model, n_train_asked, device), aggregated over the ok seeds.

    value, valid_value, metrics: means. low, high: the value's 95% interval over test examples
    and seeds. fit_s to throughput_per_s, tuning, energy and cost: medians. peak_rss_bytes,
    peak_vram_bytes, jobs_beside: the most of any seed. value is None where no seed is ok.
    n_train: rows given; n_train_used: rows learnt from; n_train_full: rows of the training part.
    statuses: planned jobs by how they ended. reason: how the last job that was not ok ended.
    superseded: records of other versions or parameters that were left out.
    rank: among the rows of the same task, n_train_asked and device, by value as it is shown.
    best_of_family: best of its family there by valid_value, never by the test part.
    """

    task: str
    sector: str
    kind: str
    modality: str
    scheme: str
    data_origin: str
    metric: str
    higher_is_better: bool
    model: str
    family: str
    adaptation: str
    device: str
    n_train_asked: int
    n_train: int | None
    n_train_used: int | None
    n_train_full: int | None
    n_test: int | None
    seeds: int
    statuses: Mapping[str, int]
    value: float | None
    low: float | None
    high: float | None
    valid_value: float | None
    metrics: Mapping[str, float | None]
    fit_s: float | None
    predict_s: float | None
    latency_p50_ms: float | None
    throughput_per_s: float | None
    peak_rss_bytes: int | None
    peak_vram_bytes: int | None
    n_params: int | None
    tuning_trials: int | None
    tuning_s: float | None
    energy_j: float | None
    cost_fit: float | None
    cost_per_million: float | None
    currency: str | None
    jobs_beside: int | None
    envs: tuple[str, ...]
    warnings: tuple[str, ...]
    reason: str | None
    superseded: int
    rank: int | None = None
    best_of_family: bool = False

    @property
    def planned(self) -> int:
        """Seeds that were planned, however they ended."""
        return sum(self.statuses.values())

    @property
    def rows_asked(self) -> int | None:
        """The training rows that were asked for: so many, or all there are."""
        return self.n_train_asked or self.n_train_full

    @property
    def level(self) -> bool:
        """Whether it learns nothing, so that its value is the same at every training size."""
        return self.adaptation == LEARNS_NOTHING

    @property
    def reduced(self) -> bool:
        """Whether the model learnt from fewer rows than were asked for."""
        asked = self.rows_asked
        return self.n_train_used is not None and asked is not None and self.n_train_used < asked
