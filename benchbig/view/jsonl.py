"""The run as one JSON object a line, for programs."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any, TextIO

from benchbig.job import Job, Plan
from benchbig.record import Record
from benchbig.view.tally import Tally


class Jsonl:
    """Each object has "event": begin, started, record, note or end; stream: standard output."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._tally = Tally()
        self._open = False

    def begin(self, plan: Plan, done: int, estimate_s: float | None) -> None:
        self._tally, self._open = Tally(len(plan.jobs)), True
        skipped = [asdict(each) for each in plan.skipped]
        jobs = len(plan.jobs)
        self._say("begin", jobs=jobs, done=done, estimate_s=estimate_s, skipped=skipped)

    def note(self, text: str) -> None:
        self._say("note", text=text)

    def started(self, job: Job) -> None:
        self._say(
            "started",
            key=job.key,
            task=job.task,
            model=job.model,
            seed=job.seed,
            n_train=job.n_train,
            device=job.device,
        )

    def ended(self, record: Record) -> None:
        self._tally.count(record)
        self._say("record", record=record)

    def remaining(self, seconds: float | None) -> None:
        """Not an event: whoever reads the others can reckon it."""

    def close(self) -> None:
        if self._open:
            self._open = False
            self._say("end", jobs=self._tally.total, statuses=dict(self._tally.statuses))

    def _say(self, event: str, **facts: Any) -> None:
        print(json.dumps({"event": event, **facts}), file=self._stream, flush=True)
