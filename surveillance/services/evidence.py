"""Evidence: filed once for a service, under a random name, linked to the answers that it supports."""

import datetime as dt
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum

from accounts import audit
from accounts.models import User
from surveillance.models import Answer, EvidenceItem, EvidenceVersion, Service
from surveillance.uploads import CheckedFile, UploadRefused, check_upload


def add_file(
    *, service_id: int, title: str, document_date: dt.date | None, upload: "UploadedFile[bytes]", by: User, answer_ids: Iterable[int] = ()
) -> EvidenceItem:
    """File a document for a service and link it to answers of its self-reports. Raises UploadRefused with a sentence."""
    checked = read_upload(upload)
    return _add_item(service_id, title, answer_ids, by, document_date=document_date, checked=checked)


def add_link(
    *, service_id: int, title: str, document_date: dt.date | None, link: str, by: User, answer_ids: Iterable[int] = ()
) -> EvidenceItem:
    """File a link for a service and link it to answers."""
    return _add_item(service_id, title, answer_ids, by, document_date=document_date, link=link)


def add_version(
    *, evidence_id: int, document_date: dt.date | None, by: User, upload: "UploadedFile[bytes] | None" = None, link: str = ""
) -> EvidenceVersion:
    """Add a newer version; earlier ones are kept. Raises UploadRefused."""
    checked = read_upload(upload) if upload else None
    with transaction.atomic():
        item = EvidenceItem.objects.select_for_update().get(pk=evidence_id)
        version = _add_version(item, by, document_date=document_date, checked=checked, link=link)
        audit.record("evidence.version_added", target=item, by=by)
    return version


@transaction.atomic
def link_answers(*, evidence_id: int, answer_ids: Iterable[int], by: User) -> None:
    """Say which answers a document supports, among those of its own service; others than these are unlinked."""
    item = EvidenceItem.objects.select_for_update().get(pk=evidence_id)
    item.answers.set(Answer.objects.filter(pk__in=list(answer_ids), self_report__service=item.service_id))
    audit.record("evidence.linked", target=item, by=by)


def read_upload(upload: "UploadedFile[bytes]") -> CheckedFile:
    """Read and check an uploaded file without ever holding more than the limit. Raises UploadRefused."""
    content = upload.read(settings.UPLOAD_MAX_BYTES + 1)
    return check_upload(name=upload.name or "", content=content)


@transaction.atomic
def _add_item(
    service_id: int,
    title: str,
    answer_ids: Iterable[int],
    by: User,
    *,
    document_date: dt.date | None,
    checked: CheckedFile | None = None,
    link: str = "",
) -> EvidenceItem:
    item = EvidenceItem.objects.create(service_id=service_id, title=title, added_by=by)
    item.answers.set(Answer.objects.filter(pk__in=list(answer_ids), self_report__service=service_id))
    _add_version(item, by, document_date=document_date, checked=checked, link=link)
    audit.record("evidence.added", target=item, by=by)
    return item


def _add_version(item: EvidenceItem, by: User, *, document_date: dt.date | None, checked: CheckedFile | None, link: str) -> EvidenceVersion:
    newest = item.versions.order_by("-number").first()
    version = EvidenceVersion(item=item, number=newest.number + 1 if newest else 1, link=link, document_date=document_date, uploaded_by=by)
    if checked:
        _refuse_over_quota(item.service_id, len(checked.content))
        version.file_path = save_bytes(checked.content)
        version.file_name, version.media_type = checked.name, checked.media_type
        version.size_bytes, version.sha256 = len(checked.content), hashlib.sha256(checked.content).hexdigest()
    try:
        with transaction.atomic():
            version.save()
    except Exception:
        if version.file_path:
            Path(settings.MEDIA_ROOT, version.file_path).unlink(missing_ok=True)
        raise
    return version


def _refuse_over_quota(service_id: int, size_bytes: int) -> None:
    """The service's row is locked, so two uploads at once cannot both take the last place."""
    Service.objects.select_for_update().get(pk=service_id)
    used = EvidenceVersion.objects.filter(item__service=service_id).aggregate(used=Sum("size_bytes"))["used"] or 0
    if used + size_bytes > settings.UPLOAD_QUOTA_BYTES:
        limit = settings.UPLOAD_QUOTA_BYTES // (1024 * 1024)
        raise UploadRefused(f"This service has reached its limit of {limit}MB. Remove a file or add a link instead.")


def save_bytes(content: bytes) -> str:
    """Store bytes under a random name below MEDIA_ROOT, whole or not at all; gives the path below it."""
    name = secrets.token_hex(20)
    path = Path("evidence", name[:2], name)
    target = Path(settings.MEDIA_ROOT, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(target)
    finally:
        Path(part).unlink(missing_ok=True)
    return str(path)
