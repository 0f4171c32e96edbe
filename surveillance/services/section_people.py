"""Giving the sections of a self-report to people, each with a day."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from accounts.models import User
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import InvalidTransition, SectionAssignment, SelfReport
from surveillance.queries.people import answerers_of
from surveillance.services.clash import SomeoneElseChanged
from work.items import day_words


@dataclass(frozen=True)
class Given:
    """A section's people, by ids in order, and the day by which they answer; None stands for the day the self-report is due."""

    user_ids: tuple[int, ...] = ()
    due_date: dt.date | None = None


def given_sections(report: SelfReport) -> dict[str, Given]:
    """Section to whom it is given now, in one statement; sections of nobody are left out."""
    people: dict[str, list[int]] = {}
    days: dict[str, dt.date | None] = {}
    for row in SectionAssignment.objects.filter(self_report=report).order_by("user_id"):
        people.setdefault(row.section, []).append(row.user_id)
        days.setdefault(row.section, row.due_date)
    return {section: given(report, found, days[section]) for section, found in people.items()}


def given(report: SelfReport, user_ids: Iterable[int], due_date: dt.date | None) -> Given:
    """A choice in its one spelling: a section of nobody has no day, and the day the self-report is due is not written down."""
    people = tuple(sorted(user_ids))
    return Given(people, due_date if people and due_date != report.due_date else None)


def fingerprint(sections: Mapping[str, Given]) -> str:
    """A short text that differs whenever who answers what, or by when, differs: it is sent along with the page."""
    facts = {section: [list(one.user_ids), one.due_date.isoformat() if one.due_date else None] for section, one in sections.items()}
    return sha256_of(canonical_json(facts))[:16]


@transaction.atomic
def give_sections(*, self_report_id: int, wanted: Mapping[str, Given], shown: str, by: User) -> None:
    """Give every section of ``wanted`` to its people instead of whoever had it, all or nothing.

    ``shown`` is the fingerprint of what the page showed. Raises SomeoneElseChanged when somebody saved another choice since,
    InvalidTransition for a day outside the self-report's time, for somebody who does not work on the service, or when
    answers can no longer be changed.
    """
    report = SelfReport.objects.select_related("round", "service").select_for_update(of=("self",)).get(pk=self_report_id)
    now = given_sections(report)
    if fingerprint(now) != shown:
        raise SomeoneElseChanged(report)
    if not report.is_editable:
        raise InvalidTransition(f"This self-report is now {report.get_status_display().lower()}, so its sections cannot be given.")
    _check(report, wanted)
    for section, one in wanted.items():
        if one != now.get(section, Given()):
            _give(report, section, one, by)


def _check(report: SelfReport, wanted: Mapping[str, Given]) -> None:
    allowed = set(answerers_of(report.service).values_list("pk", flat=True))
    if any(set(one.user_ids) - allowed for one in wanted.values()):
        raise InvalidTransition("Choose people who work on this service.")
    there = set(report.answers.order_by().values_list("indicator__section", flat=True).distinct())
    if set(wanted) - there:
        raise InvalidTransition("This section is not part of the self-report.")
    first, last = report.round.opens_date, report.due_date
    if any(one.due_date and not first <= one.due_date <= last for one in wanted.values()):
        raise InvalidTransition(f"A section's date must be from {day_words(first)} to {day_words(last)}.")


def _give(report: SelfReport, section: str, one: Given, by: User) -> None:
    SectionAssignment.objects.filter(self_report=report, section=section).exclude(user__in=one.user_ids).delete()
    for user_id in one.user_ids:
        SectionAssignment.objects.update_or_create(
            self_report=report, section=section, user_id=user_id, defaults={"due_date": one.due_date}
        )
    audit.record("self_report.section_assigned", target=report, by=by)


@transaction.atomic
def assign_section(*, self_report_id: int, section: str, user_ids: list[int], by: User, due_date: dt.date | None = None) -> None:
    """Give one section to people, whoever had it before. Raises InvalidTransition as ``give_sections``."""
    report = SelfReport.objects.select_for_update().get(pk=self_report_id)
    shown = fingerprint(given_sections(report))
    give_sections(self_report_id=self_report_id, wanted={section: given(report, user_ids, due_date)}, shown=shown, by=by)
