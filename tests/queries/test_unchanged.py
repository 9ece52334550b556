"""What is kept stays while nothing happens, and goes with the first deed that a figure or a name could depend on."""

import pytest

from partnerhub import clock
from partnerhub.actions import organisations, returns
from partnerhub.actions.doing import Deed, append_event, writing
from partnerhub.queries.unchanged import ABOUT_PEOPLE, Shelf
from partnerhub.rules.policy import RULES
from tests.reported import put, report


class Counter:
    """Makes a new value each time it is asked."""

    def __init__(self, room=1_000):
        self.made = 0
        self.shelf = Shelf(room=room, size=lambda value: 10)

    def get(self, key="key"):
        return self.shelf.get(key, self._make)

    def _make(self):
        self.made += 1
        return self.made


@pytest.fixture
def counter(app):
    return Counter()


def deed(about, action):
    """A line of the history."""
    with writing():
        append_event(action, "did", about, Deed(), clock.now())


def test_nothing_happened(make, counter):
    make.agreement()
    assert [counter.get(), counter.get(), counter.get()] == [1, 1, 1]
    assert counter.get("another") == 2


@pytest.mark.parametrize("action", sorted(name for name, rule in RULES.items() if rule.says and not name.startswith(ABOUT_PEOPLE)))
def test_every_deed_that_is_not_about_people_only_makes_it_new(make, counter, action):
    programme = make.programme()
    assert counter.get() == 1
    deed(programme, action)
    assert [counter.get(), counter.get()] == [2, 2]


@pytest.mark.parametrize("action", ["person.sign_in", "person.sign_out", "membership.end", "invitation.accept"])
def test_people_coming_and_going_changes_no_figure(make, counter, action):
    programme = make.programme()
    deed(programme, "programme.change")
    assert counter.get() == 1
    deed(programme, action)
    assert [counter.get(), counter.get()] == [1, 1]
    deed(programme, action)
    deed(programme, "return.approve")
    deed(programme, action)
    assert counter.get() == 2


def test_deeds_that_leave_no_line_are_known_and_touch_no_figure():
    """What is typed or attached is in no summary before it is sent; asking for a reset changes nobody's name."""
    reading = ("view", "list", "read")
    quiet = {name for name, rule in RULES.items() if rule.says is None and name.partition(".")[2].split("_")[0] not in reading}
    deeds = ("answer", "attach", "detach", "answer_office", "answer_finance")
    typed = {f"{thing}.{deed}" for thing in ("return", "application") for deed in deeds}
    assert quiet == typed | {"person.ask_reset", "person.ask_account", "score.save", "letter.write"}


def test_approving_and_renaming_as_people_do_it_make_it_new(make, counter):
    sent = report(make, make.agreement(), "2022-23 Q1", {"referrals": 12}, status="submitted")
    officer = make.person(make.user("officer"))
    assert counter.get() == 1
    returns.approve_return(sent, by=officer)
    assert counter.get() == 2
    organisations.change_organisation(sent.organisation, {"name": "Another name"}, by=officer)
    assert counter.get() == 3


def test_a_figure_put_in_by_hand_is_noticed(make, counter):
    sent = report(make, make.agreement(), "2022-23 Q1", {"referrals": 12})
    assert counter.get() == 1
    put(sent.agreement_id, sent.service_id, sent.period_id, {"helped": (1, 2)}, "approved")
    assert counter.get() == 2


def test_another_history_of_the_same_length_is_another_history(make, counter):
    programme = make.programme()
    deed(programme, "programme.change")
    assert counter.get() == 1
    (kept,) = counter.shelf._kept.values()
    kept.stand = kept.stand._replace(hash="f" * 64)  # as after a restored backup in which something else was done
    assert counter.get() == 2


def test_what_was_used_longest_ago_leaves_first(app):
    counter = Counter(room=20)
    assert [counter.get(key) for key in "ab"] == [1, 2]
    assert counter.get("a") == 1
    assert counter.get("c") == 3
    assert counter.get("a") == 1
    assert counter.get("b") == 4
