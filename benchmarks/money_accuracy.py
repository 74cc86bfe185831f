"""How well money in prose is read: the texts of tests/corpus/dev, which nothing was trained on, and
the series of batches as each was first read. `make accuracy` runs it."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable

from benchmarks.money_texts import CORPUS, LabelledText, Score, read_batch
from syncer.funding import read_funding
from syncer.funding.score import load_scorer
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

_HEAVIEST = 12


def measure(texts: Iterable[LabelledText]) -> Score:
    """Return how the texts are read with the packaged weights."""
    register, programmes = load_register(), load_programmes()
    score = Score()
    for text in texts:
        read = read_funding(text.text, register, programmes)
        score.add(text, read.told, read.possible)
    return score


def dev_texts() -> list[LabelledText]:
    """Return the texts kept apart from training."""
    return [text for path in sorted((CORPUS / "dev").glob("*.txt")) for text in read_batch(path)]


def main() -> int:
    """Print the figures; always 0, the promise is a test's (tests/funding/test_prose.py)."""
    print("money in texts kept apart:")
    score = measure(dev_texts())
    intervals = score.intervals()
    for name, value in score.row().items():
        interval = f"   90 % interval {intervals[name]}" if name in intervals else ""
        print(f"  {name:22} {value}{interval}")

    print("each batch as first read (precision, recall, told or possible):")
    with (CORPUS / "series.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            figures = f"{row['precision']} {row['recall']} {row['shown']}"
            print(f"  {row['batch']:4} {row['reader']:14} {figures}")
    weights = load_scorer().sum.weights
    heavy = sorted(weights, key=lambda name: -abs(weights[name]))[:_HEAVIEST]
    print("heaviest signals: " + ", ".join(f"{name} {weights[name]:+.1f}" for name in heavy))
    return 0


if __name__ == "__main__":
    sys.exit(main())
