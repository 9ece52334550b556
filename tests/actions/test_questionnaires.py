"""Forms: loaded as a draft, frozen when published, told apart from what is there already."""

import copy

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from partnerhub.actions.questionnaires import (
    LOADED_MEANWHILE,
    load_library,
    load_questionnaire,
    publish_questionnaire,
    retire_questionnaire,
)
from partnerhub.extensions import db
from partnerhub.models import BreakdownDefinition, Event, IndicatorDefinition, QuestionnaireVersion
from partnerhub.models.conditions import allowed, may
from partnerhub.queries.questionnaires import choices, definition
from partnerhub.rules.errors import BadAnswer, BadDefinition, NotAllowed, NotNow
from partnerhub.rules.policy import HUB, RULES, STRANGER, Answer
from partnerhub.rules.questionnaire import parse
from partnerhub.rules.words import OfficeRole, QuestionnaireStatus
from tests.actions.test_invitations import together
from tests.make import LONG_AGO, SMALL_RETURN


def document(**changes):
    return copy.deepcopy(SMALL_RETURN) | changes


def test_a_new_form_is_loaded_as_draft_one_and_written_down(make):
    officer = make.person(make.user("officer"))
    version, is_new = load_questionnaire(None, document(), by=officer)
    assert (is_new, version.number, version.status, version.questionnaire.key) == (True, 1, "draft", "small_return")
    event = db.session.scalars(select(Event)).one()
    assert (event.action, event.details["version"], event.actor_id) == ("questionnaire.load", 1, officer.id)


def attempted(deed):
    """What the deed said when it was refused; nothing when it was done."""
    try:
        deed()
    except BadAnswer as refusal:
        return refusal.sentence
    return None


def test_one_form_or_library_loaded_by_several_at_the_same_moment_stands_once_and_nobody_meets_a_failure(app):
    library = {"indicators": SMALL_RETURN["indicators"], "breakdowns": SMALL_RETURN["breakdowns"]}
    for load in (lambda: load_questionnaire(None, document(), by=HUB), lambda: load_library(None, library, by=HUB)):
        told = together(app, [lambda load=load: attempted(load)] * 6)
        assert len(told) == 6, "none failed in another way"
        assert {each for each in told if each} <= {LOADED_MEANWHILE}
        assert None in told
    assert len(db.session.scalars(select(QuestionnaireVersion)).all()) == 1
    assert len(db.session.scalars(select(IndicatorDefinition)).all()) == 2
    assert [event.action for event in db.session.scalars(select(Event).order_by(Event.seq))] == ["questionnaire.load", "library.load"]


def test_loading_the_same_again_makes_nothing_new_and_writes_nothing_down(app):
    first, _ = load_questionnaire(None, document(), by=HUB)
    again = load_questionnaire(None, dict(reversed(document().items())), by=HUB)
    assert (again.version.id, again.is_new) == (first.id, False)
    publish_questionnaire(first, by=HUB)
    assert not load_questionnaire(None, document(), by=HUB).is_new
    assert len(db.session.scalars(select(QuestionnaireVersion)).all()) == 1
    assert len(db.session.scalars(select(Event)).all()) == 2


def test_a_changed_form_replaces_the_draft_or_begins_the_next_version(app):
    draft = load_questionnaire(None, document(), by=HUB).version
    changed = load_questionnaire(None, document(title="Another title"), by=HUB)
    assert (changed.version.id, changed.version.number, changed.is_new) == (draft.id, 1, True)
    publish_questionnaire(draft, by=HUB)
    assert load_questionnaire(None, document(title="A third title"), by=HUB).version.number == 2


def test_publishing_freezes_the_version_for_everybody_even_the_database(app):
    version = load_questionnaire(None, document(), by=HUB).version
    publish_questionnaire(version, by=HUB)
    assert version.status == "published" and version.published_at is not None
    with pytest.raises(DatabaseError, match="never changes"):
        db.session.execute(text("UPDATE questionnaire_version SET digest = 'x'"))
    db.session.rollback()
    with pytest.raises(NotNow):
        publish_questionnaire(version, by=HUB)


def test_what_a_form_cites_of_the_library_is_taken_along(app):
    indicator = {"key": "visits", "label": "Visits", "measure": "sum", "over_providers": "sum", "unit": "visits", "breakdowns": ["wing"]}
    db.session.add(IndicatorDefinition(key="visits", document=indicator, updated_at=LONG_AGO))
    db.session.add(BreakdownDefinition(key="wing", categories=[{"key": "east", "label": "East"}], updated_at=LONG_AGO))
    db.session.commit()
    questions = [
        {"key": "visits", "type": "whole_number", "label": "Visits", "indicator": "visits"},
        {"key": "by_wing", "type": "breakdown", "of": "visits", "breakdown": "wing"},
    ]
    cites = document(questionnaire="cites", sections=[{"key": "one", "title": "One", "questions": questions}], checks=[])
    version = load_questionnaire(None, cites, by=HUB).version
    db.session.execute(text("DELETE FROM indicator"))
    db.session.execute(text("DELETE FROM breakdown"))
    db.session.commit()
    publish_questionnaire(version, by=HUB)
    meaning = definition(version.id)
    assert meaning.indicators["visits"].label == "Visits"
    assert [each.key for each in meaning.questions["by_wing"].categories] == ["east"]


