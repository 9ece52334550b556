"""Every list answers the same address with .csv and .json added: for the same people, with the same filters, and whole."""

import csv
import io
import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions.people import rename
from partnerhub.extensions import db
from partnerhub.models import Event, Membership, Organisation, OrganisationIdentifier, User
from partnerhub.models.history import EventPerson
from partnerhub.web.lists import IN_MEMORY, list_file
from tests.browser import words_of
from tests.counting import assert_steady
from tests.make import LONG_AGO, SMALL_RETURN

FORMULA = '=HYPERLINK("http://example.org","x")'
NOW = datetime(2022, 7, 29, 9, 0, tzinfo=UTC)  # the returns of 2022-23 Q1 were due on 21 July
LISTS = ("/returns", "/organisations", "/people", "/history", "/programmes", "/periods", "/questionnaires", "/questionnaires/published")


@pytest.fixture
def office(make, browser):
    """One of everything, under a name that looks like a formula; an officer and an administrator look at it."""

    class Office:
        organisation = make.organisation(FORMULA, district_code=None)
        programme = make.programme("early-help", name="+Early help")
        service = make.service(programme, "@Service")
        agreement = make.agreement(service, organisation)
        due = make.monitoring_return(agreement, make.period("2022-23 Q1", date(2022, 7, 21)))
        lead = make.lead(organisation, name="-1+1|cmd", email="lead@example.org")
        officer_user = make.user("officer", name="Olive", email="olive@example.org")
        administrator_user = make.user("administrator", name="Ada", email="ada@example.org")
        officer, administrator = browser(officer_user), browser(administrator_user)

    return Office()


def rows_of(answer):
    """The CSV file as a person's spreadsheet reads it: the headings, and a row each."""
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def objects_of(answer):
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    return json.loads(answer.data)


# What stands in each


def test_returns(office):
    with clock.at(NOW):
        heading, row = rows_of(office.officer.get("/returns.csv"))
        [told] = objects_of(office.officer.get("/returns.json"))
    assert told == {
        "id": str(office.due.id),
        "period": "2022-23 Q1",
        "organisation": FORMULA,
        "organisation_id": str(office.organisation.id),
        "service": "@Service",
        "programme_id": str(office.programme.id),
        "status": "due",
        "due_on": "2022-07-21",
        "first_submitted_on": None,
        "days_late": 8,
    }
    assert heading == list(told)
    assert row[1:3] == ["2022-23 Q1", f"'{FORMULA}"]
    assert row[4] == "'@Service"
    assert row[6:] == ["due", "2022-07-21", "", "8"]


def test_organisations(make, office):
    other = make.organisation("Riverside Youth Club")
    for number in ("GB-COH-01234567", "GB-CHC-1012345"):
        db.session.add(OrganisationIdentifier(org_id=number, organisation_id=other.id))
    db.session.commit()
    heading, first, second = rows_of(office.officer.get("/organisations.csv"))
    assert heading == ["id", "name", "kind", "district", "district_code", "numbers"]
    assert first == [str(office.organisation.id), f"'{FORMULA}", "charity", "", "", ""]
    assert second == [str(other.id), "Riverside Youth Club", "charity", "", "", "GB-CHC-1012345; GB-COH-01234567"]
    assert objects_of(office.officer.get("/organisations.json"))[1] == {
        "id": str(other.id),
        "name": "Riverside Youth Club",
        "kind": "charity",
        "district": None,
        "district_code": None,
        "numbers": ["GB-CHC-1012345", "GB-COH-01234567"],
    }


def test_people(make, office):
    former = make.lead(office.organisation, name="Zed", email="zed@example.org", deactivated_at=LONG_AGO)
    db.session.scalars(select(Membership).where(Membership.user_id == former.id)).one().ended_at = LONG_AGO
    db.session.commit()
    heading, first, *_, last = rows_of(office.administrator.get("/people.csv"))
    assert heading == ["id", "name", "email", "roles", "account"]
    assert first == [str(office.lead.id), "'-1+1|cmd", "lead@example.org", f"lead, {FORMULA}", "open"]
    assert last == [str(former.id), "Zed", "zed@example.org", "", "closed"]
    assert objects_of(office.administrator.get("/people.json"))[1] == {
        "id": str(office.administrator_user.id),
        "name": "Ada",
        "email": "ada@example.org",
        "roles": ["administrator"],
        "account": "open",
    }


