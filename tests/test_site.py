"""Is the site built from a store right, complete, harmless and the same each time?"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from records_by_hand import bad, model, ok, task
from site_by_hand import HOSTILE, a_fall, filed, pages, two_tasks

from benchbig.cards import find
from benchbig.record import Record
from benchbig.site.build import Beside, build
from benchbig.site.data import script
from benchbig.site.language import TIMES
from benchbig.site.names import slug
from benchbig.site.write import MARKER

ROOT = Path(__file__).resolve().parents[1]


def made(results: Path, out: Path) -> dict[str, bytes]:
    """Every file of a site by its path."""
    build(results, out, find())
    files = (path for path in out.rglob("*") if path.is_file() and path.name != MARKER)
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of a site over two_tasks, texts alone, by path."""
    folder = tmp_path_factory.mktemp("site")
    files = made(filed(folder / "store", two_tasks()), folder / "out")
    return {name: b.decode() for name, b in files.items() if not name.endswith(".parquet")}


def test_every_link_leads_to_a_file_of_the_site_and_none_leaves_it(site: dict[str, str]) -> None:
    there = set(site) | {f"{name[:-4]}.parquet" for name in site if name.endswith(".csv")}
    for name, page in pages(site):
        for link in page.links:
            assert not re.match(r"[a-z]+:|//", link), (name, link)
            path = link.partition("#")[0]
            if path:
                whole = Path("/", name).parent.joinpath(path)
                parts: list[str] = []
                for part in whole.parts[1:]:
                    parts = parts[:-1] if part == ".." else [*parts, part]
                assert "/".join(parts) in there, (name, link)


def test_no_file_names_another_host(site: dict[str, str]) -> None:
    for name, text in site.items():
        hosts = set(re.findall(r"https?://[^\s\"'<)]+", text))
        assert hosts <= {"http://www.w3.org/2000/svg"}, name


def test_each_page_stands_in_every_language(site: dict[str, str]) -> None:
    english = {name for name in site if name.endswith(".html") and not name.startswith("zh/")}
    assert {f"zh/{name}" for name in english} <= set(site)
    assert {"index.html", "results.html", "record.html", "method.html", "downloads.html",
            "tasks/card_fraud.html", "models/tabpfn.html"} <= english  # fmt: skip
    assert '<html lang="zh-CN">' in site["zh/index.html"]
    assert "大型预训练" in site["zh/index.html"]


def test_the_front_page_says_who_leads_and_what_failed(site: dict[str, str]) -> None:
    text = re.sub(r"<[^>]*>", " ", site["index.html"])
    assert "0.800 [0.770, 0.840]" in re.sub(r"\s+", " ", text)
    assert "+0.050" in text
    assert f"fit 10{TIMES}" in text
    assert "One of them did not end well." in text


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    results = filed(tmp_path / "store", two_tasks())
    turned = filed(tmp_path / "turned", two_tasks()[::-1])
    once, again = made(results, tmp_path / "a"), made(turned, tmp_path / "b")
    assert set(once) == set(again)
    # The table of records keeps their order; everything else is the same to the byte.
    differ = {name for name in once if once[name] != again[name]}
    assert {name.rpartition(".")[0] for name in differ} <= {"downloads/records"}
    assert made(results, tmp_path / "c") == once


def test_hostile_names_show_as_text_and_become_no_path(tmp_path: Path) -> None:
    records = []
    for name in HOSTILE:
        one = ok(of=task(name, licence=name), by=model(name), suite=name, command=name)
        two = bad(of=task(name), by=model("logreg"), message=name)
        records += [{**one, "warnings": [name], "device": name}, {**two, "device": name}]
    results = filed(tmp_path / "store", records)
    out = tmp_path / "site"
    build(results, out, find())
    files = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
    assert all(re.fullmatch(r"[a-z0-9_./-]+", name) for name in files), sorted(files)
    assert len([name for name in files if re.fullmatch(r"tasks/[^/]+\.html", name)]) == len(HOSTILE)
    texts = {
        name: p.read_text() for name, p in files.items() if p.suffix in (".html", ".svg", ".js")
    }
    for name, page in pages(texts):
        assert page.tags.get("script", 0) <= 4, name
        assert "x" not in page.links, name
        assert "\u202e" not in texts[name], name
        assert "49" not in re.findall(r"<bdi>(.*?)</bdi>", texts[name]), name
    front_page = texts["index.html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in front_page
    assert "{{ 7 * 7 }}{% raw %}" in front_page
    assert "<script>alert" not in front_page
    assert "\\u202egnorw" in front_page


def test_slugs_are_files_and_never_meet() -> None:
    made = [slug(name) for name in HOSTILE]
    assert len(set(made)) == len(HOSTILE)
    assert all(re.fullmatch(r"[a-z0-9_-]{1,64}", one) for one in made)
    assert slug("credit_default") == "credit_default"
    assert slug("CON") != slug("con") != "con"


def test_a_payload_comes_back_whole_from_its_script() -> None:
    payload = {"__proto__": ["it's", "back\\slash", "</script>", "\u2028", "ß文", '"'], "n": 0.1}
    text = script("rows", payload).decode("ascii")
    inner = re.fullmatch(r"benchbig\.take\(\"rows\",JSON\.parse\('(.*)'\)\)\n", text)
    assert inner
    assert json.loads(inner[1].replace("\\'", "'").replace("\\\\", "\\")) == payload


def test_downloads_hold_what_the_pages_show(site: dict[str, str], tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(site["downloads/rows.csv"])))
    assert len(rows) == 5
    assert json.loads(site["downloads/answers.json"])[0]["difference"] == pytest.approx(0.05)
    own = list(csv.DictReader(io.StringIO(site["downloads/tasks/card_fraud.csv"])))
    assert [row["model"] for row in own] == ["tabpfn", "logreg", "majority"]
    assert len(json.loads(site["downloads/records.json"])) == 8


