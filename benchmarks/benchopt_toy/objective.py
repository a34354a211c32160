"""The same jobs for benchopt: what is measured of a fit, by the plain script's own functions."""

from benchopt import BaseObjective
from plain import keep, measured


class Objective(BaseObjective):
    name = "toy"
    sampling_strategy = "run_once"

    def set_data(self, split, folder):
        self.split, self.folder = split, folder

    def get_objective(self):
        return {"train": self.split.train, "valid": self.split.valid}

    def evaluate_result(self, predict):
        train, valid, test = self.split.train, self.split.valid, self.split.test
        record = measured(predict, train, valid, test, self._repetition)
        found = {"value": record["metrics"]["roc_auc"], **record["metrics"]}
        keep(self.folder, record, test.ids, test.y)
        return found

    def get_one_result(self):
        return {"predict": lambda X: X.to_numpy()[:, 0] * 0 + 0.5}