def test_history(make, office):
    rename(office.officer_user, "=Olive", by=make.person(office.officer_user), now=datetime(2022, 7, 1, 9, 30, tzinfo=UTC))
    office.administrator.post(f"/organisations/{office.organisation.id}/invitations", {"email": "x@example.org", "role": "lead"})
    heading, _invited, renamed = rows_of(office.administrator.get("/history.csv"))
    assert heading == ["number", "at", "who", "action", "says", "about", "about_id", "organisation", "details", "personal"]
    user = str(office.officer_user.id)
    told = ["1", "2022-07-01T10:30:00+01:00", "'=Olive", "person.rename", "changed their name", "person", user, "", ""]
    assert renamed == [*told, "before: Olive; after: =Olive"]
    invited = objects_of(office.administrator.get("/history.json"))[0]
    assert {name: invited[name] for name in ("number", "who", "says", "organisation", "details", "personal")} == {
        "number": 2,
        "who": "Ada",
        "says": "invited somebody",
        "organisation": FORMULA,
        "details": {"role": "lead"},
        "personal": {"email": "x@example.org"},
    }


def test_personal_values_that_were_erased_stand_in_no_file(make, office):
    rename(office.officer_user, "Olivia", by=make.person(office.officer_user))
    db.session.delete(db.session.scalars(select(EventPerson)).one())
    office.officer_user.name = "Erased"
    db.session.commit()
    assert objects_of(office.administrator.get("/history.json"))[0]["personal"] == {"erased": "yes"}
    answer = office.administrator.get("/history.csv")
    assert rows_of(answer)[1][-1] == "erased: yes"
    assert b"Oliv" not in answer.data


def test_programmes(office):
    assert rows_of(office.officer.get("/programmes.csv")) == [
        ["id", "slug", "name", "services", "agreements"],
        [str(office.programme.id), "early-help", "'+Early help", "1", "1"],
    ]
    assert objects_of(office.officer.get("/programmes.json")) == [
        {"id": str(office.programme.id), "slug": "early-help", "name": "+Early help", "services": 1, "agreements": 1}
    ]


def test_periods(make, office):
    earlier = make.period("2021-22 Q4", date(2022, 4, 26))
    first = {
        "id": str(office.due.period.uuid),
        "period": "2022-23 Q1",
        "year": "2022-23",
        "kind": "quarter",
        "starts": "2022-04-01",
        "ends": "2022-06-30",
        "due_on": "2022-07-21",
        "due_working_days": 15,
        "returns": 1,
    }
    told = objects_of(office.officer.get("/periods.json"))
    assert told[0] == first
    assert (told[1]["id"], told[1]["year"], told[1]["starts"], told[1]["returns"]) == (str(earlier.uuid), "2021-22", "2022-01-01", 0)
    heading, row, _ = rows_of(office.officer.get("/periods.csv"))
    assert dict(zip(heading, row, strict=True)) == {name: str(value) for name, value in first.items()}


def test_forms(make, office):
    make.version(SMALL_RETURN | {"title": "=Small"}, status="draft", number=2)
    told = {"key": "small_return", "title": "Small quarterly return", "kind": "return", "versions": ["1: published", "2: draft"]}
    assert objects_of(office.officer.get("/questionnaires.json")) == [told | {"open_returns": 1}]
    assert rows_of(office.officer.get("/questionnaires.csv")) == [
        ["key", "title", "kind", "versions", "open_returns"],
        ["small_return", "Small quarterly return", "return", "1: published; 2: draft", "1"],
    ]


