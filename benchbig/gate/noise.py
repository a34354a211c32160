"""How much does a value move from seed to seed, before this model's own seeds are looked at?

Standard deviations beyond what the test examples explain, in each metric's own units. Average
precision and NDCG are fitted to the published records by benchmarks/seed_noise.py, and a test holds
them to it; so was accuracy, on bank intents. The others stand to these as their minimum effects do.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchbig.verdict.effects import RELATIVE

SD: Mapping[str, float] = {
    "average_precision": 0.01,
    "ndcg_at_10": 0.002,
    "roc_auc": 0.004,
    "recall_at_fpr": 0.01,
    "accuracy": 0.002,
    "balanced_accuracy": 0.003,
    "top5_accuracy": 0.003,
    "macro_f1": 0.003,
    "f1": 0.006,
    "precision": 0.006,
    "recall": 0.006,
    "ece": 0.003,
}
OTHERWISE = 0.006
SHARE = 0.02  # of the value itself, where the scale depends on the task
DF = 4.0  # for how many degrees of freedom this counts beside the seeds at hand
# Of a model that was given fewer rows than there are, in runs that share no seed: other rows with
# another seed move it more, by how much depends on the task, so that its own seeds must tell.
FEWER, FEWER_DF = 4.0, 2.0


def typical(metric: str, value: float) -> float:
    """The standard deviation over seeds that is typical of the metric at this value."""
    if metric in RELATIVE:
        return SHARE * abs(value)
    return SD.get(metric, OTHERWISE)


def prior(metric: str, value: float, fewer: bool, seeds: int) -> tuple[float, float]:
    """The variance over seeds that is assumed beforehand, and its degrees of freedom.

    fewer: whether the model was given fewer rows than there are, others in BASE than in HEAD.
    seeds: how many each of the two has at least.
    """
    usual = typical(metric, value)
    if not fewer:
        return usual**2, DF
    return (FEWER * usual) ** 2, FEWER_DF if seeds > 1 else DF
