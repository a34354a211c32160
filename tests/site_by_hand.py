"""Small stores for tests of the site, names that would do harm, and pages taken apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from records_by_hand import bad, ok, task

from benchbig.record import Record
from benchbig.track import history

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><b>bold",
    "{{ 7 * 7 }}{% raw %}",
    "../../etc/passwd",
    "__proto__",
    "\u202egnorw",
    "w" * 300,
    "a'b\\c`d",
    "con",
)


def two_tasks() -> list[Record]:
    """card_fraud: tabpfn first, then logreg, then majority; intents: logreg alone has a value.

           card_fraud           intents
    logreg   0.80                0.90
    tabpfn   0.85                failed
    majority 0.50                not planned
    """
    intents = task("intents", metric="accuracy", modality="text")
    return [
        *(ok(by="logreg", seed=seed, value=0.80) for seed in (0, 1)),
        *(ok(by="tabpfn", seed=seed, value=0.85, fit_s=32.0) for seed in (0, 1)),
        *(ok(by="majority", seed=seed, value=0.50) for seed in (0, 1)),
        ok(of=intents, by="logreg", value=0.90),
        bad(of=intents, by="tabpfn", status="oom", message="out of memory"),
    ]


def filed(folder: Path, records: list[Record]) -> Path:
    """A store of these records, written past the checks on names, as anybody could."""
    for index, record in enumerate(records):
        path = folder / "records" / f"t{index}" / "m.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return folder


def a_fall(folder: Path) -> Path:
    """A history of logreg on card_fraud, three seeds a day: 12 days of 0.80, then 12 of 0.70."""
    for day in range(1, 25):
        value = 0.80 if day < 13 else 0.70
        values = {str(seed): value + 0.001 * ((day + seed) % 3) for seed in (0, 1, 2)}
        one = history.Measurement("card_fraud", 1, "logreg", 0, "cpu", "average_precision", True,
                                  None, values, {})  # fmt: skip
        when = f"2026-01-{day:02}T00:00:00+00:00"
        history.add(folder, history.Run(f"{day:040x}", when, when, (one,)))
    return folder


VOID = {"meta", "link", "input", "img", "col", "br"}


class Checked(HTMLParser):
    """Counts elements, keeps links, and fails on tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.tags: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.links += [v or "" for k, v in attrs if k in ("href", "src")]
        assert not [k for k, _ in attrs if k == "style" or k.startswith("on")], (tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [v or "" for k, v in attrs if k in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def pages(files: dict[str, str]) -> Iterator[tuple[str, Checked]]:
    for name, text in files.items():
        if name.endswith(".html"):
            checked = Checked()
            checked.feed(text)
            assert not checked.open, name
            yield name, checked
