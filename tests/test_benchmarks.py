"""The benchmarks still run: the office is a true one, and one tiny round against a served hub gives every number. No timing is judged."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from benchmarks import form, office
from benchmarks.filling import fill, forget, is_there
from partnerhub.extensions import db
from partnerhub.models import Answer, MonitoringReturn, Observation, SubmissionVersion
from partnerhub.queries.submissions import cells_of, values_of
from partnerhub.rules import standing
from partnerhub.rules.questionnaire import parse
from partnerhub.rules.words import ReturnStatus

ROOT = Path(__file__).parent.parent
TODAY = date(2026, 11, 20)


def test_the_form_has_150_cells_in_one_section_30_indicators_and_12_checks():
    made = parse(form.document())
    section = made.sections[0]
    assert section.key == form.SECTION
    assert sum(len(each.cells) for each in section.questions if each.type.is_typed) == 150
    assert (len(made.indicators), len(made.checks)) == (30, 12)


def test_the_figures_of_the_office_are_those_that_the_rules_make_of_its_answers():
    made = parse(form.document())
    values = office.figures_typed(random.Random("any"), [120] * len(form.COUNTS))
    stands = standing.assess(made, values, None, {}, TODAY)
    assert stands.ready
    ours = {(each.indicator, each.category, each.value, each.out_of) for each in standing.figures(made, values, stands)}
    assert set(office.figures_of(values)) == ours
    assert len(ours) == form.FIGURES


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory):
    """One programme of the office, on the database that the tests run on."""
    folder = tmp_path_factory.mktemp("benchmarks")
    server = os.environ.get("TEST_DATABASE_URL", "")
    url = f"{server.rpartition('/')[0]}/partnerhub_test_benchmark_{os.getpid()}" if server else f"sqlite:///{folder / 'office-30000.db'}"
    fill(url, office.Office(1, TODAY), folder)
    yield url, folder
    forget(url)


@pytest.fixture
def hub(database: tuple[str, Path]):
    from benchmarks.filling import application

    app = application(*database)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_a_programme_has_its_figures_returns_and_answers(hub: Flask, database: tuple[str, Path]):
    assert db.session.scalar(select(func.count()).select_from(Observation)) == office.FIGURES_OF_A_PROGRAMME
    owed = list(db.session.scalars(select(MonitoringReturn)))
    assert len(owed) == office.PROVIDERS * (office.QUARTERS + 1)
    assert sum(each.status == ReturnStatus.DRAFT for each in owed) == office.PROVIDERS
    assert db.session.scalar(select(func.count()).select_from(SubmissionVersion)) == office.PROVIDERS * office.QUARTERS
    assert db.session.scalar(select(func.count()).select_from(Answer)) == office.PROVIDERS * (150 - office.LEFT_BLANK)
    draft = db.session.get(MonitoringReturn, office.open_return(0, 0))
    assert len(values_of(cells_of(draft.submission_id))) > 40
    assert is_there(database[0], office.Office(1, TODAY), database[1])
    assert not is_there(database[0], office.Office(2, TODAY), database[1])


def test_an_office_of_no_whole_programmes_is_refused():
    with pytest.raises(ValueError, match="30,000"):
        office.sized(100_000, TODAY)


def test_one_tiny_round_gives_every_number(tmp_path: Path):
    server = os.environ.get("TEST_DATABASE_URL", "")
    where = ["--databases", "postgresql", "--postgresql", f"{server.rpartition('/')[0]}/partnerhub_test_round_{os.getpid()}"]
    command = [sys.executable, "-m", "benchmarks", "--size", "30000", "--scale", "--rounds", "1", "--seconds", "0.3"]
    told = subprocess.run(
        [*command, "--folder", str(tmp_path), *(where if server else ["--databases", "sqlite"])],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert told.returncode == 0, told.stderr
    for page in ("sign-in page", "provider home", "return section of 150 cells", "save one answer", "officer's list", "summary, rolling"):
        assert f"| {page}" in told.stdout
    assert "assets together" in told.stdout
    assert "## The summary's query" in told.stdout
    assert list(tmp_path.glob("*.db")) == []


def test_the_ranking_of_a_small_round_gives_every_number_and_the_scores_of_numpy():
    command = [sys.executable, "-m", "benchmarks.ranking", "--bids", "20", "--assessors", "5", "--turns", "1"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    assert "20 bids × 3 of 5 assessors × 8 criteria, a dense system of (65, 25)" in told.stdout
    assert "| ranking a round |" in told.stdout
