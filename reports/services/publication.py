"""Publication by a third person: from public sections only, now or on a date; or withheld with a reason; or withdrawn."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import month_date
from reports import content
from reports.models import Consent, Publication, Report, ReportVersion, SignOff
from reports.queries.rights import OF_THE_SERVICE, consenting_services, has_consent, sign_off_of, why_not_publish
from reports.services.documents import request_pdf
from reports.services.library import index_publication, remove_from_index
from reports.services.revisions import end_published, reopen_signed
from reports.services.versions import freeze, locked_report
from surveillance.services.clash import SomeoneElseChanged, check_version
from work import jobs
from work.status import InvalidTransition

Status = Report.Status


def _signed(report: Report, by: User, version_number: int | None) -> SignOff:
    """The sign-off behind a decision to publish: of the version that was read, its frozen text untouched.

    Raises InvalidTransition, SomeoneElseChanged when another version was signed meanwhile.
    """
    if sentence := why_not_publish(by, report):
        raise InvalidTransition(sentence)
    signed = sign_off_of(report)
    if signed is None:
        raise InvalidTransition("This report is not signed off yet.")
    check_version(signed, signed.version.number, version_number)
    if report.review.is_learning and not has_consent(report, signed):
        raise InvalidTransition(OF_THE_SERVICE)
    if signed.content_hash != signed.version.hash or not content.is_whole(signed.version):
        raise InvalidTransition(f"The report changed after sign-off. Sign off version {signed.version.number + 1}.")
    return signed


def _waiting(report: Report, waiting_id: int | None) -> Publication | None:
    """The decision that waits for its day, locked, where it is the one that was on the page.

    Raises InvalidTransition where it was not known of, SomeoneElseChanged where another one was or its day has come meanwhile.
    """
    waiting = report.publications.waiting().select_for_update(of=("self",)).first()
    if waiting and waiting.public_from and waiting_id is None:
        raise InvalidTransition(f"This report is to be published on {month_date(waiting.public_from)} already.")
    if waiting_id is not None and (waiting is None or waiting.pk != waiting_id):
        raise SomeoneElseChanged(waiting or report)
    return waiting


@transaction.atomic
def publish_report(
    *, report_id: int, by: User, public_from: dt.datetime | None = None, reason: str = "", version_number: int | None = None,
    waiting_id: int | None = None,
) -> Publication:  # fmt: skip
    """Publish what was signed off, public sections only, now or from a moment on; its PDF follows by a job.

    A signed correction or annex takes the place of the public version at that moment; until then the old one stays. A decision that
    waits for its day is moved by deciding again, with ``waiting_id``, its id: by the same rules, and the new decision alone counts.
    Raises InvalidTransition: also for who wrote it, for who signed it, when no section is public, and while a correction is open;
    SomeoneElseChanged when ``version_number`` is not the version that is signed now, or ``waiting_id`` not what waits now.
    """
    report = locked_report(report_id)
    signed = _signed(report, by, version_number)
    waiting = _waiting(report, waiting_id)
    old = report.publications.standing().select_for_update(of=("self",)).first()
    revision = end_published(report)
    starts = public_from or timezone.now()
    if waiting and not revision and waiting.public_from == starts:
        raise InvalidTransition("That is the day on which the report is to be published already. Choose another date.")
    if not (report.status == Status.PUBLISHED and (revision or waiting)):
        report.check_may_become(Status.PUBLISHED)
    public = content.public_part(content.content_of(signed.version))
    if not public["sections"]:
        raise InvalidTransition("No section is marked public, so there is nothing to publish.")
    version = freeze(report, purpose=ReportVersion.Purpose.PUBLIC, by=by, frozen=public)
    if old:
        old.replaced_at = timezone.now() if waiting else starts
        old.save(update_fields=["replaced_at"])
    publication = Publication.objects.create(
        report=report, version=version, decision=Publication.Decision.PUBLISH, reason=reason.strip(),
        public_from=starts, decided_by=by, summary=content.search_text(public),
    )  # fmt: skip
    if old:
        old.replaced_by = publication
        old.save(update_fields=["replaced_by"])
    if waiting:
        remove_from_index(waiting)
        waiting.replaces.filter(replaced_at=waiting.public_from).update(replaced_at=starts, replaced_by=publication)  # public until then
    index_publication(publication)
    report.status, report.version = Status.PUBLISHED, report.version + 1
    report.save(update_fields=["status", "version"])
    audit.record("report.publication_moved" if waiting else "report.published", target=report, by=by, reason=reason.strip())
    if not version.pdf_path:
        request_pdf(version_id=version.pk, by=by)
    if starts <= timezone.now():
        jobs.enqueue("mail.report_published", publication_id=publication.pk, requested_by=by)
    return publication


@transaction.atomic
def withhold_report(
    *, report_id: int, reason: str, review_date: dt.date, by: User, version_number: int | None = None, waiting_id: int | None = None
) -> Publication:
    """Withhold the report with a reason and a day on which that is looked at again. Raises InvalidTransition, SomeoneElseChanged.

    A decision to publish that waits for its day is stopped by it (``waiting_id``, its id). Where it would have taken the place of a
    version that anyone can read, that one stays public and the correction or annex is signed off again, and no more; what anyone can
    read is withdrawn instead.
    """
    report = locked_report(report_id)
    report.check_may_become(Status.WITHHELD)
    signed, shown = _signed(report, by, version_number), report.publications.public().exists()
    waiting = _waiting(report, waiting_id) if waiting_id is not None or not shown else None
    if shown and waiting is None:
        raise InvalidTransition("This report is public, so it cannot be withheld. Withdraw it instead.")
    if not reason.strip():
        raise InvalidTransition("Enter a reason for your decision")
    if review_date <= timezone.localdate():
        raise InvalidTransition("The review date must be in the future")
    publication = Publication.objects.create(
        report=report, decision=Publication.Decision.WITHHOLD, reason=reason.strip(), review_date=review_date, decided_by=by
    )
    if waiting:
        _stop(waiting, publication)
    if shown:
        reopen_signed(report, signed, review_date=review_date)
    else:
        report.status, report.publication_due_date = Status.WITHHELD, review_date
    report.version += 1
    report.save(update_fields=["status", "version", "publication_due_date"])
    audit.record("report.new_version_withheld" if shown else "report.withheld", target=report, by=by, reason=reason.strip())
    return publication


def _stop(waiting: Publication, instead: Publication) -> None:
    """A decision whose day has not come counts no more; the version that it was to replace stays public."""
    replaced = waiting.replaces.filter(replaced_at=waiting.public_from)
    old_ids = list(replaced.values_list("pk", flat=True))
    waiting.replaced_at, waiting.replaced_by = timezone.now(), instead
    waiting.save(update_fields=["replaced_at", "replaced_by"])
    Publication.objects.filter(pk__in=old_ids).update(replaced_at=None, replaced_by=None)
    remove_from_index(waiting)


@transaction.atomic
def withdraw_report(*, report_id: int, reason: str, by: User) -> Publication:
    """Take a published report away, page and PDF: its address then says that it was withdrawn, when and why.

    A service that takes back the report of a review for learning keeps it to itself from then on.
    Raises InvalidTransition, also while its day has not come: then nobody read it, and it is withheld instead.
    """
    report = locked_report(report_id)
    report.check_may_become(Status.WITHDRAWN)
    if not report.publications.public().exists():
        raise InvalidTransition("This report is not public yet, so there is nothing to withdraw. Withhold it instead.")
    if sentence := why_not_publish(by, report):
        raise InvalidTransition(sentence)
    if not reason.strip():
        raise InvalidTransition("Enter a reason for withdrawing the report")
    now = timezone.now()
    publication = report.publications.standing().select_for_update(of=("self",)).get()
    taken = {"withdrawn_by": by, "withdrawn_at": now, "withdrawn_reason": reason.strip()}
    report.publications.filter(decision=Publication.Decision.PUBLISH, withdrawn_at=None).filter(
        Q(replaced_at=None) | Q(replaced_at__gt=now)
    ).update(**taken)  # with it the version that was to be replaced later
    publication.refresh_from_db()
    for withdrawn in report.publications.filter(withdrawn_at=now):
        remove_from_index(withdrawn)
    consents = report.consents.filter(service__in=consenting_services(by, report))  # of a compliance review none
    consents.update(answer=Consent.Answer.KEEP, reason=reason.strip(), answered_by=by, answered_at=now)
    report.status, report.version = Status.WITHDRAWN, report.version + 1
    report.save(update_fields=["status", "version"])
    audit.record("report.withdrawn", target=report, by=by, reason=reason.strip())
    return publication


@transaction.atomic
def announce_embargoed() -> int:
    """Tell those concerned of reports whose embargo has ended; gives how many. Mails know whom they told."""
    since = timezone.now() - dt.timedelta(days=2)
    due = Publication.objects.public().filter(public_from__gt=since).values_list("pk", flat=True)
    for pk in due:
        jobs.enqueue("mail.report_published", publication_id=pk, requested_by=None)
    return len(due)
