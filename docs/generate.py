"""Which parts of the pages are made of results? Write them anew, or say which are not current.

python docs/generate.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

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


# A page, the name of a block in it, and what belongs there.
BLOCKS: tuple[tuple[str, str, Callable[[], str]], ...] = (("README.md", "results", results_table),)


def replaced(text: str, name: str, content: str) -> str:
    """The page's text with this content between the block's markers; ValueError without them."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"a page lacks the lines '{begin.strip()}' and '{end}'")
    return f"{before}{begin}{content}{end}{after}"


def pages() -> Mapping[Path, str]:
    """Every page that has generated blocks, as it should read."""
    texts: dict[Path, str] = {}
    for page, name, make in BLOCKS:
        path = ROOT / page
        text = texts.get(path) or path.read_text(encoding="utf-8")
        texts[path] = replaced(text, name, make())
    return texts


def main() -> int:
    """Write the pages, or with --check leave them and return 1 where one is not current."""
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
