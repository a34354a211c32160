"""Is the site built from a store right, complete, harmless and the same each time?"""

from __future__ import annotations

import csv
import io
import json
import re
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from records_by_hand import bad, model, ok, task
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_curve
from toys import Command, one_line

from benchbig import store
from benchbig.cards import find
from benchbig.cards.schema import ADAPTATIONS, FAMILIES, KINDS, MODALITIES, ORIGINS
from benchbig.errors import BenchError
from benchbig.metrics.names import ABSENT, METRICS
from benchbig.record import STATUSES, Record
from benchbig.site import quality, serve
from benchbig.site.answers import answers
from benchbig.site.board import board
from benchbig.site.build import Beside, build, site_files
from benchbig.site.charts.cost import front
from benchbig.site.charts.figure import Scale, linear_ticks, log_ticks
from benchbig.site.data import script
from benchbig.site.language import LANGUAGES, TIMES, language
from benchbig.site.names import slug
from benchbig.site.ranking import standings
from benchbig.tables import words
from benchbig.track import history

ROOT = Path(__file__).resolve().parents[1]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><b>bold",
    "{{ 7 * 7 }}{% raw %}",
    "../../etc/passwd",
    "__proto__",
    "\u202egnorw",
    "w" * 300,
    "a'b\\c`d",
    "con",
)


def two_tasks() -> list[Record]:
    """card_fraud: tabpfn first, then logreg, then majority; intents: logreg alone has a value.

           card_fraud           intents
    logreg   0.80                0.90
    tabpfn   0.85                failed
    majority 0.50                not planned
    """
    intents = task("intents", metric="accuracy", modality="text")
    return [
        *(ok(by="logreg", seed=seed, value=0.80) for seed in (0, 1)),
        *(ok(by="tabpfn", seed=seed, value=0.85, fit_s=32.0) for seed in (0, 1)),
        *(ok(by="majority", seed=seed, value=0.50) for seed in (0, 1)),
        ok(of=intents, by="logreg", value=0.90),
        bad(of=intents, by="tabpfn", status="oom", message="out of memory"),
    ]


def filed(folder: Path, records: list[Record]) -> Path:
    """A store of these records, written past the checks on names, as anybody could."""
    for index, record in enumerate(records):
        path = folder / "records" / f"t{index}" / "m.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of a site over two_tasks, texts alone, by path."""
    results = filed(tmp_path_factory.mktemp("store"), two_tasks())
    files = site_files(results, two_tasks(), find(), Beside())
    return {name: b.decode() for name, b in files if not name.endswith(".parquet")}


# Words


def test_every_language_has_every_text_and_the_same_places_to_fill_in() -> None:
    """The metrics' English names stand with the metrics themselves."""
    texts = [language(code).texts for code in LANGUAGES]
    first = {key for key in texts[0] if not key.startswith("metric.")}
    for other in texts[1:]:
        assert first == {key for key in other if not key.startswith("metric.")}
        for key in first:
            places = [sorted(re.findall(r"\{(\w+)\}", t[key])) for t in (texts[0], other)]
            assert key.endswith("_one") or places[0] == places[1], key
        assert all(text.strip() for text in other.values())


def test_every_word_of_cards_and_records_has_a_text_in_every_language() -> None:
    groups = {"family": FAMILIES, "adaptation": ADAPTATIONS, "modality": MODALITIES,
              "kind": KINDS, "origin": ORIGINS, "status": STATUSES}  # fmt: skip
    catalog = find()
    sectors = {catalog.task(name).sector for name in catalog.names("tasks")}
    for code in LANGUAGES:
        texts = language(code).texts
        wanted = {f"{group}.{name}" for group, names in groups.items() for name in names}
        wanted |= {f"sector.{name}" for name in sectors}
        if code != LANGUAGES[0]:
            wanted |= {f"metric.{name}" for name in METRICS}
        assert wanted <= set(texts)


