"""Does each part of the engine import only what stands above it?

Read from the text of benchbig/, so that nothing is imported. Imports under TYPE_CHECKING do not
count; those inside functions do.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import benchbig

HOME = Path(benchbig.__file__).parent
# From the top down; the parts of one line do not know each other.
LAYERS = (
    ("errors", "installed"),
    ("machine",),
    ("cards",),
    ("assets", "data", "metrics"),
    ("hub",),
    ("job",),
    ("typical",),
    ("record", "environment", "sharding", "cuda"),
    ("device", "places"),
    ("worker",),
    ("store",),
    ("executors",),
    ("stats",),
    ("tables",),
    ("verdict",),
    ("index",),
    ("view", "planning", "exporting", "waiting"),
    ("runner", "progress"),
    ("compare", "gate"),
    ("track",),
    ("running",),
    ("session", "verification", "plausible", "merging", "doctor"),
    ("site",),
    ("cli",),
    ("__main__",),
)
BELOW = {part: depth for depth, layer in enumerate(LAYERS) for part in layer}
# metrics take and give the arrays that data defines; view and planning are otherwise apart.
BESIDE = {("metrics", "data")}
PLUGINS = {"tasks", "baselines", "suites", "leaderboard"}
FOR_PLUGINS = {"finetune", "preprocess"}  # shared machinery that only plugins import
ENGINE = sorted(path for path in HOME.rglob("*.py") if path != HOME / "__init__.py")


def part_of(path: Path) -> str:
    """The part a file belongs to: a package or a module directly under benchbig/."""
    return path.relative_to(HOME).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The parts of benchbig that a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    exempt = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in exempt:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports are not used here"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            part = rest.partition(".")[0]
            if package == "benchbig" and part and not part.startswith("_"):
                yield part


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: str(path.relative_to(HOME)))
def test_a_file_imports_only_what_stands_above_it(path: Path):
    part = part_of(path)
    allowed = {part} | {"errors", "installed"}
    if part in FOR_PLUGINS:
        allowed |= {"data", "cards", "metrics", "preprocess"}
    else:
        assert part in BELOW, f"say in LAYERS where '{part}' stands"
        allowed |= {above for above in BELOW if BELOW[above] < BELOW[part]}
        allowed |= {beside for one, beside in BESIDE if one == part}
    wrong = set(imported(path)) - allowed
    assert not wrong, f"{path.relative_to(HOME)} must not import {', '.join(sorted(wrong))}"


def test_only_the_worker_imports_plugins():
    """By name, at run time; so no other file says importlib.import_module either."""
    calls = [
        path.relative_to(HOME).as_posix()
        for path in ENGINE
        if any(
            isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]
    # The command line imports its own commands, from a table; the zygote libraries before it forks,
    # plugins left out by preload.py.
    assert calls == ["cli/__init__.py", "executors/zygote.py", "worker/plugins.py"]


@pytest.mark.parametrize("shelf", ["tasks", "baselines"])
def test_a_plugin_imports_no_part_that_drives_it(shelf: str):
    allowed = {"cards", "data", "errors", "metrics", *FOR_PLUGINS, shelf}
    for path in sorted((HOME.parent / shelf).glob("*.py")):
        wrong = set(imported(path)) - allowed
        assert not wrong, f"{shelf}/{path.name} must not import {', '.join(sorted(wrong))}"


def test_only_the_worker_catches_every_exception():
    """Anywhere else a bug would be hidden; the zygote leaves what it catches to the worker."""
    broad = {
        path.relative_to(HOME).as_posix()
        for path in ENGINE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ExceptHandler) and _catches_all(node.type) and not _raises(node))
        or (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("suppress")
            and any(_catches_all(argument) for argument in node.args)
        )
    }
    outside = {name for name in broad if not name.startswith("worker/")}
    assert outside <= {"executors/zygote.py"}


def _raises(handler: ast.ExceptHandler) -> bool:
    """Whether the handler only tidies up and passes the exception on."""
    return ast.unparse(handler.body[-1]) == "raise"


def _catches_all(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(ast.unparse(one) in ("Exception", "BaseException") for one in kinds)


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: str(path.relative_to(HOME)))
def test_a_file_is_short_and_says_first_what_it_answers(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert not text or ast.get_docstring(ast.parse(text)), "no first line says what it answers"


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: str(path.relative_to(HOME)))
def test_nothing_happens_when_a_file_is_imported(path: Path):
    """No bare call at the top but the wiring of the command line and the main guard."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [
        ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    assert all(call.startswith("app.command(") for call in calls), calls
