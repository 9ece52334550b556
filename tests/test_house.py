"""The house stands as it was drawn: every guard holds for the project, and every guard is seen to catch a bad example."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from partnerhub.web.carrying import DEEDS
from partnerhub.web.doors import OPEN_TO_STRANGERS
from tests.browser import Browser
from tests.guards import GUARDS, ROOT, File, project

POLICY = 'RULES = {"return.view": Rule("see"), "return.submit": Rule("send", LEAD)}'
SUBMIT = '@action("return.submit")\ndef submit(thing): pass\n'
FUND = "funds: [{code: EXF, name: Example fund}]"
WORKSHOP = "wo" + "rk"

# guard -> files with one fault each; the first name of each tuple is the file that is at fault
BAD: dict[str, list[dict[str, str]]] = {
    "migrations_import_nothing_of_the_project": [
        {"migrations/versions/more.py": "from partnerhub.rules.words import OPEN"},
        {"migrations/versions/more.py": "def upgrade():\n    import sqlalchemy as sa, partnerhub.models"},
        {"migrations/versions/more.py": 'words = importlib.import_module("partnerhub.rules.words")'},
    ],
    "only_actions_write": [
        {"partnerhub/web/returns.py": "db.session.commit()"},
        {"partnerhub/queries/returns.py": "def due():\n    session.add(row)"},
        {"partnerhub/models/returns.py": "self.db.session.flush()"},
        {"partnerhub/queries/people.py": "from sqlalchemy import select, update"},
    ],
    "queries_take_no_lock": [
        {"partnerhub/queries/letters.py": "found = db.session.scalars(select(Letter).with_for_update(of=Letter))"},
        {"partnerhub/queries/people.py": "db.session.get(User, user_id, with_for_update=True)"},
    ],
    "every_action_has_its_line_and_every_changing_line_its_action": [
        {"partnerhub/actions/returns.py": SUBMIT + '@action("return.burn")\ndef burn(thing): pass\n', "partnerhub/rules/policy.py": POLICY},
        {"partnerhub/actions/returns.py": "", "partnerhub/rules/policy.py": POLICY},
    ],
    "no_action_calls_an_action": [
        {"partnerhub/actions/returns.py": SUBMIT + '@action("return.send")\ndef send(thing):\n    submit(thing)\n'},
        {
            "partnerhub/actions/returns.py": SUBMIT,
            "partnerhub/actions/people.py": "from partnerhub.actions import returns as r\n@action('x.y')\ndef go(it):\n    r.submit(it)",
        },
    ],
    "no_page_is_written_by_looking": [
        {"partnerhub/web/returns.py": "from partnerhub.actions import returns as deeds\n@bp.get('/x')\ndef show():\n    deeds.submit(1)"},
        {"partnerhub/web/returns.py": "from partnerhub.actions.returns import submit\n@bp.route('/x')\ndef show():\n    submit(1)"},
        {"partnerhub/web/returns.py": "from partnerhub import actions\n@bp.get('/x')\ndef show():\n    actions.returns.submit(1)"},
    ],
    "below_web_nobody_reads_the_request": [
        {"partnerhub/actions/returns.py": "from flask import request"},
        {"partnerhub/models/people.py": "from flask_login import UserMixin, current_user"},
    ],
    "only_the_answering_modules_know_htmx": [
        {"partnerhub/web/returns.py": "if request.htmx:\n    pass"},
        {"partnerhub/web/returns.py": 'response.headers["HX-Redirect"] = "/"'},
    ],
    "files_are_handed_out_in_one_place": [
        {"partnerhub/web/returns.py": 'answer.headers["Content-Disposition"] = "attachment"'},
        {"partnerhub/web/returns.py": "return send_file(content)"},
    ],
    "pages_know_no_roles_and_no_statuses": [
        {"partnerhub/web/returns.py": 'if found.status == "draft":\n    pass'},
        {"partnerhub/web/returns.py": "show = ReturnStatus.APPROVED"},
        {"partnerhub/web/people.py": 'if "officer" in me().office_roles:\n    pass'},
        {"templates/returns/view.html": "{% if each.status == 'draft' %}x{% endif %}"},
        {"templates/returns/view.html": "{{ 'late' if each.status in late else '' }}"},
        {"templates/people/view.html": '{% if "officer" in me.roles %}x{% endif %}'},
    ],
    "the_clock_is_read_in_one_place": [
        {"partnerhub/queries/returns.py": "now = datetime.now(UTC)"},
        {"partnerhub/rules/periods.py": "import datetime\nnow = datetime.date.today()"},
    ],
    "actions_and_rules_are_handed_the_time": [
        {"partnerhub/actions/letters.py": "owed = owed_by(letter, clock.today())"},
        {"partnerhub/rules/letters.py": "from partnerhub.clock import now as at\nlate = at() > due"},
    ],
    "money_and_days_are_written_in_one_place": [
        {"partnerhub/rules/letters.py": 'said = f"£{pence // 100:,}"'},
        {"partnerhub/web/periods.py": 'said = f"{day:%A}"'},
        {"partnerhub/forms/printing.py": 'said = f"{day.day} {day.year}"'},
        {"partnerhub/rules/payments.py": "said = MONTHS[day.month - 1]"},
        {"templates/periods/index.html": '{{ due.strftime("%x") }}'},
    ],
    "no_code_names_a_fund": [
        {"partnerhub/rules/rounds.py": 'if fund.code == "EXF":\n    pass', "partnerhub/catalogue/demo/office.yaml": FUND},
        {"templates/rounds/show.html": "Apply to the Example fund", "partnerhub/catalogue/demo/office.yaml": FUND},
        {
            "partnerhub/queries/rounds.py": 'FORM = "example_bid"',
            "partnerhub/catalogue/questionnaires/example_bid.yaml": "questionnaire: example_bid\nkind: application",
        },
    ],
    "every_kind_of_question_has_its_template": [
        {"partnerhub/rules/question_types/new.py": 'class Slider(QuestionType):\n    name = "slider"'},
        {"templates/questions/slider.html": ""},
    ],
    "every_part_belongs_to_a_page": [
        {"templates/returns/_cell.html": "<p>", "templates/returns/view.html": '{% include "returns/_other.html" %}'},
    ],
    "nothing_people_typed_is_trusted_as_markup": [
        {"templates/returns/view.html": "{{ answer | safe }}"},
        {"templates/returns/view.html": "{% autoescape false %}"},
        {"partnerhub/web/filters.py": "return Markup(text)"},
        {"partnerhub/web/filters.py": 'return markupsafe.Markup(f"<b>{text}</b>")'},
    ],
    "no_script_or_style_stands_inside_a_page": [
        {"templates/x.html": "<script>go()</script>"},
        {"templates/x.html": '<script type="module">go()</script>'},
        {"templates/x.html": "<style>p{}</style>"},
        {"templates/x.html": '<p style="color:red">'},
        {"templates/x.html": '<p onclick="go()">'},
        {"templates/x.html": '<p hx-on:click="go()">'},
        {"templates/x.html": '<a href="javascript:go()">'},
        {"templates/x.html": "<p hx-vals='js:{a: 1}'>"},
        {"templates/x.html": '<p hx-trigger="keyup[key==1]">'},
        {"templates/x.html": '<body hx-boost="true">'},
    ],
    "nothing_is_fetched_from_elsewhere": [
        {"templates/x.html": '<script src="https://example.org/x.js"></script>'},
        {"templates/x.html": "<img alt='' src='//example.org/x.png'>"},
        {"partnerhub/static/hub.css": "p{background:url(https://example.org/x.png)}"},
    ],
    "no_file_is_a_drawer_for_everything": [
        {"partnerhub/web/helpers.py": '"""Things of many kinds."""'},
        {"partnerhub/utils/text.py": '"""Things of many kinds."""'},
        {"partnerhub/catalogue/data/x.yaml": ""},
    ],
    "every_module_says_what_it_is_for": [
        {"partnerhub/web/returns.py": "x = 1"},
        {"partnerhub/web/returns.py": '"""placeholder"""'},
    ],
    "no_place_of_the_workshop_is_named": [
        {"README.md": "pip install -i https://py" + "pi.org/simple x"},
        {"Makefile": f"cd /{WORKSHOP}/main"},
        {"partnerhub/web/returns.py": "# as ../sha" + "red/x says"},
        {"package-lock.json": "registry.npm" + "js.org"},
    ],
    "lock_files_hold_sums_and_no_addresses": [
        {"requirements.txt": "flask==3.1.3"},
        {"requirements-dev.txt": "--index-url x\nflask==3.1.3 \\\n    --hash=sha256:00"},
        {"package-lock.json": '{"resolved": "x"}'},
        {"requirements.in": "x @ https://example.org/x.whl"},
    ],
    "third_parties_files_are_installed_not_kept": [
        {"partnerhub/static/htmx.min.js": ""},
        {"partnerhub/static/vendor/x.css": ""},
        {"partnerhub/static/hub.js": "x" * 501},
        {"partnerhub/static/light.woff2": ""},
    ],
    "tests_are_never_left_out_and_mock_nothing_of_ours": [
        {"tests/test_x.py": "@pytest.mark.skip\ndef test_x(): pass"},
        {"tests/test_x.py": "from unittest.mock import patch"},
    ],
}

GOOD: dict[str, dict[str, str]] = {
    "migrations_import_nothing_of_the_project": {
        "migrations/versions/more.py": '"""Run by `partnerhub migrate`."""\nimport sqlalchemy as sa\nrevision = "partnerhub"',
        "migrations/env.py": "from partnerhub.models import triggers",
    },
    "only_actions_write": {"partnerhub/actions/returns.py": "db.session.add(row)", "partnerhub/web/x.py": "form.delete(1)"},
    "no_page_is_written_by_looking": {
        "partnerhub/web/returns.py": "from partnerhub.actions.returns import submit\n@bp.post('/x')\ndef send():\n    submit(1)"
    },
    "pages_know_no_roles_and_no_statuses": {
        "templates/x.html": "{% for role in person.roles %}{{ words.ROLE_LABELS[each.role] }}{{ each.status }}{% endfor %}"
    },
    "no_script_or_style_stands_inside_a_page": {
        "templates/x.html": '{# no style= here #}<script src="/static/hub.js" defer></script><p data-condition="x" hx-trigger="change">'
    },
    "nothing_people_typed_is_trusted_as_markup": {
        "partnerhub/web/filters.py": 'return Markup("<b>{}</b>").format(text)',
        "templates/x.html": """{% set attributes = ' inputmode="numeric"' | safe %}""",
    },
}


@pytest.fixture(scope="module")
def files() -> list[File]:
    return project()


@pytest.mark.parametrize("name", GUARDS)
def test_the_project_keeps(name: str, files: list[File]):
    faults = list(GUARDS[name](files))
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(("name", "bad"), [(name, bad) for name, cases in BAD.items() for bad in cases])
def test_the_guard_catches_a_bad_example(name: str, bad: dict[str, str]):
    faults = list(GUARDS[name]([File(path, text) for path, text in bad.items()]))
    assert faults, "the guard saw nothing"


@pytest.mark.parametrize("name", GOOD)
def test_the_guard_leaves_good_code_alone(name: str):
    assert not list(GUARDS[name]([File(path, text) for path, text in GOOD[name].items()]))


def test_every_guard_has_a_bad_example():
    assert set(BAD) == set(GUARDS)


def test_the_guards_looked_at_the_project_and_not_at_nothing(files: list[File]):
    seen = {each.path for each in files}
    assert {"partnerhub/rules/policy.py", "partnerhub/web/respond.py", "templates/layouts/base.html", "requirements.txt"} <= seen


def _contracts(where: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo", "--config", str(where / "pyproject.toml")]
    environment = os.environ | {"PYTHONPATH": str(where), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True)


def test_floors_import_only_downwards():
    told = _contracts(ROOT)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("rules/numbers.py", "import sqlalchemy"),
        ("rules/numbers.py", "from partnerhub.models import people"),
        ("queries/people.py", "from partnerhub.actions import doing"),
        ("actions/sessions.py", "from partnerhub import forms"),
        ("models/people.py", "from partnerhub.web.doors import me"),
    ],
)
def test_an_import_upwards_is_caught(tmp_path: Path, module: str, line: str):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "partnerhub", tmp_path / "partnerhub", ignore=shutil.ignore_patterns("static", "catalogue", "__pycache__"))
    with (tmp_path / "partnerhub" / module).open("a") as file:
        file.write(f"\n{line}\n")
    told = _contracts(tmp_path)
    assert told.returncode == 1
    assert "BROKEN" in told.stdout


def _addresses(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, an address with made-up values) for everything that is not open to strangers."""
    made_up = {"UUIDConverter": "6f0f1b3c-7a0e-4d5e-9d62-0d6f0c0a9b11", "IntegerConverter": 7, "AnyConverter": "csv"}
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_TO_STRANGERS:
            continue
        values = {name: made_up.get(type(converter).__name__, "made-up") for name, converter in rule._converters.items()}
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            found.append((rule.endpoint, method, adapter.build(rule.endpoint, values, method=method)))
    return found