def test_forms_in_use_are_for_everybody(office, stranger):
    assert rows_of(stranger.get("/questionnaires/published.csv")) == [
        ["key", "title", "version"],
        ["small_return", "Small quarterly return", "1"],
    ]
    assert objects_of(stranger.get("/questionnaires/published.json")) == [
        {"key": "small_return", "title": "Small quarterly return", "version": 1}
    ]


def test_a_spreadsheet_takes_the_file_for_unicode_and_keeps_it_under_the_name_of_the_list(office):
    answer = office.officer.get("/questionnaires/published.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=questionnaires-published.csv"
    assert answer.content_length == len(answer.data)
    assert "Content-Disposition" not in office.officer.get("/questionnaires/published.json").headers


# For whom


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_who_may_not_see_the_page_gets_what_the_page_gives(make, browser, stranger, office, path, kind):
    elsewhere = make.viewer(make.programme())
    for who in (office.officer, office.administrator, browser(office.lead), browser(make.user("finance")), browser(elsewhere), stranger):
        page, file = who.get(path), who.get(f"{path}.{kind}")
        assert file.status_code == page.status_code
        if page.status_code == 404:
            assert words_of(file) == words_of(page)
        elif page.status_code == 303:
            assert file.location == f"{page.location}.{kind}"  # after signing in one is given the file


def test_a_viewer_gets_the_agreed_programme_and_no_other(make, browser, office):
    make.programme("other")
    viewer = browser(make.viewer(office.programme))
    assert [each["slug"] for each in objects_of(viewer.get("/programmes.json"))] == ["early-help"]


@pytest.mark.parametrize("path", LISTS)
def test_there_are_these_two_files_and_no_others(office, path):
    for ending in (".xlsx", ".", ".CSV", ".csv.json", ".csv/"):
        assert office.administrator.get(path + ending).status_code == 404
    for kind in ("csv", "json"):
        assert office.administrator.post(f"{path}.{kind}").status_code == 405


# With which filters, and how many


def test_the_page_leads_to_its_files_with_its_filters(make, office):
    make.organisation("Riverside & Hill")
    rename(office.officer_user, "Olivia", by=make.person(office.officer_user))
    wanted = {
        "/returns?programme=early-help": "/returns.csv?period=2022-23+Q1&amp;programme=early-help",
        "/returns": "/returns.csv?period=2022-23+Q1",
        "/organisations?q=Riverside+%26&page=1": "/organisations.csv?q=Riverside+%26",
        "/people?q=example.org&role=officer&state=open": "/people.csv?q=example.org&amp;role=officer&amp;state=open",
        "/people?role=nonsense": "/people.csv",
        "/history?person=oliv&deed=person.rename&before=99": "/history.csv?person=oliv&amp;deed=person.rename",
        "/programmes": "/programmes.csv",
        "/periods": "/periods.csv",
        "/questionnaires": "/questionnaires.csv",
        "/questionnaires/published": "/questionnaires/published.csv",
    }
    for path, link in wanted.items():
        reader = office.administrator
        page = reader.get(path)
        assert "Download this list: CSV file of this list , JSON file of this list" in words_of(page), path
        assert f'href="{link}">CSV' in page.text, path
        assert f'href="{link.replace(".csv", ".json")}">JSON' in page.text, path
        assert len(rows_of(reader.get(link.replace("&amp;", "&")))) > 1, path


def test_filters_of_the_address_hold_for_the_file(make, office):
    other = make.monitoring_return(make.agreement(provider=make.organisation("Riverside")), "2022-23 Q2")
    rename(office.officer_user, "Olivia", by=make.person(office.officer_user))
    rename(office.lead, "Leah", by=make.person(office.lead))

    def told(path, name):
        return [each[name] for each in objects_of(office.administrator.get(path))]

    assert told("/returns.json", "period") == ["2022-23 Q2"]  # the newest, as on the page
    assert told("/returns.json?period=2022-23+Q1", "id") == [str(office.due.id)]
    assert told("/returns.json?period=2022-23+Q2&programme=early-help", "id") == []
    assert told("/returns.json?period=2022-23+Q2&programme=nonsense", "id") == [str(other.id)]
    assert told("/organisations.json?q=rIver", "name") == ["Riverside"]
    assert told("/people.json?role=officer", "name") == ["Olivia"]
    assert told("/people.json?q=lead@&state=open", "name") == ["Leah"]
    assert told("/people.json?state=closed", "name") == []
    assert told("/history.json?person=olivia", "who") == ["Olivia"]
    assert told("/history.json?deed=person.rename&before=2", "number") == [2, 1]
    assert told("/history.json?organisation=nowhere", "number") == []


def many(number: int) -> None:
    """So many organisations, each with two numbers and two people."""
    for at in range(number):
        organisation, people = uuid4(), (uuid4(), uuid4())
        db.session.add(Organisation(id=organisation, name=f"Group {at:04} {organisation}", kind="group", created_at=LONG_AGO))
        db.session.add_all(User(id=each, name=f"Person {at:04}", email=f"{each}@example.org", created_at=LONG_AGO) for each in people)
        db.session.flush()
        db.session.add_all(OrganisationIdentifier(org_id=f"X-{each}", organisation_id=organisation) for each in people)
        db.session.add_all(Membership(user_id=each, organisation_id=organisation, role="lead", since=LONG_AGO) for each in people)
    db.session.commit()


@pytest.mark.parametrize(("path", "length"), [("/organisations", 551), ("/people", 1103)])
def test_files_hold_the_whole_list_and_cost_no_statement_more_when_it_is_long(office, path, length):
    """Longer than what the database is asked for in one piece, which is 500 of a kind."""
    assert_steady(office.administrator, f"{path}.csv", lambda: many(550))
    told = objects_of(office.administrator.get(f"{path}.json"))
    assert len({each["id"] for each in told}) == len(told) == length
    assert {len(each.get("roles", each.get("numbers"))) for each in told[1:]} == {1 if path == "/people" else 2}


def test_a_long_history_is_read_in_one_statement(office):
    def more():
        for seq in range(2, 2502):
            about = {"about_kind": "User", "about_id": str(office.lead.id), "details": {}, "previous_hash": "x", "hash": "x"}
            db.session.add(Event(seq=seq, at=LONG_AGO, actor_id=office.lead.id, action="person.rename", says="did", **about))
        db.session.commit()

    rename(office.lead, "Leah", by=SimpleNamespace(id=office.lead.id))
    assert_steady(office.administrator, "/history.csv", more)
    assert [each["number"] for each in objects_of(office.administrator.get("/history.json"))] == list(range(2501, 0, -1))


@pytest.mark.parametrize("path", ["/returns", "/programmes", "/periods", "/questionnaires", "/questionnaires/published"])
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_other_files_cost_no_statement_more_with_fifty_rows(make, office, path, kind):
    def more():
        for number in range(50):
            version = make.version(SMALL_RETURN | {"questionnaire": f"form_{number}"})
            make.monitoring_return(make.agreement(version=version), version=version)
            make.period(f"20{30 + number}-{31 + number} Q1")

    assert_steady(office.officer, f"{path}.{kind}", more)
    assert len(objects_of(office.officer.get(f"{path}.json"))) == 51


# How it is sent


def test_a_fault_on_the_way_leaves_no_half_file(app):
    def rows():
        yield "first"
        raise LookupError("the second cannot be read")

    with app.test_request_context("/list.csv"), pytest.raises(LookupError):
        list_file("csv", {"text": str}, rows())


def test_a_file_too_large_for_memory_arrives_whole(app):
    count = IN_MEMORY // 20
    with app.test_request_context("/list.json"):
        answer = list_file("json", {"id": lambda number: UUID(int=number)}, range(count))
        told = json.loads(b"".join(answer.iter_encoded()))
        answer.close()
    assert answer.content_length > IN_MEMORY
    assert told[-1] == {"id": str(UUID(int=count - 1))} and len(told) == count
