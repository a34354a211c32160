"""Put the figures of all.py and scale.py into docs/performance.md, between the marks there.

python benchmarks/report.py
"""

from __future__ import annotations

import json

import driver_memory
import harness
import scale
import startup
from measuring import HERE, Figures

FIGURES, SCALE = HERE / "figures.json", HERE / "scale.json"
PAGE = HERE.parent / "docs" / "performance.md"


def main() -> None:
    """Rewrite what stands between each pair of marks."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    large = json.loads(SCALE.read_text(encoding="utf-8"))
    text = PAGE.read_text(encoding="utf-8")
    for name, lines in {
        "machine": [machine(figures["machine"])],
        "startup": startup.lines(figures["startup"]),
        "harness": harness.lines(figures["harness"]),
        "driver_memory": driver_memory.lines(figures["driver_memory"]),
        "scale_machine": [machine(large["machine"])],
        "scale": scale.lines(large),
    }.items():
        text = between(text, name, "\n".join(lines))
    PAGE.write_text(text, encoding="utf-8")


def machine(facts: Figures) -> str:
    """One sentence about where and when."""
    beside = f", beside {facts['others']}" if "others" in facts else ""
    return (
        f"Measured on {facts['date']} at commit `{facts['commit'][:10]}` on {facts['cores']} cores "
        f"({facts['cpu']}), {facts['memory_bytes'] / 1e9:.0f} GB of memory, {facts['os']}, Python "
        f"{facts['python']}{beside}; the load before it began was {facts['load_before']:.1f}."
    )


def between(text: str, name: str, new: str) -> str:
    """The text with what stands between the marks of this name replaced."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{PAGE}: the marks '{begin.strip()}' and '{end}' are not there")
    return f"{before}{begin}\n{new}\n\n{end}{after}"


if __name__ == "__main__":
    main()