def test_a_base_store_and_a_history_have_pages_of_their_own(tmp_path: Path) -> None:
    """The base has majority, which the store lacks; the history falls from 0.80 to 0.70."""
    pytest.importorskip("ruptures", reason="needs benchbig[track]")
    head = filed(tmp_path / "head", [r for r in two_tasks() if r["model"] != "majority"])
    base = filed(tmp_path / "base", two_tasks())
    out = tmp_path / "site"
    build(head, out, find(), Beside(a_fall(tmp_path / "history"), str(base)))
    told = (out / "comparison.html").read_text()
    assert re.search(r"g-missing[^<]*>missing</span>", told)
    assert 'href="history.html"' in told
    told = (out / "history.html").read_text()
    assert "1 series, 1 with a change that stands" in re.sub(r"\s+", " ", told)
    assert f"between {12:040x}"[:18] in told
    assert "变差" in (out / "zh" / "history.html").read_text()
    points = json.loads((out / "downloads/history.json").read_text())
    assert len(points) == 24
    assert [one["commit"] for one in points if one["change"]] == [f"{13:040x}"]
    told = list(csv.DictReader(io.StringIO((out / "downloads/comparison.csv").read_text())))
    assert ("majority", "missing") in {(one["model"], one["status"]) for one in told}
    assert "downloads/history.parquet" in (out / "downloads.html").read_text()
    build(head, out, find())
    assert not (out / "comparison.html").exists()
    assert not (out / "downloads/comparison.csv").exists()
    assert "history.html" not in (out / "index.html").read_text()


def test_trial_runs_are_left_out_and_every_page_says_so(tmp_path: Path) -> None:
    trial = {**ok(by="svm", value=0.99), "limit": 100}
    files = made(filed(tmp_path / "store", [*two_tasks(), trial]), tmp_path / "out")
    shown = [text.decode() for name, text in files.items() if re.fullmatch(r"[^z].*\.html", name)]
    assert all("One trial run (with --limit) is left out of every table." in one for one in shown)
    assert "1 次试运行" in files["zh/index.html"].decode()
    assert not [name for name in files if "svm" in name]
    alone = made(filed(tmp_path / "trials", [trial]), tmp_path / "alone")["index.html"].decode()
    assert "One trial run" in alone
    assert "answers" not in re.findall(r'<table class="(.*?)"', alone)


def test_what_has_no_two_contenders_is_not_counted_as_compared(tmp_path: Path) -> None:
    def summary(name: str, records: list[Record]) -> str:
        text = made(filed(tmp_path / name, records), tmp_path / f"{name}_out")[
            "index.html"
        ].decode()
        return re.findall(r'<p class="sum">(.*?)</p>', text)[0]

    classical = [ok(of=task("one"), by="logreg")]
    assert summary("classical", classical).startswith("No task here has both")
    assert summary("failed", [bad()]).startswith("No task here has both")
    assert summary("trial", [{**ok(), "limit": 5}]).startswith("Nothing is measured here yet")


def test_where_tasks_are_many_their_answers_scroll_in_a_box(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filed(tmp_path / "store", two_tasks())
    for most, boxes in ((2, 0), (1, 1)):
        monkeypatch.setattr("benchbig.site.pages.MANY", most)
        text = made(store, tmp_path / "out")["index.html"].decode()
        assert text.count('class="many"') == boxes


def test_data_that_stand_in_for_others_are_not_called_real(tmp_path: Path) -> None:
    def front(name: str, **about: str) -> str:
        records = [ok(of=task("one", **about))]
        return made(filed(tmp_path / name, records), tmp_path / f"{name}_out")[
            "index.html"
        ].decode()

    assert "real data, the same splits" in front("real")
    assert "real data but where a task says otherwise" in front("proxy", data_origin="proxy")


def test_a_model_page_says_each_note_once_and_of_which_tasks(tmp_path: Path) -> None:
    beside = {"jobs_beside": 1}
    records = [
        {**ok(of=task("one")), **beside},
        {**ok(of=task("two")), **beside},
        ok(of=task("tri")),
    ]
    files = made(filed(tmp_path / "store", records), tmp_path / "out")
    name = f"models/{records[0]['model']}.html"
    told = re.findall(r"<li>(.*?)</li>", files[name].decode())
    assert [text for text in told if "Times were taken" in text] == [
        "one, two: Times were taken with up to one other job running."
    ]


def test_badges_say_the_answer(site: dict[str, str]) -> None:
    assert "large ahead" in site["badges/tasks/card_fraud.svg"]
    assert "win rate 50%" in site["badges/models/logreg.svg"]
    assert site["badges/tasks/card_fraud.svg"].startswith("<svg ")


def test_the_published_records_make_a_site(tmp_path: Path) -> None:
    results = ROOT / "results"
    if not (results / "records").is_dir():
        pytest.skip("needs the published records")
    done = build(results, tmp_path / "site", find())
    assert done.records > 100
    text = (tmp_path / "site" / "tasks" / "card_fraud.html").read_text()
    assert len(re.findall('class="chart( wide)?"', text)) >= 5
    assert (tmp_path / "site" / "index.html").stat().st_size < 200_000


def test_a_sector_stands_once_and_the_one_with_most_tasks_first(tmp_path: Path) -> None:
    of = {"a": "retail", "b": "finance", "c": "retail", "d": "healthcare"}
    records = [ok(of=task(name, sector=sector)) for name, sector in of.items()]
    page = made(filed(tmp_path / "store", records), tmp_path / "out")["index.html"].decode()
    assert re.findall('data-sector="(.*?)"', page) == ["retail", "finance", "healthcare"]
