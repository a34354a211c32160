"""Cards as text for a terminal: lists, and a page each; plain words, nothing imported."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterable, Iterator

from benchbig.cards.catalog import Catalog
from benchbig.cards.fit import misfit
from benchbig.cards.schema import AssetCard, ModelCard, SuiteCard, TaskCard
from benchbig.errors import unknown

WIDEST = 100  # columns of text
LABEL = 14  # columns of a page's labels


def listing(catalog: Catalog, what: str) -> Iterator[str]:
    """The lines of `benchbig list`; what: "all", "tasks", "models" or "suites"."""
    tasks = [catalog.task(name) for name in catalog.names("tasks")]
    models = [catalog.model(name) for name in catalog.names("baselines")]
    if what in ("all", "tasks"):
        yield from _table("TASKS", [("name", "sector", "kind", "examples", "metric"),
                                    *((t.name, t.sector, f"{t.modality} {t.kind}",
                                       f"{t.n_examples:,}", t.metric) for t in tasks)])  # fmt: skip
    if what in ("all", "models"):
        yield from _table("MODELS", [("name", "family", "adaptation", "takes"),
                                     *((m.name, m.family, m.adaptation, _takes(m))
                                       for m in models)])  # fmt: skip
    if what == "all":
        yield "WHICH FITS WHICH"
        for task in tasks:
            fitting = [model.name for model in models if misfit(task, model) is None]
            yield from _entry(task.name, ", ".join(fitting), 22)
        yield ""
    if what in ("all", "suites"):
        suites = [catalog.suite(name) for name in catalog.names("suites")]
        yield from _table("SUITES", [("name", "tasks", "models", "seeds", "title"),
                                     *((s.name, str(len(s.tasks)), str(len(s.models)),
                                        str(len(s.seeds)), s.title) for s in suites)])  # fmt: skip
    if what == "all":
        yield "benchbig show NAME tells more of one; benchbig run --suite NAME runs a suite."


def page(catalog: Catalog, name: str) -> Iterator[str]:
    """The lines of `benchbig show NAME`, for a task, a model or a suite of that name."""
    shelves = {"tasks": catalog.task, "baselines": catalog.model, "suites": catalog.suite}
    found = [read(name) for shelf, read in shelves.items() if name in catalog.names(shelf)]
    if not found:
        everything = [n for shelf in shelves for n in catalog.names(shelf)]
        raise unknown("task, model or suite", name, everything)
    for card in found:
        if isinstance(card, TaskCard):
            yield from _task(catalog, card)
        elif isinstance(card, ModelCard):
            yield from _model(catalog, card)
        elif isinstance(card, SuiteCard):
            yield from _suite(card)


def _task(catalog: Catalog, card: TaskCard) -> Iterator[str]:
    yield f"{card.title} (task {card.name}, version {card.version})"
    yield from _entry("what", card.description)
    yield from _entry("kind", _kind(card))
    yield from _entry("metric", card.metric)
    yield from _entry("sector", card.sector)
    yield from _entry("language", card.language)
    yield from _entry("size", _size(card))
    yield from _entry("split", f"{card.split.scheme}. {card.split.why}")
    yield from _entry("origin", card.origin)
    yield from _entry("licence", f"{card.licence} ({card.licence_basis}); {card.data_origin} data")
    if card.costs:
        yield from _entry("costs", f"missed {card.costs.missed:g} {card.costs.currency}, false "
                          f"alarm {card.costs.false_alarm:g}. {card.costs.why}")  # fmt: skip
    yield from _assets(card.assets.values())
    models = [catalog.model(name) for name in catalog.names("baselines")]
    yield from _entry("models", ", ".join(m.name for m in models if misfit(card, m) is None))
    yield from _entry("card", str(card.path))


def _kind(card: TaskCard) -> str:
    words = [card.modality, card.kind]
    if card.n_classes is not None:
        words.append(f"{card.n_classes} classes")
    if card.n_items is not None:
        words.append(f"{card.n_items:,} items")
        words.append("chosen again or anew" if card.repeats else "each chosen once")
    return ", ".join(words)


def _model(catalog: Catalog, card: ModelCard) -> Iterator[str]:
    yield f"{card.title} (model {card.name}, version {card.version})"
    yield from _entry("what", card.description)
    yield from _entry("family", f"{card.family}, adaptation {card.adaptation}")
    yield from _entry("takes", _takes(card))
    yield from _entry("limits", card.limits)
    yield from _entry("needs", f"pip install 'benchbig[{card.extra}]'" if card.extra else "")
    yield from _entry("licence", card.licence)
    yield from _entry("parameters", ", ".join(f"{k} = {v}" for k, v in card.params.items()))
    yield from _entry("search", "; ".join(f"{k}: {_range(v)}" for k, v in card.search.items()))
    yield from _assets(card.assets.values())
    for name in catalog.names("tasks"):
        why = misfit(catalog.task(name), card)
        yield from _entry(
            "fits" if why is None else "does not fit", name + (f": {why}" if why else "")
        )
    yield from _entry("card", str(card.path))


def _suite(card: SuiteCard) -> Iterator[str]:
    yield f"{card.title} (suite {card.name})"
    yield from _entry("what", card.description)
    yield from _entry("tasks", ", ".join(card.tasks))
    yield from _entry("models", ", ".join(card.models))
    yield from _entry("seeds", ", ".join(map(str, card.seeds)))
    own = [f"{task} {_sizes(sizes)}" for task, sizes in card.n_train_of.items()]
    yield from _entry("n_train", "; ".join([_sizes(card.n_train), *own]))
    yield from _entry("limit", f"{card.limit:,} examples a part: a trial" if card.limit else "")
    yield from _entry("tuning", f"at most {card.tuning.trials} trials or {card.tuning.seconds:g} "
                      "seconds a job, the same for every model")  # fmt: skip
    yield from _entry("run it", f"benchbig run --suite {card.name}")
    yield from _entry("card", str(card.path))


def _assets(assets: Iterable[AssetCard]) -> Iterator[str]:
    for asset in assets:
        source = asset.pypi or asset.debian or asset.npm or asset.hub
        source = source or ", ".join(piece.pypi for piece in asset.pieces)
        size = f", {asset.bytes / 1e6:,.0f} MB to download" if asset.bytes else ""
        yield from _entry("asset", f"{asset.name} from {source}{size}; {asset.licence}")


def _sizes(sizes: Iterable[int]) -> str:
    return ", ".join("all" if n == 0 else f"{n:,}" for n in sizes)


def _size(card: TaskCard) -> str:
    parts = [card.split.n_train, card.split.n_valid, card.split.n_test]
    named = zip(("train", "validate", "test"), parts, strict=True)
    shares = ", ".join(f"{n:,} to {what}" for what, n in named if n is not None)
    columns = f", {card.n_features} features" if card.n_features else ""
    users = "users " if card.kind == "ranking" and shares else ""
    return f"{card.n_examples:,} examples{columns}" + (f": {users}{shares}" if shares else "")


def _takes(card: ModelCard) -> str:
    limits = [
        f"at most {most:,} {what}"
        for what, most in (
            ("training rows", card.max_train),
            ("features", card.max_features),
            ("classes", card.max_classes),
            ("words a text on a CPU", card.cpu_words),
        )
        if most is not None
    ]
    reads = [f"reads {', '.join(card.languages)}"] if card.languages else []
    reads += ["rows written out, where the task is put in words"] if card.needs_words else []
    reads += ["with colours"] if card.needs_colours else []
    return "; ".join([f"{', '.join(card.modalities)}: {', '.join(card.kinds)}", *reads, *limits])


def _range(choice: object) -> str:
    if isinstance(choice, dict):
        return f"{choice['low']} to {choice['high']}" + (" (log)" if choice.get("log") else "")
    return ", ".join(map(str, choice)) if isinstance(choice, list) else str(choice)


def _entry(label: str, text: str, width: int = LABEL) -> list[str]:
    """A label and its text, wrapped beside it; nothing where there is no text."""
    first, rest = f"  {label:{width}}", " " * (width + 2)
    return textwrap.wrap(
        text, _columns(), initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def _columns() -> int:
    """The terminal's, at most WIDEST; a pipe has none, and need not wait for shutil's imports."""
    if not (sys.stdout.isatty() or "COLUMNS" in os.environ):
        return WIDEST
    import shutil

    return min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)


def _table(heading: str, rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Aligned columns under a heading, and an empty line."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    yield heading
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()
    yield ""
