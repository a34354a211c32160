"""Has every language every text, and are numbers and dates written as it writes them?"""

from __future__ import annotations

import re
from pathlib import Path

from benchbig.cards import find
from benchbig.cards.schema import ADAPTATIONS, FAMILIES, KINDS, MODALITIES, ORIGINS
from benchbig.metrics.names import ABSENT, METRICS
from benchbig.record import STATUSES
from benchbig.site.language import LANGUAGES, language
from benchbig.tables import words

ROOT = Path(__file__).resolve().parents[1]


def test_every_language_has_every_text_and_the_same_places_to_fill_in() -> None:
    """English names of metrics stand with the metrics themselves, titles on the cards."""
    texts = [language(code).texts for code in LANGUAGES]
    elsewhere = ("metric.", "title.")
    first = {key for key in texts[0] if not key.startswith(elsewhere)}
    for other in texts[1:]:
        assert first == {key for key in other if not key.startswith(elsewhere)}
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


def test_every_shipped_task_and_model_has_a_title_in_every_language() -> None:
    """In the first one it is the card's; nothing is named that is not shipped."""
    catalog = find()
    wanted = {f"title.task.{name}" for name in catalog.names("tasks")}
    wanted |= {f"title.model.{name}" for name in catalog.names("baselines")}
    assert not [key for key in language(LANGUAGES[0]).texts if key.startswith("title.")]
    for code in LANGUAGES[1:]:
        titles = {key for key in language(code).texts if key.startswith("title.")}
        assert titles == wanted
    assert language("zh").title("task", "card_fraud", "Card fraud") == "信用卡欺诈"
    assert language("en").title("task", "card_fraud", "Card fraud") == "Card fraud"
    assert language("zh").title("task", "my_own", "My own") == "My own"


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
