"""`python -m benchmarks.ranking`: what ranking a whole round costs, beside one dense least-squares solve of the same system by numpy."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.report import table
from partnerhub.rules import scoring, severity
from partnerhub.rules.numbers import SEVERITY_SHRINKAGE
from partnerhub.rules.questionnaire import Criterion, Scoring

MOST_SOLVES = 20
WEIGHTS = (20, 20, 15, 15, 10, 10, 5, 5)
SCHEME = Scoring(
    min=0,
    max=5,
    anchors={},
    criteria=tuple(Criterion(f"criterion_{number}", f"Criterion {number}", weight) for number, weight in enumerate(WEIGHTS)),
    floor_criteria=("criterion_0",),
    floor_min=2,
    line=65,
    bands=(),
    tie_break=("criterion_0", "criterion_1"),
)
Round = dict[int, dict[int, dict[str, int]]]  # bid, assessor, criterion: mark


@dataclass(frozen=True)
class Turn:
    """Milliseconds of CPU."""

    official: float  # from marks to results, the ranked list and what a line costs
    adjusted: float  # from marks to the fit, one more fit without each assessor, and the pairs that swap
    solve: float  # one numpy.linalg.lstsq

    @property
    def ratio(self) -> float:
        return (self.official + self.adjusted) / self.solve


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 0 when everything was measured, whether or not the goal was met."""
    asked = _asked(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads that wait for each other would add CPU to numpy's side
    try:
        import numpy
    except ImportError:
        print("benchmarks.ranking needs numpy, which comes with the tools of `make check`", file=sys.stderr)
        return 1
    marked = a_round(asked.bids, asked.assessors, asked.each)
    matrix, right = (numpy.array(each) for each in dense(marked))

    def solve() -> Sequence[float]:
        return numpy.linalg.lstsq(matrix, right, rcond=None)[0]

    ours = adjusted(marked).scores
    if any(abs(float(score) - theirs) > 1e-8 for score, theirs in zip(ours.values(), solve(), strict=False)):
        raise RuntimeError("the two give different scores")
    turns = [Turn(_cpu(lambda: official(marked)), _cpu(lambda: adjusted(marked)), _cpu(solve)) for _ in range(asked.turns)]
    print(f"{asked.bids} bids × {asked.each} of {asked.assessors} assessors × {len(WEIGHTS)} criteria, a dense system of {matrix.shape}")
    print(f"Python {sys.version.split()[0]}, numpy {numpy.__version__}, medians of {asked.turns}\n\n{_report(turns)}")
    return 0


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking", description=__doc__)
    parser.add_argument("--bids", type=int, default=500)
    parser.add_argument("--assessors", type=int, default=12)
    parser.add_argument("--each", type=int, default=3, help="assessors of each bid (%(default)s)")
    parser.add_argument("--turns", type=int, default=15, help="how often they take turns (%(default)s)")
    return parser.parse_args(arguments)


def a_round(bids: int, assessors: int, readers: int) -> Round:
    """Marks as people give them: what a bid is worth, how severe the assessor is, and chance, kept on the scale."""
    chance = random.Random(2025)
    severe = [chance.gauss(0, 0.4) for _ in range(assessors)]

    def sheet(worth: float) -> dict[str, int]:
        return {each.key: min(5, max(0, round(worth + chance.gauss(0, 0.8)))) for each in SCHEME.criteria}

    worths = [chance.gauss(3, 0.8) for _ in range(bids)]
    return {bid: {who: sheet(worth - severe[who]) for who in chance.sample(range(assessors), readers)} for bid, worth in enumerate(worths)}


def dense(marked: Round) -> tuple[list[list[float]], list[float]]:
    """The same least squares as one matrix: a row for each sheet, and one for each assessor that draws them towards 0."""
    assessors = sorted({who for sheets in marked.values() for who in sheets})
    columns = {("bid", bid): at for at, bid in enumerate(marked)}
    columns |= {("assessor", who): len(marked) + at for at, who in enumerate(assessors)}

    def row(value: float, *names: tuple[str, int]) -> list[float]:
        filled = [0.0] * len(columns)
        for name in names:
            filled[columns[name]] = value
        return filled

    given = [(bid, who, percent) for bid, sheets in marked.items() for who, percent in scoring.by_assessor(SCHEME, sheets).items()]
    matrix = [row(1, ("bid", bid), ("assessor", who)) for bid, who, _ in given]
    matrix += [row(SEVERITY_SHRINKAGE**0.5, ("assessor", who)) for who in assessors]
    return matrix, [float(percent) for _, _, percent in given] + [0.0] * len(assessors)


def official(marked: Round) -> tuple[list[int], int]:
    results = {bid: scoring.result(SCHEME, sheets) for bid, sheets in marked.items()}
    places = scoring.ranked_list(SCHEME, results, dict.fromkeys(results, 5_000_00))
    return scoring.above(places, 65)


def adjusted(marked: Round) -> severity.Adjusted:
    return severity.adjust({bid: scoring.by_assessor(SCHEME, sheets) for bid, sheets in marked.items()})


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return 1000 * (time.process_time() - begun)


def _report(turns: list[Turn]) -> str:
    ratios = [each.ratio for each in turns]
    heads = ("CPU ms", "official", "adjusted", "one lstsq", "ratio", "(turns)", "goal")
    row = (
        "ranking a round",
        *(f"{median(getattr(each, name) for each in turns):.1f}" for name in ("official", "adjusted", "solve")),
        f"{median(ratios):.2f}",
        f"{min(ratios):.2f} to {max(ratios):.2f}",
        f"{MOST_SOLVES} {'met' if median(ratios) <= MOST_SOLVES else 'MISSED'}",
    )
    return table(heads, [row])


if __name__ == "__main__":
    sys.exit(main())
