"""How much faster than transformers' Trainer is the training loop here, at what accuracy?

Both train all weights of MiniLM on the same messages of bank_intents, from the same head fitted on
the frozen embeddings, with the same batch size, learning rates' peak, schedule and epochs. The
Trainer is plain: fp32, batches padded to their longest row, dropout as the weights came with.

    python benchmarks/finetune_speed.py [--train 2000] [--repeat 3] [--device cpu] [--json FILE]

Prints examples a second by the wall clock and by the process's CPU time, which other work on a
shared machine disturbs less, the test accuracy of each, and the ratios. The loops take turns. Then
which part of the chip's speed ours reaches: the operations of products that torch counts in a
training, over its seconds, beside one large product of matrices in the same precision. With --json
the figures are kept, each device's beside the others'; docs/generate.py makes the table of
docs/finetuning.md of benchmarks/finetune_speed.json. On one core a turn takes about four minutes.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from measuring import Figures, arguments, machine
from torch.utils.flop_counter import FlopCounterMode

import benchbig
from benchbig.assets.cache import cache_dir, find
from benchbig.cards.read import read
from benchbig.cards.schema import ModelCard, TaskCard
from benchbig.data import Context, Notes, Split
from benchbig.data.splits import subset
from benchbig.finetune import encoder, frozen, loop, probe, vocabulary
from benchbig.finetune.classifier import Classifier, logits
from benchbig.finetune.frozen import Frozen
from benchbig.tasks import bank_intents

ROOT = Path(benchbig.__file__).parent.parent


class Timed(NamedTuple):
    """One training. wall_s, cpu_s: seconds; accuracy: on the test part."""

    wall_s: float
    cpu_s: float
    accuracy: float


def main() -> None:
    """Train with both in turn, and print what each took."""
    parser = arguments(__doc__)
    parser.add_argument("--train", type=int, default=2000, help="training messages")
    parser.add_argument("--repeat", type=int, default=1, help="trainings of each, medians shown")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    given = parser.parse_args()
    torch.set_num_threads(1)
    where = machine()  # before: its load is that of the others
    task = read(ROOT / "tasks" / "bank_intents.toml", TaskCard)
    card = read(ROOT / "baselines" / "minilm_finetune.toml", ModelCard)
    whole = bank_intents.load(0, {"banking77": cached(task)})
    train = whole.train.take(subset(whole.train.y, given.train, 0))
    split = Split(train, whole.valid, whole.test)
    context = Context(
        task, {**card.params, "steps": 0}, 0, split.valid, {}, given.device, 1, cache_dir()
    )
    folder = cached(card)
    backbone = frozen.prepare(folder, 256, cache_dir(), given.device, train.X, Notes())
    fitted = probe.fit(frozen.shared(backbone, train.X).vectors, train.y, card.params["C"])
    head = probe.head(fitted.model, 77)
    found: dict[str, list[Timed]] = {"Trainer": [], "benchbig": []}
    for _ in range(given.repeat):
        for name, run in (("Trainer", plain), ("benchbig", lean)):
            model = Classifier(encoder.read(folder, 256, given.device), *head).to(given.device)
            found[name].append(timed(run, model, split, context, backbone))
    shown = figures(found, len(train) * card.params["epochs"])
    model = Classifier(encoder.read(folder, 256, given.device), *head).to(given.device)
    shown |= reached(found["benchbig"], work(model, split, context, backbone), backbone)
    show(shown)
    if given.json is not None:
        about = {"machine": where | accelerator(given.device), "train": len(train),
                 "epochs": card.params["epochs"], "precision": "bf16" if backbone.bf16 else "fp32",
                 "torch": version("torch"), "transformers": version("transformers")}  # fmt: skip
        keep(given.json, given.device, {**about, **shown})


def cached(card: TaskCard | ModelCard) -> Path:
    """The card's one asset, which must have been fetched."""
    (asset,) = card.assets.values()
    path = find(asset, cache_dir())
    if path is None:
        raise SystemExit(f"{asset.name} is not in the cache; type: benchbig fetch --suite finance")
    return path


def timed(
    run: Callable[..., None], model: Classifier, split: Split, context: Context, backbone: Frozen
) -> Timed:
    """Train and then score the test part; the clocks stand still while scoring."""
    wall, cpu = time.perf_counter(), time.process_time()
    run(model, split, context, backbone)
    if context.device == "cuda":
        torch.cuda.synchronize()
    wall_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    rows = encoder.tokenise(backbone.encoder, split.test.X)
    best = logits(model, rows, context.device, backbone.bf16).argmax(axis=1)
    return Timed(wall_s, cpu_s, float(np.mean(best == split.test.y)))


