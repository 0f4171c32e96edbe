"""Courses, and who completed them: each change in the audit trail with what it was before."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Membership, User
from accounts.templatetags.qnt_tags import month_date
from peerreview.models import AUDIENCE_OF_ROLE, Audience, Course, TrainingRecord
from peerreview.training import add_months
from surveillance.services.clash import AlreadyDone, check_version
from work.items import day_words
from work.status import InvalidTransition


@transaction.atomic
def add_course(
    *, name: str, audiences: Iterable[str], valid_months: int, is_required: bool, by: User, client_id: uuid.UUID | None = None
) -> Course:
    """Add a course. The same form sent twice makes one. Raises InvalidTransition for a name in use or nobody to take it."""
    sent = Course.objects.filter(client_id=client_id).first() if client_id else None
    if sent:
        return sent
    facts = _checked(name, audiences, valid_months, is_required)
    course = Course.objects.create(client_id=client_id, **facts)
    audit.record("course.added", target=course, by=by, reason=_course_words(course))
    return course


@transaction.atomic
def change_course(
    *, course_id: int, name: str, audiences: Iterable[str], valid_months: int, is_required: bool, version: int | None, by: User
) -> Course:
    """Change a course. Records keep the last day that they have: other months count from the next time somebody completes it.

    Raises InvalidTransition, SomeoneElseChanged.
    """
    course = _locked(course_id)
    check_version(course, course.version, version)
    was = _course_words(course)
    for field, value in _checked(name, audiences, valid_months, is_required, own=course.pk).items():
        setattr(course, field, value)
    course.version += 1
    course.save(update_fields=["name", "audiences", "valid_months", "is_required", "version"])
    audit.record("course.changed", target=course, by=by, reason=f"{_course_words(course)} Before: {was}")
    return course


@transaction.atomic
def retire_course(*, course_id: int, version: int | None, by: User) -> Course:
    """Retire a course: nobody needs it any more, and it leaves the register. Raises AlreadyDone, SomeoneElseChanged."""
    course = _locked(course_id)
    check_version(course, course.version, version)
    course.retired_at, course.retired_by = timezone.now(), by
    course.version += 1
    course.save(update_fields=["retired_at", "retired_by", "version"])
    audit.record("course.retired", target=course, by=by)
    return course


@transaction.atomic
def record_training(
    *, user_id: int, course_id: int, completed_date: dt.date, evidence: str, version: int | None, by: User
) -> TrainingRecord:
    """Record that a person completed a course, or completed it again; it counts for the months of the course from that day.

    There is one record for a person and course; ``version`` is that of the record which the form showed, 0 for none. What was sent
    already changes nothing. Raises InvalidTransition, SomeoneElseChanged.
    """
    course, user = _locked(course_id), User.objects.get(pk=user_id)
    _check_recordable(course, user, completed_date, evidence, by)
    record = TrainingRecord.objects.filter(user=user, course=course).first()
    if record and (record.completed_date, record.evidence) == (completed_date, evidence.strip()):
        return record
    check_version(record or TrainingRecord(user=user, course=course), record.version if record else 0, version)
    was = f" Before: {_record_words(record)}" if record else ""
    record = record or TrainingRecord(user=user, course=course, version=0)
    record.completed_date, record.expires_date = completed_date, add_months(completed_date, course.valid_months)
    record.evidence, record.recorded_by, record.recorded_at = evidence.strip(), by, timezone.now()
    record.version += 1
    record.save()
    audit.record("training.recorded", target=record, by=by, reason=f"{course.name}: {_record_words(record)}{was}")
    return record


def _locked(course_id: int) -> Course:
    course = Course.objects.select_for_update(of=("self",)).get(pk=course_id)
    if course.retired_at:
        who = course.retired_by.name if course.retired_by else "Someone"
        raise AlreadyDone(f"{who} retired this course on {day_words(timezone.localdate(course.retired_at))}. It cannot change any more.")
    return course


def _checked(name: str, audiences: Iterable[str], valid_months: int, is_required: bool, own: int | None = None) -> dict[str, Any]:
    """The columns of a course, in their order for people. Raises InvalidTransition."""
    chosen = [code for code in Audience.values if code in set(audiences)]
    if not chosen:
        raise InvalidTransition("Select for whom the course is")
    if valid_months < 1:
        raise InvalidTransition("A course must be valid for 1 month or more")
    if Course.objects.in_use().filter(name__iexact=name.strip()).exclude(pk=own or 0).exists():
        raise InvalidTransition(f"There is a course “{name.strip()}” already. Choose another name.")
    return {"name": name.strip(), "audiences": chosen, "valid_months": valid_months, "is_required": is_required}


def _check_recordable(course: Course, user: User, completed_date: dt.date, evidence: str, by: User) -> None:
    if user.pk == by.pk:
        raise InvalidTransition("Someone else must record your own training.")
    roles = Membership.objects.active().filter(user=user).values_list("role", flat=True)
    if not {AUDIENCE_OF_ROLE.get(role) for role in roles} & set(course.audiences):
        raise InvalidTransition(f"{user.name} holds no role now that “{course.name}” is for.")
    if completed_date > timezone.localdate():
        raise InvalidTransition("The day on which it was completed must be today or in the past")
    if not evidence.strip():
        raise InvalidTransition("Enter what shows that it was completed")


def _course_words(course: Course) -> str:
    needed = "required" if course.is_required else "not required"
    return f"{course.name}, for {', '.join(course.audience_labels).lower()}, valid for {course.valid_months} months, {needed}."


def _record_words(record: TrainingRecord) -> str:
    completed = f"completed on {month_date(record.completed_date)}, " if record.completed_date else ""
    return f"{completed}in date until {month_date(record.expires_date)}. {record.evidence}"