def test_a_published_form_is_parsed_once_and_a_draft_each_time(app):
    version = load_questionnaire(None, document(), by=HUB).version
    assert definition(version.id) is not definition(version.id)
    publish_questionnaire(version, by=HUB)
    assert definition(version.id) is definition(version.id)


def test_a_faulty_form_changes_nothing_and_names_every_fault(app):
    with pytest.raises(BadDefinition) as bad:
        load_questionnaire(None, document(title="", kind="poem"), "form.yaml", by=HUB)
    assert len(bad.value.faults) == 2 and all(str(each).startswith("form.yaml") for each in bad.value.faults)
    assert not db.session.scalars(select(QuestionnaireVersion)).all()


@pytest.mark.parametrize("nonsense", [None, [], "text", 5, {}, {"questionnaire": float("nan")}, {1: {2: 3}}])
def test_nonsense_is_refused_as_a_faulty_form(app, nonsense):
    with pytest.raises(BadDefinition):
        load_questionnaire(None, nonsense, by=HUB)


def test_a_key_keeps_its_kind_of_form(app):
    load_questionnaire(None, document(), by=HUB)
    with pytest.raises(BadAnswer, match="another kind"):
        load_questionnaire(None, document(kind="application"), by=HUB)


def test_nobody_publishes_a_draft_they_have_not_seen(app):
    version = load_questionnaire(None, document(), by=HUB).version
    seen = version.digest
    load_questionnaire(None, document(title="Slipped in"), by=HUB)
    with pytest.raises(NotNow, match="newer draft"):
        publish_questionnaire(version, seen, by=HUB)
    assert version.status == "draft"


def test_partners_neither_load_nor_publish(make):
    lead = make.person(make.lead(make.organisation()))
    with pytest.raises(NotAllowed):
        load_questionnaire(None, document(), by=lead)
    version = make.version(document(), status="draft")
    with pytest.raises(NotAllowed):
        publish_questionnaire(version, by=lead)


def test_a_retired_version_stays_readable(make):
    officer = make.person(make.user("officer"))
    version = make.version(document())
    retire_questionnaire(version, by=officer)
    assert version.status == "retired" and definition(version.id).title == "Small quarterly return"


def test_reference_data_is_asked_for_only_by_name(make):
    make.organisation("Beta")
    ours = make.organisation("Alpha")
    reference = choices(ours.id)
    assert [each.label for each in reference["organisations"]] == ["Alpha", "Beta"]
    assert [each.label for each in reference["other_organisations"]] == ["Beta"]
    assert reference.get("planets") is None


def test_a_question_for_an_organisation_does_not_offer_the_one_that_fills_in_the_form(make):
    beta, ours = make.organisation("Beta"), make.organisation("Alpha")
    asked = {"key": "host", "type": "organisation", "label": "Who will hold the money?"}
    form = document(sections=[{"key": "host", "title": "Host", "questions": [asked]}], checks=[])
    host = parse(form).questions["host"]
    offered = choices(ours.id)
    assert [each.label for each in host.type.offered(host, offered)] == ["Beta"]
    assert host.type.parse(host, "", str(beta.id), offered) == str(beta.id)
    with pytest.raises(BadAnswer, match="Choose an organisation from the list"):
        host.type.parse(host, "", str(ours.id), offered)
    assert host.type.shown(host, "", str(ours.id), offered) == "Alpha", "what was answered before has a name still"


@pytest.mark.parametrize("line", [line for line in RULES if line.startswith("questionnaire.")])
def test_a_list_of_versions_holds_exactly_what_may_be_done_one_by_one(make, line):
    for number, status in enumerate(QuestionnaireStatus, start=1):
        make.version(document(), status=status, number=number)
    people = [make.person(make.user(role)) for role in OfficeRole if role != OfficeRole.VIEWER]
    people += [make.person(make.member(make.organisation())), make.person(make.viewer(make.programme())), STRANGER, HUB]
    everything = db.session.scalars(select(QuestionnaireVersion)).all()
    assert len(everything) == 3
    for person in people:
        listed = set(db.session.scalars(select(QuestionnaireVersion).where(allowed(person, line, QuestionnaireVersion))))
        assert listed == {each for each in everything if may(person, line, each) is Answer.YES}, person
