"""Publishing a version of a procedure: from then on it never changes, and new reviews follow it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Procedure
from peerreview.notifications import note_procedure_published
from peerreview.procedure_parts import faults_of
from surveillance.services.clash import check_version
from work.status import InvalidTransition

Status = Procedure.Status


@transaction.atomic
def publish_procedure(
    *, procedure_id: int, change_note: str, by: User, revision: int | None = None, at: dt.datetime | None = None
) -> Procedure:
    """Publish a version and retire the one in use, which the reviews that began with it keep.

    It is confirmed when people were asked about it; published without, it stays our default, to be confirmed. Those who
    commented read of it in their daily summary. Raises SomeoneElseChanged when the draft changed after ``revision``,
    InvalidTransition for a procedure that cannot be published.
    """
    versions = Procedure.objects.filter(code=Procedure.objects.values_list("code", flat=True).get(pk=procedure_id))
    locked = list(versions.select_for_update(of=("self",)).order_by("pk"))
    procedure = next(one for one in locked if one.pk == procedure_id)
    procedure.check_may_become(Status.PUBLISHED)
    check_version(procedure, procedure.revision, revision)
    if faults := faults_of(procedure):
        raise InvalidTransition(" ".join(faults))
    for one in locked:
        if one.status == Status.PUBLISHED:
            _retire(one, by)
    procedure.status, procedure.published_at, procedure.published_by = Status.PUBLISHED, at or timezone.now(), by
    procedure.change_note, procedure.is_default = change_note.strip(), procedure.consultation_from_date is None
    procedure.save(update_fields=["status", "published_at", "published_by", "change_note", "is_default"])
    audit.record("procedure.published", target=procedure, by=by)
    note_procedure_published(procedure)
    return procedure


def _retire(older: Procedure, by: User) -> None:
    older.check_may_become(Status.RETIRED)
    older.status = Status.RETIRED
    older.save(update_fields=["status"])
    audit.record("procedure.retired", target=older, by=by)
