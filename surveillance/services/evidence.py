"""Evidence: filed once for a service, under a random name, linked to the answers that it supports."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from contextlib import nullcontext

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from surveillance.models import Answer, EvidenceItem, EvidenceVersion, InvalidTransition, Service
from surveillance.queries.evidence import may_correct_date, over_quota, why_it_stays
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.evidence_links import lock_answers, record_links
from surveillance.services.files import delete_after_commit, stored
from surveillance.services.files import save_bytes as save_bytes  # for services beside this one
from surveillance.uploads import CheckedFile, UploadRefused
from surveillance.uploads import read_upload as read_upload

REMOVED = "Someone removed this document. Nothing was added."


def add_file(
    *,
    service_id: int,
    title: str,
    document_date: dt.date | None,
    by: User,
    upload: "UploadedFile[bytes] | None" = None,
    checked: CheckedFile | None = None,
    answer_ids: Iterable[int] = (),
    commissioner_id: int | None = None,
) -> EvidenceItem:
    """File a document for a service and link it to answers of its self-reports. ``checked`` is an upload checked before.

    With ``commissioner_id`` it is that commissioner's, and stands outside the service's documents.
    Raises UploadRefused with a sentence, and InvalidTransition when an answer's documents cannot be changed now.
    """
    checked = checked or _read(upload)
    refuse_over_quota(service_id, len(checked.content))
    with stored(checked.content) as path:
        item = EvidenceItem(service_id=service_id, title=title, added_by=by, commissioner_id=commissioner_id)
        return _add_item(item, answer_ids, version=_file_version(checked, path, document_date))


def add_link(
    *,
    service_id: int,
    title: str,
    document_date: dt.date | None,
    link: str,
    by: User,
    answer_ids: Iterable[int] = (),
    commissioner_id: int | None = None,
) -> EvidenceItem:
    """File a link for a service, or for a commissioner as ``add_file`` does, and link it to answers. Raises InvalidTransition."""
    item = EvidenceItem(service_id=service_id, title=title, added_by=by, commissioner_id=commissioner_id)
    return _add_item(item, answer_ids, version=EvidenceVersion(link=link, document_date=document_date))


def add_version(
    *,
    evidence_id: int,
    document_date: dt.date | None,
    by: User,
    upload: "UploadedFile[bytes] | None" = None,
    checked: CheckedFile | None = None,
    link: str = "",
) -> EvidenceVersion:
    """Add a newer version; earlier ones are kept. Raises UploadRefused, and InvalidTransition for a removed document."""
    if not link:
        checked = checked or _read(upload)
    with stored(checked.content) if checked else nullcontext("") as path, transaction.atomic():
        item = EvidenceItem.objects.select_for_update().get(pk=evidence_id)
        if item.removed_at:
            raise InvalidTransition(REMOVED)
        version = _file_version(checked, path, document_date) if checked else EvidenceVersion(link=link, document_date=document_date)
        _save_version(item, version, by)
        audit.record("evidence.version_added", target=item, by=by)
    return version


def _read(upload: "UploadedFile[bytes] | None") -> CheckedFile:
    if upload is None:
        raise UploadRefused("Select a file")
    return read_upload(upload)


def _file_version(checked: CheckedFile, path: str, document_date: dt.date | None) -> EvidenceVersion:
    return EvidenceVersion(
        file_path=path,
        file_name=checked.name,
        media_type=checked.media_type,
        size_bytes=len(checked.content),
        sha256=hashlib.sha256(checked.content).hexdigest(),
        page_count=checked.page_count,
        document_date=document_date,
    )


@transaction.atomic
def _add_item(item: EvidenceItem, answer_ids: Iterable[int], *, version: EvidenceVersion) -> EvidenceItem:
    answers = lock_answers(item.service_id, answer_ids)
    item.save()
    item.answers.set(answers)
    _save_version(item, version, item.added_by)
    audit.record("evidence.added", target=item, by=item.added_by)
    return item


def _save_version(item: EvidenceItem, version: EvidenceVersion, by: User) -> None:
    """The service's row is locked, so two uploads at once cannot both take the last place of its quota."""
    if version.size_bytes:
        Service.objects.select_for_update().get(pk=item.service_id)
        refuse_over_quota(item.service_id, version.size_bytes)
    newest = item.versions.order_by("-number").first()
    version.item, version.uploaded_by, version.number = item, by, newest.number + 1 if newest else 1
    version.save()


