"""An answer in words of one language: the difference, what it costs, where the lead changes."""

from __future__ import annotations

from typing import Any

from benchbig.metrics.names import ABSENT, Metric
from benchbig.site.answers import Answer, Finding
from benchbig.site.language import Language

MINUS = "\N{MINUS SIGN}"
COSTS = (("fit", "fit_s"), ("latency", "latency_p50_ms"), ("memory", "peak_rss_bytes"))


def told(language: Language, answer: Answer) -> dict[str, Any]:
    """What the templates show of an answer, beside its rows."""
    finding = answer.finding
    several = len(answer.devices) > 1 or answer.devices != ("cpu",)
    return {
        "task": answer.task,
        "index": answer.index,
        "devices": ", ".join(answer.devices) if several else "",
        "classical": answer.classical,
        "large": answer.large,
        "difference": difference(language, answer.task.metric, answer.difference),
        "difference_ends": _ends(answer),
        "costs": _costs(language, answer),
        "crossover": crossover(language, answer),
        "finding": finding
        and {
            "verdict": finding.verdict,
            "for": _decided(language, answer.task.metric, finding),
            "sentences": sentences(language, answer, finding),
        },
    }


def _costs(language: Language, answer: Answer) -> list[str]:
    """The large model's costs as multiples of the classical one's, and what spoils them."""
    found = [
        language.t(f"answer.{name}", ratio=language.ratio(ratio))
        for name, of in COSTS
        if (ratio := answer.ratio(of)) is not None
    ]
    return [*found, language.t("answer.apart")] if found and answer.apart else found


def _decided(language: Language, metric: Metric, finding: Finding) -> str:
    """'tfidf_svm with 42,635 rows: 92.4%' where that decides, else nothing."""
    if finding.beyond is None or not finding.overtaken:
        return ""
    model, rows, value = finding.beyond
    shown = language.value(metric.name, value)
    return language.t("answer.decided", model=model, n=rows or 0, value=shown)


def _ends(answer: Answer) -> str:
    finding, metric = answer.finding, answer.task.metric
    if finding is None or finding.low is None or finding.high is None:
        return ""
    sign = 1 if metric.higher_is_better else -1
    low, high = sorted((sign * finding.low, sign * finding.high))
    return f"[{signed(metric, low)}, {signed(metric, high)}]"


def sentences(language: Language, answer: Answer, finding: Finding) -> list[str]:
    """Why this verdict, in plain words: the gain, what matters, what can be seen, the money."""
    t, metric = language.t, answer.task.metric
    if finding.gain is None or finding.classical is None or finding.large is None:
        return [t("why.unpaired")]
    least = difference(language, metric, finding.min_effect).lstrip("+")
    names = {"large": finding.large[0], "classical": finding.classical[0]}
    level = round(finding.gain, metric.digits) == 0
    key = "why.level" if level else "why.better" if finding.gain > 0 else "why.worse"
    by = difference(language, metric, abs(finding.gain)).lstrip("+")
    ends = f" {_ends(answer)}" if _ends(answer) else ""
    found = [t(key, **names, by=by, ends=ends), t("why.matters", least=least, p=_p(finding.p_holm))]
    if finding.detectable is not None and finding.n_test is not None:
        seen = difference(language, metric, finding.detectable).lstrip("+")
        found.append(t("why.power", n=finding.n_test, seen=seen,
                       seeds=t("count.seeds", n=finding.seeds)))  # fmt: skip
    if None not in (*finding.cost_fit, *finding.cost_per_million):
        fits, runs = (
            [money(cost or 0.0) for cost in of]
            for of in (finding.cost_fit, finding.cost_per_million)
        )
        day = language.date(finding.prices_of)
        found.append(t("why.money", fit_c=fits[0], fit_l=fits[1], run_c=runs[0], run_l=runs[1],
                       currency=finding.currency, date=day))  # fmt: skip
    if finding.volume is not None:
        found.append(_pays(language, finding.volume))
    if finding.beyond is not None:
        model, rows, value = finding.beyond
        key = "why.overtaken" if finding.overtaken else "why.beyond"
        found.append(t(key, model=model, n=rows or 0, value=language.value(metric.name, value)))
    if finding.scratch is not None:
        found.append(t("why.scratch", model=finding.scratch))
    return found


def _pays(language: Language, volume: float) -> str:
    """From how many predictions a month on; at any number where not even one is needed."""
    if volume == float("inf"):
        return language.t("why.never")
    least = round(volume)
    return language.t("why.volume", n=least) if least else language.t("why.any_volume")


def _p(value: float | None) -> str:
    """'= 0.012', '< 0.001': what stands after the letter p."""
    if value is None:
        return f"= {ABSENT}"
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def money(amount: float) -> str:
    """Two digits that count: '0.0042', '1.3', '0.00004'."""
    return (
        f"{amount:,.0f}"
        if amount >= 10
        else f"{float(f'{amount:.2g}'):.10f}".rstrip("0").rstrip(".")
    )


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
        key = (
            "answer.crossover_until"
            if finding.direction == "large until"
            else "answer.crossover_from"
        )
        return language.t(key, n=round(finding.crossover[0]))
    low, high = finding.sizes[0], finding.sizes[-1]
    if finding.always == "large":
        return language.t("answer.crossover_always", n=low)
    return language.t("answer.crossover_not", low=low, high=high)
