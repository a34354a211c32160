"""`benchbig leaderboard build` and `serve`: a store as a static site."""

from __future__ import annotations

from pathlib import Path

import click

from benchbig.cli.parse import store_option


@click.group("leaderboard")
def leaderboard() -> None:
    """Make a static site of a store that works from plain files, or show it here."""


@leaderboard.command("build")
@store_option
@click.option("--out", type=click.Path(path_type=Path), default=Path("site"), show_default=True,
              help="A folder of its own.")  # fmt: skip
@click.option("--history", type=click.Path(path_type=Path), help="A history of benchbig track.")
@click.option("--base", metavar="STORE", help="Another store to compare with, or git:REV.")
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
def build(
    results: Path | None,
    out: Path,
    history: Path | None,
    base: str | None,
    plugins: tuple[str, ...],
) -> None:
    """Write the site; open its index.html, or put the folder on any web server."""
    from benchbig.errors import NOTHING_MEASURED

    if not _built(results, out, plugins, history, base):
        raise click.exceptions.Exit(NOTHING_MEASURED)


@leaderboard.command("serve")
@store_option
@click.option("--out", type=click.Path(path_type=Path), default=Path("site"), show_default=True,
              help="A folder of its own.")  # fmt: skip
@click.option("--port", type=int, default=8000, show_default=True, help="0 takes a free one.")
@click.option("--watch", is_flag=True, help="Build again as records arrive.")
@click.option("--history", type=click.Path(path_type=Path), help="A history of benchbig track.")
@click.option("--base", metavar="STORE", help="Another store to compare with, or git:REV.")
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
def serve(
    results: Path | None,
    out: Path,
    port: int,
    watch: bool,
    history: Path | None,
    base: str | None,
    plugins: tuple[str, ...],
) -> None:
    """Build the site and show it on this machine until Ctrl-C."""
    import threading

    from benchbig.cli import parse
    from benchbig.errors import BenchError
    from benchbig.site import serve as serving

    _built(results, out, plugins, history, base)
    store = parse.existing(parse.results(results))

    def rebuild() -> None:
        try:
            _built(results, out, plugins, history, base)
        except BenchError as error:
            click.echo(f"benchbig: {error}", err=True)

    server = serving.server(out, port)
    stop = threading.Event()
    if watch:
        threading.Thread(target=serving.watch, args=(store, rebuild, stop), daemon=True).start()
    click.echo(f"http://{serving.HOST}:{server.server_port}/ (Ctrl-C ends it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo()
    finally:
        stop.set()
        server.server_close()


@leaderboard.command("examples")
@click.option("--suite", help="The tasks of this suite.")
@click.option("--task", multiple=True, help="Tasks by name; commas separate several.")
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
def examples(
    suite: str | None,
    task: tuple[str, ...],
    plugins: tuple[str, ...],
) -> None:
    """Take a few training examples of each task whose licence allows it, for its page."""
    from benchbig import assets
    from benchbig.cards import find
    from benchbig.cli import parse
    from benchbig.errors import BenchError
    from benchbig.site import excerpt
    from benchbig.site.examples import write
    from benchbig.worker import plugins as code

    catalog = find(plugins)
    names = (*parse.names(task), *(catalog.suite(suite).tasks if suite else ()))
    if not names:
        raise BenchError("no task named; type --task NAME or --suite NAME")
    code.shelve(tuple(map(str, catalog.roots)))
    cache = assets.cache_dir()
    for card in map(catalog.task, dict.fromkeys(names)):
        if not card.examples:
            click.echo(f"{card.name}: passed over; its card does not say examples = true")
            continue
        files = {asset.name: assets.get(asset, cache) for asset in card.assets.values()}
        split = code.function("tasks", card.name, "load")(0, files)
        path = write(card, excerpt.excerpt(card, split.train))
        click.echo(f"{card.name}: {path} ({path.stat().st_size:,} bytes)")


def _built(
    results: Path | None,
    out: Path,
    plugins: tuple[str, ...],
    history: Path | None,
    base: str | None,
) -> int:
    """Build, say what was written, and give the number of records."""
    from benchbig.cards import find
    from benchbig.cli import parse
    from benchbig.site.build import Beside
    from benchbig.site.build import build as write

    store = parse.existing(parse.results(results))
    done = write(store, out, find(plugins), Beside(history, base))
    click.echo(
        f"{out}: {done.records:,} records, {done.files:,} files, {done.changed:,} of them new "
        f"or changed; open {out / 'index.html'}"
    )
    return done.records