def refuse_over_quota(service_id: int, size_bytes: int) -> None:
    """Raises UploadRefused when the service has no room for so many bytes more."""
    if limit := over_quota(service_id, size_bytes):
        raise UploadRefused(f"This service has reached its limit of {limit}MB. Remove a file or add a link instead.")


@transaction.atomic
def link_answers(*, evidence_id: int, answer_ids: Iterable[int], by: User, opened_ids: Iterable[int] | None = None) -> None:
    """Say which answers a document supports, among those of its own service.

    With ``opened_ids``, those that were ticked when the page was opened, only what the person changed is changed, so
    that two people's changes add up. Without it, others than ``answer_ids`` are unlinked. Raises InvalidTransition
    when an answer's documents cannot be changed now.
    """
    item = EvidenceItem.objects.get(pk=evidence_id)
    before = set(item.answers.values_list("pk", flat=True)) if opened_ids is None else set(opened_ids)
    wanted = set(answer_ids)
    answers = {answer.pk for answer in lock_answers(item.service_id, wanted ^ before)}
    item = EvidenceItem.objects.select_for_update().get(pk=evidence_id)
    if item.removed_at:
        raise InvalidTransition(REMOVED)
    item.answers.add(*(answers & (wanted - before)))
    item.answers.remove(*(answers & (before - wanted)))
    audit.record("evidence.linked", target=item, by=by)


@transaction.atomic
def link_documents(*, service_id: int, evidence_ids: Iterable[int], answer_ids: Iterable[int], by: User) -> list[EvidenceItem]:
    """Let documents that are there already support further answers; gives the documents. Raises InvalidTransition."""
    answers: list[Answer] = lock_answers(service_id, answer_ids)
    items = list(EvidenceItem.objects.kept().select_for_update().filter(service=service_id, pk__in=list(evidence_ids)).order_by("pk"))
    if not items or not answers:
        raise InvalidTransition("Someone removed this document. Nothing was changed." if answers else "Select at least one answer")
    for item in items:
        item.answers.add(*answers)
        record_links(item, by)
    return items


@transaction.atomic
def change_document(
    *, evidence_id: int, title: str, document_date: dt.date | None, reason: str, by: User, opened: tuple[str, dt.date | None] | None = None
) -> EvidenceItem:
    """Change the title, and where ``may_correct_date`` the date on the newest version; the reason stands in the audit trail.

    ``opened`` is title and date as the person saw them: raises SomeoneElseChanged when they are others by now.
    """
    item = EvidenceItem.objects.select_for_update().get(pk=evidence_id)
    if item.removed_at:
        raise InvalidTransition(REMOVED)
    version = item.versions.order_by("-number").first()
    date = version.document_date if version else None
    if opened is not None and opened != (item.title, date):
        raise SomeoneElseChanged(item)
    if version and document_date != date:
        if not may_correct_date(item, version, by):
            raise InvalidTransition("The date of this version cannot be changed any more. Add a newer version instead.")
        version.document_date = document_date
        version.save(update_fields=["document_date"])
        audit.record("evidence.date_corrected", target=item, by=by, reason=reason)
    if title != item.title:
        item.title = title
        item.save(update_fields=["title"])
        audit.record("evidence.renamed", target=item, by=by, reason=reason)
    return item


@transaction.atomic
def remove_item(*, evidence_id: int, by: User) -> EvidenceItem:
    """Remove a document that nothing uses: its bytes go after the commit, its place in the quota at once.

    Raises InvalidTransition with the sentences that say what uses it.
    """
    item = EvidenceItem.objects.select_for_update().get(pk=evidence_id)
    if item.removed_at:
        raise InvalidTransition("Someone removed this already. You do not need to do anything.")
    if reasons := why_it_stays(item):
        raise InvalidTransition(" ".join(reasons))
    item.removed_at, item.removed_by = timezone.now(), by
    item.save(update_fields=["removed_at", "removed_by"])
    audit.record("evidence.removed", target=item, by=by)
    delete_after_commit(item.versions.exclude(file_path="").values_list("file_path", flat=True))
    return item
