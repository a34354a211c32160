"""The pages of history and comparison: what changed by commits, or between two stores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchbig.gate.finding import Finding, Outcome
from benchbig.metrics.names import ABSENT, METRICS
from benchbig.site.answer_words import difference
from benchbig.site.charts.series import series_figure
from benchbig.site.language import Language
from benchbig.site.names import slug
from benchbig.track.changes import Change, Tracked
from benchbig.track.series import Series

SERIES = 60  # drawn; the others are counted
FINDINGS = 300


def history_page(language: Language, found: Sequence[Tracked]) -> dict[str, Any]:
    """The context of history.html.j2: series with a change that stands first."""
    ordered = sorted(found, key=lambda one: (not one.standing, not one.changes))
    return {
        "n_series": len(found),
        "n_standing": sum(bool(one.standing) for one in found),
        "n_short": sum(one.too_short for one in found),
        "series": [_series(language, one) for one in ordered[:SERIES]],
        "more_series": max(0, len(found) - SERIES),
    }


def _series(language: Language, one: Tracked) -> dict[str, Any]:
    of = one.series
    size = f" ({language.t('answer.rows', n=of.n_train)})" if of.n_train else ""
    title = f"{of.task}{size}, {of.model}: {measure(language, of)}"
    return {
        "figure": series_figure(one, title, lambda v: value(language, of, v)),
        "title": title,
        "changes": [(_kind(change), _change(language, of, change)) for change in one.changes],
    }


def measure(language: Language, of: Series) -> str:
    """What the series is of: a metric, or a cost."""
    if of.measure in METRICS:
        return language.metric(of.measure)
    return language.word("measure", of.measure)


def value(language: Language, of: Series, number: float) -> str:
    """A value of the series for people."""
    if of.measure in METRICS:
        return language.value(of.measure, number)
    writers = {"fit_s": language.seconds, "latency_ms": language.milliseconds,
               "peak_rss_bytes": language.size, "peak_vram_bytes": language.size}  # fmt: skip
    return writers[of.measure](number) if of.measure in writers else f"{number:.4g}"


def _kind(change: Change) -> str:
    return ("worse" if change.worse else "better") if change.stands else "over"


def _change(language: Language, of: Series, change: Change) -> str:
    text = language.t(
        "history.worse" if change.worse else "history.better",
        before=value(language, of, change.before), after=value(language, of, change.after),
        last=change.last[:10], first=change.first[:10],
    )  # fmt: skip
    if change.recovered:
        return f"{text} {language.t('history.recovered', commit=change.recovered[:10])}"
    return f"{text} {language.t('history.undoes')}" if change.undoes else text


def comparison_page(language: Language, outcome: Outcome) -> dict[str, Any]:
    """The context of comparison.html.j2: the worst first."""
    return {
        "base_name": outcome.base,
        "head_name": outcome.head,
        "counts": [(_key(status), n) for status, n in outcome.counts.items()],
        "lines": [_finding(language, one) for one in outcome.findings[:FINDINGS]],
        "more_lines": max(0, len(outcome.findings) - FINDINGS),
    }


def _finding(language: Language, one: Finding) -> dict[str, Any]:
    known = one.metric in METRICS
    ends = ""
    change = ABSENT
    if known and one.difference is not None:
        change = difference(language, METRICS[one.metric], one.difference)
        if one.low is not None and one.high is not None:
            low, high = (difference(language, METRICS[one.metric], v) for v in (one.low, one.high))
            ends = f"[{low}, {high}]"
    return {
        "task": one.task, "task_slug": slug(one.task), "model": one.model,
        "model_slug": slug(one.model),
        "about": ", ".join(
            [language.t("answer.rows", n=one.n_train)] * bool(one.n_train)
            + [one.device] * (one.device != "cpu")
        ),
        "status": _key(one.status),
        "base": language.value(one.metric, one.base) if known else ABSENT,
        "head": language.value(one.metric, one.head) if known else ABSENT,
        "change": language.t("gate.unmoved") if one.unmoved else change,
        "ends": "" if one.unmoved else ends,
        "why": one.why,
    }  # fmt: skip


def _key(status: str) -> str:
    return status.replace(" ", "_")
