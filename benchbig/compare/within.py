"""`benchbig compare` within one store, from what was asked for to the exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from benchbig.cards import find
from benchbig.compare import formats, terminal
from benchbig.compare.explain import explain as sentences
from benchbig.errors import NOTHING_MEASURED, OK, BenchError
from benchbig.tables import words
from benchbig.verdict.judge import Settings, judge
from benchbig.verdict.result import Verdicts


def compare(
    folder: Path,
    plugins: Iterable[str],
    settings: Settings,
    suite: str | None = None,
    task: str | None = None,
    form: str = formats.TEXT,
    out: Path | None = None,
) -> int:
    """Write the verdicts; 0, or 4 where no task has a contender of both families.

    task: the one to explain in sentences. out: a file in place of standard output.
    """
    formats.check(form)
    found = judge(folder, find(plugins), settings, suite)
    if task is not None:
        _write(sentences(found, task), out)
    elif form == formats.TEXT and out is None:
        terminal.write(found)
    elif form == formats.TEXT:
        _write("".join(f"{line.text}\n" for line in terminal.lines(found, terminal.MOST)), out)
    else:
        _write(formats.render(found, form), out)
    if comparable(found):
        return OK
    print(f"benchbig: {folder}: {_nothing(found)}", file=sys.stderr)
    return NOTHING_MEASURED


def comparable(found: Verdicts) -> bool:
    """Whether at least one task has a gain, or limits have left one family to choose."""
    return any(one.gain is not None or one.choice is not None for one in found.tasks)


def _nothing(found: Verdicts) -> str:
    why = "no task has both a classical and a pretrained model with a value"
    if found.limits:
        return f"{why} within these limits; loosen them"
    return f"{why}; run one of each, such as 'benchbig run --suite finance'"


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(words.encodable(text, sys.stdout.encoding))
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{out}: cannot be written: {error.strerror or error}") from None
