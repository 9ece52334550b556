"""What an organisation keeps here: put in, replaced, taken out, read; and what a round asks for and does not find."""

import copy
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions import applications, documents, rounds
from partnerhub.actions.funds import change_fund
from partnerhub.extensions import db
from partnerhub.forms.answers import Typed
from partnerhub.models import Event, Fund, FundingRound, OrganisationDocument, StoredFile
from partnerhub.queries.documents import lacking
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.words import DocumentStage
from tests.browser import words_of
from tests.counting import assert_steady
from tests.make import CLOSED, FULL_APPLICATION, OPENED
from tests.web.test_refused_forms import says_beside, value_of

PDF = b"%PDF-1.7 our policy"
NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
LATER = CLOSED + timedelta(days=1)


@pytest.fixture
def ours(make):
    return make.organisation("Example boxing club")


@pytest.fixture
def lead(make, browser, ours):
    return browser(make.lead(ours, name="Our lead"))


def fields(content=PDF, name="policy.pdf", kind="safeguarding_policy", expires=("23", "5", "2026")):
    return {"kind": kind, "file": (io.BytesIO(content), name), "expires_on": list(expires)}


def send(who, organisation, **changed):
    with clock.at(NOW):
        return who.post(f"/organisations/{organisation.id}/documents", fields(**changed), content_type="multipart/form-data")


def kept():
    return db.session.scalars(select(OrganisationDocument).order_by(OrganisationDocument.ended_at.is_(None))).all()


