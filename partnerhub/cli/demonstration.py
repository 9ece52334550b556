"""`partnerhub demo`: fills an empty database with the demonstration office, through the actions and with the clock moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import click
from flask import current_app
from sqlalchemy import func, select, update

from partnerhub import clock
from partnerhub.actions import agreements, funds, observations, organisations, people, programmes, questionnaires, returns, rounds
from partnerhub.actions import periods as reporting
from partnerhub.actions.doing import writing
from partnerhub.actions.passwords import hashed
from partnerhub.actions.places import put_districts, put_postcodes
from partnerhub.actions.priorities import load_priorities
from partnerhub.catalogue import reading
from partnerhub.catalogue.office import Deed, Office, districts, postcode_sectors
from partnerhub.cli import Stop, command, hub
from partnerhub.cli.grant_rounds import GrantRound
from partnerhub.cli.typing_in import Texts, insist_kept, texts_of, typed_over
from partnerhub.extensions import db
from partnerhub.models import (
    Application,
    Event,
    Fund,
    Membership,
    MonitoringReturn,
    Observation,
    Organisation,
    OutboxMail,
    QuestionnaireVersion,
    Service,
    User,
)
from partnerhub.models.returns import ABOUT_THE_WHOLE
from partnerhub.queries.agreements import owed_periods, suggested_reference
from partnerhub.queries.answering import standing_of
from partnerhub.queries.people import person_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import cells_of
from partnerhub.rules import periods as calendar
from partnerhub.rules import priorities
from partnerhub.rules.agreements import promised
from partnerhub.rules.errors import Refusal
from partnerhub.rules.policy import HUB, Person
from partnerhub.rules.question_types import REASON
from partnerhub.rules.words import RETURN_STATUS_LABELS, MailState, OfficeRole, ReturnStatus

SET_UP_DAYS = 14  # an agreement is made so many days before it begins


@command(hub, "demo")
@click.option("--if-empty", is_flag=True, help="Do nothing, and do not complain, when the database is filled already.")
def demo(if_empty: bool) -> None:
    """Fill an empty database with the demonstration office."""
    if current_app.config["HUB"].production:
        raise Stop("The demonstration office has known passwords, so it is never made where HUB_ENV is production.")
    if _is_half_made():
        raise Stop(
            "The demonstration office in this database is only half made: an earlier run was interrupted. Start with a new database."
        )
    if _is_filled():
        if not if_empty:
            raise Stop("The database is not empty: there are people or organisations in it. Nothing was changed.")
        click.echo("The database is filled already. Nothing was changed.")
        return
    office = Office(clock.now())
    Making(office).make()
    for line in _told(office):
        click.echo(line)


def _is_filled() -> bool:
    return bool(
        db.session.scalar(select(func.count()).select_from(User)) or db.session.scalar(select(func.count()).select_from(Organisation))
    )


def _is_half_made() -> bool:
    """Passwords are given last: until then nobody can sign in."""
    without = select(func.count()).where(User.is_demonstration, User.password_hash.is_(None))
    return bool(db.session.scalar(without))


class Making:
    """One run: what has been made so far, by the keys of office.yaml."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.people: dict[str, Person] = {}
        self.organisations: dict[str, Organisation] = {}
        self.forms: dict[str, QuestionnaireVersion] = {}
        self.services: dict[str, Service] = {}
        self.funds: dict[str, Fund] = {}
        self.returns: dict[tuple[str, str], MonitoringReturn] = {}
        self.grant_rounds = [GrantRound(office, told) for told in office.grant_rounds]

    def make(self) -> None:
        """Everything in the order of time, so that the history reads like one."""
        timetable: list[tuple[datetime, Callable[[], None]]] = [
            (self._made_on(agreement), partial(self._agreement, agreement)) for agreement in self.office["agreements"]
        ]
        timetable += [(deed.at, partial(self._deed, deed)) for deed in self.office.deeds()]
        timetable += [(self._announced(each), partial(self._round, each)) for each in self.office["rounds"]]
        timetable.append((self.office.moment(date.fromisoformat(self._totals["import"]), "import"), self._printed_totals))
        timetable += [entry for each in self.grant_rounds for entry in each.story()]
        timetable.sort(key=lambda entry: entry[0])
        with clock.at(timetable[0][0] - timedelta(days=SET_UP_DAYS)):
            self._people_and_places()
            self._forms()
            self._programmes()
            self._funds()
        for moment, happens in timetable:
            with clock.at(moment):
                happens()
        self._give_more_time()
        self._letters_have_gone()
        self._give_passwords()

    # who and what there is

    def _people_and_places(self) -> None:
        put_districts(districts())
        put_postcodes(postcode_sectors())
        written = reading.read([reading.HOUSE / "priorities"])
        load_priorities(None, [line for each in written for line in priorities.parse(each.content)], by=HUB)
        at_the_office = [each for each in self.office["accounts"] if set(each["roles"]) <= set(OfficeRole)]
        self._accounts(at_the_office)
        groups = [organisation for each in self.grant_rounds for organisation in each.organisations]
        for each in [*self.office["organisations"], *groups]:
            details = {"name": each["name"], "kind": each["kind"], "district_code": each.get("district")}
            self.organisations[each["key"]] = organisations.create_organisation(None, details, by=self._administrator)
        leads = [account for each in self.grant_rounds for account in each.accounts]
        self._accounts([*(each for each in self.office["accounts"] if each not in at_the_office), *leads])

    def _accounts(self, accounts: list[dict[str, Any]]) -> None:
        """People with their roles; viewers of programmes come to them later."""
        made = []
        with writing():
            for each in accounts:
                user = User(email=each["email"], name=each["name"], created_at=clock.now(), is_demonstration=True)
                db.session.add(user)
                db.session.flush()
                db.session.add_all(
                    Membership(user_id=user.id, role=role, organisation_id=self._place_of(role, each), since=clock.now())
                    for role in each["roles"]
                    if role != OfficeRole.VIEWER
                )
                made.append(user)
        self.people |= {user.email: person for user in made if (person := person_of(user.id))}

    def _place_of(self, role: str, account: Mapping[str, Any]) -> Any:
        return None if role in set(OfficeRole) else self.organisations[account["organisation"]].id

    @property
    def _administrator(self) -> Person:
        return next(each for each in self.people.values() if OfficeRole.ADMINISTRATOR in each.office_roles)

    @property
    def _officer(self) -> Person:
        return next(each for each in self.people.values() if OfficeRole.OFFICER in each.office_roles)

    def _forms(self) -> None:
        questionnaires.load_library(None, reading.library(), by=HUB)
        found = {each.content["questionnaire"]: each for each in reading.read([reading.HOUSE / "questionnaires"])}
        for key in self.office["questionnaires"]:
            loaded = questionnaires.load_questionnaire(None, found[key].content, file=found[key].file, by=HUB)
            questionnaires.publish_questionnaire(loaded.version, by=HUB)
            self.forms[key] = loaded.version

    def _programmes(self) -> None:
        for each in self.office["programmes"]:
            details = {"slug": each["slug"], "name": each["title"], "about": each["about"]}
            programme = programmes.create_programme(None, details, by=self._officer)
            for position, service in enumerate(each["services"], 1):
                self.services[service["key"]] = programmes.add_service(
                    programme, {"name": service["name"], "position": position}, by=self._officer
                )
            self._viewers(each["slug"], programme.id)

    def _viewers(self, slug: str, programme_id: Any) -> None:
        for each in self.office["accounts"]:
            if slug in each.get("programmes", ()):
                user = db.session.get(User, self.people[each["email"]].id)
                people.change_roles(user, [], [programme_id], by=self._administrator)

    def _funds(self) -> None:
        for each in self.office["funds"]:
            terms = {key: each[key] for key in ("code", "name", "purpose", "not_funded", "area", "kinds")}
            terms |= {key: each.get(key, []) for key in ("before_scoring", "before_payment")}
            details = terms | {key: each[key] for key in ("instalments", "report_due_days", "half_way_months")}
            details |= {"cap": each["cap"] * 100, "duration_months": each["months"], "one_payment_to": each["one_payment_to"] * 100}
            details |= {f"{key}_form_id": self.forms[each[key]].questionnaire_id for key in ("report", "half_way")}
            details |= {"half_way_above": each["half_way_above"] * 100}
            self.funds[each["key"]] = funds.create_fund(None, details, by=self._officer)
        for each in self.grant_rounds:
            told = each.told["round"]
            each.begin(self.funds[told["fund"]], self.forms[told["form"]], self.organisations, self.people)

    def _announced(self, wanted: Mapping[str, Any]) -> datetime:
        """A round is published two weeks before it opens."""
        return self.office.opens_at(wanted) - timedelta(days=SET_UP_DAYS)

    def _round(self, wanted: Mapping[str, Any]) -> None:
        """A round that is open on whatever day this runs."""
        details = {
            "year": calendar.financial_year_of(self.office.opens_at(wanted).date()),
            "opens_at": self.office.opens_at(wanted),
            "closes_at": self.office.closes_at(wanted),
            "decided_by": self.office.working_day(wanted["decided"]),
            "money": wanted["money"] * 100,
            "questionnaire_version_id": self.forms[wanted["form"]].id,
            "assessors_per_bid": wanted["assessors"],
        }
        details |= {key: wanted[key] for key in ("number", "theme", "advertised", "over_commitment")}
        made = rounds.create_round(self.funds[wanted["fund"]], details, by=self._officer)
        rounds.publish_round(made, by=self._officer)

    # what was agreed

    def _made_on(self, agreement: Mapping[str, Any]) -> datetime:
        return self.office.moment(self.office.dates(agreement)[0] - timedelta(days=SET_UP_DAYS))

    def _agreement(self, wanted: Mapping[str, Any]) -> None:
        """An agreement with its periods, targets and returns."""
        service, form = self.services[wanted["service"]], self.forms[wanted["questionnaire"]]
        starts, ends = self.office.dates(wanted)
        details = {
            "reference": suggested_reference(service),
            "organisation_id": self.organisations[wanted["provider"]].id,
            "questionnaire_id": form.questionnaire_id,
            "frequency": wanted["frequency"],
            "starts": starts,
            "ends": ends,
        }
        paying = [self.organisations[key].id for key in wanted["commissioners"]]
        made = agreements.add_agreement(service, details, paying, wanted["areas"], by=self._officer)
        reporting.make_periods(None, owed_periods(made), wanted["due_working_days"], by=self._officer)
        if "targets" in wanted:
            agreements.set_targets(made, _scaled(wanted["targets"], form.id), by=self._officer)
        for each in agreements.draw_up(made, by=self._officer):
            self.returns[wanted["key"], each.period.label] = each

    # what happened to the returns

    def _deed(self, deed: Deed) -> None:
        monitoring_return, by = self.returns[deed.agreement, deed.period], self.people[deed.by]
        try:
            DEEDS[deed.does](monitoring_return, deed.said, by)
        except Refusal as error:
            raise Stop(f"{deed.agreement}, {deed.period}, {deed.does}: {error.sentence}") from None

    def _give_more_time(self) -> None:
        """Returns of real organisations are due and empty on whatever day this runs, and never late."""
        for wanted in self.office["agreements"]:
            soon = calendar.working_days_after(clock.today(), wanted.get("more_time", 0))
            for (key, _period), each in self.returns.items():
                if key == wanted["key"] and "more_time" in wanted and each.is_open and each.due_on < soon:
                    returns.extend_return(each, soon, "In the demonstration no real organisation is late.", by=self._officer)

    @property
    def _totals(self) -> Mapping[str, Any]:
        return self.office["published_returns"]["totals"]

    def _printed_totals(self) -> None:
        """What stood in the published tables as totals: kept as published, never added to anything."""
        file = self.office.figures_file
        by = self.people[self._totals["by"]]
        observations.import_observations(None, file.read_bytes(), file.name, source=self._totals["source"], totals_only=True, by=by)

    def _letters_have_gone(self) -> None:
        """What was written in the demonstration's past counts as sent then; nothing of it goes out now."""
        with writing():
            waiting = update(OutboxMail).where(OutboxMail.state == MailState.WAITING)
            db.session.execute(waiting.values(state=MailState.SENT, sent_at=OutboxMail.created_at))

    def _give_passwords(self) -> None:
        """One hash for all: everybody may know the password anyway, and each costs a tenth of a second."""
        kept = hashed(self.office["password"])
        with writing():
            db.session.execute(update(User).where(User.is_demonstration).values(password_hash=kept))


