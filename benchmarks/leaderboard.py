"""How long does the site of a large board take to build, and its front page to show?

python benchmarks/leaderboard.py [--records 15000,150000] [--chromium chromium] [--json FILE]

The boards are the published records many times over, tasks and models renamed. Building is timed
in a process of its own, imports counted in and also apart, computing of the processes that help
with a large store counted in; memory is the most that one of its processes had. "Beyond imports" is
a second build in one process, of the published records. The front page is
opened from its file in headless Chromium with the network off; "shown" is the browser's first
contentful paint, "ready" when the script has ranked all models and takes filters.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measuring import Figures, arguments, say

ROOT = Path(__file__).resolve().parents[1]
SIZES = (0, 15_000, 150_000)  # 0: the published records as they are
ROUNDS = 5
READY = "html[data-ready=yes]"
TWICE = """
import sys, time
from benchbig.cli import app
for folder in ("first", "second"):
    began = time.perf_counter()
    app(["leaderboard", "build", "--results", sys.argv[1], "--out", folder], standalone_mode=False)
    print(time.perf_counter() - began)
"""


def measure(sizes: tuple[int, ...], chromium: str | None) -> Figures:
    """The figures of every size."""
    return {"boards": [_board(size, chromium) for size in sizes]}


def _board(size: int, chromium: str | None) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        store, site = Path(folder, "store"), Path(folder, "site")
        made = fill(store, size) if size else _published(store)
        seconds, computing, imports, memory = _built(store, site)
        files = [path for path in site.rglob("*") if path.is_file()]
        front = ("index.html", "assets/style.css", "assets/site.js", "assets/start.js",
                 "assets/texts.en.js", "data/front.js")  # fmt: skip
        return {
            **made,
            "build_s": seconds,
            "build_cpu_s": computing,
            "import_s": imports,
            "again_s": None if size else _again(store),
            "peak_rss_bytes": memory,
            "files": len(files),
            "bytes": sum(path.stat().st_size for path in files),
            "front_html_bytes": (site / "index.html").stat().st_size,
            "front_bytes": sum((site / name).stat().st_size for name in front),
            **(_shown(site, chromium) if chromium else {}),
        }


def _published(store: Path) -> Figures:
    store.symlink_to(ROOT / "results", target_is_directory=True)
    return _counts(store)


def fill(store: Path, size: int) -> Figures:
    """A store of at least this many records: each task and model under several names.

    Fifteen models are made of one before a task is copied again, so that the tables of a task
    grow as well as their number. Values move a little, so that copies do not tie.
    """
    published = sorted((ROOT / "results" / "records").glob("*/*.jsonl"))
    lines = {path: path.read_text(encoding="utf-8").splitlines() for path in published}
    once = sum(map(len, lines.values()))
    models = 15
    tasks = -(-size // (once * models))
    store.mkdir()
    for name in ("env", "predictions"):
        (store / name).symlink_to(ROOT / "results" / name, target_is_directory=True)
    for path, texts in lines.items():
        for task in range(tasks):
            for model in range(models):
                _copy(store, path, texts, task, model)
    return _counts(store)


def _copy(store: Path, path: Path, texts: list[str], task: int, model: int) -> None:
    names = {
        "task": path.parent.name + (f"_{task:03}" if task else ""),
        "model": path.stem + (f"_{model:02}" if model else ""),
    }
    target = store / "records" / names["task"] / f"{names['model']}.jsonl"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8") as file:
        for text in texts:
            record = {**json.loads(text), **names}
            named = f"{record['key']} {task} {model}"
            record["key"] = hashlib.sha256(named.encode()).hexdigest()[:20]
            for field in ("value", "valid_value", "ci_low", "ci_high"):
                if record[field] is not None:
                    record[field] *= 1 - 0.001 * (model + task % 7)
            file.write(json.dumps(record, sort_keys=True, separators=(",", ":")) + "\n")


def _counts(store: Path) -> Figures:
    paths = list((store / "records").glob("*/*.jsonl"))
    return {
        "records": sum(path.read_bytes().count(b"\n") for path in paths),
        "tasks": len({path.parent.name for path in paths}),
        "models": len({path.stem for path in paths}),
    }


def _built(store: Path, site: Path) -> tuple[float, float, float, int]:
    """Seconds by the clock, of computing and of imports, and the most memory of a process."""
    command = [sys.executable, "-X", "importtime", "-m", "benchbig", "leaderboard", "build",
               "--results", str(store), "--out", str(site)]  # fmt: skip
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=told)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        lines = told.readlines()
    if process.returncode:
        raise SystemExit(f"the build ended with {process.returncode}: {lines[-1:]}")
    # Of all its processes: "import time: self [us] | cumulative | name".
    own = (line.split(":")[1].split("|")[0] for line in lines if line.startswith("import time:"))
    imports = sum(int(text) for text in own if text.strip().isdigit()) / 1e6
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return seconds, usage.ru_utime + usage.ru_stime, imports, memory


def _again(store: Path) -> float:
    """Seconds by the clock of a build in a process that has made one: all is imported."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", TWICE, str(store)]
        told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return float(told.stdout.splitlines()[-1])


def _shown(site: Path, chromium: str) -> Figures:
    """Medians over ROUNDS of a fresh browser context, in milliseconds after the navigation."""
    from playwright.sync_api import sync_playwright

    paints, readies = [], []
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        for _ in range(ROUNDS + 1):
            context = browser.new_context(offline=True)
            page = context.new_page()
            page.add_init_script(
                "new MutationObserver((_, o) => { if (document.documentElement?.dataset.ready) {"
                "window.readyAt = performance.now(); o.disconnect(); } })"
                ".observe(document, {attributes: true, subtree: true, childList: true})"
            )
            page.goto(f"file://{site}/index.html")
            page.wait_for_selector(READY)
            page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
            paints.append(
                page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            )
            readies.append(page.evaluate("window.readyAt"))
            context.close()
        browser.close()
    return {"shown_ms": median(paints[1:]), "ready_ms": median(readies[1:])}


def lines(figures: Figures) -> list[str]:
    """The table of docs/performance.md."""
    found = [
        "| records | tasks | models | build | computing | of it imports "
        "| beyond imports | memory | site "
        "| front page: HTML / all it loads | shown | ready |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in figures["boards"]:
        browser = (f"{one['shown_ms']:,.0f} ms | {one['ready_ms']:,.0f} ms"
                   if "shown_ms" in one else "- | -")  # fmt: skip
        again = "-" if one["again_s"] is None else f"{one['again_s']:.2f} s"
        found.append(
            f"| {one['records']:,} | {one['tasks']} | {one['models']} | {one['build_s']:.1f} s "
            f"| {one['build_cpu_s']:.1f} s | {one['import_s']:.1f} s | {again} "
            f"| {one['peak_rss_bytes'] / 1e6:,.0f} MB | {one['bytes'] / 1e6:,.1f} MB in "
            f"{one['files']:,} files | {one['front_html_bytes'] / 1e3:,.0f} / "
            f"{one['front_bytes'] / 1e3:,.0f} kB | {browser} |"
        )
    return found


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--records", default=",".join(map(str, SIZES)))
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    given = parser.parse_args()
    say(measure(tuple(map(int, given.records.split(","))), given.chromium), lines, given.json)