def test_a_document_is_kept_and_said_until_when_it_holds(lead, ours):
    assert send(lead, ours).status_code == 303
    with clock.at(NOW):
        for path in ("/", f"/organisations/{ours.id}", f"/organisations/{ours.id}/documents"):
            page = words_of(lead.get(path))
            assert "Safeguarding policy" in page and "xpires in 20 days, on 23 May 2026" in page, path
    with clock.at(NOW + timedelta(days=21)):
        assert "expired on 23 May 2026" in words_of(lead.get("/"))
        assert "Expired Expired on 23 May 2026" in words_of(lead.get(f"/organisations/{ours.id}/documents"))
    given = lead.get(f"/organisations/{ours.id}/documents/{kept()[0].id}/file")
    assert given.data == PDF and given.headers["Content-Disposition"].startswith("attachment")
    event = db.session.scalars(select(Event).order_by(Event.seq.desc())).first()
    assert event.says == "kept a document" and event.organisation_id == ours.id and "policy.pdf" not in str(event.details)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": "page.html", "content": b"<script>"}, "We take PDF"),
        ({"name": "policy.pdf", "content": b"MZ"}, "not what its name says"),
        ({"name": ""}, "Choose a file"),
        ({"kind": "bank_statement"}, "Choose what kind of document"),
        ({"expires": ("2", "5", "2026")}, "This date is over"),
        ({"expires": ("31", "2", "2027")}, "must be a real date"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_box_and_nothing_is_kept(lead, ours, app, changed, says):
    answer = send(lead, ours, **changed)
    assert answer.status_code == 422 and says in words_of(answer)
    assert not kept() and not db.session.scalars(select(StoredFile)).all()


def test_a_file_that_came_with_something_wrong_is_asked_for_again_and_the_rest_is_kept(lead, ours):
    again = "Choose the file again"
    page = send(lead, ours, expires=("31", "2", "2027"))
    assert again in says_beside(page, "file")
    assert [value_of(page, "expires_on"), 'value="safeguarding_policy" selected' in page.text] == ["31 2 2027", True]
    assert again not in send(lead, ours, name="", expires=("31", "2", "2027")).text
    assert again not in send(lead, ours, content=b"MZ").text, "one sentence about one box"
    send(lead, ours)
    path = f"/organisations/{ours.id}/documents/{kept()[0].id}/replace"
    with clock.at(NOW):
        lead.post(path, {"expires_on": ["1", "1", "2027"], "version": "1"}, content_type="multipart/form-data")
        newer = {"file": (io.BytesIO(PDF + b" of 2027"), "newer.pdf"), "expires_on": ["1", "5", "2027"], "version": "1"}
        late = lead.post(path, newer, content_type="multipart/form-data")
    assert late.status_code == 409
    assert again in says_beside(late, "file"), "else the next press would change the date alone"


def test_whose_team_reads_it_is_said_to_a_lead_and_to_an_officer(lead, ours, make, browser):
    path = f"/organisations/{ours.id}/documents"
    assert "Your team and the office" in words_of(lead.get(path))
    assert "Its team and the office" in words_of(browser(make.user("officer")).get(path))


def test_what_was_replaced_or_taken_out_does_not_count_and_stays_readable(lead, ours, browser, make):
    send(lead, ours)
    (first,) = kept()
    path = f"/organisations/{ours.id}/documents/{first.id}"
    newer = {"file": (io.BytesIO(PDF + b" of 2027"), "newer.pdf"), "expires_on": ["1", "5", "2027"], "version": "1"}
    with clock.at(NOW):
        assert lead.post(f"{path}/replace", newer, content_type="multipart/form-data").status_code == 303
        old, new = kept()
        assert (old.id, old.replaced_by_id, new.expires_on) == (first.id, new.id, date(2027, 5, 1))
        late = newer | {"file": (io.BytesIO(PDF), "late.pdf"), "version": str(old.version)}
        assert lead.post(f"{path}/replace", late, content_type="multipart/form-data").status_code == 409
        assert len(kept()) == 2
        late = lead.post(f"{path}/remove", {"version": "1"})
        assert late.status_code == 409 and "Somebody changed this" in words_of(late) and "newer.pdf" in late.text
        assert new.is_kept, "whoever takes the older one out does not mean the newer"
        assert lead.post(f"/organisations/{ours.id}/documents/{new.id}/remove", {"version": "1"}).status_code == 303
        assert lead.post(f"/organisations/{ours.id}/documents/{new.id}/remove", {"version": "1"}).status_code == 409
    officer = browser(make.user("officer"))
    page = words_of(officer.get(f"/organisations/{ours.id}/documents"))
    assert "No document is kept here yet" in page and "Replaced 3 May 2026" in page and "Taken out 3 May 2026" in page
    assert officer.get(f"{path}/file").data == PDF


def test_a_date_alone_can_be_changed_and_a_page_that_is_old_is_told(lead, ours):
    send(lead, ours)
    (document,) = kept()
    path = f"/organisations/{ours.id}/documents/{document.id}/replace"
    with clock.at(NOW):
        assert lead.post(path, {"expires_on": ["1", "5", "2027"], "version": "1"}).status_code == 303
        assert lead.post(path, {"expires_on": ["1", "5", "2028"], "version": "1"}).status_code == 409
    (same,) = kept()
    assert (same.id, same.expires_on, same.ended_at) == (document.id, date(2027, 5, 1), None)


def test_a_document_is_not_found_under_another_organisation(lead, ours, make, browser):
    send(lead, ours)
    theirs = make.organisation()
    both = browser(make.user("officer"))
    assert both.get(f"/organisations/{theirs.id}/documents/{kept()[0].id}/file").status_code == 404
    foreign = browser(make.lead(theirs))
    assert foreign.get(f"/organisations/{ours.id}/documents").status_code == 404
    assert foreign.get(f"/organisations/{ours.id}/documents/{kept()[0].id}/file").status_code == 404


def test_the_list_costs_the_same_however_long_it_is(lead, ours, make):
    make.document(ours)
    make.document(ours, ended_at=NOW)
    more = lambda: [make.document(ours, ended_at=ended) for ended in (None, NOW) for _ in range(20)]  # noqa: E731
    assert_steady(lead, f"/organisations/{ours.id}/documents", more)


# What a round asks for


@pytest.fixture
def sent(make, ours):
    """An application sent in a round whose fund asks for two documents; its form asks for one of them."""
    document = copy.deepcopy(FULL_APPLICATION)
    document["sections"][1]["questions"][2]["reuse"] = "safeguarding_policy"
    fund = make.fund(before_scoring=["safeguarding_policy"], before_payment=["insurance"])
    application = make.application(make.funding_round(fund, make.version(document), year=2024, opens_at=OPENED, closes_at=CLOSED), ours)
    by = make.person(make.lead(ours))
    good = {("project_name", ""): "Boxing", ("need", ""): "Much", ("budget", "r1.item"): "Hall", ("budget", "r1.cost"): "12"}
    applications.save_answers(application, {place: Typed(text, 0) for place, text in good.items()}, by=by)
    return application, by


def words_at(application, stage, day=LATER):
    return [each.words for each in lacking(application, stage, day.date())]


def test_an_application_is_not_confirmed_while_a_document_is_missing_or_over(make, ours, sent, app):
    application, by = sent
    officer = make.person(make.user("officer"))
    with clock.at(CLOSED - timedelta(hours=1)):
        applications.submit_application(application, by=by)
    assert words_at(application, DocumentStage.SCORING) == ["Safeguarding policy: missing"]
    kept_over = make.document(ours, expires_on=CLOSED.date())
    with clock.at(LATER), pytest.raises(BadAnswer, match="Not passed: Documents asked for before marking"):
        applications.confirm_application(application, by=officer)
    assert application.status == "submitted"
    with clock.at(LATER):
        documents.change_expiry(kept_over, LATER.date(), by=by)
        applications.confirm_application(application, by=officer)
    assert application.status == "assessment"
    assert words_at(application, DocumentStage.PAYMENT) == ["Public liability insurance: missing"]


def test_a_file_sent_with_the_application_counts_unless_a_virus_was_found_in_it(sent, app):
    application, by = sent
    applications.attach_file(application, "policy", "p.pdf", PDF, app.config["HUB"].files_folder, by=by)
    assert words_at(application, DocumentStage.SCORING) == []
    with clock.at(CLOSED - timedelta(hours=1)):
        applications.submit_application(application, by=by)
    assert words_at(application, DocumentStage.SCORING) == []
    (file,) = db.session.scalars(select(StoredFile))
    file.scan_state = "infected"
    db.session.commit()
    assert words_at(application, DocumentStage.SCORING) == ["Safeguarding policy: missing"]


def test_the_applicant_and_the_office_are_told_what_is_lacking(make, browser, ours, sent):
    application, _ = sent
    with clock.at(CLOSED - timedelta(hours=1)):
        page = words_of(browser(make.lead(ours)).get(f"/applications/{application.id}")).replace("missing .", "missing.")
        assert "Safeguarding policy: missing. Before an application is marked" in page and "Add them to the documents" in page
        assert page.count("Public liability insurance: missing. Before any money is paid") == 1


def test_what_is_asked_for_before_marking_is_said_where_the_answers_are_checked_and_where_they_were_sent(sent, make, browser, ours):
    application, _ = sent
    address, lead = f"/applications/{application.id}", browser(make.lead(ours))
    where = f'href="/organisations/{ours.id}/documents?kind=safeguarding_policy#kind">Safeguarding policy: missing</a>'
    with clock.at(CLOSED - timedelta(hours=1)):
        check = lead.get(f"{address}/check").text
        assert where in check and "Everything needed is here" not in check
        assert where in lead.get(address).text
        page = lead.get(f"/organisations/{ours.id}/documents?kind=safeguarding_policy").text
        assert '<option value="safeguarding_policy" selected>' in page
        assert lead.sign(address).headers["Location"] == f"{address}/receipt"
        assert where in lead.get(f"{address}/receipt").text
        make.document(ours)
        assert "Safeguarding policy: missing" not in lead.get(f"{address}/receipt").text


def test_a_document_put_into_an_application_that_was_sent_back_is_there_before_it_is_sent_again(sent, make, app):
    application, by = sent
    with clock.at(CLOSED - timedelta(hours=1)):
        applications.submit_application(application, by=by)
    with clock.at(LATER):
        applications.ask_correction(application, "Send your policy", by=make.person(make.user("officer")))
        applications.attach_file(application, "policy", "p.pdf", PDF, app.config["HUB"].files_folder, by=by)
    assert words_at(application, DocumentStage.SCORING) == []


def test_a_published_round_keeps_asking_for_what_it_was_published_with(make, browser, stranger):
    officer = make.person(make.user("officer"))
    fund = make.fund(before_scoring=["accounts"])
    funding_round = make.funding_round(fund, status="draft")
    with clock.at(datetime(2025, 8, 1, tzinfo=UTC)):
        rounds.publish_round(funding_round, by=officer)
    change_fund(fund, {"before_scoring": [], "before_payment": ["insurance"]}, by=officer)
    again = db.session.get(FundingRound, funding_round.id)
    assert (again.terms.before_scoring, again.terms.before_payment) == (("accounts",), ())
    page = words_of(stranger.get(f"/rounds/{funding_round.id}"))
    assert "Accounts Before an application is marked." in page and "Public liability" not in page
    told = stranger.get(f"/rounds/{funding_round.id}.json").json
    assert (told["documents_before_scoring"], told["documents_before_payment"]) == (["accounts"], [])


def test_staff_say_which_documents_a_fund_asks_for_and_before_payment_asks_for_the_rest(make, browser):
    officer, fund = browser(make.user("officer")), make.fund()
    typed = {"name": fund.name, "code": fund.code, "purpose": "P", "area": "A", "cap": "100", "duration_months": "12", "kinds": ["group"]}
    chosen = {"before_scoring": ["insurance", "accounts"], "before_payment": ["insurance", "dbs_evidence"], "version": "1"}
    assert officer.post(f"/funds/{fund.id}/change", typed | chosen).status_code == 303
    fund = db.session.get(Fund, fund.id)
    assert (fund.before_scoring, fund.before_payment) == (["accounts", "insurance"], ["dbs_evidence"])
    assert "Evidence of DBS checks" in words_of(officer.get(f"/funds/{fund.id}"))


# A question takes what is kept


@pytest.fixture
def policy(sent, ours, app):
    """A policy that is kept here with its content, and the address of files of an application that cites it."""
    application, by = sent
    with clock.at(OPENED):
        document = documents.add_document(ours, "safeguarding_policy", LATER.date(), "ours.pdf", PDF, app.config["HUB"].files_folder, by=by)
    return document, f"/applications/{application.id}"


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "HTMX"])
def test_a_question_takes_a_document_that_is_kept_and_what_was_taken_stays_as_it_was(lead, ours, sent, policy, htmx):
    (document, path), (application, by) = policy, sent
    with clock.at(OPENED):
        page = words_of(lead.get(f"{path}/sections/money"))
        assert "Use the one you keep here" in page and "Safeguarding policy, ours.pdf, expires in 29 days, on 29 October 2024" in page
        used = lead.post(f"{path}/files?section=money", {"use_document": f"policy.{document.id}"}, htmx=htmx)
        assert used.status_code == (200 if htmx else 303)
        page = lead.get(f"{path}/sections/money")
        assert "Use the one you keep here" not in words_of(page), "the question takes one file"
        documents.take_document_out(db.session.get(OrganisationDocument, document.id), by=by)
    copy_id = db.session.scalars(select(StoredFile.id).where(StoredFile.submission_id == application.submission_id)).one()
    assert lead.get(f"{path}/files/{copy_id}").data == PDF


def test_a_document_that_is_over_or_gone_or_another_ones_is_not_taken(lead, make, policy, sent):
    (document, path), (_application, by) = policy, sent
    other = make.document(kind="safeguarding_policy")
    wrong_kind = make.document(document.organisation, kind="accounts")
    with clock.at(OPENED):
        for each in (other, wrong_kind):
            answer = lead.post(f"{path}/files?section=money", {"use_document": f"policy.{each.id}"})
            assert answer.status_code == 422 and "not kept here any more" in words_of(answer)
        documents.change_expiry(db.session.get(OrganisationDocument, document.id), OPENED.date() - timedelta(days=1), by=by)
        page = words_of(lead.get(f"{path}/sections/money"))
        assert "cannot be used: expired on 29 September 2024" in page and "Use the one you keep here" not in page
        answer = lead.post(f"{path}/files?section=money", {"use_document": f"policy.{document.id}"})
        assert answer.status_code == 422 and "This document expired on 29 September 2024" in words_of(answer)
    assert not db.session.scalars(select(StoredFile).where(StoredFile.submission_id.is_not(None))).all()
