"""Are the tuned classical baselines weak? Plain library code on the same splits, beside them.

python benchmarks/plain_baselines.py && python docs/generate.py     # into docs/finance.md

The plain code is what a reader would write first: scikit-learn's logistic regression on scaled and
one-hot columns, as it is and with balanced classes, histogram boosting and LightGBM with their
defaults and with a smaller step, CatBoost with its defaults. It learns from the training part alone
and is scored once on the test part, seed by seed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from measuring import HERE, Figures
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchbig import assets
from benchbig.cards import find
from benchbig.data import Split
from benchbig.worker.plugins import function

FIGURES = HERE / "plain_baselines.json"
TASKS = ("card_fraud", "credit_default", "bank_marketing", "bank_marketing_drift")
SEEDS = (0, 1, 2)
NOMINAL = make_column_selector(dtype_include="category")
NUMBERS = make_column_selector(dtype_exclude="category")


def columns() -> Any:
    """Numbers scaled, gaps filled by the median, names one-hot."""
    return make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
        (OneHotEncoder(handle_unknown="ignore"), NOMINAL),
    )


def logistic_regression(seed: int, class_weight: str | None = None) -> Any:
    """scikit-learn's default penalty."""
    return make_pipeline(
        columns(), LogisticRegression(class_weight=class_weight, max_iter=3000, tol=1e-6)
    )


def balanced_regression(seed: int) -> Any:
    """The same, every class weighing the same in all."""
    return logistic_regression(seed, "balanced")


def boosting(seed: int) -> Any:
    """scikit-learn's defaults."""
    return HistGradientBoostingClassifier(random_state=seed)


def steady_boosting(seed: int) -> Any:
    """A smaller step, larger leaves and an l2 penalty, the same on every task."""
    return HistGradientBoostingClassifier(
        learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=100, l2_regularization=10.0,
        random_state=seed,
    )  # fmt: skip


def lightgbm(seed: int) -> Any:
    """LightGBM's defaults."""
    return LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1)


def steady_lightgbm(seed: int) -> Any:
    """A smaller step, larger leaves and an l2 penalty, the same on every task."""
    return LGBMClassifier(
        n_estimators=200, learning_rate=0.05, num_leaves=15, min_child_samples=100,
        reg_lambda=10.0, random_state=seed, n_jobs=1, verbose=-1,
    )  # fmt: skip


def catboost(seed: int) -> Any:
    """CatBoost's defaults on the columns of the logistic regression."""
    return make_pipeline(
        columns(),
        CatBoostClassifier(
            random_seed=seed, thread_count=1, verbose=False, allow_writing_files=False
        ),
    )


# The plain model, and the published ones it is the plain form of.
MODELS: tuple[tuple[str, Callable[[int], Any], str], ...] = (
    ("logistic regression", logistic_regression, "logreg"),
    ("logistic regression, balanced", balanced_regression, "logreg"),
    ("histogram boosting, defaults", boosting, "hist_gradient_boosting"),
    ("histogram boosting, smaller step", steady_boosting, "hist_gradient_boosting"),
    ("LightGBM, defaults", lightgbm, "lightgbm"),
    ("LightGBM, smaller step", steady_lightgbm, "lightgbm"),
    ("CatBoost, defaults", catboost, "catboost"),
)


def measure(tasks: Iterable[str]) -> Figures:
    """Average precision and ROC AUC of the plain code, seed by seed."""
    figures: Figures = {}
    for task in tasks:
        splits = {seed: split_of(task, seed) for seed in SEEDS}
        figures[task] = {}
        for name, make, published in MODELS:
            found = [scores(make(seed), split) for seed, split in splits.items()]
            figures[task][name] = {"plain": found, "model": published}
            print(task, name, found, flush=True)
    return figures


def split_of(task: str, seed: int) -> Split:
    """The parts as a job of this task and seed gets them."""
    card = find().task(task)
    cache = assets.cache_dir()
    files = {name: assets.get(asset, cache) for name, asset in card.assets.items()}
    split: Split = function("tasks", task, "load")(seed, files)
    return split


def scores(model: Any, split: Split) -> list[float]:
    """[average precision, ROC AUC] on the test part."""
    model.fit(split.train.X, split.train.y)
    p = model.predict_proba(split.test.X)[:, 1]
    y = split.test.y
    return [float(average_precision_score(y, p)), float(roc_auc_score(y, p))]


def main() -> None:
    """Measure, print, and keep the figures."""
    figures = measure(TASKS)
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
