"""What a round says to those who think of applying, as parts that the page, the PDF and the Word file all draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from partnerhub.models import FundingRound
from partnerhub.queries.rounds import Earlier
from partnerhub.rules import spoken
from partnerhub.rules.question_types import NO_CHOICES, Choices
from partnerhub.rules.questionnaire import Question, Questionnaire, Section
from partnerhub.rules.readable import day_in_words, moment_in_words, plural, pounds
from partnerhub.rules.rounds import when
from partnerhub.rules.standing import PARTNER
from partnerhub.rules.words import (
    DOCUMENT_KIND_LABELS,
    DOCUMENT_STAGE_LABELS,
    ORGANISATION_KIND_LABELS,
    DocumentKind,
    DocumentStage,
    OrganisationKind,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One heading and what stands under it: paragraphs, a table of two columns, a list."""

    key: str
    title: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    headings: tuple[str, str] | None = None
    bullets: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        return bool(self.paragraphs or self.rows or self.bullets)


@dataclass(frozen=True, slots=True)
class RoundPage:
    """Everything that is said before the first question, and the questions."""

    title: str
    when: str
    lead: str
    earlier: str
    parts: tuple[Part, ...]
    sections: list[tuple[Section, list[spoken.SpokenQuestion]]] = field(default_factory=list)
    conditions: dict[str, list[str]] = field(default_factory=dict)


def round_page(
    funding_round: FundingRound, form: Questionnaire, earlier: Sequence[Earlier], now: datetime | None, choices: Choices = NO_CHOICES
) -> RoundPage:
    """The page of a round as it reads at `now`; on paper, which is read at any time, for none.

    `choices`: the lists of reference data that may be printed.
    """
    parts = (
        _funded(funding_round),
        Part("not-funded", "What we do not fund", bullets=_lines(funding_round.terms.not_funded)),
        _much(funding_round),
        _who(funding_round),
        _dates(funding_round, now),
        _needed(funding_round, form),
        *_decided(funding_round, form),
        _afterwards(funding_round, form),
    )
    return RoundPage(
        title=funding_round.name,
        when=when(funding_round.opens_at, funding_round.closes_at, now),
        lead=f"Up to {pounds(funding_round.terms.cap)} for each project, from {pounds(funding_round.money)} in this round.",
        earlier=" ".join(_earlier(each) for each in earlier),
        parts=tuple(each for each in parts if each.says_something),
        sections=spoken.sections(form, choices=choices),
        conditions={section.key: spoken.condition(section.show_if, form, "Asked only when") for section in form.sections},
    )


def lines_of(asked: spoken.SpokenQuestion) -> list[str]:
    """Everything that is said about one question, for paper."""
    question = asked.question
    said = [asked.answer]
    if asked.options:
        said.append("; ".join(each.label for each in asked.options))
    elif any(asked.boxes):
        said.append("; ".join(asked.boxes))
    if question.columns:
        said.append(f"Columns: {'; '.join(each.label for each in question.columns)}")
    why = [f"Why we ask: {question.why}"] if question.why else []
    return [*said, *([question.help] if question.help else []), *why, *asked.must, *asked.notes]


def _dates(funding_round: FundingRound, now: datetime | None) -> Part:
    rows = [
        ("Opens", moment_in_words(funding_round.opens_at, now)),
        ("Closes", f"{moment_in_words(funding_round.closes_at, now)}. There is no grace after it."),
    ]
    if funding_round.decided_by:
        rows.append(("You have our answer by", day_in_words(funding_round.decided_by, now)))
    return Part("dates", "Dates", rows=tuple(rows))


def _funded(funding_round: FundingRound) -> Part:
    terms = funding_round.terms
    theme = (f"The theme of this round: {funding_round.theme}.",) if funding_round.theme else ()
    where = f"Where: {terms.area}.".replace("..", ".")
    return Part("funded", "What we fund", (*_lines(terms.purpose), *theme, *_lines(funding_round.about), where))


