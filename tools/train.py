"""`make train`: learn syncer/funding/weights.json from tests/corpus/train (needs scikit-learn).

The labels say what a text gives to whom, not which printed sum says so. A sum is right if the
council it is best for and its figure are a label's; of the places where a chosen council is named
the likeliest teaches, over three rounds. Texts count alike however long their lists are.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.money_texts import CORPUS, LabelledText, read_batch
from syncer.funding.candidates import candidates_for
from syncer.funding.context import Page, Part
from syncer.funding.decisions import MIN_POUNDS, best_of
from syncer.funding.reading import open_page
from syncer.funding.score import Scorer, scorer_of
from syncer.funding.signals import link_signals, place_signals, sum_signals
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

WEIGHTS = Path(__file__).resolve().parents[1] / "syncer" / "funding" / "weights.json"
THRESHOLDS = {"told": 0.7, "possible": 0.12, "place_told": 0.65, "place_possible": 0.4}
_STRENGTH = {"link": 0.5, "sum": 0.15, "place": 0.2}
"""Inverse of the regularisation: larger follows the training texts more closely."""
_RARE = {"link": 4, "sum": 5, "place": 5}
_REAL = {"kinds": 3.0}
"""Batches whose constructions are those of real pages count more than those that were made up to be
hard."""
_LIGHT = 0.03
"""A weight below this is left out of the file."""


@dataclass
class Examples:
    """Signals, whether they were right, and how much each counts."""

    signals: list[set[str]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)

    def add(self, signals: set[str], right: bool, count: float = 1.0) -> None:
        """Add one."""
        self.signals.append(signals)
        self.right.append(right)
        self.counts.append(count)

    def extend(self, other: Examples) -> None:
        """Add all of another."""
        self.signals += other.signals
        self.right += other.right
        self.counts += other.counts


@dataclass
class Opened:
    """A text with its page, and what of it never changes while learning."""

    text: LabelledText
    page: Page
    links: list[tuple[Any, ...]]
    places: list[tuple[Any, ...]]


def opened(text: LabelledText) -> Opened:
    """Return the text with its candidates' signals."""
    page, _ = open_page(text.text, load_register(), load_programmes())
    links = []
    for part in page.parts:
        for place, number in part.places("M"):
            pounds = part.marked.money[number].pounds
            candidates = candidates_for(page, part, place)
            if pounds < MIN_POUNDS or not candidates:
                continue
            signals = [
                link_signals(page, part, place, one, rank) for rank, one in enumerate(candidates)
            ]
            links.append((part, place, number, pounds, candidates, signals))
    places = [
        (part.marked.groups[number], place_signals(page, part, place, number))
        for part in page.parts
        for place, number in part.places("G")
        if part.marked.groups[number].councils
    ]
    return Opened(text, page, links, places)


def _is_right(
    text: LabelledText, councils: Iterable[str], units: Sequence[Any], pounds: int
) -> bool:
    """Whether the label gives the figure to these councils, together or to each."""
    return _labels_met(text, councils, units, pounds) > 0


def _labels_met(
    text: LabelledText, councils: Iterable[str], units: Sequence[Any], pounds: int
) -> int:
    """Return how many labels give the figure to these councils: one together, or one to each."""
    wanted = [label for label in text.labels if label.has_figure(pounds)]
    if any(label.councils == set(councils) for label in wanted):
        return 1

    each = [set(unit) for unit in units]
    given = [label.councils for label in wanted]
    is_each = len(each) > 1 and all(one in given for one in each)
    return len(each) if is_each else 0


def learn(texts: Sequence[Opened]) -> Scorer:
    """Return the scorer learned from these texts."""
    data: dict[str, Any] = {"models": {}, "thresholds": THRESHOLDS}
    data["models"]["link"] = fit(_link_examples(texts), "link")
    empty = {"bias": 0.0, "weights": {}}
    for name in ("sum", "place"):
        data["models"].setdefault(name, empty)
    linked = scorer_of(data)
    data["models"]["sum"] = fit(_sum_examples(texts, linked), "sum")
    chosen: Scorer | None = None
    for _ in range(3):
        data["models"]["place"] = fit(_place_examples(texts, chosen), "place")
        chosen = scorer_of(data)
    assert chosen is not None
    return chosen


def _link_examples(texts: Sequence[Opened]) -> Examples:
    examples = Examples()
    for one in texts:
        share = _weight(len(one.links)) * _REAL.get(one.text.batch, 1.0)
        for _, _, _, pounds, candidates, signals in one.links:
            met = [
                _labels_met(one.text, each.councils, each.group.units, pounds)
                for each in candidates
            ]
            if any(met):
                # Of "£1m each" for three councils that are all named, one alone is wrong.
                for each, count in zip(signals, met, strict=True):
                    examples.add(each, count == max(met), share)
    return examples


