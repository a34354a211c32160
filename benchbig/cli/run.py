"""`benchbig run`: measure how good and how costly each model is on each task."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from benchbig.cli.parse import store_option


@click.command("run")
@click.option("--suite", help="A named list of tasks, models and seeds.")
@click.option("--task", multiple=True, help="Only these tasks (a,b or repeated).")
@click.option("--model", multiple=True, help="Only these models (a,b or repeated).")
@click.option("--seeds", help="Such as 0,1,2 or 0-4.")
@click.option("--n-train", help="Training sizes, such as 100,300,1000,all.")
@click.option("--jobs", type=int, help="Jobs side by side.  [default: a core each]")
@click.option("--threads", default=1, help="Threads a job.")
@click.option("--device", default="auto", help="auto, cpu, cuda or mps.")
@click.option("--gpu-jobs", default=1, metavar="N", help="Jobs that share a GPU.")
@click.option("--timeout", default="1h", help="A job's time: 90s, 10m, 2h or none.")
@click.option("--memory", default="none", help="A job's memory: 500M, 8G or none.")
@click.option("--disk", default="10G", help="A job's own folder: 500M, 10G or none.")
@store_option
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
@click.option("--offline", is_flag=True, help="Never touch the network.")
@click.option("--retry", default=1, metavar="N", help="Try again, N times, what failed before.")
@click.option("--force", is_flag=True, help="Run again what has a record.")
@click.option("--dry-run", is_flag=True, help="Print the plan with an estimate; run nothing.")
@click.option("--limit", default=0, metavar="N", help="At most N examples a part: a trial run.")
@click.option("--shard", help="Only this part of the plan, such as 2/8.")
@click.option("--executor", default="auto", help="auto, fork, spawn, serial or ray.")
@click.option("--address", default="auto", help="With ray: HOST:PORT, auto or local.")
@click.option("--quiet", is_flag=True, help="Say only what went wrong.")
@click.option("--format", "output", default="text", help="text or json (a line an event).")
def run(
    suite: str | None,
    task: tuple[str, ...],
    model: tuple[str, ...],
    seeds: str | None,
    n_train: str | None,
    jobs: int | None,
    threads: int,
    device: str,
    gpu_jobs: int,
    timeout: str,
    memory: str,
    disk: str,
    results: Path | None,
    plugins: tuple[str, ...],
    offline: bool,
    retry: int,
    force: bool,
    dry_run: bool,
    limit: int,
    shard: str | None,
    executor: str,
    address: str,
    quiet: bool,
    output: str,
) -> None:
    """Run a suite, or the tasks and models that are named; do only what has no record yet."""
    from benchbig.cli import parse
    from benchbig.errors import BenchError, unknown
    from benchbig.executors import CHOICES
    from benchbig.executors.early import early

    if output not in ("text", "json"):
        raise unknown("format", output, ("text", "json"))
    if executor not in CHOICES:
        raise unknown("executor", executor, CHOICES)
    if address != "auto" and executor != "ray":
        raise BenchError(f"--address {address} is a Ray cluster's; type --executor ray as well")
    if limit < 0:
        raise BenchError(f"--limit {limit}: must be 1 or more")
    parse.at_least_one("--threads", threads)
    parse.at_least_one("--gpu-jobs", gpu_jobs)
    if jobs is not None:
        parse.at_least_one("--jobs", jobs)
    if executor == "serial":
        jobs = 1  # nothing runs beside a job there
    if retry < 0:
        raise BenchError(f"--retry {retry}: must be 0 or more")
    with nullcontext() if dry_run else early(executor, threads, offline) as zygote:
        import shlex  # and these, which take a while, while the zygote imports
        import sys

        from benchbig import session, sharding
        from benchbig.planning import Options

        options = Options(
            suite=suite,
            tasks=parse.names(task),
            models=parse.names(model),
            seeds=parse.seeds(seeds),
            sizes=parse.sizes(n_train),
            jobs=jobs or 0,
            threads=threads,
            device=device,
            gpu_jobs=gpu_jobs,
            timeout=parse.duration(timeout),
            memory=parse.size("--memory", memory),
            disk=parse.size("--disk", disk),
            results=parse.results(results, writing=True),
            plugins=plugins,
            offline=offline,
            force=force,
            retry=retry,
            limit=limit,
            shard=sharding.parse(shard) if shard else None,
            executor=executor,
            address=address,
            command=shlex.join(["benchbig", *sys.argv[1:]]),
        )
        if dry_run:
            code = session.preview(options, output)
        else:
            code = session.measure(options, output, quiet, zygote)
    raise click.exceptions.Exit(code)