def test_every_text_that_templates_and_script_ask_for_is_there() -> None:
    texts = language("en").texts
    home = ROOT / "leaderboard"
    asked = set()
    for path in [*home.rglob("*.j2"), *home.rglob("*.js"), *(ROOT / "benchbig/site").rglob("*.py")]:
        found = re.findall(r"""\b(?:bb|lang|language|other)?\.?t\(\s*f?["']([a-z_.]+)["'][,)]""",
                           path.read_text(encoding="utf-8"))  # fmt: skip
        asked |= {key for key in found if "." in key and not key.endswith(".")}
    assert len(asked) > 100
    assert asked <= set(texts), sorted(asked - set(texts))


def test_numbers_in_english_are_written_as_in_the_terminal() -> None:
    spoken = language("en")
    for power in range(-60, 80):
        value = 10 ** (power / 10)
        assert spoken.seconds(value) == words.seconds(value)
        assert spoken.milliseconds(value) == words.milliseconds(value)
        assert spoken.size(value) == words.size(value)
        assert spoken.rate(value) == words.rate(value)
    assert spoken.seconds(None) == spoken.size(None) == ABSENT


def test_dates_and_durations_are_written_for_each_language() -> None:
    english, chinese = language("en"), language("zh")
    assert english.date("2026-11-05T13:52:04.323+00:00") == "5 Nov 2026"
    assert chinese.date("2026-11-05T13:52:04.323+00:00") == "2026年11月5日"
    assert english.date("<b>") == "<b>"
    assert (english.seconds(200), chinese.seconds(200)) == ("3 min 20 s", "3 分 20 秒")
    assert english.t("count.tasks", n=1) == "1 task"
    assert english.t("count.tasks", n=1200) == "1,200 tasks"


# Figures


def test_win_rates_are_those_reckoned_by_hand() -> None:
    """card_fraud: tabpfn beats 2 of 2, logreg 1, majority none. intents: logreg beats the failed
    one. So tabpfn (1 + 0) / 2, logreg (0.5 + 1) / 2, majority 0; t(1 degree) = 12.706, and the
    half widths 12.706 * sd / sqrt(2) reach past [0, 1].
    """
    alike = [{**record, "modality": "tabular"} for record in two_tasks()]
    found = {one.model: one for one in standings(board(alike, find()).tasks)}
    told = [(name, one.rank, one.win) for name, one in found.items()]
    assert told == [("logreg", 1, 0.75), ("tabpfn", 2, 0.5), ("majority", 3, 0.0)]
    assert (found["logreg"].low, found["logreg"].high) == (0.0, 1.0)
    assert (found["majority"].low, found["majority"].high) == (None, None)
    counts = [(one.tasks, one.failed, one.first) for one in found.values()]
    assert counts == [(2, 0, 1), (1, 1, 1), (1, 0, 0)]


def test_models_are_ranked_within_each_kind_of_data() -> None:
    found = standings(board(two_tasks(), find()).tasks)
    assert [(one.modality, one.model, one.rank) for one in found] == [
        ("tabular", "tabpfn", 1), ("tabular", "logreg", 2), ("tabular", "majority", 3),
        ("text", "logreg", 1), ("text", "tabpfn", 2),
    ]  # fmt: skip


def test_models_that_tie_share_a_rank_and_half_a_win() -> None:
    records = [ok(by=name, value=0.8) for name in ("logreg", "lightgbm")]
    assert [(one.rank, one.win) for one in standings(board(records, find()).tasks)] == [
        (1, 0.5)
    ] * 2


def test_the_front_holds_what_nothing_beats_in_both() -> None:
    shown = board(
        [
            ok(by=m, value=v, fit_s=s)
            for m, v, s in (("a", 0.7, 1.0), ("b", 0.8, 2.0), ("c", 0.75, 3.0), ("d", 0.9, 4.0))
        ],
        find(),
    )
    pairs = [(row.fit_s or 0.0, row) for row in shown.rows]
    assert [row.model for _, row in front(pairs, higher=True)] == ["a", "b", "d"]
    assert [row.model for _, row in front(pairs, higher=False)] == ["a"]


