"""Figures out of a file: the whole file or nothing, the same again changes nothing, every bad row is named."""

import pytest
from sqlalchemy import select

from partnerhub.actions.observations import import_observations
from partnerhub.extensions import db
from partnerhub.models import Event, ImportBatch, Observation, ReportingPeriod
from partnerhub.queries.summaries import summary_of
from partnerhub.rules.errors import BadDefinition, NotAllowed
from partnerhub.rules.policy import HUB
from tests.make import SMALL_RETURN
from tests.reported import APPENDIX, published_form, published_office, report
from tests.rules.published import FORMS, LOCALITY, LWA, WALL

HEADER = "service,provider,financial_year,column,group,indicator,label,unit,value"


@pytest.fixture
def agreement(make):
    service = make.service(name="Example service")
    return make.agreement(service, make.organisation("Example provider"), make.version(SMALL_RETURN))


def row(
    column="Q1", value="12", indicator="referrals", unit="count", service="Example service", provider="Example provider", year="2022-23"
):
    return f"{service},{provider},{year},{column},Numbers,{indicator},Referrals,{unit},{value}"


def file(*rows):
    return "\n".join((HEADER, *rows)).encode()


def bring_in(content, by=HUB, **rest):
    return import_observations(None, content, "figures.csv", by=by, **rest)


def stored():
    rows = db.session.execute(
        select(ReportingPeriod.label, Observation.indicator_key, Observation.value, Observation.percent, Observation.status)
        .join(ReportingPeriod, ReportingPeriod.id == Observation.period_id)
        .order_by(Observation.id)
    )
    return [tuple(each) for each in rows]


def test_quarters_count_as_approved_and_printed_totals_stand_beside_them(agreement):
    told = bring_in(file(row("Q1", "12"), row("Q2", "14"), row("printed_total", "27"), row("Q1", "89.5", "helped", "percent as printed")))
    assert (told.added, told.restated, told.unchanged, told.left_out) == (4, 0, 0, 0)
    assert stored() == [
        ("2022-23 Q1", "referrals", 12, None, "approved"),
        ("2022-23 Q2", "referrals", 14, None, "approved"),
        ("2022-23", "referrals", 27, None, "as_published"),
        ("2022-23 Q1", "helped", None, 895, "approved"),
    ]
    summary = summary_of(agreement.programme, "2022-23", provisional=True)
    assert [line.total.value for line in summary.lines if line.indicator == "referrals"] == [26]
    assert "the published figure for 2022-23 is 27; the figures reported give 26" in " ".join(note.text for note in summary.notes)


def test_the_batch_and_the_history_say_what_came_in(agreement):
    bring_in(file(row()), source="Board paper of September")
    batch = db.session.scalars(select(ImportBatch)).one()
    assert (batch.file_name, batch.rows, batch.source) == ("figures.csv", 1, "Board paper of September")
    event = db.session.scalars(select(Event)).one()
    assert (event.says, event.about_id, event.details["added"]) == ("imported figures", str(batch.id), 1)


def test_the_same_file_again_changes_nothing_and_says_so(agreement):
    content = file(row("Q1"), row("printed_total"))
    bring_in(content)
    before = stored()
    told = bring_in(content)
    assert (told.added, told.restated, told.unchanged) == (0, 0, 2)
    assert stored() == before
    assert len(db.session.scalars(select(ImportBatch)).all()) == len(db.session.scalars(select(Event)).all()) == 1


def test_a_corrected_file_restates_what_an_earlier_one_brought(agreement):
    bring_in(file(row("Q1", "12"), row("Q2", "14")))
    told = bring_in(file(row("Q1", "13"), row("Q2", "14")))
    assert (told.added, told.restated, told.unchanged) == (0, 1, 1)
    assert [each[2:] for each in stored()] == [(12, None, "superseded"), (14, None, "approved"), (13, None, "approved")]


def test_only_the_totals_come_when_only_they_are_asked_for(agreement):
    told = bring_in(file(row("Q1"), row("Q2"), row("printed_total", "26")), totals_only=True)
    assert (told.added, told.left_out) == (1, 2)
    assert stored() == [("2022-23", "referrals", 26, None, "as_published")]


