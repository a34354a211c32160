"""`benchbig fetch`: get data and weights now, to run offline later."""

from __future__ import annotations

import typer


def fetch(
    suite: str | None = typer.Option(None, help="All that this suite needs."),
    task: list[str] | None = typer.Option(None, help="What these tasks need."),
    model: list[str] | None = typer.Option(None, help="What these models need."),
    plugins: list[str] | None = typer.Option(None, help="A folder of tasks/ and baselines/."),
    verify: bool = typer.Option(False, "--verify", help="Hash what is cached once more."),
) -> None:
    """Download, verify and cache data and weights, so that `run --offline` needs no network."""
    from benchbig import assets
    from benchbig.cards import ModelCard, TaskCard, find
    from benchbig.cli import parse
    from benchbig.errors import BenchError

    catalog = find(plugins or ())
    tasks, models = list(parse.names(task)), list(parse.names(model))
    if suite:
        card = catalog.suite(suite)
        tasks += card.tasks
        models += card.models
    if not tasks and not models:
        raise BenchError("nothing to fetch: name a --suite, --task or --model")
    cache = assets.cache_dir()
    cards: list[TaskCard | ModelCard] = [*map(catalog.task, tasks), *map(catalog.model, models)]
    for owner in cards:
        for asset in owner.assets.values():
            there = assets.find(asset, cache)
            if there is not None and verify:
                there = there if assets.verify(asset, cache) else None
            what = "cached" if there else "fetched"
            if there is None:
                size = f"{asset.bytes / 1e6:,.0f} MB" if asset.bytes else "unknown size"
                typer.echo(f"{owner.name}: fetching {asset.name}, {size}", err=True)
                there = assets.get(asset, cache)
            typer.echo(f"{owner.name:24} {asset.name:24} {what:8} {there}")