def lean(model: Classifier, split: Split, context: Context, backbone: Frozen) -> None:
    """The loop here, tokenising included; the validation part is not looked at by either."""
    rows = encoder.tokenise(backbone.encoder, split.train.X)
    with vocabulary.narrowed(model, vocabulary.tokens([rows], model.fill)) as table:
        narrow = vocabulary.renumber(rows, table)
        recipe = loop.Recipe.of(context.params)
        loop.train(model, narrow, split.train.y, recipe, lambda: 0.0, backbone.bf16, context)


def plain(model: Classifier, split: Split, context: Context, backbone: Frozen) -> None:
    """transformers' Trainer with its defaults, but for what the recipe says."""
    from transformers import DataCollatorWithPadding, Trainer, TrainingArguments

    recipe = loop.Recipe.of(context.params)
    rows = encoder.tokenise(backbone.encoder, split.train.X)
    examples = [
        {"input_ids": row, "labels": int(label)}
        for row, label in zip(rows, split.train.y, strict=True)
    ]
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=scratch,
            num_train_epochs=recipe.epochs,
            per_device_train_batch_size=recipe.batch,
            learning_rate=recipe.rate,
            warmup_steps=round(recipe.warmup * -(-len(rows) // recipe.batch)),
            weight_decay=recipe.decay,
            max_grad_norm=recipe.clip,
            seed=context.seed,
            use_cpu=context.device == "cpu",
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            remove_unused_columns=False,
        )
        collate = DataCollatorWithPadding(backbone.encoder.tokenizer)
        wrapped = WithLoss(model)
        Trainer(wrapped, arguments, data_collator=collate, train_dataset=examples).train()


class WithLoss(torch.nn.Module):
    """The classifier as the Trainer calls it."""

    def __init__(self, model: Classifier) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor
    ) -> dict[str, Any]:
        """The mean cross entropy, and the logits (n, k)."""
        found = self.model(input_ids, attention_mask)
        return {"loss": torch.nn.functional.cross_entropy(found, labels), "logits": found}


def work(model: Classifier, split: Split, context: Context, backbone: Frozen) -> int:
    """Operations of all products of matrices in one training here, both ways; attention's, too."""
    with FlopCounterMode(display=False) as counter:
        lean(model, split, context, backbone)
    return counter.get_total_flops()


def reached(runs: list[Timed], operations: int, backbone: Frozen) -> Figures:
    """Operations a second of the median run and of one large product, and their ratio."""
    best = peak(backbone.device, backbone.bf16)
    found = operations / statistics.median(run.wall_s for run in runs)
    return {"operations_per_s": found, "peak_per_s": best, "of_peak": found / best}


def peak(device: str, bf16: bool) -> float:
    """Operations a second of a square product, the best of ten: what the chip does in practice."""
    n, kind = (8192 if device == "cuda" else 2048), torch.bfloat16 if bf16 else torch.float32
    left, right = (torch.randn(n, n, device=device).to(kind) for _ in range(2))
    times = []
    for _ in range(10):
        began = time.perf_counter()
        left @ right
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return float(2 * n**3 / min(times))


def figures(found: dict[str, list[Timed]], examples: float) -> Figures:
    """Each loop's runs as they were, and its medians: examples a second and accuracy."""
    loops = {}
    for name, runs in found.items():
        wall, cpu, accuracy = (statistics.median(column) for column in zip(*runs, strict=True))
        loops[name] = {
            "examples_per_s": examples / wall,
            "examples_per_cpu_s": examples / cpu,
            "accuracy": accuracy,
            "runs": [run._asdict() for run in runs],
        }
    ours, theirs = loops["benchbig"], loops["Trainer"]
    ratios = {name: ours[name] / theirs[name] for name in ("examples_per_s", "examples_per_cpu_s")}
    return {"loops": loops, "ratios": ratios}


def show(found: Figures) -> None:
    """One line a loop, then the ratios of the medians."""
    for name, loop_ in found["loops"].items():
        print(
            f"{name:9} {loop_['examples_per_s']:7.1f} examples/s   "
            f"{loop_['examples_per_cpu_s']:7.1f} examples/CPU-s   "
            f"accuracy {loop_['accuracy']:.4f}   n={len(loop_['runs'])}"
        )
    by_clock, by_cpu = found["ratios"].values()
    print(f"ratio     {by_clock:7.2f}x              {by_cpu:7.2f}x")
    print(f"of peak   {found['of_peak']:7.1%}   {found['operations_per_s'] / 1e9:.0f} GFLOP/s of "
          f"{found['peak_per_s'] / 1e9:.0f}")  # fmt: skip


def accelerator(device: str) -> Figures:
    """The accelerator's name, where there is one."""
    return {"gpu": torch.cuda.get_device_name()} if device == "cuda" else {}


def keep(path: Path, device: str, new: Figures) -> None:
    """Put the device's figures into the file; those of other devices stay."""
    held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**held, device: new}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
