"""Training on the national site: courses of reviewers, of those who lead a visit and of hub staff, and who completed them."""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence

from accounts.models import User
from peerreview.models import Course, TrainingRecord
from peerreview.training import add_months
from qnt.demo.national.bulk import write_all
from qnt.demo.national.told import Told

# Of ten people: how many days from today their training ends; None never began. Most are trained for long.
ENDS: tuple[int | None, ...] = (400, 400, 700, 250, 300, 500, 45, 600, -30, None)
CERTIFICATE = "Certificate seen. (Illustrative)"


def train(told: Told, since: dt.date) -> None:
    """Two courses beside the one that comes with the service, and records of everybody who visits or works at a hub."""
    crowd, first = told.crowd, Course.objects.in_use().order_by("pk")[0]
    hub = _course("Quality review for hub staff (illustrative)", "HUB_STAFF", 24, is_required=True)
    leading = _course("Leading a visit (illustrative)", "REVIEWERS", 36, is_required=False)
    by = crowd.nationals[0]
    write_all(TrainingRecord, _long_trained(first, crowd.reviewers, since, told.today, by))
    write_all(TrainingRecord, _long_trained(first, crowd.patients, since, told.today, by))
    write_all(TrainingRecord, _records(hub, [*crowd.managers, *crowd.officers, *crowd.staff], told.today, by))
    write_all(TrainingRecord, _records(leading, crowd.reviewers[::4], told.today, by))


def _course(name: str, audience: str, months: int, *, is_required: bool) -> Course:
    client_id = uuid.uuid5(uuid.NAMESPACE_OID, name)
    return Course.objects.create(name=name, audiences=[audience], valid_months=months, is_required=is_required, client_id=client_id)


def _long_trained(course: Course, people: Sequence[User], since: dt.date, today: dt.date, by: User) -> Iterator[TrainingRecord]:
    """Nine in ten trained through all the years; of the others half soon need to renew, and half had to."""
    ends = [today + dt.timedelta(days=days) for days in (45, -30)]
    for n, user in enumerate(people):
        yield TrainingRecord(
            user=user, course=course, completed_date=since, evidence=CERTIFICATE, recorded_by=by,
            expires_date=since + dt.timedelta(days=365 * 12) if n % 10 else ends[n // 10 % 2],
        )  # fmt: skip


def _records(course: Course, people: Sequence[User], today: dt.date, by: User) -> Iterator[TrainingRecord]:
    """As ``ENDS`` says, again and again."""
    for n, user in enumerate(people):
        if (days := ENDS[n % len(ENDS)]) is not None:
            last = today + dt.timedelta(days=min(days, 30 * course.valid_months - 10))
            yield TrainingRecord(
                user=user, course=course, completed_date=add_months(last, -course.valid_months), expires_date=last, evidence=CERTIFICATE,
                recorded_by=by,
            )  # fmt: skip
