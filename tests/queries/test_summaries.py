"""The summary read from the database: the published tables, whose figures count for whom, and what it costs."""

import copy

import pytest
from sqlalchemy import text

from partnerhub.actions.observations import import_observations
from partnerhub.extensions import db
from partnerhub.models import Target
from partnerhub.queries import questionnaires, summaries
from partnerhub.queries.summaries import summary_of
from partnerhub.rules import periods
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.policy import HUB
from tests.counting import statements
from tests.make import SMALL_RETURN
from tests.reported import APPENDIX, published_office, put, report, send_again
from tests.rules.published import ACCOMMODATION, LOCALITY, LWA
from tests.rules.test_reconcile import PERCENT, TABLE_1, TABLE_2


def line_of(summary, indicator, service=None):
    return next(line for line in summary.lines if line.indicator == indicator and service in (None, line.service))


def values(line):
    return [cell.value for cell in (*line.cells, line.total)]


def standings(line):
    return [cell.status.value for cell in (*line.cells, line.total)]


def told(programme, label="2022-23", provisional=True):
    return summary_of(programme, label, provisional=provisional)


# The published tables


@pytest.fixture
def published(make):
    return published_office(make)


@pytest.mark.parametrize(("service", "table"), [(LOCALITY, TABLE_1), (ACCOMMODATION, TABLE_2)])
def test_every_count_and_total_of_the_published_tables_comes_out_of_the_database(published, service, table):
    lines = [line for line in told(published).lines if line.service == service and line.label != PERCENT]
    assert {line.label: tuple(values(line)) for line in lines} == table
    assert [line.label for line in lines] == list(table)
    assert {line.group for line in lines} == {"Engagement", "Outcomes", "Exits"}


def test_17_of_20_is_pooled_and_percentages_without_denominators_stay_as_published(published):
    summary = told(published)
    pooled = line_of(summary, "positive_closure_percent", ACCOMMODATION)
    assert [cell[1:4] for cell in (*pooled.cells, pooled.total)] == [
        (5, 5, 1000), (3, 6, 500), (4, 4, 1000), (5, 5, 1000), (17, 20, 850),
    ]  # fmt: skip
    bare = line_of(summary, "positive_closure_percent", LOCALITY)
    assert [cell.percent for cell in (*bare.cells, bare.total)] == [890, 870, 1000, 830, None]
    assert standings(bare) == ["as_published"] * 4 + ["cannot_be_combined"]


def test_the_notes_of_the_year_are_the_known_ones_and_no_others(published):
    assert [note.text for note in told(published).notes] == [
        "No whole number of people gives 89% from 23 or 87% from 19 (rounded half up, or cut).",
        "Contact made following referral: the bands add up to 114 of 115 in Q1 and 739 of 740 in the year.",
        "The published 90% is the mean of the four quarters' percentages (89.75), which gives 3 cases the same weight as 23.",
        "Victims with positive case closure: per cent: as published, cannot be pooled: no denominators.",
    ]
    assert {note.about.organisation for note in told(published).notes} == {LWA}


def test_a_printed_total_that_is_not_the_sum_is_noted_and_does_not_replace_it(published):
    other = APPENDIX.read_text().replace("planned exit,count,337", "planned exit,count,338")
    assert import_observations(None, other.encode(), "other.csv", totals_only=True, by=HUB).restated == 1
    summary = told(published)
    assert line_of(summary, "exit_planned", LOCALITY).total.value == 337
    assert any("the published figure for 2022-23 is 338; the figures reported give 337" in note.text for note in summary.notes)


def test_a_quarter_and_twelve_months_hold_their_own_quarters_only(published):
    assert values(line_of(told(published, "2022-23 Q2"), "referrals_accepted", LOCALITY)) == [263, 263]
    rolling = line_of(told(published, "12 months to 2022-23 Q3"), "referrals_accepted", LOCALITY)
    assert [cell.period for cell in rolling.cells] == ["2021-22 Q4", "2022-23 Q1", "2022-23 Q2", "2022-23 Q3"]
    assert values(rolling) == [None, 115, 263, 198, 576]
    assert str(rolling.coverage) == "3 of 3 returns in"


def test_what_is_no_period_is_said(published):
    with pytest.raises(BadAnswer, match="is not a period"):
        told(published, "last year")


# What counts, and for whom


@pytest.fixture
def agreement(make):
    return make.agreement()


def programme_of(agreement):
    return agreement.programme


def test_a_figure_that_is_sent_is_provisional_for_staff_and_not_there_for_a_reader_of_approved_figures(make, agreement):
    report(make, agreement, "2022-23 Q1", {"referrals": 12})
    report(make, agreement, "2022-23 Q2", {"referrals": 14}, status="submitted")
    make.monitoring_return(agreement, "2022-23 Q3")
    staff, board = told(agreement.programme), told(agreement.programme, provisional=False)
    assert values(line_of(staff, "referrals")) == [12, 14, None, None, 26]
    assert standings(line_of(staff, "referrals")) == ["approved", "provisional", "not_reported", "not_applicable", "provisional"]
    assert str(staff.coverage) == "2 of 3 returns in"
    assert values(line_of(board, "referrals")) == [12, None, None, None, 12]
    assert standings(line_of(board, "referrals")) == ["approved", "not_reported", "not_reported", "not_applicable", "approved"]
    assert str(board.coverage) == "1 of 3 returns in"


