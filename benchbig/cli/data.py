"""`benchbig fetch`: get data and weights now, to run offline later."""

from __future__ import annotations

import click


@click.command("fetch")
@click.option("--suite", help="All that this suite needs.")
@click.option("--task", multiple=True, help="What these tasks need.")
@click.option("--model", multiple=True, help="What these models need.")
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
@click.option("--verify", is_flag=True, help="Hash what is cached once more.")
def fetch(
    suite: str | None,
    task: tuple[str, ...],
    model: tuple[str, ...],
    plugins: tuple[str, ...],
    verify: bool,
) -> None:
    """Download, verify and cache data and weights, so that `run --offline` needs no network."""
    from benchbig import assets
    from benchbig.cards import ModelCard, TaskCard, find
    from benchbig.cli import parse
    from benchbig.errors import BenchError

    catalog = find(plugins)
    tasks, models = parse.names(task), parse.names(model)
    if suite:
        card = catalog.suite(suite)
        tasks, models = (*tasks, *card.tasks), (*models, *card.models)
    if not tasks and not models:
        raise BenchError("nothing to fetch: name a --suite, --task or --model")
    cache = assets.cache_dir()
    if any(name.startswith("hf:") for name in models):
        from benchbig import hub

        catalog, models = hub.bring(catalog, models)
    cards: list[TaskCard | ModelCard] = [*map(catalog.task, tasks), *map(catalog.model, models)]
    for owner in cards:
        for asset in owner.assets.values():
            there = assets.find(asset, cache)
            if there is not None and verify:
                there = there if assets.verify(asset, cache) else None
            what = "cached" if there else "fetched"
            if there is None:
                size = f"{asset.bytes / 1e6:,.0f} MB" if asset.bytes else "unknown size"
                click.echo(f"{owner.name}: fetching {asset.name}, {size}", err=True)
                there = assets.get(asset, cache)
            click.echo(f"{owner.name:24} {asset.name:24} {what:8} {there}")
