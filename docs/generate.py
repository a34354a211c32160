"""Which parts of the tree are made of results? Write them anew, or say which are not current.

python docs/generate.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from benchbig import store
from benchbig.cards import find
from benchbig.tables.markdown import markdown_summary
from benchbig.tables.rows import rows

ROOT = Path(__file__).resolve().parents[1]


def results_table() -> str:
    """The best of each family on each task of the published records, in the suites' order."""
    catalog = find()
    suites = [catalog.suite(name) for name in catalog.names("suites")]
    titles = {name: catalog.task(name).title for suite in suites for name in suite.tasks}
    records = store.results(store.latest(ROOT / "results"))
    return markdown_summary(rows(records, tuple(titles)), titles)


def typical_seconds() -> str:
    """A job's median wall time in the published records, as the suite's card holds it."""
    suite = find().suite("finance")
    seconds: dict[str, dict[str, list[float]]] = {}
    for record in store.results(store.latest(ROOT / "results")):
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
    ("README.md", "results", results_table),
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
