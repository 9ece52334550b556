"""What the page of the line shows: who would be funded by a line that is tried, what it costs, and whom it reaches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from partnerhub.forms.panel import Line, Ranking, ranking_of
from partnerhub.models import Application, FundingRound
from partnerhub.queries.moderation import RoundMarks
from partnerhub.rules.decisions import follows, line_in_words, line_under, tie_break_in_words
from partnerhub.rules.questionnaire import Scoring
from partnerhub.rules.round_report import Bid, Share, groups, names_several, spread
from partnerhub.rules.scoring import Pot, Reach
from partnerhub.rules.words import GIVES_MONEY


@dataclass(frozen=True, slots=True)
class Row:
    """One bid on the list. `is_open`: a decision can still take it up."""

    line: Line
    is_open: bool
    is_above: bool
    draws: str
    """The highest line that it still reaches, as it is typed; empty without a percentage."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A line that is tried. Money in pence; nothing here is decided."""

    line: int
    words: str
    rows: list[Row]
    """The best first; those above the line come before the others."""
    above: int
    """How many bids it would fund."""
    open: int
    cost: int
    promised: int
    pot: Pot
    parts: list[tuple[str, list[Share], bool]]
    """(heading, lines, whether a bid can count in several): `awarded` and `given` as the line would have it."""
    ranking: Ranking
    tie_break: str

    @property
    def left(self) -> int:
        """Of what may be promised; below 0 when the line costs too much."""
        return self.pot.limit - self.promised - self.cost

    @property
    def reach(self) -> Reach:
        return self.pot.reach(self.promised + self.cost)


def try_line(
    line: int,
    marks: RoundMarks,
    scoring: Scoring,
    funding_round: FundingRound,
    bids: Sequence[Bid],
    to_decide: Sequence[Application],
    promised: int,
) -> Tried:
    """What this line would do with the bids that can still be decided; `bids`: what each says of itself."""
    open_ids = {each.id for each in to_decide}
    results = marks.results(scoring)
    funded = {bid for bid in open_ids if follows(results.get(bid), line) in GIVES_MONEY}
    ranking = ranking_of(marks, scoring, funding_round, counting=open_ids, promised=promised)
    labels = {each.key: each.label for each in scoring.criteria}
    return Tried(
        line=line,
        words=line_in_words(line),
        rows=[_row(each, open_ids, funded) for each in ranking.lines],
        above=len(funded),
        open=len(open_ids),
        cost=sum(each.amount_requested or 0 for each in to_decide if each.id in funded),
        promised=promised,
        pot=Pot(funding_round.money, funding_round.over_commitment),
        parts=_parts([each for each in bids if each.id in open_ids], funded),
        ranking=ranking,
        tie_break=tie_break_in_words([labels[each] for each in scoring.tie_break]),
    )


def _row(line: Line, open_ids: Collection[object], funded: Collection[object]) -> Row:
    percent, bid = line.place.result.percent, line.place.bid
    draws = line_in_words(line_under(percent)).removesuffix("%") if percent is not None else ""
    return Row(line, bid in open_ids, bid in funded, draws)


def _parts(bids: Sequence[Bid], funded: Collection[object]) -> list[tuple[str, list[Share], bool]]:
    would_be = [replace(each, given=each.asked if each.id in funded else None) for each in bids]
    return [(heading, spread(would_be, group), names_several(would_be, group)) for heading, group in groups(would_be).items()]
