"""Does what is installed from a wheel, or from an sdist, run from another folder?"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest
from toys import Command, Plugins, kept, line_count

import benchbig

SOURCE = Path(benchbig.__file__).parents[1]
MAPPED = {
    "benchbig": "benchbig",
    "baselines": "benchbig/baselines",
    "leaderboard": "benchbig/leaderboard",
    "suites": "benchbig/suites",
    "tasks": "benchbig/tasks",
}
SUFFIXES = {".py", ".toml", ".json", ".j2", ".js", ".css", ".typed"}

pytestmark = pytest.mark.skipif(
    not (SOURCE / "pyproject.toml").exists(), reason="needs the source tree"
)


def shipped() -> dict[str, bytes]:
    """What a package must hold: its path in site-packages, and its content."""
    found = {}
    for folder, target in MAPPED.items():
        for path in (SOURCE / folder).rglob("*"):
            hidden = any(part.startswith((".", "__pycache__")) for part in path.parts)
            if path.is_file() and not hidden and path.suffix in SUFFIXES:
                inner = path.relative_to(SOURCE / folder).as_posix()
                found[f"{target}/{inner}"] = path.read_bytes()
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A wheel and an sdist, built from a copy so that the source tree stays as it is."""
    folder = tmp_path_factory.mktemp("built")
    ignore = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "results")
    shutil.copytree(SOURCE, folder / "source", ignore=ignore)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", folder,
         folder / "source"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return {"wheel": wheel, "sdist": sdist}


@pytest.fixture(scope="module", params=["wheel", "sdist"])
def installed(
    built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Path:
    """An environment with benchbig installed; its dependencies are this environment's."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    scheme = {"base": str(home), "platbase": str(home)}
    site = Path(sysconfig.get_path("purelib", "venv", scheme))
    here = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    # Folders named in a .pth have none of their own .pth files read: an editable benchbig that
    # lies there is not seen.
    (site / "dependencies.pth").write_text("".join(f"{path}\n" for path in sorted(here)))
    python = home / "bin" / "python"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index",
         "--no-deps", "--no-build-isolation", "--ignore-installed", built[request.param]],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return home / "bin"


def test_the_wheel_holds_every_file_and_no_other_package(built: dict[str, Path]):
    with zipfile.ZipFile(built["wheel"]) as wheel:
        inside = {name: wheel.read(name) for name in wheel.namelist()}
    wanted = shipped()
    assert {name: inside.get(name) for name in wanted} == wanted
    tops = {name.partition("/")[0] for name in inside}
    assert tops == {"benchbig", f"benchbig-{benchbig.__version__}.dist-info"}


def test_the_sdist_holds_every_file(built: dict[str, Path]):
    with tarfile.open(built["sdist"]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    for target, folder in ((target, folder) for folder, target in MAPPED.items()):
        inner = [name.removeprefix(f"{target}/") for name in shipped() if name.startswith(target)]
        mine = [name for name in inner if (SOURCE / folder / name).is_file()]
        assert {f"{folder}/{name}" for name in mine} <= names
    assert {"LICENSE", "README.md", "pyproject.toml"} <= names


def test_what_is_installed_runs_from_another_folder(installed: Path, tmp_path: Path):
    plugins = Plugins(tmp_path / "plugins")
    plugins.task("tumour")
    plugins.model("centre")
    env = Command(tmp_path).env

    def cli(*arguments: str | Path) -> str:
        done = subprocess.run(
            [installed / "benchbig", *arguments],
            cwd=tmp_path, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    where = [installed / "python", "-c", "import benchbig; print(benchbig.__file__)"]
    file = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert Path(file).is_relative_to(installed.parent)
    assert all(name in cli("list") for name in ("card_fraud", "tabpfn", "finance"))
    for executor in ("fork", "spawn"):
        cli("run", "--task", "tumour", "--model", "centre,majority", "--seeds", "0", "--plugins",
            plugins.folder, "--executor", executor, "--force")  # fmt: skip
    assert line_count(tmp_path / "results") == 4
    assert {record["status"] for record in kept(tmp_path / "results").values()} == {"ok"}
    cli("check", "results")
    assert "centre" in cli("export", "--format", "csv")


def test_what_this_environment_has_runs_the_source_tree_s_plugins(run_cli: Command):
    """Editable or not: every card of the source tree is there from any folder."""
    listed = run_cli("list").stdout.split()
    for folder in ("tasks", "baselines", "suites"):
        assert {path.stem for path in (SOURCE / folder).glob("*.toml")} <= set(listed)