def _much(funding_round: FundingRound) -> Part:
    rows = (
        ("For each project", f"Up to {pounds(funding_round.terms.cap)}"),
        ("In this round", pounds(funding_round.money)),
        ("How long a project can last", f"Up to {plural(funding_round.terms.duration_months, 'month')}"),
    )
    return Part("money", "How much", rows=rows)


def _who(funding_round: FundingRound) -> Part:
    kinds = tuple(ORGANISATION_KIND_LABELS[OrganisationKind(each)] for each in funding_round.terms.kinds)
    return Part("who", "Who can apply", bullets=kinds)


def _decided(funding_round: FundingRound, form: Questionnaire) -> Iterator[Part]:
    scoring, people = form.scoring, funding_round.assessors_per_bid
    if scoring is None:
        return
    alone = "One person marks each application." if people == 1 else f"{people} people mark each application, each alone."
    hidden = ("They do not see who applies until the marks are in.",) if funding_round.hides_applicants else ()
    yield Part(
        "decided",
        "How we decide",
        (alone, *hidden, *spoken.marking(scoring), "A panel sets the line when all marks are in, and says why."),
        tuple((each.label, spoken.weight(each)) for each in scoring.criteria),
        ("Criterion", "Counts for"),
    )
    yield Part("scale", "What the marks mean", bullets=tuple(f"{mark}: {words}" for mark, words in sorted(scoring.anchors.items())))


def _needed(funding_round: FundingRound, form: Questionnaire) -> Part:
    """Every document that the form or its fund asks for, once, by when."""
    terms = funding_round.terms
    stages = dict.fromkeys(terms.before_payment, DocumentStage.PAYMENT) | dict.fromkeys(terms.before_scoring, DocumentStage.SCORING)
    files = [each for each in form.questions.values() if each.type.name == "file" and form.is_put_to(each.key, PARTNER)]
    rows = [(each.label, _when_needed(each, form, stages.get(each.reuse))) for each in files]
    cited = {each.reuse for each in files}
    rows += [
        (DOCUMENT_KIND_LABELS[DocumentKind(kind)], f"{DOCUMENT_STAGE_LABELS[stage]}.")
        for kind, stage in stages.items()
        if kind not in cited
    ]
    once = "What your organisation keeps in the hub, in date, can be used again in every application."
    return Part("needed", "Documents you will need", (once,) if stages else (), tuple(rows))


def _when_needed(asked: Question, form: Questionnaire, stage: DocumentStage | None) -> str:
    """When the form asks for it and, where the fund asks for it whatever the form says, by when that is."""
    if asked.required:
        said = ["With your application"]
    elif asked.before_payment:
        said = [DOCUMENT_STAGE_LABELS[DocumentStage.PAYMENT]]
    else:
        said = spoken.condition(asked.required_when, form, "With your application when") or ([] if stage else ["If you have it"])
    if stage and not asked.required and DOCUMENT_STAGE_LABELS[stage] not in said:
        said = [*said, f"In any case {DOCUMENT_STAGE_LABELS[stage].lower()}" if said else DOCUMENT_STAGE_LABELS[stage]]
    return " ".join([each.rstrip(".") + "." for each in (*said, *spoken.condition(asked.show_if, form, "Asked only when"))])


def _afterwards(funding_round: FundingRound, form: Questionnaire) -> Part:
    by = f" by {day_in_words(funding_round.decided_by)}" if funding_round.decided_by else ""
    marks = ", with your marks for each criterion" if form.scoring else ""
    return Part(
        "afterwards",
        "What happens after you apply",
        bullets=(
            "You get a receipt with a copy of what you sent. You can change it until the round closes.",
            "We check that each application can be considered. If something small is missing, we ask you once to put it right.",
            f"You have our answer{by}{marks}.",
            "If it is a yes, we both sign an agreement before any money is paid. It says which short reports you send us.",
        ),
    )


def _earlier(earlier: Earlier) -> str:
    funded = "" if earlier.awarded is None else f", {earlier.awarded:,} funded"
    label = f"Round {earlier.funding_round.number} of {earlier.funding_round.year}-{(earlier.funding_round.year + 1) % 100:02}"
    return f"{label}: {earlier.applied:,} applied{funded}."


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
