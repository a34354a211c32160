"""`benchbig compare`: is the large model worth it? Of two stores: did anything get worse?"""

from __future__ import annotations

from pathlib import Path

import click

from benchbig.cli.parse import store_option


@click.command("compare")
@click.argument("stores", nargs=-1, metavar="[BASE HEAD]")
@click.option("--suite", help="Only this suite's tasks and models.")
@store_option
@click.option("--explain", metavar="TASK", help="One task in plain sentences.")
@click.option(
    "--min-effect",
    multiple=True,
    help="What matters: 0.01, or accuracy=0.02; raised, and that is said, where two "
    "stores cannot show so little.",
)
@click.option("--max-latency-ms", type=float, help="At most so long a prediction.")
@click.option("--max-memory", metavar="SIZE", help="At most so much memory, such as 2G.")
@click.option("--max-params", metavar="COUNT", help="At most so many parameters, such as 50M.")
@click.option("--no-gpu", is_flag=True, help="Only what runs on a CPU.")
@click.option("--licence", default="any", help="any, or commercial.")
@click.option("--prices", type=click.Path(path_type=Path), help="Your own price table.")
@click.option("--currency", help="Such as EUR.  [default: the price table's]")
@click.option("--decision-value", type=float, help="What one more right decision is worth.")
@click.option("--task", multiple=True, help="Two stores: only these tasks.")
@click.option("--model", multiple=True, help="Two stores: only these models.")
@click.option("--fail-on", multiple=True, help="Two stores: quality, missing, cost, any, never.")
@click.option(
    "--format",
    "form",
    default="text",
    help="text, json, markdown, csv, latex, html; of two stores text, json, markdown, "
    "junit, customBiggerIsBetter, customSmallerIsBetter.",
)
@click.option("--out", multiple=True, type=click.Path(path_type=Path), help="A file to write.")
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
@click.pass_context
def compare(
    context: click.Context,
    stores: tuple[str, ...],
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
    task: tuple[str, ...],
    model: tuple[str, ...],
    fail_on: tuple[str, ...],
    form: str,
    out: tuple[Path, ...],
    plugins: tuple[str, ...],
) -> None:
    """Say whether the best large model is worth it; of two stores, whether anything got worse.

    BASE and HEAD are folders or git:REV. Without them one store is looked at: for each task and
    over all, is the best large model worth it over the best classical one?
    """
    _check(context, stores, out)
    if stores:
        _gate(stores, suite, task, model, min_effect, fail_on, form, out, plugins)
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
    code = within.compare(folder, plugins, asked, suite, explain, form, out[0] if out else None)
    raise click.exceptions.Exit(code)


OF_TWO = ("task", "model", "fail_on")
OF_BOTH = ("stores", "suite", "min_effect", "form", "out", "plugins")


def _check(context: click.Context, stores: tuple[str, ...], out: tuple[Path, ...]) -> None:
    """Raise where an option was typed that means nothing for so many stores."""
    from click.core import ParameterSource

    from benchbig.errors import BenchError

    if len(stores) not in (0, 2):
        raise BenchError(
            f"compare takes two stores, BASE and HEAD, or none, not {len(stores)}; name one "
            "store with --results DIR"
        )
    if not stores and len(out) > 1:
        raise BenchError("--out can be repeated only where two stores are compared")
    for param in context.command.params:
        name = param.name or ""
        typed = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        fits = name in OF_BOTH or (name in OF_TWO) == bool(stores)
        if typed and not fits:
            raise BenchError(
                f"{param.opts[0]} has no meaning "
                + ("between two stores" if stores else "within one store; name BASE and HEAD")
            )


def _gate(
    stores: tuple[str, ...],
    suite: str | None,
    task: tuple[str, ...],
    model: tuple[str, ...],
    min_effect: tuple[str, ...],
    fail_on: tuple[str, ...],
    form: str,
    out: tuple[Path, ...],
    plugins: tuple[str, ...],
) -> None:
    """Compare two stores and leave by the gate's exit code."""
    from benchbig.cards import find
    from benchbig.cli import parse
    from benchbig.gate.compare import Selection
    from benchbig.gate.run import FAIL_ON, Asked, run
    from benchbig.hub.suite import belongs
    from benchbig.verdict import effects

    catalog = find(plugins)
    card = catalog.suite(suite) if suite else None
    asked = Asked(
        base=stores[0],
        head=stores[1],
        minimum=effects.parse(min_effect),
        selection=Selection(
            parse.names(task),
            parse.names(model),
            belongs(card) if card else None,
            card.limit if card else None,
        ),
        fail_on=parse.names(fail_on) or FAIL_ON,
        form=form,
        reports=out,
        costs=lambda name: catalog.task(name).costs if name in catalog.names("tasks") else None,
    )
    raise click.exceptions.Exit(run(asked))
