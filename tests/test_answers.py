"""Is a class's likelihood that of its words after the text? A tiny random language model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="language models need torch: benchbig[large]")
pytest.importorskip("transformers", reason="language models need transformers: benchbig[large]")

from tiny_encoder import TEXTS, save_tiny_writer  # noqa: E402

from benchbig.baselines import in_context  # noqa: E402
from benchbig.cards.read import read  # noqa: E402
from benchbig.cards.schema import TaskCard, Words  # noqa: E402
from benchbig.data import Context, Part  # noqa: E402
from benchbig.finetune import answers, encoder, prompt  # noqa: E402

ROOT = Path(__file__).parent.parent
BEFORE, AFTER = "my card failed rate lost card rate help", "rate"
ANSWERS = ["card", "top up", "transfer failed please", "help"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_writer(tmp_path_factory.mktemp("writer"))


def plainly(reader: answers.Reader, context: list[int], answer: list[int]) -> float:
    """The sum of log p(token | all before it), by one plain pass over everything."""
    with torch.no_grad():
        logits = reader.network(input_ids=torch.tensor([[*context, *answer]])).logits[0]
    logs = logits.float().log_softmax(dim=-1)
    places = range(len(context) - 1, len(context) + len(answer) - 1)
    return sum(float(logs[at, token]) for at, token in zip(places, answer, strict=True))


def test_scores_are_those_of_reading_everything_anew_for_each_answer(folder: Path) -> None:
    reader = answers.read(folder, "cpu", torch.float32)
    question = answers.ask(reader, BEFORE, AFTER, ANSWERS)
    texts = [answers.numbers(reader, text) for text in [*TEXTS, ""]]
    found = answers.scores(reader, question, texts)
    first = reader.tokenizer(BEFORE)["input_ids"]
    for row, text in zip(found, texts, strict=True):
        context = [*first, *text, *answers.numbers(reader, AFTER)]
        wanted = [plainly(reader, context, tokens) for tokens in question.answers]
        np.testing.assert_allclose(row, wanted, atol=1e-4)


def test_scores_do_not_depend_on_what_else_is_in_the_batch(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = answers.read(folder, "cpu", torch.float32)
    question = answers.ask(reader, BEFORE, AFTER, ANSWERS)
    texts = [answers.numbers(reader, text) for text in TEXTS]
    together = answers.scores(reader, question, texts)
    monkeypatch.setitem(answers.TOKENS, "cpu", 1)
    np.testing.assert_allclose(answers.scores(reader, question, texts), together, atol=1e-5)


def test_what_only_embeds_keeps_no_keys_and_values_and_gives_the_same(folder: Path) -> None:
    found = encoder.read(folder, 32, "cpu")
    rows = encoder.tokenise(found, TEXTS)
    assert found.network(input_ids=torch.tensor(rows[:1])).past_key_values is None
    vectors = encoder.embed(found, rows, "cpu")
    found.network.config.use_cache = True
    np.testing.assert_array_equal(encoder.embed(found, rows, "cpu"), vectors)


def card(**words: Any) -> TaskCard:
    found = read(ROOT / "tasks" / "short_reviews.toml", TaskCard)
    return replace(found, words=Words(**words), classes=("not_good", "good"))


def test_a_task_is_put_as_a_form_whose_last_line_waits_for_the_class() -> None:
    task = card(text="Review", label="Sentiment", classes=("negative", "positive"))
    assert prompt.around(task) == ("Review: ", "\nSentiment:")
    assert prompt.answers(task) == [" negative", " positive"]
    assert prompt.shot(task, "fine", 1) == "Review: fine\nSentiment: positive\n\n"
    assert prompt.answers(card()) == [" not good", " good"]
    assert prompt.answers(replace(card(), classes=())) == [" 0", " 1"]


def test_without_examples_a_model_that_converses_is_asked_in_a_conversation() -> None:
    task = card(text="Film review", label="Sentiment", classes=("negative", "positive"))
    asked = "Is the sentiment of this film review negative or positive?\n\nFilm review: "
    plain = SimpleNamespace(chat_template=None)
    assert prompt.question(task, plain) == (asked, "\nSentiment:")

    def put(turns: Any, tokenize: bool, add_generation_prompt: bool) -> str:
        return f"<user>{turns[0]['content']}</user><model>"

    chatty = SimpleNamespace(chat_template="...", apply_chat_template=put)
    assert prompt.question(task, chatty) == (f"<user>{asked}", "</user><model>Sentiment:")


def part(n: int = 24) -> Part:
    texts = np.array([TEXTS[at % len(TEXTS)] for at in range(n)], dtype=object)
    return Part(texts, np.arange(n, dtype=np.int64) % 3 // 2, np.arange(n))


def context(folder: Path, shots: int) -> Context:
    params = {"shots": shots, "shot_tokens": 4, "max_tokens": 8}
    task = card(text="card", label="rate", classes=("lost", "please help"))
    return Context(task, params, 0, part(), {"weights": folder}, "cpu", 1, folder)


@pytest.mark.parametrize("shots", [0, 5])
def test_a_model_that_learns_nothing_says_how_many_examples_it_saw(
    folder: Path, shots: int
) -> None:
    given = context(folder, shots)
    predict = in_context.fit(part(), given)
    p = predict(part().X)
    assert p.shape == (24,)
    assert np.all((p > 0) & (p < 1))
    assert given.notes.n_train_used == shots
    assert given.notes.n_trainable == 0
    np.testing.assert_array_equal(p, in_context.fit(part(), context(folder, shots))(part().X))


def test_shots_are_drawn_from_every_class_alike() -> None:
    train = part(90)  # 60 of class 0, 30 of class 1
    chosen = in_context.shots(train, 8, seed=0)
    assert np.bincount(train.y[chosen]).tolist() == [4, 4]
    assert len(set(chosen.tolist())) == 8
    assert in_context.shots(train, 8, seed=1).tolist() != chosen.tolist()
    assert sorted(np.bincount(train.y[in_context.shots(train, 5, 0)])) == [2, 3]


def test_what_says_nothing_is_no_evidence(folder: Path) -> None:
    """Where every text says nothing, calibrated classes are as good as equally likely."""
    given = context(folder, 0)
    predict = in_context.fit(part(), given)
    p = predict(np.array(in_context.EMPTY, dtype=object))
    assert float(p.mean()) == pytest.approx(0.5, abs=0.1)