def _scaled(targets: Iterable[Mapping[str, Any]], version_id: Any) -> dict[str, tuple[int, int | None]]:
    """Targets as they are stored: 90 per cent as tenths, 45 referrals by the indicator's decimals."""
    decimals = {each.indicator.key: each.decimals for each in promised(definition(version_id))}
    return {each["indicator"]: (each["value"] * 10 ** decimals[each["indicator"]], None) for each in targets}


def _fill(monitoring_return: MonitoringReturn, said: Mapping[str, Any], by: Person) -> None:
    """Types the answers, and a reason beside each check that asks and for which there is one."""
    form = definition(monitoring_return.questionnaire_version_id)
    _type(monitoring_return, texts_of(form, said["answers"]), by)
    reasons = said.get("reasons", {})
    standing = standing_of(monitoring_return, form, cells_of(monitoring_return.submission_id))
    beside = {(failure.about[0][0], REASON + failure.check_key) for failure in standing.needs_reason}
    given = {(key, cell): reasons.get(key, reasons.get("every_check", "")) for key, cell in beside}
    _type(monitoring_return, {place: text for place, text in given.items() if text}, by)


def _type(monitoring_return: MonitoringReturn, texts: Texts, by: Person) -> None:
    if texts:
        saved = returns.save_answers(monitoring_return, typed_over(monitoring_return.submission_id, texts), by=by)
        insist_kept(saved.errors, "A return")


