"""Do the generated pages say of a store what it holds, and nothing of what it does not?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from records_by_hand import HEX
from stores_by_hand import add

DOCS = Path(__file__).resolve().parents[1] / "docs"
OWN = ("generate", "published", "suite_page", "discussion", "curves", "learnt")
MEDIA = {"suite": "media"}


@pytest.fixture
def generate(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """docs/generate.py, imported as it is run: with its neighbours beside it."""
    monkeypatch.syspath_prepend(str(DOCS))
    import generate

    yield generate
    for name in OWN:
        sys.modules.pop(name, None)


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """Short reviews at two sizes, the large model ahead on all rows alone; one task without."""
    folder = tmp_path / "store"
    for asked, classical, frozen, full in ((1000, 0.8, 0.7, 0.65), (0, 0.82, 0.85, 0.9)):
        add(folder, "short_reviews", "tfidf_svm", classical, asked=asked, **MEDIA)
        for model, right, way in (
            ("minilm_frozen", frozen, "frozen"),
            ("minilm_finetune", full, "full"),
        ):
            large = {"family": "pretrained", "adaptation": way}
            add(folder, "short_reviews", model, right, asked=asked, **large, **MEDIA)
    add(folder, "short_reviews", "mpnet_finetune", 0.7, asked=1000, family="pretrained", **MEDIA)
    add(folder, "short_reviews", "majority", 0.55, family="trivial", **MEDIA)
    return folder


def part(page: str, begin: str) -> str:
    """The section under this heading."""
    return page.partition(f"## {begin}\n")[2].partition("\n## ")[0]


def page(generate: ModuleType, folder: Path) -> str:
    return str(sys.modules["suite_page"].page(generate.of(folder, "media")))


def test_suites_with_records_have_pages_and_no_others(
    generate: ModuleType, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert generate.suites(media) == ["media"]
    monkeypatch.setattr(generate, "RESULTS", media)
    made = {path.name for path in generate.pages()}
    assert "media.md" in made
    assert made.isdisjoint({"retail.md", "healthcare.md", "core.md"})
    line = "- [Media](docs/media.md): 1 task: 1 adopt large · [learning curves]"
    assert line in generate.links("docs/")


def test_a_suite_that_other_suites_records_cover_has_a_page_too(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that another suite has measured is not run again, and its record keeps that name."""
    folder = tmp_path / "store"
    published = sys.modules["published"]
    pairs = published.pairs(published.catalog().suite("core"))
    assert {task for task, _ in pairs} == set(published.catalog().suite("core").tasks)
    for task, model in pairs[1:]:
        add(folder, task, model, seeds=(0,), **MEDIA)
    assert generate.suites(folder) == ["media"]
    whole = tmp_path / "whole"
    for task, model in pairs:
        add(whole, task, model, seeds=(0,), **MEDIA)
    assert generate.suites(whole) == ["core", "media"]


def test_the_table_of_every_model_is_about_all_rows(generate: ModuleType, media: Path) -> None:
    every = part(page(generate, media), "Every model")
    assert "all 8,000 training rows" in every
    assert "1,000 training rows" not in every
    assert every.count("| minilm_finetune") == 1
    assert "mpnet_finetune" not in every


def test_a_curve_names_the_contenders_of_each_size_and_the_crossover(
    generate: ModuleType, media: Path
) -> None:
    curves = part(page(generate, media), "Learning curves")
    small, whole = (
        next(line for line in curves.splitlines() if line.startswith(f"| {size} |"))
        for size in ("1,000", "8,000")
    )
    assert "tfidf_svm 8" in small
    assert "minilm_frozen 7" in small or "mpnet_finetune 7" in small
    assert "| -" in small
    assert "minilm_finetune 9" in whole
    assert "| +" in whole
    assert "- crossover: the large model is ahead from about" in curves
    assert "| mpnet_finetune | pretrained | 7" in curves


def test_a_model_that_learns_nothing_has_its_one_value_at_every_size(
    generate: ModuleType, media: Path
) -> None:
    """And is marked as the best of its family where it is, not where it was run."""
    asked = {"family": "pretrained", "adaptation": "zero_shot", "valid_value": 0.8}
    add(media, "short_reviews", "smollm2_zero_shot", 0.8, **asked, **MEDIA)
    curves = part(page(generate, media), "Learning curves")
    (line,) = (one for one in curves.splitlines() if one.startswith("| smollm2_zero_shot |"))
    small, whole = (cell.strip() for cell in line.split("|")[3:5])
    assert small == rf"{whole} \*"
    assert "run once: smollm2_zero_shot" in curves
    lacking = part(page(generate, media), "Not measured yet")
    (line,) = (one for one in lacking.splitlines() if one.startswith("- Short"))
    assert "smollm2_few_shot" in line
    assert "smollm2_zero_shot" not in line


