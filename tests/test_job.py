"""Is a job's key stable, and is it made of all that a result may depend on?"""

from __future__ import annotations

import dataclasses

import pytest
from toys import Plugins

from benchbig.cards import ModelCard, TaskCard, Tuning, find
from benchbig.errors import BenchError
from benchbig.job import Job, Skipped, expand, parameters

JOB = Job(
    task="tumour",
    task_version=1,
    model="centre",
    model_version=1,
    params='{"params":{"warmth":1.0},"search":{}}',
    seed=0,
    n_train=0,
    device="cpu",
    trials=8,
    seconds=40.0,
)
CHANGES = {
    "task": "wine",
    "task_version": 2,
    "model": "cool",
    "model_version": 2,
    "params": '{"params":{"warmth":2.0},"search":{}}',
    "seed": 1,
    "n_train": 100,
    "device": "NVIDIA H200",
    "trials": 4,
    "seconds": 20.0,
    "limit": 50,
}


def test_a_key_is_the_same_tomorrow():
    """sha256 of the compact JSON of the fields in alphabetical order, worked out by sha256sum.

    Stores hold keys: another formula would run everything again.
    """
    assert JOB.key == "6b6d269e167f6eaa48ab"


def test_every_field_is_in_the_key():
    assert set(CHANGES) == {field.name for field in dataclasses.fields(Job)}
    keys = {dataclasses.replace(JOB, **{name: value}).key for name, value in CHANGES.items()}
    assert len(keys | {JOB.key}) == len(CHANGES) + 1


def test_a_planned_job_has_the_key_that_it_has_by_itself(toys: Plugins):
    """In a plan the keys are worked out together."""
    catalog = find([toys.folder])
    tasks, models = [catalog.task("tumour")], [catalog.model("centre"), catalog.model("cool")]
    for tuning in (Tuning(), Tuning(trials=2, seconds=30), Tuning(seconds=float("inf"))):
        devices = {"centre": "cpu", "cool": 'a "100%" \\ GPU \0'}
        made = expand(tasks, models, (0, 3, 10**20), (0, 100), tuning, devices, 7)
        assert len(made.jobs) == 12
        assert [job.key for job in made.jobs] == [dataclasses.replace(job).key for job in made.jobs]


def test_the_order_of_parameters_on_a_card_does_not_matter(plugins: Plugins):
    search = {"b": [1], "a": [2]}
    plugins.model("one", card={"params": {"a": 1, "b": 2}, "search": search})
    plugins.model(
        "two", card={"params": {"b": 2, "a": 1}, "search": dict(reversed(search.items()))}
    )
    catalog = find([plugins.folder])
    assert parameters(catalog.model("one")) == parameters(catalog.model("two"))


@pytest.fixture
def cards(toys: Plugins) -> tuple[list[TaskCard], list[ModelCard]]:
    by_time = {"scheme": "time", "seeded": False, "why": "By time.", "n_train": 300}
    toys.task("large", card={"n_features": 40, "split": by_time})
    toys.model("narrow", card={"max_features": 30})
    toys.model("words", card={"modalities": ["text"]})
    catalog = find([toys.folder])
    tasks = [catalog.task(name) for name in ("tumour", "large")]
    return tasks, [catalog.model(name) for name in ("centre", "narrow", "words")]


def test_a_suite_expands_to_every_pair_that_fits(cards: tuple[list[TaskCard], list[ModelCard]]):
    devices = {"centre": "cpu", "narrow": "NVIDIA H200", "words": "cpu"}
    plan = expand(*cards, [0, 1], [0, 100], Tuning(2, 5.0), devices)
    seen = [(job.task, job.model, job.device, job.n_train, job.seed) for job in plan.jobs]
    assert seen == [
        (task, model, devices[model], n, seed)
        for task, model in (("tumour", "centre"), ("tumour", "narrow"), ("large", "centre"))
        for n in (0, 100)
        for seed in (0, 1)
    ]
    assert {(job.trials, job.seconds) for job in plan.jobs} == {(2, 5.0)}
    assert [(skipped.task, skipped.model, skipped.why) for skipped in plan.skipped] == [
        ("tumour", "words", "takes text, not tabular"),
        ("large", "narrow", "takes at most 30 features, not 40"),
        ("large", "words", "takes text, not tabular"),
    ]


def test_a_model_that_learns_nothing_is_planned_once_on_all_rows(toys: Plugins):
    """Whatever sizes are asked for: its answer is the same at each."""
    asking = {"family": "pretrained", "adaptation": "zero_shot"}
    toys.model("asked", card=asking)
    toys.model("shown", card={**asking, "adaptation": "in_context"})
    catalog = find([toys.folder])
    tasks, names = [catalog.task("tumour")], ("centre", "asked", "shown")
    models, devices = [catalog.model(name) for name in names], dict.fromkeys(names, "cpu")
    for sizes in ([100, 300, 0], [100, 300]):
        plan = expand(tasks, models, [0, 1], sizes, Tuning(), devices)
        planned = {name: [(job.n_train, job.seed) for job in plan.jobs if job.model == name]
                   for name in names}  # fmt: skip
        every = [(size, seed) for size in sizes for seed in (0, 1)]
        assert planned == {"centre": every, "asked": [(0, 0), (0, 1)], "shown": every}
    (key,) = {job.key for job in plan.jobs if (job.model, job.seed) == ("asked", 0)}
    whole = expand(tasks, models, [0], [0], Tuning(), devices)
    assert key in {job.key for job in whole.jobs}  # so that no record is made twice


def test_more_rows_than_any_card_says_there_are_is_refused(
    cards: tuple[list[TaskCard], list[ModelCard]],
):
    (_, large), models = cards
    devices = {model.name: "cpu" for model in models}
    with pytest.raises(BenchError, match="--n-train 301: large has 300 training examples"):
        expand([large], models, [0], [100, 301], Tuning(), devices)


def test_a_size_that_some_tasks_are_too_small_for_is_left_out_of_theirs(
    cards: tuple[list[TaskCard], list[ModelCard]],
):
    tasks, models = cards  # tumour's card does not tell its size, large has 300
    devices = {model.name: "cpu" for model in models}
    plan = expand(tasks, models, [0], [100, 301, 0], Tuning(), devices)
    seen = {task: [job.n_train for job in plan.jobs if (job.task, job.model) == (task, "centre")]
            for task in ("tumour", "large")}  # fmt: skip
    assert seen == {"tumour": [100, 301, 0], "large": [100, 0]}
    own = expand(tasks, models, [0], [0], Tuning(), devices, own={"large": [50, 400]})
    assert {(job.task, job.n_train) for job in own.jobs} == {("tumour", 0), ("large", 50)}
    by_model = {"large": [50, 0], "large/centre": [200, 400], "tumour/centre": [7]}
    few = expand(tasks, models, [0], [100], Tuning(), devices, own=by_model)
    assert {(job.task, job.model, job.n_train) for job in few.jobs} == {
        ("tumour", "centre", 7), ("tumour", "narrow", 100), ("large", "centre", 200),
    }  # fmt: skip
    assert [skipped.n_train for skipped in few.skipped if skipped.n_train] == [400]
    (left_out,) = [skipped for skipped in plan.skipped if skipped.n_train]
    assert left_out == Skipped("large", "", "has 300 training examples", 301)
    assert str(left_out) == "large is planned without n_train 301: it has 300 training examples"
