"""Does `benchbig doctor` say what is there, what is missing, and what spoils a measurement?"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_light_start import HEAVY, LOOK
from toys import Command

from benchbig.assets.registry import Registry
from benchbig.doctor import Facts, findings, gather, lines, network
from benchbig.doctor import extras as extras_of
from benchbig.doctor.extras import Extra
from benchbig.doctor.folder import Folder, look
from benchbig.doctor.network import Answer
from benchbig.doctor.torch import QUESTION, Torch
from benchbig.machine.conditions import Conditions
from benchbig.machine.memory import Memory
from benchbig.machine.processor import Cores

GOOD = Conditions(0.1, 0.0, ("performance",), False, 0, False, True)
WELL = Facts(
    benchbig="0.1.0",
    python="3.12.1",
    os="Linux 6.8",
    machine="x86_64",
    cpu="Xeon",
    cpu_features=("avx2", "amx_bf16"),
    virtual="",
    cores=Cores(8, 8, None),
    usable_cores=8,
    memory=Memory(64_000_000_000, None, 60_000_000_000, 8_000_000_000),
    conditions=GOOD,
    gpus=({"name": "NVIDIA H200", "memory": "143771 MiB", "driver": "570.86.15"},),
    undriven=0,
    torch=Torch("2.13.0", "12.8", 1, True, ""),
    executor="fork",
    landlock=6,
    energy="rapl",
    cache=Folder("/c", True, True, 500_000_000_000, 1_200_000_000),
    results=Folder("/r", False, True, 500_000_000_000, None),
    extras=(Extra("", ()), Extra("boosting", ()), Extra("large", ())),
    indexes=(Answer("https://mirror.example/simple", 0.2, ""),),
    variables={},
)


def said(facts: Facts) -> str:
    return "\n".join(f"{finding.level}: {finding.text}" for finding in findings(facts))


def test_of_a_good_machine_nothing_is_to_be_said():
    assert said(WELL) == ""


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"conditions": GOOD._replace(load=3.0)}, "warning: something else is running: on average "
                                                  "3.0 processes wanted the 8 cores"),
        ({"conditions": GOOD._replace(on_battery=True)}, "warning: running on battery"),
        ({"conditions": GOOD._replace(saving=True, governors=("powersave",))},
         "cpupower frequency-set -g performance"),
        ({"conditions": GOOD._replace(throttled=4)}, "slowed for its heat 4 times"),
        ({"virtual": "QEMU"}, "warning: this is a virtual machine (QEMU)"),
        ({"virtual": "QEMU", "conditions": GOOD._replace(stolen=0.07)}, "gave 7% of the time"),
        ({"memory": Memory(64_000_000_000, None, 60_000_000_000, 0)}, "there is no swap"),
        ({"memory": Memory(64_000_000_000, None, 1_500_000_000, 9)}, "1.5 GB of memory are free"),
        ({"memory": Memory(64_000_000_000, 2_000_000_000, 60_000_000_000, 9)}, "2.0 GB of memory"),
        ({"undriven": 1, "gpus": ()}, "install its driver"),
        ({"torch": Torch("2.13.0+cpu", None, None, None, "")}, "is for the CPU alone, so the GPU"),
        ({"torch": Torch("2.13.0", "12.8", 0, None, "driver too old")},
         "cannot use the GPU: driver too old; the driver is 570.86.15"),
        ({"cache": replace(WELL.cache, writable=False)},
         "problem: /c, the cache, cannot be written to; name another with BENCHBIG_CACHE"),
        ({"results": replace(WELL.results, writable=False)}, "name another with --results DIR"),
        ({"cache": replace(WELL.cache, free_bytes=1_000_000_000)}, "warning: 1.0 GB are free"),
        ({"results": replace(WELL.results, free_bytes=50_000_000)}, "problem: /r, the results, has "
                                                                    "0.05 GB free"),
        ({"extras": (Extra("", ("numpy>=2.0",)),)}, "problem: benchbig itself lacks numpy>=2.0"),
        ({"indexes": (Answer("https://m.example", None, "cannot be reached"),)},
         "warning: the package index https://m.example cannot be reached; what is cached"),
        ({"indexes": ()}, "pip is told to use no index"),
        ({"variables": {"OPENBLAS_CORETYPE": "Haswell"}}, "OPENBLAS_CORETYPE=Haswell is set"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(change: dict[str, object], what: str):
    found = said(replace(WELL, **change))  # type: ignore[arg-type]
    assert what in found
    assert found.count("\n") == 0


def test_what_is_missing_comes_with_the_line_to_type():
    facts = replace(WELL, extras=(Extra("", ()), Extra("ray", ("ray>=2.49",)), Extra("lint", ())))
    text = "\n".join(lines(facts, findings(facts)))
    assert "ray needs ray>=2.49; type: pip install 'benchbig[ray]'" in text
    assert "extras     lint" in text


def test_lines_keep_to_the_screen():
    facts = replace(WELL, conditions=GOOD._replace(load=99.0), extras=(Extra("x", ("y" * 30,)),))
    for width in (60, 80, 120):
        assert max(map(len, lines(facts, findings(facts), width))) <= width


def test_the_extras_of_this_installation_are_those_of_its_metadata():
    found = {extra.name: extra.lacking for extra in extras_of.look()}
    assert {"", "boosting", "energy", "large", "lint", "ray", "test"} <= set(found)
    assert found[""] == ()  # the tests run, so what benchbig needs is there
    assert extras_of.look("a-distribution-that-is-not-there") == []


def test_an_extra_that_is_missing_or_too_old_is_told(tmp_path: Path, monkeypatch):
    """numpy is there in some version; the other is in none."""
    info = tmp_path / "toy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\nRequires-Dist: click>=8\n"
        'Provides-Extra: new\nRequires-Dist: numpy>=999; extra == "new"\n'
        'Requires-Dist: not-there-at-all>=2; extra == "new"\n'
        'Requires-Dist: tomli; python_version < "3" and extra == "new"\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    plain, new = extras_of.look("toy")
    assert plain == Extra("", ())
    assert new.name == "new"
    assert new.lacking[1:] == ("not-there-at-all>=2",)
    assert new.lacking[0].startswith("numpy>=999 (there is ")


def test_bfloat16_that_is_only_emulated_is_not_told(monkeypatch: pytest.MonkeyPatch, capsys):
    def supported(including_emulation: bool = True) -> bool:
        return including_emulation

    cuda = SimpleNamespace(
        is_available=lambda: True, device_count=lambda: 1, is_bf16_supported=supported
    )
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
    exec(QUESTION, {})
    assert json.loads(capsys.readouterr().out) == {"sees": 1, "bf16": False}


def test_a_folder_is_looked_at_without_making_it(tmp_path: Path):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "a").write_bytes(b"x" * 1000)
    (tmp_path / "here" / "b").hardlink_to(tmp_path / "here" / "a")
    found = look(tmp_path / "here", sizes=True)
    assert (found.there, found.writable, found.bytes) == (True, True, 1000)
    assert found.free_bytes > 0
    there_not = look(tmp_path / "not" / "yet", sizes=True)
    assert (there_not.there, there_not.writable, there_not.bytes) == (False, True, None)
    assert not (tmp_path / "not").exists()
    assert not look(tmp_path / "here" / "a" / "below").writable


@contextmanager
def served(status: int) -> Iterator[str]:
    """An index on this machine that answers everything with this status."""

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple"
    finally:
        server.shutdown()
        server.server_close()


def configure(monkeypatch: pytest.MonkeyPatch, *indexes: str) -> None:
    """As if pip were set up with these indexes alone."""
    registry = Registry(indexes, (), (), None, None, None, timeout=60)
    monkeypatch.setattr(network, "configured", lambda: registry)


@pytest.mark.parametrize(
    ("status", "why"),
    [(200, ""), (404, ""), (403, "answers HTTP 403"), (503, "answers HTTP 503")],
)
def test_an_index_that_answers_is_there(status: int, why: str, monkeypatch: pytest.MonkeyPatch):
    with served(status) as index:
        configure(monkeypatch, index.replace("//", "//user:secret@"))
        (answer,) = network.ask()
    assert (answer.index, answer.why) == (index, why)
    assert (answer.seconds is None) == bool(why)


def test_an_index_in_a_folder_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    there, gone = tmp_path.as_uri(), (tmp_path / "gone").as_uri()
    configure(monkeypatch, there, gone)
    assert network.ask() == [Answer(there, 0.0, ""), Answer(gone, None, "is not there")]


def test_an_index_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        configure(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        (answer,) = network.ask(0.3)
    assert answer.seconds is None
    assert answer.why in ("does not answer in time", "no answer in 0.3 seconds")


def test_the_command_says_all_of_it_for_people_and_programs(run_cli: Command, tmp_path: Path):
    done = run_cli("doctor", "--offline")
    assert done.returncode == 0, done.stdout + done.stderr
    for label in ("processor", "cores", "memory", "GPU", "torch", "isolation", "cache", "results",
                  "extras"):  # fmt: skip
        assert any(line.startswith(f"{label} ") for line in done.stdout.splitlines()), label
    assert "network    not asked (--offline)" in done.stdout
    table = json.loads(run_cli("doctor", "--offline", "--format", "json").stdout)
    assert table["cores"]["there"] >= table["usable_cores"] >= 1
    assert table["cache"]["path"] == str(tmp_path / "cache")
    assert {finding["level"] for finding in table["findings"]} <= {"warning"}
    assert not (tmp_path / "cache").exists()


def test_a_problem_ends_with_1(run_cli: Command, tmp_path: Path):
    (tmp_path / "cache").write_text("a file")
    done = run_cli("doctor", "--offline")
    assert done.returncode == 1
    assert "problem: " in done.stdout
    assert "name another with BENCHBIG_CACHE" in done.stdout


def test_no_library_of_a_job_is_loaded(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", LOOK, "doctor", "--offline"],
        cwd=tmp_path,
        env=Command(tmp_path).env,
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = set(done.stderr.rsplit("LOADED", 1)[1].split())
    assert not [name for name in HEAVY if name in loaded]


def test_a_machine_laid_out_in_files_is_looked_at_as_a_whole(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("benchbig.environment.gpus", list)
    device = tmp_path / "sys" / "bus" / "pci" / "devices" / "0000:01:00.0"
    device.mkdir(parents=True)
    (device / "vendor").write_text("0x10de\n")
    (device / "class").write_text("0x030200\n")
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "cpuinfo").write_text("model name\t: Toy\nflags\t: avx2 hypervisor\n")
    facts = gather(tmp_path / "results", offline=True, root=tmp_path)
    assert (facts.cpu, facts.cpu_features, facts.virtual) == ("Toy", ("avx2",), "kind unknown")
    assert (facts.undriven, facts.energy, facts.indexes) == (1, "none", None)