def test_every_address_asks_a_stranger_to_sign_in(app: Flask, stranger: Browser):
    for endpoint, method, address in _addresses(app):
        answer = stranger.get(address) if method == "GET" else stranger.post(address)
        if method == "GET":
            assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/sign-in"), endpoint
        else:
            assert answer.status_code == 401, endpoint


# Buttons with nothing typed beside them: whoever signs in again looks at the page and presses once more.
PRESSED = {
    "agreements.copy", "agreements.draw_up", "organisations.remove_number", "people.change_password",
    "people.change_role", "people.deactivate", "people.end_membership", "people.end_sessions",
    "people.person", "people.reactivate", "people.send_again", "people.sign_out_everywhere",
    "people.withdraw", "questionnaires.move", "questionnaires.publish", "questionnaires.retire",
    "applications.ask_help", "applications.begin", "applications.earlier", "applications.enter",
    "applications.keep", "applications.reopen",
    "joining.approve", "joining.ask", "joining.match", "joining.withdraw",
    "applications.submit", "returns.approve", "returns.ask_help", "returns.close", "returns.remind",
    "returns.remind_all", "returns.submit",
    "assessment.assign", "assessment.reopen", "assessment.sharing", "assessment.take_back",
    "awards.complete", "awards.countersign", "awards.lapse", "awards.sign",
    "decisions.move_up", "decisions.publish", "decisions.recommend", "decisions.sign_off",
    "documents.remove", "rounds.finish", "rounds.publish", "workshops.book", "workshops.cancel",
    "letters.draw_up", "letters.ready", "letters.release",
    "payments.doubt", "payments.prepare", "payments.receive", "payments.release", "payments.settle",
    "variations.approve", "variations.countersign", "variations.sign",
}  # fmt: skip


def test_what_people_type_is_carried_through_the_sign_in_and_a_mere_press_is_not(app: Flask, stranger: Browser):
    """A new address that changes something stands here, or in web/carrying.py with the policy line of what it does."""
    posted = [(endpoint, address) for endpoint, method, address in _addresses(app) if method == "POST"]
    for endpoint, address in posted:
        answer = stranger.post(address, {"typed": "x"})
        assert answer.status_code == 401, endpoint
        assert ('name="carry_to"' in answer.text) is (endpoint not in PRESSED), endpoint
    assert {endpoint for endpoint, _ in posted} == PRESSED | set(DEEDS)


def test_what_is_open_to_strangers_exists(app: Flask):
    assert set(app.view_functions) >= OPEN_TO_STRANGERS
