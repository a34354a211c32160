"""An answer in words of one language: the difference, what it costs, where the lead changes."""

from __future__ import annotations

from typing import Any

from benchbig.metrics.names import ABSENT, Metric
from benchbig.site.answers import Answer
from benchbig.site.language import Language

MINUS = "\N{MINUS SIGN}"
COSTS = (("fit", "fit_s"), ("latency", "latency_p50_ms"), ("memory", "peak_rss_bytes"))


def told(language: Language, answer: Answer) -> dict[str, Any]:
    """What the templates show of an answer, beside its rows."""
    metric, finding = answer.task.metric, answer.finding
    sign = 1 if metric.higher_is_better else -1
    ends = ""
    if finding and finding.low is not None and finding.high is not None:
        low, high = sorted((sign * finding.low, sign * finding.high))
        ends = f"[{signed(metric, low)}, {signed(metric, high)}]"
    return {
        "task": answer.task,
        "index": answer.index,
        "device": answer.device,
        "several": answer.several,
        "classical": answer.classical,
        "large": answer.large,
        "difference": difference(language, metric, answer.difference),
        "difference_ends": ends,
        "costs": [
            language.t(f"answer.{name}", ratio=language.ratio(ratio))
            for name, of in COSTS
            if (ratio := answer.ratio(of)) is not None
        ],
        "crossover": crossover(language, answer),
        "finding": finding and {"verdict": finding.verdict, "sentences": []},
    }


def difference(language: Language, metric: Metric, value: float | None) -> str:
    """'+3.2 points' for shares in percent, '+0.011' else; the metric's digits."""
    if value is None:
        return ABSENT
    shown = signed(metric, value)
    return language.t("unit.points", x=shown) if metric.percent else shown


def signed(metric: Metric, value: float) -> str:
    """With its sign, at the metric's digits; a true minus, and none before nought."""
    factor, digits = (100, metric.digits - 2) if metric.percent else (1, metric.digits)
    text = f"{round(value, metric.digits) * factor:+.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", MINUS)


def crossover(language: Language, answer: Answer) -> str:
    """'from about 800 rows', 'not within 100 to 24,000 rows', '' where nobody measured it."""
    finding = answer.finding
    if finding is None or len(finding.sizes) < 2:
        return ""
    if finding.crossover:
        return language.t("answer.crossover_from", n=round(finding.crossover[0]))
    low, high = finding.sizes[0], finding.sizes[-1]
    if finding.always == "large":
        return language.t("answer.crossover_always", n=low)
    return language.t("answer.crossover_not", low=low, high=high)
