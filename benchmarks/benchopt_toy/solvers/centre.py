"""The toy model for benchopt."""

import plain
from benchopt import BaseSolver


class Solver(BaseSolver):
    name = "centre"
    sampling_strategy = "run_once"

    def set_objective(self, train, valid):
        self.train, self.valid = train, valid

    def run(self, _):
        self.predict = plain.centre.fit(self.train, plain.context(0, self.valid))

    def get_result(self):
        return {"predict": self.predict}
