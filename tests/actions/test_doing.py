"""What every deed has in common: asked, locked, written down in a chain that nobody can rewrite."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from partnerhub.actions.doing import Deed, _read_again, append_event, writing
from partnerhub.actions.organisations import change_organisation
from partnerhub.extensions import db
from partnerhub.models import Event, HistoryHead, Organisation
from partnerhub.rules.errors import NotAllowed


def written(make, count=3):
    organisation = make.organisation()
    for number in range(count):
        with writing():
            append_event(
                "organisation.change",
                "changed the organisation's details",
                organisation,
                Deed(details={"n": number}, personal={"name": "A"}),
                organisation.created_at,
            )
    return db.session.scalars(select(Event).order_by(Event.seq)).all()


def test_each_event_is_chained_to_the_one_before(make):
    events = written(make)
    assert [event.seq for event in events] == [1, 2, 3]
    assert [event.previous_hash for event in events[1:]] == [event.hash for event in events[:-1]]
    assert all(event.hash == event.link() for event in events)
    assert db.session.scalars(select(HistoryHead.hash)).one() == events[-1].hash


@pytest.mark.parametrize("attack", ["UPDATE event SET says = 'nothing'", "DELETE FROM event WHERE seq = 2"])
def test_the_database_itself_refuses_to_rewrite_the_history(make, attack):
    written(make)
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(attack))
    db.session.rollback()
    assert len(db.session.scalars(select(Event)).all()) == 3


def test_personal_values_can_be_erased_without_breaking_the_chain(make):
    written(make)
    db.session.execute(text("DELETE FROM event_person"))
    db.session.commit()
    assert all(event.hash == event.link() for event in db.session.scalars(select(Event)))


def test_whoever_lost_the_role_after_the_page_was_asked_for_is_refused(make):
    officer, organisation = make.user("officer"), make.organisation(name="Before")
    before = make.person(officer)
    with db.engine.begin() as elsewhere:
        elsewhere.execute(text("UPDATE membership SET ended_at = since"))
    with pytest.raises(NotAllowed, match="Only a lead"):
        change_organisation(organisation, {"name": "After"}, by=before)
    assert db.session.scalars(select(Organisation.name)).all() == ["Before"]
    assert db.session.scalars(select(Event)).all() == []


@pytest.mark.parametrize("end", ["UPDATE app_user SET deactivated_at = created_at", "DELETE FROM app_user"])
def test_whose_account_was_closed_meanwhile_does_nothing_more(make, end):
    user, organisation = make.user(), make.organisation(name="Before")
    before = replace(make.person(user), office_roles=frozenset({"officer"}))  # as it was a moment ago
    with db.engine.begin() as elsewhere:
        elsewhere.execute(text(end))
    with pytest.raises(NotAllowed, match="account has been closed"):
        change_organisation(organisation, {"name": "After"}, by=before)
    assert db.session.scalars(select(Organisation.name)).all() == ["Before"]


def test_what_somebody_else_saved_between_reading_and_writing_is_read_again_and_is_no_clash(make):
    organisation = make.organisation(name="As it was read")
    db.session.commit()
    with db.engine.begin() as elsewhere:
        elsewhere.execute(text("UPDATE organisation SET name = 'As it is now', version = version + 1"))
    with writing():
        locked = _read_again(organisation)
        assert (locked.name, locked.version) == ("As it is now", 2)
        locked.name = "As it is written"
    assert db.session.scalars(select(Organisation.name)).all() == ["As it is written"]