def test_answers_name_the_best_on_the_validation_part() -> None:
    records = [
        ok(by="logreg", value=0.80, valid_value=0.90),
        ok(by="lightgbm", value=0.82, valid_value=0.85),
        ok(by="tabpfn", value=0.85, fit_s=32.0),
    ]
    (answer,) = answers(board(records, find()), {})
    assert (answer.classical.model, answer.large.model) == ("logreg", "tabpfn")
    assert answer.difference == pytest.approx(0.05)
    assert answer.ratio("fit_s") == pytest.approx(10.0)


def test_the_largest_size_of_each_device_speaks_for_a_task() -> None:
    records = [ok(asked=100), ok(asked=1000), ok(), ok(asked=100, device="H100")]
    (one,) = board(records, find()).tasks
    assert [(t.asked, t.device) for t in one.main] == [(0, "cpu"), (100, "H100")]


def test_calibration_bins_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    p = random.random(500)
    y = (random.random(500) < p).astype(int)
    happened, stated = calibration_curve(y, p, n_bins=10)
    bins = quality.calibration([(y, p)])
    assert [one.happened for one in bins] == pytest.approx(happened.tolist())
    assert [one.stated for one in bins] == pytest.approx(stated.tolist())
    assert sum(one.n for one in bins) == 500


def test_precision_at_each_recall_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(1)
    p = np.round(random.random(300), 2)  # with ties
    y = (random.random(300) < p**2).astype(int)
    precision, recall, _ = precision_recall_curve(y, p)
    ours = quality.precision_recall([(y, p)])
    for at, value in zip(np.linspace(0, 1, quality.GRID)[1:], ours[1:], strict=True):
        # The highest threshold whose recall reaches this one; theirs runs from recall 1 down.
        assert value == pytest.approx(precision[:-1][recall[:-1] >= at - 1e-12][-1])


def test_gains_and_confusions_are_those_reckoned_by_hand() -> None:
    y, p = np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.3, 0.1])
    curve = quality.gains([(y, p)])
    assert (curve[0], curve[25], curve[75], curve[100]) == (0.0, 0.5, 1.0, 1.0)
    several = np.array([[0.9, 0.1, 0], [0.6, 0.4, 0], [0, 0.2, 0.8], [0.5, 0.1, 0.4]])
    found = quality.confusion([(np.array([0, 1, 2, 2]), several)])
    assert found.counts is not None
    assert found.counts.tolist() == [[1, 0, 0], [1, 0, 0], [1, 0, 1]]
    assert found.pairs == ((1, 0, 1), (2, 0, 1))
    assert quality.balance([(np.array([0, 1, 2, 2]), several)], 3) == [0.25, 0.25, 0.5]


def test_axes_have_round_ticks_and_hold_what_lies_beyond() -> None:
    assert linear_ticks(0.41, 0.83) == pytest.approx([0.5, 0.6, 0.7, 0.8])
    assert log_ticks(0.5, 2000) == pytest.approx([1, 10, 100, 1000])
    assert log_ticks(1, 60) == pytest.approx([1, 2, 5, 10, 20, 50])
    scale = Scale(1, 100, 0, 200, log=True)
    assert [scale.at(v) for v in (1, 10, 100, 1000)] == [0, 100, 200, 200]


# The whole site


VOID = {"meta", "link", "input", "img", "col", "br"}