def _sum_examples(texts: Sequence[Opened], scorer: Scorer) -> Examples:
    examples = Examples()
    for one in texts:
        share = _weight(len(one.links)) * _REAL.get(one.text.batch, 1.0)
        for part, place, number, pounds, candidates, _ in one.links:
            best, sure = best_of(one.page, part, place, candidates, scorer)
            right = _is_right(one.text, best.councils, best.group.units, pounds)
            if not right and any(
                label.optional and label.has_figure(pounds) for label in one.text.labels
            ):
                continue
            if not right and _is_part(one.text, part, pounds, best.councils):
                continue
            signals = sum_signals(one.page, part, place, number, best) | {sure}
            examples.add(signals, right, share)
    return examples


def _is_part(text: LabelledText, part: Part, pounds: int, councils: Sequence[str]) -> bool:
    """Whether the sum is one of the sentence's that add up to what the label gives the councils."""
    totals = [label.low for label in text.labels if label.low and label.councils == set(councils)]
    others = [money.pounds for money in part.marked.money if money.pounds not in totals]
    return pounds in others and sum(others) in totals


def _place_examples(texts: Sequence[Opened], scorer: Scorer | None) -> Examples:
    """A council's likeliest mention teaches what being chosen looks like; its others teach
    nothing."""
    examples = Examples()
    for one in texts:
        examples.extend(_places_of(one, scorer))
    return examples


def _places_of(one: Opened, scorer: Scorer | None) -> Examples:
    """Return what the places of one text teach: first those not chosen, then the likeliest."""
    members = {label.councils for label in one.text.labels if label.low is None}
    paid = {slug for label in one.text.labels if label.low for slug in label.councils}
    rivals: dict[frozenset[str], list[tuple[float, set[str]]]] = defaultdict(list)
    share = _weight(len(one.places)) * _REAL.get(one.text.batch, 1.0)
    examples = Examples()

    for group, signals in one.places:
        chosen = [unit for unit in map(frozenset, group.units) if unit in members]
        if chosen:
            p = scorer.place.probability(signals) if scorer else 1.0
            rivals[chosen[0]].append((p, signals))
        elif not set(group.councils) <= paid:
            examples.add(signals, False, share)

    for found in rivals.values():
        for signals in _likeliest(found):
            examples.add(signals, True, share)
    return examples


def _likeliest(found: Sequence[tuple[float, set[str]]]) -> list[set[str]]:
    """Return the signals of the mentions that are about as likely as the likeliest."""
    best = max(p for p, _ in found)
    return [signals for p, signals in found if p >= best * 0.8]


def _weight(count: int) -> float:
    """How much one of so many counts: long lists and tables do not outweigh sentences."""
    return float(min(1.0, 6 / count)) if count else 1.0


def fit(examples: Examples, name: str) -> dict[str, Any]:
    """Return bias and weights of a logistic regression."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    often = Counter(signal for signals in examples.signals for signal in signals)
    kept = [
        {signal: 1.0 for signal in sorted(signals) if often[signal] >= _RARE[name]}
        for signals in examples.signals
    ]
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(kept)
    matrix.indices = matrix.indices.astype("int32")
    matrix.indptr = matrix.indptr.astype("int32")
    model = LogisticRegression(C=_STRENGTH[name], max_iter=400, solver="liblinear")
    model.fit(matrix, examples.right, sample_weight=examples.counts)
    weights = {
        signal: round(float(weight), 2)
        for signal, weight in zip(vectors.get_feature_names_out(), model.coef_[0], strict=True)
        if abs(weight) >= _LIGHT
    }
    return {"bias": round(float(model.intercept_[0]), 3), "weights": weights}


def as_data(scorer: Scorer, texts: Sequence[LabelledText]) -> dict[str, Any]:
    """Return what weights.json holds."""
    words = "".join(text.text for text in texts)
    models = {
        name: {"bias": model.bias, "weights": dict(sorted(model.weights.items()))}
        for name, model in (("link", scorer.link), ("sum", scorer.sum), ("place", scorer.place))
    }
    return {
        "texts": len(texts),
        "sha256": hashlib.sha256(words.encode()).hexdigest(),
        "thresholds": THRESHOLDS,
        "models": models,
    }


def training_texts() -> list[LabelledText]:
    """Return the texts of tests/corpus/train, in the order of their files' names."""
    return [text for path in sorted((CORPUS / "train").glob("*.txt")) for text in read_batch(path)]


def main() -> int:
    """Write weights.json."""
    texts = training_texts()
    scorer = learn([opened(text) for text in texts])
    WEIGHTS.write_text(json.dumps(as_data(scorer, texts), indent=0) + "\n", encoding="utf-8")
    print(f"{WEIGHTS.name}: {len(texts)} texts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
