"""A store: a folder of records, their machines and their predictions."""

from benchbig.store.layout import predictions_folder, work_folder
from benchbig.store.lock import held
from benchbig.store.pack import packed
from benchbig.store.predictions import Predicted, predictions
from benchbig.store.read import (
    as_written,
    by_task,
    env,
    latest,
    of_folder,
    parse,
    records,
    results,
    task_folders,
)
from benchbig.store.write import (
    append,
    as_line,
    clear,
    clear_work,
    full,
    keep_env,
    keep_log,
    keep_predictions,
    prepare,
)

__all__ = [
    "Predicted",
    "append",
    "as_line",
    "as_written",
    "by_task",
    "clear",
    "clear_work",
    "env",
    "full",
    "held",
    "keep_env",
    "keep_log",
    "keep_predictions",
    "latest",
    "of_folder",
    "packed",
    "parse",
    "predictions",
    "predictions_folder",
    "prepare",
    "records",
    "results",
    "task_folders",
    "work_folder",
]
