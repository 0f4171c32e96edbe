"""The service's consent: with the last service's agreement the report of a review for learning is published."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from reports import content
from reports.models import Consent, Publication, Report
from reports.queries.rights import consenting_services, has_consent, sign_off_of, why_not_publish
from reports.services.publication import publish_report
from reports.services.versions import locked_report
from surveillance.services.clash import check_version
from work.status import InvalidTransition


@transaction.atomic
def answer_consent(*, report_id: int, agrees: bool, by: User, reason: str = "", version: int | None = None) -> Publication | None:
    """Say for one's services whether the signed report is published; gives the publication once every service agrees, else None.

    An answer can be changed until then. The audit trail keeps that it was answered, not how: that is for the review's people.
    Raises InvalidTransition, SomeoneElseChanged when somebody answered after the page was opened (``version`` of the report).
    """
    report = locked_report(report_id)
    if sentence := why_not_publish(by, report):
        raise InvalidTransition(sentence)
    services = list(consenting_services(by, report))
    if not services:
        raise InvalidTransition("The national team decides whether to publish the report of a compliance review.")
    check_version(report, report.version, version)
    report.check_may_become(Report.Status.PUBLISHED)
    signed = sign_off_of(report)
    if signed is None:
        raise InvalidTransition("This report is not signed off yet.")
    if agrees and not content.public_part(content.content_of(signed.version))["sections"]:
        raise InvalidTransition("No section is marked public, so there is nothing to publish.")
    said = {
        "version": signed.version, "answer": Consent.Answer.PUBLISH if agrees else Consent.Answer.KEEP, "reason": reason.strip(),
        "answered_by": by, "answered_at": timezone.now(),
    }  # fmt: skip
    for service in services:
        Consent.objects.update_or_create(report=report, service=service, defaults=said)
    report.version += 1
    report.save(update_fields=["version"])
    audit.record("report.consent_answered", target=report, by=by)
    return publish_report(report_id=report.pk, by=by) if has_consent(report, signed) else None
