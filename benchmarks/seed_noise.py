"""How noisy are models from seed to seed, beyond their test examples, in the published records?

Fits the prior of `benchbig.gate.noise`: the variance T that seeds have beyond their test examples,
in units of the square of what that module calls typical, as a scaled inverse chi-square over models
and tasks; so a variance near 1 and the df of that module say that it is current. The likelihood of
what is seen of one model, its variance over d + 1 seeds, is that of (T + expected) chi2(d) / d,
expected being what the test examples explain of it. Trivial models and those whose predictions do
not depend on the seed at all say nothing, and are left out like those of smaller training sizes. So
is the noisiest twentieth: a prior is of what is usual, and one model that is far noisier than all
others would make it say nothing of them (Phipson et al. 2016, "Robust hyperparameter estimation
protects against hypervariable genes"). On card fraud the autoencoder is one, at 13 times what is
typical; its own seeds say so to the gate.

    python benchmarks/seed_noise.py            # prints the fit and a table of ratios
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy import optimize, stats

from benchbig.data.parts import Array
from benchbig.gate.noise import typical
from benchbig.gate.quality import read
from benchbig.stats.paired import Scored
from benchbig.stats.shift import Prior, beyond, shares_of
from benchbig.store import latest
from benchbig.tables.select import select

RATIOS = np.geomspace(1e-5, 1e3, 400)  # of T to what is typical, squared
Seen = tuple[float, float, int]


def seen(runs: Sequence[Scored]) -> Seen:
    """A model's variance over seeds, what examples explain of it, and the df."""
    shares = shares_of(runs)
    drawn = shares @ shares.T
    values = np.array([one.value for one in runs])
    squares, df = beyond(values, drawn)
    variance = float(values.var(ddof=1))
    return variance, variance - squares / df, df


def usual(models: Sequence[Seen]) -> list[Seen]:
    """Without the twentieth that moves most beyond its examples."""
    return sorted(models, key=lambda one: one[0] - one[1])[: len(models) - len(models) // 20]


def fit(models: Sequence[Seen]) -> Prior:
    """The prior under which what was seen is most likely."""
    log_likelihoods = np.array([_log_likelihood(*one) for one in models])

    def worse(guess: Array) -> float:
        ratio, df = np.exp(guess)
        # T is df * ratio / chi2(df): its density over log T.
        density = stats.chi2.pdf(df * ratio / RATIOS, df) * df * ratio / RATIOS
        weight = density / density.sum()
        return -float(np.log(np.exp(log_likelihoods) @ weight + 1e-300).sum())

    best = optimize.minimize(worse, np.log([0.3, 2.0]), method="Nelder-Mead")
    ratio, df = np.exp(best.x)
    return Prior(float(ratio), float(df))


def _log_likelihood(variance: float, expected: float, df: int) -> Array:
    """Of the variance seen, at each ratio."""
    scale = (RATIOS + max(expected, 0.0)) / df
    return stats.chi2.logpdf(variance / scale, df) - np.log(scale)


def found(stores: Iterable[Path], metric: str | None = None, say: bool = False) -> list[Seen]:
    """What is seen of every model that is not trivial and depends on the seed, in typical units."""
    models = []
    for store in stores:
        for chosen in select(latest(store)):
            ok = [record for record in chosen.records if record["status"] == "ok"]
            if len(ok) < 2 or ok[0]["family"] == "trivial" or ok[0]["n_train_asked"]:
                continue
            if metric not in (None, ok[0]["metric"]):
                continue
            unit = typical(ok[0]["metric"], ok[0]["value"]) ** 2
            variance, expected, df = seen([read(store, record) for record in ok])
            if variance == 0.0:
                continue
            models.append((variance / unit, expected / unit, df))
            if say:
                name = f"{ok[0]['task']:22} {ok[0]['model']:24}"
                print(
                    f"{name} {(variance - expected) / unit:8.3f}, explained {expected / unit:.3f}"
                )
    return models


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stores", nargs="*", type=Path, default=[Path("results")])
    parser.add_argument("--metric", help="only tasks judged by it")
    asked = parser.parse_args()
    models = found(asked.stores, asked.metric, say=True)
    prior = fit(usual(models))
    print(f"{len(models)} models, the noisiest twentieth of them left out of the fit:")
    print(f"variance {prior.variance:.3f}, df {prior.df:.2f}")


if __name__ == "__main__":
    main()