@pytest.mark.parametrize("status", ["draft", "submitted", "queried"])
@pytest.mark.parametrize("provisional", [True, False])
def test_while_a_return_is_open_again_its_approved_figures_count(make, agreement, status, provisional):
    sent = report(make, agreement, "2022-23 Q1", {"referrals": 12})
    if status != "draft":
        send_again(sent, {"referrals": 14})
    sent.status = status
    db.session.commit()
    summary = told(agreement.programme, provisional=provisional)
    assert values(line_of(summary, "referrals"))[0] == 12
    assert str(summary.coverage) == "1 of 1 returns in"


def test_replaced_figures_and_breakdowns_do_not_count(make, agreement):
    sent = report(make, agreement, "2022-23 Q1", {"referrals": 12})
    put(agreement.id, agreement.service_id, sent.period_id, {"referrals": 99}, "superseded")
    put(agreement.id, agreement.service_id, sent.period_id, {"referrals": 7}, "approved", category="female")
    assert values(line_of(told(agreement.programme), "referrals"))[0] == 12


def test_zero_not_applicable_and_not_reported_are_three_things(make, agreement):
    report(make, agreement, "2022-23 Q1", {"referrals": 0})
    report(make, agreement, "2022-23 Q2", {"referrals": None})
    report(make, agreement, "2022-23 Q3", {})
    line = line_of(told(agreement.programme), "referrals")
    assert standings(line)[:3] == ["approved", "not_applicable", "not_reported"]
    assert values(line)[0] == 0


def test_a_waived_return_is_not_expected(make, agreement):
    report(make, agreement, "2022-23 Q1", {"referrals": 12})
    make.monitoring_return(agreement, "2022-23 Q2", status="waived")
    summary = told(agreement.programme)
    assert standings(line_of(summary, "referrals"))[1] == "not_applicable"
    assert str(summary.coverage) == "1 of 1 returns in"


def test_figures_of_other_programmes_are_never_added(make, agreement):
    report(make, agreement, "2022-23 Q1", {"referrals": 12})
    other = make.agreement()
    report(make, other, "2022-23 Q1", {"referrals": 500})
    assert [values(line)[0] for line in told(agreement.programme).lines if line.indicator == "referrals"] == [12]
    assert {line.organisation for line in told(agreement.programme).lines} == {agreement.organisation.name}


def test_two_providers_of_one_service_are_two_groups_of_lines(make, agreement):
    beside = make.agreement(agreement.service)
    report(make, agreement, "2022-23 Q1", {"referrals": 12})
    report(make, beside, "2022-23 Q1", {"referrals": 30})
    found = {line.organisation: values(line)[0] for line in told(agreement.programme).lines if line.indicator == "referrals"}
    assert found == {agreement.organisation.name: 12, beside.organisation.name: 30}


def test_the_wording_of_the_form_heads_the_line(make, agreement):
    report(make, agreement, "2022-23 Q1", {"referrals": 12})
    line = line_of(told(agreement.programme), "referrals")
    assert (line.group, line.label, line.unit) == ("Numbers", "Referrals received", "referrals")


# Periods on offer


def test_the_newest_year_with_figures_is_shown_first(make, agreement):
    report(make, agreement, "2021-22 Q3", {"referrals": 1})
    report(make, agreement, "2022-23 Q1", {"referrals": 1}, status="submitted")
    make.monitoring_return(agreement, "2023-24 Q1")
    staff = summaries.offered(agreement.programme_id, provisional=True)
    board = summaries.offered(agreement.programme_id, provisional=False)
    assert [each.label for each in staff] == ["2021-22 Q3", "2022-23 Q1"]
    assert [each.label for each in board] == ["2021-22 Q3"]
    assert summaries.newest_year(staff).label == "2022-23"
    assert summaries.newest_year(board).label == "2021-22"


# Targets


def test_a_late_return_is_known_to_the_target_of_its_agreement(make, agreement):
    make.monitoring_return(agreement, "2022-23 Q1")
    db.session.add(Target(agreement_id=agreement.id, indicator_key="referrals", value=45))
    db.session.commit()
    agreements = summaries.agreements_of(agreement.programme_id)
    figures = summaries.figures(agreements, periods.parse("2022-23"), provisional=True)
    aims = summaries.aims_of(agreements, figures.late)
    assert [(key[1], aim.target.value, aim.is_late) for key, aim in aims.items()] == [("referrals", 45, True)]


# Cost


def many(make, programme, how_many):
    """Services with providers, forms and returns of their own."""
    for number in range(how_many):
        document = copy.deepcopy(SMALL_RETURN) | {"questionnaire": f"form_{programme.slug}_{number}"}
        agreement = make.agreement(make.service(programme), version=make.version(document))
        report(make, agreement, "2022-23 Q1", {"referrals": number, "helped": (1, 2)})


def test_fifty_services_with_fifty_forms_take_as_many_statements_as_one(make):
    one, fifty = make.programme("one"), make.programme("fifty")
    many(make, one, 1)
    many(make, fifty, 50)
    counted = []
    for programme in (one, fifty):
        questionnaires._parsed.clear()  # as in a new process
        db.session.expire_all()
        with statements() as sent:
            assert len(told(programme).lines) in (2, 100)
        counted.append(len([each for each in sent if "FROM programme" not in each]))
    assert counted[0] == counted[1] <= 6


def test_the_figures_are_found_through_their_programme_whoever_else_reported_for_the_period(make, agreement):
    report(make, agreement, "2022-23 Q1", {"referrals": 12})
    with statements() as sent:
        told(agreement.programme)
        summaries.offered(agreement.programme_id, provisional=True)
    if db.engine.dialect.name == "postgresql":  # which reads a handful of rows whole otherwise
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        db.session.execute(text("SET LOCAL enable_bitmapscan = off"))
    plans = [each.plan() for each in sent if "observation" in each]
    assert len(plans) == 2
    for plan in plans:
        assert "ix_observation_figures" in plan
