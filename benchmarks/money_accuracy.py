"""How well money in prose is read. `make accuracy` runs it.

- the texts of tests/corpus/dev, which the packaged weights were not trained on;
- the same texts, with what was learned from the batches of each round and those before it: the
  learning curve;
- all labelled texts, each read with weights that were learned without it (five folds);
- the series of batches as each was first read, before anything was learned from it.

    python -m benchmarks.money_accuracy [FILE …]      read these batches too, and name each mistake
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.money_texts import CORPUS, LabelledText, Score, read_batch
from syncer.funding.reading import read_funding
from syncer.funding.score import Scorer, load_scorer
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

_HEAVIEST = 12
_FOLDS = 5
_MIX = 7
"""Mixes the texts before they are cut into folds, the same way each time."""


def measure(texts: Iterable[LabelledText], scorer: Scorer | None = None) -> Score:
    """Return how the texts are read, with the packaged weights unless others are given."""
    register, programmes = load_register(), load_programmes()
    score = Score()
    for text in texts:
        read = read_funding(text.text, register, programmes, scorer=scorer)
        score.add(text, read.told, read.possible)
    return score


def texts_of(part: str) -> list[LabelledText]:
    """Return the texts of a part of the corpus: "dev" or "train"."""
    return [text for path in sorted((CORPUS / part).glob("*.txt")) for text in read_batch(path)]


def dev_texts() -> list[LabelledText]:
    """Return the texts kept apart from training."""
    return texts_of("dev")


def cross_validated(texts: Sequence[LabelledText]) -> Score:
    """Return how the texts are read, each with weights learned from the others. Needs
    scikit-learn."""
    from tools.train import learn, opened

    read = [opened(text) for text in texts]
    total = Score()
    for fold in _folds(len(texts)):
        others = [one for number, one in enumerate(read) if number not in fold]
        total.join(measure((texts[number] for number in fold), learn(others)))
    return total


def curve(
    learned: Iterable[LabelledText], kept: Sequence[LabelledText]
) -> Iterator[tuple[int, Score]]:
    """Yield how many texts were learned from after each round of batches, and how the texts kept
    apart are read then. Needs scikit-learn."""
    from tools.train import learn, opened

    known: list[Any] = []
    rounds = groupby(sorted(learned, key=_round), key=_round)
    for _, texts in rounds:
        known += [opened(text) for text in texts]
        yield len(known), measure(kept, learn(known))


def _round(text: LabelledText) -> int:
    """Return the round in which a batch was written; 0 for those from before."""
    digits = "".join(filter(str.isdigit, text.batch))
    return int(digits or 0)


def _folds(count: int) -> Iterator[set[int]]:
    """Yield the numbers of each fold's texts."""
    numbers = list(range(count))
    random.Random(_MIX).shuffle(numbers)
    for first in range(_FOLDS):
        yield set(numbers[first::_FOLDS])


def _print_score(score: Score) -> None:
    intervals = score.intervals()
    for name, value in score.row().items():
        interval = f"   90 % interval {intervals[name]}" if name in intervals else ""
        print(f"  {name:22} {value}{interval}")


def _print_learning() -> None:
    kept = dev_texts()
    print(
        "learning curve, on the texts kept apart: learned from, precision, recall, told or possible"
    )
    for learned, score in curve(texts_of("train"), kept):
        row = score.row()
        figures = f"{row['precision']} {row['recall']} {row['shown']}"
        print(f"  {learned:5} {figures}", flush=True)

    texts = [*texts_of("train"), *kept]
    print(f"all {len(texts)} texts, each read without having been learned from:")
    _print_score(cross_validated(texts))


def _print_series() -> None:
    print("each batch as first read (precision, recall, told or possible, lists, tables):")
    with (CORPUS / "series.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            figures = " ".join(
                row[name] for name in ("precision", "recall", "shown", "lists", "tables")
            )
            print(f"  {row['batch']:4} {row['reader']:14} {figures}")


def _print_batch(path: Path) -> None:
    score = measure(read_batch(path))
    print(f"{path.name}:")
    _print_score(score)
    print("\n".join(score.mistakes))


def main(arguments: Sequence[str]) -> int:
    """Print the figures; always 0, the promise is a test's (tests/funding/test_prose.py)."""
    for name in arguments:
        _print_batch(Path(name))
    if arguments:
        return 0

    print("money in texts kept apart:")
    _print_score(measure(dev_texts()))
    if find_spec("sklearn"):
        _print_learning()
    else:
        print("cross-validation and learning curve left out: scikit-learn is not installed.")

    _print_series()
    weights = load_scorer().sum.weights
    heavy = sorted(weights, key=lambda name: -abs(weights[name]))[:_HEAVIEST]
    print("heaviest signals: " + ", ".join(f"{name} {weights[name]:+.1f}" for name in heavy))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
