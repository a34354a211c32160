"""Which parts of the tree are made of results? Write them anew, or say which are not current.

python docs/generate.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median

from benchbig import store
from benchbig.cards import find
from benchbig.compare.sheets import brief
from benchbig.tables.markdown import markdown
from benchbig.tables.overview import markdown_overview
from benchbig.tables.row import Row
from benchbig.tables.rows import rows
from benchbig.tables.sheet import sheets
from benchbig.verdict.judge import judge

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "results"


def published() -> tuple[list[Row], dict[str, str]]:
    """The published rows, and the tasks' titles in the suites' order."""
    catalog = find()
    suites = [catalog.suite(name) for name in catalog.names("suites")]
    titles = {name: catalog.task(name).title for suite in suites for name in suite.tasks}
    return rows(store.results(store.latest(RESULTS)), tuple(titles)), titles


def answer() -> str:
    """README's table: the best classical beside the best pretrained model of each task."""
    table, titles = published()
    if not table:
        return ""
    reduced = sorted({row.model for row in table if row.reduced and row.best_of_family})
    seeds = max(row.seeds for row in table)
    notes = [
        f"Means of {seeds} seeds, in brackets the 95% interval over test examples and seeds; "
        "higher is better. Each contender is the best of its family on the validation part. "
        "Fit and one prediction: median times, classical / pretrained."
    ]
    if reduced:
        notes.append(f"† {', '.join(reduced)} learns from a part of the training rows only.")
    return markdown_overview(table, titles) + "\n" + " ".join([*notes, _machines(table)]) + "\n"


def every_model() -> str:
    """The page of results: a table a task with every model in it."""
    table, titles = published()
    return _machines(table) + "\n\n" + markdown(sheets(table, titles)) if table else ""


def _machines(table: Iterable[Row]) -> str:
    """Where the published records were made, from their own descriptions."""
    found = []
    for name in sorted({env for row in table for env in row.envs}):
        machine = store.env(RESULTS, name) or {}
        found.append(
            f"{machine['cpu']} ({machine['cores']} cores, "
            f"{machine['memory_bytes'] / 2**30:.0f} GiB, no GPU), "
            f"Python {machine['python']}, {machine['threads_a_job']} thread a job"
        )
    return f"Measured on {'; '.join(found)}."


def verdicts() -> str:
    """The finance suite's verdicts; the numbers of a bootstrap stay out, a page is exact."""
    found = judge(RESULTS, find(), suite="finance")
    return markdown([brief(found)]) if found.tasks else ""


def typical_seconds() -> str:
    """A job's median wall time in the published records, as the suite's card holds it."""
    suite = find().suite("finance")
    seconds: dict[str, dict[str, list[float]]] = {}
    for record in store.results(store.latest(RESULTS)):
        if record["status"] == "ok" and record["task"] in suite.tasks:
            models = seconds.setdefault(record["task"], {})
            models.setdefault(record["model"], []).append(record["job_s"])
    lines = ["[typical_s]\n"] if seconds else []
    for task in (name for name in suite.tasks if name in seconds):
        known = {m: median(seconds[task][m]) for m in suite.models if m in seconds[task]}
        lines.append(f"{task} = {{ {', '.join(f'{m} = {s:.1f}' for m, s in known.items())} }}\n")
    return "".join(lines)


# A file, the name of a block in it, and what belongs there.
BLOCKS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("README.md", "results", answer),
    ("docs/finance.md", "verdicts", verdicts),
    ("docs/finance.md", "results", every_model),
    ("suites/finance.toml", "typical_s", typical_seconds),
)
MARKERS = {
    ".md": ("<!-- {}:begin -->\n", "<!-- {}:end -->"),
    ".toml": ("# {}:begin\n", "# {}:end"),
}


def replaced(text: str, name: str, content: str, ending: str = ".md") -> str:
    """The file's text with this content between the block's markers; ValueError without them."""
    begin, end = (marker.format(name) for marker in MARKERS[ending])
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"a file lacks the lines '{begin.strip()}' and '{end}'")
    return f"{before}{begin}{content}{end}{after}"


def pages() -> Mapping[Path, str]:
    """Every file that has generated blocks, as it should read."""
    texts: dict[Path, str] = {}
    for page, name, make in BLOCKS:
        path = ROOT / page
        text = texts.get(path) or path.read_text(encoding="utf-8")
        texts[path] = replaced(text, name, make(), path.suffix)
    return texts


def main() -> int:
    """Write the files, or with --check leave them and return 1 where one is not current."""
    if sys.argv[1:] not in ([], ["--check"]):
        print("usage: python docs/generate.py [--check]", file=sys.stderr)
        return 2
    stale = {p: text for p, text in pages().items() if p.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        name = path.relative_to(ROOT)
        if sys.argv[1:]:
            print(f"{name} is not current; type: python docs/generate.py")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{name} written")
    return 1 if stale and sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
