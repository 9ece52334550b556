"""`partnerhub catalogue`: every mistake is named with its place; loading twice makes nothing new."""

import copy
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select

from partnerhub.cli import hub
from partnerhub.extensions import db
from partnerhub.models import BreakdownDefinition, Event, IndicatorDefinition, QuestionnaireVersion
from partnerhub.queries.questionnaires import definition
from tests.make import SMALL_RETURN

HOUSE = Path(__file__).parents[2] / "partnerhub" / "catalogue"


@pytest.fixture
def told(app):
    """Runs `partnerhub …`: (exit code, standard output, standard error)."""

    def run(*arguments):
        result = app.test_cli_runner().invoke(hub, [str(each) for each in arguments])
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.fixture
def written(tmp_path):
    """Writes a document as a file."""

    def write(name, document):
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        return path

    return write


def counted(model):
    return db.session.scalar(select(func.count()).select_from(model))


def changed(**changes):
    return copy.deepcopy(SMALL_RETURN) | changes


def test_the_house_catalogue_has_no_fault(told):
    assert told("catalogue", "check", HOUSE) == (0, "No fault was found.\n", "")


MISTAKES = {
    "unknown type": ("type: whole_number", "type: whole_numbr", "whole_number"),
    "unknown reference": ("left: seen", "left: sean", "sean"),
    "unknown indicator": ("indicator: helped", "indicator: helpd", "unknown indicator “helpd”"),
    "duplicate key": ("key: seen", "key: referrals", "used twice"),
    "unknown key": ("label: People seen", "lable: People seen", "unknown key “lable”"),
    "circular condition": ("label: People seen", "label: People seen\n    show_if: seen > 0", "circle"),
    "bad expression": ("right: referrals", "right: referrals +", "cannot be read"),
    "not YAML": ("kind: return", "kind: [return", "not well-formed YAML"),
}


@pytest.mark.parametrize(("mistake", "right", "wrong", "said"), [(name, *each) for name, each in MISTAKES.items()])
def test_check_names_file_place_and_fault(told, written, mistake, right, wrong, said):
    text = yaml.safe_dump(SMALL_RETURN, sort_keys=False)
    assert right in text
    path = written("form.yaml", text.replace(right, wrong, 1))
    code, _, error = told("catalogue", "check", path)
    first = error.splitlines()[0]
    assert "nothing was changed" not in error
    assert code == 1 and said in error and first.startswith(f"{path}:") and first.removeprefix(f"{path}:").partition(":")[0].isdigit()


FAULTY = {
    "no kind": {"questionair": "x"},
    "faulty library": {"indicators": [{"key": "a", "label": "A", "measure": "mean", "over_providers": "sum", "unit": "people"}]},
    "faulty form": SMALL_RETURN | {"kind": "retrun"},
}


@pytest.mark.parametrize("document", FAULTY.values(), ids=FAULTY)
def test_loading_says_what_checking_says(told, written, document):
    path = written("form.yaml", document)
    code, _, error = told("catalogue", "check", path)
    assert code == 1 and error == told("catalogue", "load", path)[2].replace(", nothing was changed", "")


def test_a_key_in_two_files_stops_loading_as_it_stops_checking(told, written):
    paths = written("one.yaml", SMALL_RETURN), written("two.yaml", SMALL_RETURN)
    assert "is defined in" in told("catalogue", "load", *paths)[2] and counted(QuestionnaireVersion) == 0
    assert told("catalogue", "load", *paths)[2].replace(", nothing was changed", "") == told("catalogue", "check", *paths)[2]


def test_an_indicator_of_the_house_may_be_said_anew(told, written):
    own = {"key": "referrals_accepted", "label": "Ours", "measure": "sum", "over_providers": "sum", "unit": "referrals", "decimals": 0}
    path = written("library.yaml", {"indicators": [own]})
    assert told("catalogue", "check", path) == (0, "No fault was found.\n", "")
    assert told("catalogue", "load", path)[0] == 0


def test_loading_makes_drafts_and_a_second_load_makes_nothing(told, written):
    path = written("form.yaml", SMALL_RETURN)
    assert told("catalogue", "load", path)[:2] == (0, "small_return version 1: loaded as a draft\n")
    assert told("catalogue", "load", path)[1] == "small_return version 1: nothing new, it is a draft already\n"
    assert told("catalogue", "load", "--publish", path)[1] == "small_return version 1: published\n"
    assert told("catalogue", "load", "--publish", path)[1] == "small_return version 1: nothing new, it is published already\n"
    written("form.yaml", changed(title="A new title"))
    assert told("catalogue", "load", path)[1] == "small_return version 2: loaded as a draft\n"
    assert counted(QuestionnaireVersion) == 2


def test_the_house_catalogue_is_loaded_published_and_stands_alone(told):
    code, out, error = told("catalogue", "load", "--publish", HOUSE)
    assert (code, error) == (0, "")
    forms = len(list((HOUSE / "questionnaires").glob("*.yaml")))
    assert out.count(": published") == forms == counted(QuestionnaireVersion)
    assert counted(IndicatorDefinition) > 30 and counted(BreakdownDefinition) > 10
    for version in db.session.scalars(select(QuestionnaireVersion)):
        assert definition(version.id).title == version.questionnaire.title
    before = counted(Event)
    again = told("catalogue", "load", "--publish", HOUSE)[1]
    assert "library: nothing new" in again and again.count("published already") == forms
    assert counted(Event) == before


def test_one_faulty_file_among_good_ones_changes_nothing(told, written, tmp_path):
    written("good.yaml", SMALL_RETURN)
    written("bad.yaml", changed(questionnaire="other", kind="poem"))
    code, out, error = told("catalogue", "load", tmp_path)
    assert code == 1 and out == "" and "bad.yaml" in error and "nothing was changed" in error
    assert counted(QuestionnaireVersion) == 0


def test_an_indicator_keeps_its_meaning_under_its_key(told, written):
    indicator = {"key": "visits", "label": "Visits", "measure": "sum", "over_providers": "sum", "unit": "visits"}
    path = written("library.yaml", {"indicators": [indicator]})
    assert told("catalogue", "load", path)[1] == "library: 1 new or changed\n"
    written("library.yaml", {"indicators": [indicator | {"label": "Visits made"}]})
    assert told("catalogue", "load", path)[1] == "library: 1 new or changed\n"
    written("library.yaml", {"indicators": [indicator | {"measure": "last"}]})
    code, _, error = told("catalogue", "load", path)
    assert code == 1 and "Another meaning needs another key" in error
    assert db.session.get(IndicatorDefinition, "visits").document["measure"] == "sum"


@pytest.mark.parametrize("nonsense", ["", "just words", "[1, 2]", "a: &b c", "x: !!python/object:os.system y", "\x00", "questionnaire: 5"])
def test_nonsense_ends_in_clear_lines(told, written, nonsense):
    path = written("nonsense.yaml", nonsense)
    for deed in ("check", "load"):
        code, _, error = told("catalogue", deed, path)
        assert code == 1 and "nonsense.yaml" in error and "Traceback" not in error


def test_a_file_that_is_not_there_is_one_line(told, tmp_path):
    code, _, error = told("catalogue", "load", tmp_path / "nowhere.yaml")
    assert code == 1 and "nowhere.yaml" in error