def _query(monitoring_return: MonitoringReturn, said: Mapping[str, Any], by: Person) -> None:
    form = definition(monitoring_return.questionnaire_version_id)
    asked = [(key, form.questions[key].cells[0], text) for key, text in said["queries"].items()]
    returns.query_return(monitoring_return, [*asked, (ABOUT_THE_WHOLE, "", said.get("in_general", ""))], by=by)


def _reopen(monitoring_return: MonitoringReturn, said: Mapping[str, Any], by: Person) -> None:
    until: date = calendar.working_days_after(clock.today(), said["for_working_days"])
    returns.reopen_return(monitoring_return, said["reason"], until, by=by)


DEEDS: dict[str, Callable[[MonitoringReturn, Mapping[str, Any], Person], Any]] = {
    "fill": _fill,
    "submit": lambda monitoring_return, said, by: returns.submit_return(monitoring_return, by=by),
    "approve": lambda monitoring_return, said, by: returns.approve_return(monitoring_return, by=by),
    "query": _query,
    "waive": lambda monitoring_return, said, by: returns.waive_return(monitoring_return, said["reason"], by=by),
    "reopen": _reopen,
}


def _told(office: Office) -> list[str]:
    """What was made, and how to go on."""
    told_of = (Organisation, User, Application, MonitoringReturn, Observation, Event)
    counted = {model: db.session.scalar(select(func.count()).select_from(model)) for model in told_of}
    by_status = db.session.execute(
        select(MonitoringReturn.status, func.count()).group_by(MonitoringReturn.status).order_by(MonitoringReturn.status)
    )
    statuses = ", ".join(f"{count} {RETURN_STATUS_LABELS[ReturnStatus(status)].lower()}" for status, count in by_status)
    return [
        (
            f"Made the demonstration office: {len(office['programmes'])} programmes, {len(office['agreements'])} agreements,"
            f" {counted[Organisation]} organisations, {counted[User]} people, {counted[Application]} applications."
        ),
        f"{counted[MonitoringReturn]} returns ({statuses}) with {counted[Observation]} figures; {counted[Event]} lines of history.",
        (
            f"Everybody signs in with the password “{office['password']}”, for example lead@lwa.example or officer@office.example;"
            " `partnerhub accounts` lists all."
        ),
    ]