def test_what_the_numbers_say_is_made_of_them(generate: ModuleType, media: Path) -> None:
    said = part(page(generate, media), "What the numbers say")
    found = generate.of(media, "media").verdicts.tasks[0]
    assert f"**{found.title}.** Adopt large: minilm_finetune has +" in said
    # Every record by hand takes 3.2 s, 0.21 ms and 412 MB.
    costs = "1.0x the time to fit, 1.0x the time of one prediction and 1.0x the memory"
    assert f"It takes {costs}. " in said
    assert "frozen minilm_frozen (8" in said
    assert "fine-tuned minilm_finetune (9" in said
    assert "Without learning: majority (5" in said
    assert "From scratch" not in said
    apart = media.rename(media.with_name("apart"))
    for path in (apart / "records").glob("*/minilm_finetune.jsonl"):
        path.write_text(path.read_text().replace(HEX, HEX[::-1]))
    said = part(page(generate, apart), "What the numbers say")
    assert f"It takes {costs}, measured on different machines. " in said


def test_what_nobody_has_measured_is_said(generate: ModuleType, media: Path) -> None:
    lacking = part(page(generate, media), "Not measured yet")
    assert "- Film ratings: every model" in lacking
    line = next(line for line in lacking.splitlines() if line.startswith("- Short"))
    assert "mpnet_finetune (measured on fewer training rows)" in line
    assert "tfidf_logreg" in line
    assert "tfidf_svm" not in line
    assert "m3e_frozen" not in line  # it reads Chinese


def test_without_several_sizes_there_is_no_section_of_curves(
    generate: ModuleType, tmp_path: Path
) -> None:
    folder = tmp_path / "store"
    add(folder, "short_reviews", "tfidf_svm", 0.8, **MEDIA)
    add(folder, "short_reviews", "minilm_frozen", 0.9, family="pretrained", **MEDIA)
    assert "Learning curves" not in page(generate, folder)


def test_typical_seconds_are_of_whole_tasks_on_a_cpu(generate: ModuleType, media: Path) -> None:
    add(media, "short_reviews", "tfidf_logreg", asked=1000, job_s=1.0, **MEDIA)
    add(media, "short_reviews", "tfidf_logreg", job_s=7.0, **MEDIA)
    add(media, "short_reviews", "minilm_lora", device="NVIDIA H100", job_s=2.0, **MEDIA)
    lines = generate.typical_seconds(media, "media").splitlines()
    assert lines[0] == "[typical_s]"
    assert "tfidf_logreg = 7.0" in lines[1]
    assert "minilm_lora" not in lines[1]
    assert generate.typical_seconds(media, "retail") == ""


def test_typical_seconds_are_of_the_largest_size_that_a_suite_asks_for(
    generate: ModuleType, tmp_path: Path
) -> None:
    """The suite core has 6,000 of the pictures; another suite's records of all do not count."""
    folder = tmp_path / "store"
    for asked, seconds in ((6000, 7.0), (0, 70.0)):
        add(folder, "product_images", "cnn", asked=asked, job_s=seconds)
    assert (
        generate.typical_seconds(folder, "core") == "[typical_s]\nproduct_images = { cnn = 7.0 }\n"
    )


def test_the_tables_of_a_store_without_smaller_sizes_stay_when_sizes_come(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """README's table of the finance suite is of all rows, whatever else is measured."""
    folders = [tmp_path / "whole", tmp_path / "curves"]
    for folder in folders:
        add(folder, "bank_intents", "tfidf_svm", 0.8)
        add(folder, "bank_intents", "minilm_frozen", 0.9, family="pretrained")
    add(folders[1], "bank_intents", "tfidf_svm", 0.6, asked=100)
    add(folders[1], "bank_intents", "minilm_frozen", 0.7, asked=100, family="pretrained")
    monkeypatch.setattr(generate, "machines", lambda folder, table: "")
    answers = []
    for folder in folders:
        monkeypatch.setattr(generate, "RESULTS", folder)
        answers.append(generate.answer())
    more = "\nWith fewer training rows: [learning curves](docs/finance.md#learning-curves).\n"
    assert answers[1] == answers[0] + more
