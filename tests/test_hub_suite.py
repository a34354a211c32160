"""Which records does a suite that names models of the hub count as its own?"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from stores_by_hand import add
from toys import Command, Plugins

from benchbig.cards import find
from benchbig.hub.suite import belongs

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PINNED, MOVING = "hf_me_tiny_encoder_full_0123456", "hf_me_other_frozen_fedcba9"


def with_suite(plugins: Plugins) -> Plugins:
    """The task tumour and a suite of a plain model, one pinned by its commit, one by a branch."""
    plugins.task("tumour")
    plugins.model("centre")
    models = ["centre", f"hf:me/tiny-encoder@{COMMIT}#full", "hf:me/other@main"]
    plugins.suite("hubby", {"models": models, "seeds": [0]})
    return plugins


def test_a_commit_stands_for_itself_and_a_branch_for_any_commit(plugins: Plugins) -> None:
    mine = belongs(find([with_suite(plugins).folder]).suite("hubby"))
    for model in ("centre", PINNED, MOVING):
        assert mine("tumour", model)
        assert not mine("churn", model)
    others = (
        "logreg",
        "hf_me_tiny_encoder_full_fedcba9",  # another commit
        "hf_me_tiny_encoder_lora_0123456",  # another adaptation
        "hf_me_other_frozen_fedcba",  # no commit
        "hf_me_other_frozen",
    )
    assert not any(mine("tumour", model) for model in others)


def test_the_tables_of_a_suite_hold_its_models_of_the_hub(
    plugins: Plugins, run_cli: Command, results: Path
) -> None:
    folder = with_suite(plugins).folder
    for by, family in (("centre", "classical"), (PINNED, "pretrained"), (MOVING, "pretrained")):
        add(results, "tumour", by, family=family)
    add(results, "tumour", "stranger")
    suite = ("--suite", "hubby", "--plugins", folder, "--results", results)
    for level in ((), ("--records",)):
        done = run_cli("export", *suite, *level)
        assert done.returncode == 0, done.stderr
        lines = csv.DictReader(io.StringIO(done.stdout))
        assert {line["model"] for line in lines} == {"centre", PINNED, MOVING}
    told = run_cli("compare", *suite)
    assert told.returncode == 0, told.stderr
    between = run_cli("compare", results, results, "--suite", "hubby", "--plugins", folder)
    assert PINNED in between.stdout, between.stderr
    assert "stranger" not in between.stdout
