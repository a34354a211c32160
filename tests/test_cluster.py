"""Is a cluster's software missing, or a node's code other than ours, said in a clear sentence?"""

from __future__ import annotations

import sys

import pytest
from toys import Command, Plugins, one_line

from benchbig.errors import BenchError
from benchbig.executors.cluster import connect
from benchbig.executors.fingerprint import ENGINE, differences, fingerprint


def test_without_ray_the_line_to_type_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BenchError, match=r"pip install 'benchbig\[ray\]'"):
        connect("auto", "cpu", ())


def test_an_address_without_ray_is_refused(toys: Plugins, run_cli: Command):
    done = run_cli("run", "--task", "tumour", "--plugins", toys.folder, "--address", "head:6379")
    one_line(done, "type --executor ray as well")


def test_equal_code_has_an_equal_fingerprint(toys: Plugins):
    root = str(toys.folder)
    assert fingerprint([root]) == fingerprint([root])
    assert differences(fingerprint([root]), fingerprint([root])) == []


def test_a_changed_plugin_a_new_one_and_none_are_told_apart(toys: Plugins):
    root = str(toys.folder)
    before = fingerprint([root])
    (toys.folder / "baselines" / "centre.pyc").write_text("no code")
    assert fingerprint([root]) == before
    code = toys.folder / "baselines" / "centre.py"
    code.write_text(code.read_text() + "\n")
    changed = fingerprint([root])
    assert changed[ENGINE] == before[ENGINE]
    (said,) = differences(before, changed)
    assert said == f"has other files in the plugin folder {root}; copy it there again"
    (said,) = differences(before, {**before, root: ""})
    assert said == f"has no plugin folder {root}; copy it there, or share that path"
    (said,) = differences(before, {**before, ENGINE: "0"})
    assert said.startswith("has other benchbig code than this machine; install the same version")
