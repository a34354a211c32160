"""`benchbig compare`: is the large model worth it?"""

from __future__ import annotations

from pathlib import Path

import click


@click.command("compare")
@click.option("--suite", help="Only this suite's tasks and models.")
@click.option("--results", type=click.Path(path_type=Path), help="The store.  [default: results]")
@click.option("--explain", metavar="TASK", help="One task in plain sentences.")
@click.option("--min-effect", multiple=True, help="What matters: 0.01, or accuracy=0.02.")
@click.option("--max-latency-ms", type=float, help="At most so long a prediction.")
@click.option("--max-memory", metavar="SIZE", help="At most so much memory, such as 2G.")
@click.option("--max-params", metavar="COUNT", help="At most so many parameters, such as 50M.")
@click.option("--no-gpu", is_flag=True, help="Only what runs on a CPU.")
@click.option("--licence", default="any", help="any, or commercial.")
@click.option("--prices", type=click.Path(path_type=Path), help="Your own price table.")
@click.option("--currency", help="Such as EUR.  [default: the price table's]")
@click.option("--decision-value", type=float, help="What one more right decision is worth.")
@click.option("--format", "form", default="text", help="text, json, markdown, csv, latex, html.")
@click.option("--out", type=click.Path(path_type=Path), help="A file.  [default: standard output]")
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
def compare(
    suite: str | None,
    results: Path | None,
    explain: str | None,
    min_effect: tuple[str, ...],
    max_latency_ms: float | None,
    max_memory: str | None,
    max_params: str | None,
    no_gpu: bool,
    licence: str,
    prices: Path | None,
    currency: str | None,
    decision_value: float | None,
    form: str,
    out: Path | None,
    plugins: tuple[str, ...],
) -> None:
    """Say, task by task and overall, whether the best large model is worth it."""
    from benchbig.cli import parse
    from benchbig.compare import within
    from benchbig.verdict import effects, limits, money
    from benchbig.verdict.judge import Settings

    asked = Settings(
        prices=money.read(prices, currency),
        limits=limits.parse(max_latency_ms, max_memory, max_params, no_gpu, licence),
        min_effect=effects.parse(min_effect),
        decision_value=decision_value,
    )
    folder = parse.existing(parse.results(results))
    code = within.compare(folder, plugins, asked, suite, explain, form, out)
    raise click.exceptions.Exit(code)
