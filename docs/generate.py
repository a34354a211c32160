"""Which parts of the tree are made of results? Write them anew, or say which are not current.

python docs/generate.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from curves import curves
from learnt import rankers, speed
from levels import false_alarms, power
from plain_code import beside
from promises import measured, table
from published import Published, machines, of, suites, typical_seconds
from suite_page import every_model, link, page, said, verdicts

from benchbig.tables.overview import markdown_overview
from benchbig.tables.words import plural

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "results"
MAIN = "finance"  # its page is written by hand, but for its blocks; README shows its table


def answer() -> str:
    """README's table: the best classical beside the best pretrained model of each task."""
    found = of(RESULTS, MAIN)
    if found is None:
        return ""
    main = found.main
    reduced = sorted({row.model for row in main if row.reduced and row.best_of_family})
    seeds = max(row.seeds for row in main)
    notes = [
        f"Means of {plural(seeds, 'seed')}, in brackets the 95% interval over test examples and "
        "seeds; higher is better. Each contender is the best of its family on the validation part. "
        "Fit and one prediction: median times, classical / pretrained."
    ]
    if reduced:
        notes.append(f"† {', '.join(reduced)} learns from a part of the training rows only.")
    text = " ".join([*notes, machines(RESULTS, main)])
    curved = any(one.crossover for one in found.verdicts.tasks)
    more = "\nWith fewer training rows: [learning curves](docs/finance.md#learning-curves).\n"
    return f"{markdown_overview(main, found.titles)}\n{text}\n{more if curved else ''}"


def others() -> list[Published]:
    """The published suites that have a page of their own, wholly generated."""
    found = (of(RESULTS, name) for name in suites(RESULTS) if name != MAIN)
    return [one for one in found if one is not None]


def links(folder: str = "") -> str:
    """A line for each of them."""
    lines = "".join(f"- {link(one, folder)}\n" for one in others())
    return f"Measured besides, task by task:\n\n{lines}" if lines else ""


def of_main(make: Callable[[Published], str]) -> str:
    """A block about the suite whose page is written by hand."""
    found = of(RESULTS, MAIN)
    return "" if found is None else make(found)


# A file, the name of a block in it, and what belongs there.
BLOCKS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("README.md", "results", answer),
    ("README.md", "sectors", partial(links, "docs/")),
    ("docs/index.md", "sectors", links),
    ("docs/finance.md", "verdicts", partial(of_main, verdicts)),
    ("docs/finance.md", "discussion", partial(of_main, said)),
    ("docs/finance.md", "curves", partial(of_main, curves)),
    ("docs/finance.md", "results", partial(of_main, every_model)),
    ("docs/finance.md", "plain", partial(of_main, beside)),
    ("docs/gate.md", "false alarms", false_alarms),
    ("docs/gate.md", "power", power),
    ("docs/finetuning.md", "speed", speed),
    ("docs/rankers.md", "rankers", rankers),
    ("docs/statistics.md", "measured", measured),
    *(
        ("docs/statistics.md", name, partial(table, name))
        for name in ("false alarms", "power", "coverage", "crossover", "over tasks", "time")
    ),
    *(
        (f"suites/{name}.toml", "typical_s", partial(typical_seconds, RESULTS, name))
        for name in ("finance", "media", "retail", "healthcare", "core")
    ),
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
    """Every file that has generated blocks or is generated, as it should read."""
    texts = {ROOT / "docs" / f"{one.suite.name}.md": page(one) for one in others()}
    for file, name, make in BLOCKS:
        path = ROOT / file
        text = texts.get(path) or path.read_text(encoding="utf-8")
        texts[path] = replaced(text, name, make(), path.suffix)
    return texts


def _there(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main() -> int:
    """Write the files, or with --check leave them and return 1 where one is not current."""
    if sys.argv[1:] not in ([], ["--check"]):
        print("usage: python docs/generate.py [--check]", file=sys.stderr)
        return 2
    stale = {path: text for path, text in pages().items() if _there(path) != text}
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
