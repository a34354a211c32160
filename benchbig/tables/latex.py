r"""Tables as LaTeX, for \usepackage{booktabs}."""

from __future__ import annotations

from collections.abc import Iterable

from benchbig.tables.sheet import Sheet

ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "\N{DAGGER}": r"\textdagger{}",
        "\N{EN DASH}": "--",
        **{char: "\\" + char for char in "&%$#_{}"},
    }
)


def latex(sheets: Iterable[Sheet]) -> str:
    """One table environment a sheet, its facts and notes below the rules."""
    return "% needs \\usepackage{booktabs}\n" + "\n".join(map(_table, sheets))


def _table(sheet: Sheet) -> str:
    alignment = "".join("r" if column.right else "l" for column in sheet.columns)
    cells = zip(*(column.cells for column in sheet.columns), strict=True)
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{_escape(sheet.title)}: {_escape(sheet.about)}}}",
        rf"\begin{{tabular}}{{{alignment}}}",
        r"\toprule",
        _line(column.name for column in sheet.columns),
        r"\midrule",
        *map(_line, cells),
        r"\bottomrule",
        r"\end{tabular}",
        *(rf"\par\footnotesize {_escape(note)}" for note in sheet.notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    line = " & ".join(map(_escape, cells))
    # After \\ LaTeX reads a star or a bracket as an argument of its own.
    return ("{}" + line if line.startswith(("*", "[")) else line) + r" \\"


def _escape(text: str) -> str:
    return text.translate(ESCAPED)
