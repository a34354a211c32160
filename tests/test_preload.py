"""Has the zygote imported what plugins will, nothing of theirs, and without asking for a GPU?"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchbig.executors import zygote
from benchbig.executors.preload import imports


def test_a_plugin_taken_from_its_shelf_is_followed_and_not_imported(tmp_path: Path):
    for name, text in {
        "one": "from benchbig.baselines import two, gone\nimport json\n",
        "two": "from benchbig.baselines.three import fit\nfrom benchbig.finetune import loop\n",
        "three": "import csv\nfrom benchbig.finetune import frozen, loop\n",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
    assert imports([tmp_path / "one.py"]) == [
        ("benchbig.finetune", ("frozen", "loop")),
        ("csv", ()),
        ("json", ()),
    ]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two modules, of which its first lines name neither; one looks for a GPU."""
    package = tmp_path / "a_library"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "late.py").write_text("")
    (package / "looks.py").write_text("import os\nseen = dict(os.environ)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("a_library", "a_library.late", "a_library.looks"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return package.name


def test_modules_of_a_package_that_are_taken_from_it_are_imported(library: str):
    zygote._import(library, ("gone", "late"))
    assert f"{library}.late" in sys.modules


def test_what_looks_for_a_gpu_as_it_is_imported_finds_none(
    library: str, monkeypatch: pytest.MonkeyPatch
):
    """Else it might begin CUDA in the zygote, whose workers could not use it any more."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    monkeypatch.delenv("PYTORCH_NVML_BASED_CUDA_CHECK", raising=False)
    zygote._import(library, ("looks",))
    seen = sys.modules[f"{library}.looks"].seen
    assert seen["CUDA_VISIBLE_DEVICES"] == ""
    assert seen["PYTORCH_NVML_BASED_CUDA_CHECK"] == "1"
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "3"
    assert "PYTORCH_NVML_BASED_CUDA_CHECK" not in os.environ
