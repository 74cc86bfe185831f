"""Signals × weights → a probability and the reasons.

`weights.json` is learned by `make train` (tools/train.py). At run time it is arithmetic: the
weights of the signals that are there are added up.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

MODELS = ("link", "sum", "place")
_REASONS = 5
_MAX_SCORE = 30.0
"""Beyond it a probability is 0 or 1 for all purposes."""


@dataclass(frozen=True)
class Model:
    """The weights of one set of signals, and the bias."""

    bias: float
    weights: Mapping[str, float]

    def score(self, signals: Set[str]) -> float:
        """Return the sum of the weights of the signals that are there."""
        found = [self.weights[name] for name in signals if name in self.weights]

        # exactly rounded: signals are a set, and a sum must not depend on the order they come in
        return math.fsum([self.bias, *found])

    def probability(self, signals: Set[str]) -> float:
        """Return the score as a probability from 0 to 1."""
        score = max(-_MAX_SCORE, min(_MAX_SCORE, self.score(signals)))
        return 1 / (1 + math.exp(-score))

    def reasons(self, signals: Set[str]) -> tuple[str, ...]:
        """Return the heaviest signals, each with its weight, heaviest first."""
        known = [name for name in signals if name in self.weights]
        known.sort(key=lambda name: (-abs(self.weights[name]), name))
        return tuple(f"{name} {self.weights[name]:+.1f}" for name in known[:_REASONS])


@dataclass(frozen=True)
class Scorer:
    """All models and the thresholds (probabilities) from which a sum or a place is told, or shown
    as possible."""

    link: Model
    sum: Model
    place: Model
    told: float = 0.7
    possible: float = 0.15
    place_told: float = 0.6
    place_possible: float = 0.3


def scorer_of(data: Mapping[str, Any]) -> Scorer:
    """Return the scorer that the data of a weights file describes."""
    models = {}
    for name in MODELS:
        said = data["models"][name]
        models[name] = Model(said["bias"], said["weights"])

    return Scorer(
        link=models["link"],
        sum=models["sum"],
        place=models["place"],
        **data["thresholds"],
    )


@cache
def load_scorer() -> Scorer:
    """Return the packaged weights."""
    packaged = files("syncer.funding").joinpath("weights.json")
    text = packaged.read_text(encoding="utf-8")
    return scorer_of(json.loads(text))
