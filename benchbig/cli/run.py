"""`benchbig run`: measure how good and how costly each model is on each task."""

from __future__ import annotations

from pathlib import Path

import typer


def run(
    suite: str | None = typer.Option(None, help="A named list of tasks, models and seeds."),
    task: list[str] | None = typer.Option(None, help="Only these tasks (a,b or repeated)."),
    model: list[str] | None = typer.Option(None, help="Only these models (a,b or repeated)."),
    seeds: str | None = typer.Option(None, help="Such as 0,1,2 or 0-4."),
    n_train: str | None = typer.Option(None, help="Training sizes, such as 100,300,1000,all."),
    jobs: int | None = typer.Option(None, help="Jobs side by side.  [default: a core each]"),
    threads: int = typer.Option(1, help="Threads a job."),
    device: str = typer.Option("auto", help="auto, cpu, cuda or mps."),
    timeout: str = typer.Option("1h", help="A job's limit: 90s, 10m, 2h or none."),
    results: Path | None = typer.Option(None, help="The store.  [default: results]"),
    plugins: list[str] | None = typer.Option(None, help="A folder of tasks/ and baselines/."),
    offline: bool = typer.Option(False, "--offline", help="Never touch the network."),
    force: bool = typer.Option(False, "--force", help="Run again what has a record."),
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Print the plan with an estimate; run nothing."
    ),
    limit: int = typer.Option(0, help="At most N examples a part: a trial run.", metavar="N"),
    executor: str = typer.Option("auto", help="auto, fork, spawn or serial."),
    quiet: bool = typer.Option(False, "--quiet", help="Say only what went wrong."),
    output: str = typer.Option("text", "--format", help="text or json (a line an event)."),
) -> None:
    """Run a suite, or the tasks and models that are named; do only what has no record yet."""
    import shlex
    import sys

    from benchbig import session
    from benchbig.cli import parse
    from benchbig.errors import BenchError, unknown
    from benchbig.executors import CHOICES
    from benchbig.planning import Options, default_jobs

    if output not in ("text", "json"):
        raise unknown("format", output, ("text", "json"))
    if executor not in CHOICES:
        raise unknown("executor", executor, CHOICES)
    if limit < 0:
        raise BenchError(f"--limit {limit}: must be 1 or more")
    parse.at_least_one("--threads", threads)
    if jobs is not None:
        parse.at_least_one("--jobs", jobs)
    if executor == "serial":
        jobs = 1  # nothing runs beside a job there
    options = Options(
        suite=suite,
        tasks=parse.names(task),
        models=parse.names(model),
        seeds=parse.seeds(seeds),
        sizes=parse.sizes(n_train),
        jobs=jobs or default_jobs(threads),
        threads=threads,
        device=device,
        timeout=parse.duration(timeout),
        results=parse.results(results, writing=True),
        plugins=tuple(plugins or ()),
        offline=offline,
        force=force,
        limit=limit,
        executor=executor,
        command=shlex.join(["benchbig", *sys.argv[1:]]),
    )
    if dry_run:
        raise typer.Exit(session.preview(options, output))
    raise typer.Exit(session.measure(options, output, quiet))
