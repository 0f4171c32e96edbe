"""Asking for a region's pack on paper: a job makes the PDF, which waits in "Your files"."""

from django.db import transaction

from accounts import audit
from accounts.models import Organisation, User
from work import jobs
from work.models import Job

KIND = "region_pack.pdf"


@transaction.atomic
def request_pack(*, region_id: int, by: User) -> Job:
    """Ask for the PDF of a region's pack; while one is being made for this person, that one."""
    region = Organisation.objects.get(pk=region_id)
    audit.record("region_pack.requested", target=region, by=by)
    return jobs.enqueue(KIND, key=pack_key(region, by), region_id=region.pk, requested_by=by)


def pack_key(region: Organisation, user: User) -> str:
    """The key of a person's job for one region: nobody sees the files of another."""
    return f"{region.pk}-{user.pk}"