def test_figures_of_a_return_are_not_overwritten_by_a_file(make, agreement):
    report(make, agreement, "2022-23 Q1", {"referrals": 12, "helped": (17, 20)})
    same = bring_in(file(row("Q1", "12"), row("Q1", "85", "helped", "percent as printed"), row("printed_total", "12")))
    assert (same.added, same.unchanged) == (1, 2)
    with pytest.raises(BadDefinition, match="line 2: 2022-23 Q1 was reported in a return"):
        bring_in(file(row("Q1", "13")))


FAULTS = [
    (row(service="Another service"), "there is no service “Another service”"),
    (row(provider="Another provider"), "there is no provider “Another provider”"),
    (row(indicator="nothing"), "there is no indicator “nothing”"),
    (row(year="2031-32"), "has no agreement for “Example service” in 2031-32 Q1"),
    (row(year="2022-24"), "is not a financial year"),
    (row(year="2022-23 Q1"), "is not a financial year"),
    (row(column="Q5"), "is not a period"),
    (row(column=""), "“” is not a column"),
    (row(value="twelve"), "“twelve” is not a number"),
    (row(value="=1+1"), "“=1+1” is not a number"),
    (row(value=""), "“” is not a number"),
    (row(value="12.5"), "12.5 is not whole"),
    (row(value="9" * 16), "is not whole"),
    (row(value="101", unit="percent as printed"), "101 is not a percentage"),
    (row(value="3", indicator="helped"), "“helped” is a share"),
    ("just,two", "has 2 cells, the first line has 9"),
]


@pytest.mark.parametrize(("bad", "fault"), FAULTS)
def test_a_bad_row_is_named_with_its_line_and_nothing_comes_in(agreement, bad, fault):
    with pytest.raises(BadDefinition) as refused:
        bring_in(file(row("Q2"), row("Q3"), bad))
    (found,) = refused.value.faults
    assert (found.file, found.place) == ("figures.csv", "line 4")
    assert fault in found.text
    assert stored() == []
    assert db.session.scalars(select(Event)).all() == []


def test_every_bad_row_is_named(agreement):
    with pytest.raises(BadDefinition) as refused:
        bring_in(file(row("Q1"), row("Q2", service="No"), row("Q3"), row("Q3"), row("Q4", indicator="no")))
    assert [fault.place for fault in refused.value.faults] == ["line 3", "line 5", "line 6"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "lacks the columns service, provider"),
        (b"service,provider\n", "lacks the columns financial_year"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (HEADER.encode() + b'\n"open', "not a CSV file"),
    ],
)
def test_a_file_that_is_none_is_refused(agreement, content, fault):
    with pytest.raises(BadDefinition, match=fault):
        bring_in(content)


def test_two_agreements_for_one_year_cannot_be_told_apart(make, agreement):
    make.agreement(agreement.service, agreement.organisation)
    with pytest.raises(BadDefinition, match="both cover 2022-23 Q1"):
        bring_in(file(row()))


def test_an_officer_may_and_an_auditor_may_not(make, agreement):
    with pytest.raises(NotAllowed):
        bring_in(file(row()), by=make.person(make.user("auditor")))
    assert stored() == []
    assert bring_in(file(row()), by=make.person(make.user("officer"))).added == 1


def test_a_byte_order_mark_and_a_blank_line_do_no_harm(agreement):
    assert bring_in(b"\xef\xbb\xbf" + file(row(), "")).added == 1


def test_the_published_file_agrees_with_the_returns_made_of_it(make):
    published_office(make)
    told = import_observations(None, APPENDIX.read_bytes(), APPENDIX.name, by=HUB)
    assert (told.added, told.restated, told.unchanged) == (0, 0, 100)


def test_the_published_file_alone_gives_the_same_counts(make):
    programme = make.programme("dsva")
    service = make.service(programme, LOCALITY)
    make.agreement(service, make.organisation(LWA), make.version(published_form(FORMS[LWA])))
    rows = [line for line in APPENDIX.read_text().splitlines() if WALL not in line]
    import_observations(None, "\n".join(rows).encode(), "lwa.csv", by=HUB)
    lines = {line.indicator: line for line in summary_of(programme, "2022-23", provisional=False).lines}
    assert [cell.value for cell in (*lines["referrals_accepted"].cells, lines["referrals_accepted"].total)] == [115, 263, 198, 164, 740]
    assert lines["positive_closure_percent"].total.status == "cannot_be_combined"