class Checked(HTMLParser):
    """Counts elements, keeps links, and fails on tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.tags: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.links += [v or "" for k, v in attrs if k in ("href", "src")]
        assert not [k for k, _ in attrs if k == "style" or k.startswith("on")], (tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [v or "" for k, v in attrs if k in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def pages(files: dict[str, str]) -> Iterator[tuple[str, Checked]]:
    for name, text in files.items():
        if name.endswith(".html"):
            checked = Checked()
            checked.feed(text)
            assert not checked.open, name
            yield name, checked


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
    results = filed(tmp_path, two_tasks())
    once = dict(site_files(results, store.latest(results), find(), Beside()))
    again = dict(site_files(results, list(reversed(store.latest(results))), find(), Beside()))
    assert list(once) == list(again)
    # The table of records keeps their order; everything else is the same to the byte.
    differ = {name for name in once if once[name] != again[name]}
    assert differ <= {f"downloads/records.{form}" for form in ("csv", "json", "parquet")}
    assert dict(site_files(results, store.latest(results), find(), Beside())) == once


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
    for day in range(1, 25):
        value = 0.80 if day < 13 else 0.70
        values = {str(seed): value + 0.001 * ((day + seed) % 3) for seed in (0, 1, 2)}
        one = history.Measurement("card_fraud", 1, "logreg", 0, "cpu", "average_precision", True,
                                  None, values, {})  # fmt: skip
        when = f"2026-01-{day:02}T00:00:00+00:00"
        history.add(tmp_path / "history", history.Run(f"{day:040x}", when, when, (one,)))
    out = tmp_path / "site"
    build(head, out, find(), Beside(tmp_path / "history", str(base)))
    told = (out / "comparison.html").read_text()
    assert re.search(r"g-missing[^<]*>missing</span>", told)
    assert 'href="history.html"' in told
    told = (out / "history.html").read_text()
    assert "1 series, 1 with a change that stands" in re.sub(r"\s+", " ", told)
    assert f"between {12:040x}"[:18] in told
    assert "变差" in (out / "zh" / "history.html").read_text()
    build(head, out, find())
    assert not (out / "comparison.html").exists()
    assert "history.html" not in (out / "index.html").read_text()


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
    assert text.count('<svg class="chart"') >= 5
    assert (tmp_path / "site" / "index.html").stat().st_size < 200_000


# Writing and serving


def test_a_folder_of_other_files_is_refused_and_left_alone(run_cli: Command) -> None:
    filed(run_cli.cwd / "results", two_tasks())
    other = run_cli.cwd / "mine" / "thesis.txt"
    other.parent.mkdir()
    other.write_text("dear")
    one_line(run_cli("leaderboard", "build", "--out", "mine"), "--out mine", "other files")
    assert other.read_text() == "dear"


def test_building_again_writes_only_what_changed_and_removes_what_is_gone(tmp_path: Path) -> None:
    results = filed(tmp_path / "store", two_tasks())
    out = tmp_path / "site"
    first = build(results, out, find())
    assert first.changed == first.files
    assert build(results, out, find()).changed == 0
    for path in (results / "records").glob("t[6-7]"):
        (path / "m.jsonl").unlink()
    again = build(results, out, find())
    assert again.records == 6
    assert not (out / "tasks" / "intents.html").exists()
    assert not (out / "zh" / "tasks" / "intents.html").exists()


def test_a_store_without_records_is_said_and_exits_4(run_cli: Command) -> None:
    one_line(run_cli("leaderboard", "build", "--results", "nowhere"), "nowhere", "no records")
    (run_cli.cwd / "results" / "records").mkdir(parents=True)
    done = run_cli("leaderboard", "build")
    assert done.returncode == 4
    assert (run_cli.cwd / "site" / "index.html").exists()


def test_the_site_is_served_here_and_built_again_when_records_arrive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "EVERY", 0.05)
    results = filed(tmp_path / "store", two_tasks())
    out = tmp_path / "site"
    build(results, out, find())
    server = serve.server(out, 0)
    built, stop = Event(), Event()

    def rebuild() -> None:
        build(results, out, find())
        built.set()

    threads = [Thread(target=server.serve_forever),
               Thread(target=serve.watch, args=(results, rebuild, stop))]  # fmt: skip
    for thread in threads:
        thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/index.html"
        assert b"not_there" not in urllib.request.urlopen(address).read()
        filed(tmp_path / "more", [ok(by="not_there")])
        (tmp_path / "more" / "records" / "t0").rename(results / "records" / "new")
        assert built.wait(20)
        assert b"not_there" in urllib.request.urlopen(address).read()
        with pytest.raises(BenchError, match="--port"):
            serve.server(out, server.server_port)
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        for thread in threads:
            thread.join()
