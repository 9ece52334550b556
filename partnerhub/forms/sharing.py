"""Who marks what: each application of a round with its assessors, how many it still needs, and the forms that stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from partnerhub.forms.assessment import AssessorForm, FewerForm
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import Application, Assignment, User


@dataclass(frozen=True, slots=True)
class Shared:
    """One application: `missing` assessors are still to be found; the forms are there where they may be used."""

    application: Application
    given: Sequence[Assignment]
    missing: int
    give: AssessorForm | None
    fewer: FewerForm | None


def shared(
    applications: Sequence[Application],
    given: Mapping[UUID, Sequence[Assignment]],
    eligible: Callable[[Application], Sequence[User]],
    may: Callable[[str, Application], bool],
    pressed: tuple[Application, DecisionForm] | None = None,
) -> list[Shared]:
    """`eligible`: who may read an application; `pressed`: the form that was refused, and of which application."""
    return [_one(each, given.get(each.id, []), eligible(each), may, pressed) for each in applications]


def _one(
    application: Application,
    given: Sequence[Assignment],
    eligible: Sequence[User],
    may: Callable[[str, Application], bool],
    pressed: tuple[Application, DecisionForm] | None,
) -> Shared:
    form = pressed[1] if pressed and pressed[0].id == application.id else None
    has = {each.user_id for each in given}
    free = [each for each in eligible if each.id not in has]
    missing = max(0, application.marked_by - sum(each.set_aside_at is None for each in given))
    is_open = application.is_being_marked and application.marks_in_at is None
    give = fewer = None
    if may("application.assign", application):
        give = form if isinstance(form, AssessorForm) else AssessorForm(None, obj=application)
        give.assessor.offer([(str(each.id), each.name) for each in free])
    if is_open and may("application.mark_by_fewer", application) and (missing or application.assessors_needed):
        fewer = form if isinstance(form, FewerForm) else FewerForm(None, obj=application, data=_fewer(application, missing))
    for each in (give, fewer):
        _told_apart(each, application)
    return Shared(application, given, missing if is_open else 0, give if free else None, fewer)


def _fewer(application: Application, missing: int) -> dict[str, object]:
    return {"number": application.assessors_needed or max(1, application.marked_by - missing), "reason": application.fewer_reason}


def _told_apart(form: DecisionForm | None, application: Application) -> None:
    """The same form stands on the page once for each application: its boxes have ids of their own."""
    for field in form or ():
        field.id = f"{field.name}-{application.number}"
        field.label.field_id = field.id
