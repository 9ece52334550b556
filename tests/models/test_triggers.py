"""What was written down stays in the database, whichever statement would take it away."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from partnerhub.actions import letters
from partnerhub.extensions import db
from tests.decided import decided

TAKING_AWAY = {"sqlite": "INSERT OR REPLACE INTO {0} SELECT * FROM {0}", "postgresql": "TRUNCATE {0} CASCADE"}


@pytest.fixture
def released(make):
    """Letters that went out with their offers, on applications that were sent with a published form."""
    decision, _ = decided(make)
    officer = make.person(make.user("officer"))
    letters.draw_up(decision, by=officer)
    for each in letters.queries.letters_of_decision(decision.id):
        letters.write(each, "Thank you.", FEEDBACK, TERMS, by=officer)
        letters.finish(each, by=officer)
    letters.release(decision, by=officer)


FEEDBACK = {key: {"strength": "It is clear.", "improvement": "Say how many will come."} for key in ("need", "cost")}
TERMS = {"starts": "2098-01-06", "ends": "2098-06-30", "answer_by": "2097-12-20", "conditions": "None."}


@pytest.mark.parametrize("table", ["event", "submission_version", "grant_agreement", "letter", "questionnaire_version"])
def test_no_row_is_taken_away_by_a_statement_that_names_no_removal(released, table):
    statement = TAKING_AWAY[db.engine.dialect.name].format(table)
    with pytest.raises(DBAPIError, match=r"is append-only|never changes"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) > 0
