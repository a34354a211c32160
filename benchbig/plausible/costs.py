"""Are a record's times and memory such as a job can have?"""

from __future__ import annotations

from collections.abc import Iterator

from benchbig.record import Record

# A Python process that has imported numpy holds about 30 MB.
LEAST_RSS = 20_000_000
# Clocks of two processes, and the rounding of the times that stand in a record.
SLACK_S = 1.0
TIMES = ("load_s", "fit_s", "predict_s", "job_s")


def of_costs(record: Record) -> Iterator[str]:
    """What no job can have had."""
    for name in TIMES:
        if record[name] is None:
            yield f"{name} is not given"
        elif record[name] <= 0:
            yield f"{name} is {record[name]:g} s: nothing takes no time"
    yield from _parts(record)
    yield from _latency(record)
    rss = record["peak_rss_bytes"]
    if rss is None:
        yield "peak_rss_bytes is not given"
    elif rss < LEAST_RSS:
        yield f"peak memory is {rss / 1e6:.1f} MB, less than Python with numpy needs"


def _parts(record: Record) -> Iterator[str]:
    """No part of a job takes longer than the job."""
    whole = record["job_s"]
    if whole is None:
        return
    # What was taken from a cache counts into fit_s, though it took no time here.
    own = max(0.0, (record["fit_s"] or 0) - (record["shared_s"] or 0))
    parts = (record["load_s"] or 0) + own + (record["predict_s"] or 0)
    if parts > whole + SLACK_S:
        yield f"loading, fitting and predicting take {parts:.1f} s of a job of {whole:.1f} s"
    spent = (record["tuning"] or {}).get("seconds") or 0
    if spent - (record["shared_s"] or 0) > whole + SLACK_S:
        yield f"tuning took {spent:.1f} s of a job of {whole:.1f} s"


def _latency(record: Record) -> Iterator[str]:
    found = record["latency_ms"]
    if found is None:
        return
    if not 0 < found["p50"] <= found["p90"] <= found["p99"]:
        yield "the quantiles of the latency do not rise from above 0: " + ", ".join(
            f"{name} {found[name]:g} ms" for name in ("p50", "p90", "p99")
        )
    rate, n = record["throughput_per_s"], record["n_test"]
    if rate and n and record["predict_s"] and rate * record["predict_s"] > 10 * n:
        yield (
            f"{rate:,.0f} examples a second, but {n:,} took {record['predict_s']:.3g} s: "
            f"ten times apart"
        )
