"""Returns that were sent, with their figures, as rows: what submitting and approving leave behind, without the typing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import yaml

from partnerhub.actions.observations import import_observations
from partnerhub.extensions import db
from partnerhub.models import MonitoringReturn, Observation, Programme, ServiceAgreement, SubmissionVersion, User
from partnerhub.rules import periods
from partnerhub.rules.policy import HUB
from partnerhub.rules.questionnaire import embed
from tests.make import Make
from tests.rules.published import ACCOMMODATION, CATALOGUE, FORMS, LOCALITY, LWA, WALL, printed

APPENDIX = CATALOGUE / "demo" / "appendix-a-2022-23.csv"
SENT = datetime(2023, 7, 3, 9, 0, tzinfo=UTC)
Figures = Mapping[str, Any]  # indicator -> a number, (number, out of), "89%" as published, or None for not applicable


def report(
    make: Make,
    agreement: ServiceAgreement,
    label: str,
    figures: Figures,
    *,
    status: str = "approved",
    signed_by: User | None = None,
    **rest,
) -> MonitoringReturn:
    """A return of this period that was sent once with these figures; `status` is that of its figures too unless it is `submitted`."""
    sent = make.monitoring_return(
        agreement,
        label,
        status=status,
        first_submitted_on=SENT.date(),
        submitted_at=SENT,
        **({"approved_at": SENT + timedelta(days=5)} if status == "approved" else {}),
        **rest,
    )
    version = send_again(sent, figures, standing="approved" if status == "approved" else "provisional", signed_by=signed_by)
    sent.approved_version_id = version.id if status == "approved" else None
    db.session.commit()
    return sent


def send_again(
    sent: MonitoringReturn, figures: Figures, *, standing: str = "provisional", signed_by: User | None = None, answers: dict | None = None
) -> SubmissionVersion:
    """One more version of a return, with its figures."""
    number = db.session.query(SubmissionVersion).filter_by(submission_id=sent.submission_id).count() + 1
    version = SubmissionVersion(
        submission_id=sent.submission_id,
        questionnaire_version_id=sent.questionnaire_version_id,
        number=number,
        reference=f"R-{uuid4().hex[:8]}-v{number}",
        answers=answers or {},
        digest="0" * 64,
        submitted_by_id=signed_by.id if signed_by else None,
        submitted_at=SENT + timedelta(days=10 * (number - 1)),
    )
    db.session.add(version)
    db.session.flush()
    sent.latest_version_id = version.id
    put(sent.agreement_id, sent.service_id, sent.period_id, figures, standing, submission_version_id=version.id)
    return version


def put(agreement_id, service_id, period_id: int, figures: Figures, status: str, category: str = "all", **source: Any) -> None:
    """Figures as they are stored."""
    for indicator, figure in figures.items():
        value, out_of, percent = _parts(figure)
        db.session.add(
            Observation(
                service_id=service_id,
                agreement_id=agreement_id,
                period_id=period_id,
                indicator_key=indicator,
                category=category,
                value=value,
                out_of=out_of,
                percent=percent,
                not_applicable=figure is None,
                status=status,
                **source,
            )
        )
    db.session.commit()


def _parts(figure: Any) -> tuple[int | None, int | None, int | None]:
    if isinstance(figure, tuple):
        return figure[0], figure[1], None
    if isinstance(figure, str):
        return None, None, 10 * int(figure.rstrip("%"))
    return figure, None, None


def published_form(key: str) -> dict[str, Any]:
    """A form of the catalogue as it is published: with its part of the library."""
    library = yaml.safe_load((CATALOGUE / "indicators" / "domestic_abuse.yaml").read_text())
    return embed(yaml.safe_load((CATALOGUE / "questionnaires" / f"{key}.yaml").read_text()), {**library, "breakdowns": {}})


def published_office(make: Make) -> Programme:
    """The two published tables: quarters as approved returns, each signed by its lead, printed totals from the file."""
    programme = make.programme("dsva", name="Domestic and Sexual Violence and Abuse")
    for service, provider in ((LOCALITY, LWA), (ACCOMMODATION, WALL)):
        organisation = make.organisation(provider)
        lead = make.lead(organisation, name=f"Lead of {provider}")
        version = make.version(published_form(FORMS[provider]))
        agreement = make.agreement(make.service(programme, service), organisation, version)
        for quarter in periods.quarters_of(periods.parse("2022-23")):
            report(make, agreement, quarter.label, _quarter(provider, quarter.label), signed_by=lead)
    import_observations(None, APPENDIX.read_bytes(), APPENDIX.name, totals_only=True, by=HUB)
    return programme


def _quarter(provider: str, label: str) -> dict[str, Any]:
    """The published figures of a quarter as its return gives them: WALL's share from its counts, LWA's percentage as printed."""
    rows = [row for row in printed() if row["provider"] == provider and label.endswith(row["column"])]
    figures: dict[str, Any] = {row["indicator"]: int(row["value"]) for row in rows}
    if provider == WALL:
        exits = figures["exit_planned"] + figures["exit_unplanned"]
        return figures | {"positive_closure_percent": (figures["positive_closure_number"], exits)}
    return figures | {"positive_closure_percent": f"{figures['positive_closure_percent']}%"}
