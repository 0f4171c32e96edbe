"""What services said about publishing the report of a review for learning: for its own people, and whom it still waits for."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import ReviewService
from reports.models import Consent, Report, SignOff
from reports.queries.rights import acts_for_hub, decides_publication
from surveillance.models import Service
from surveillance.reach import reach_of


@dataclass(frozen=True)
class Said:
    """One service under review and its answer; None while it has not answered."""

    service: Service
    consent: Consent | None


def consents_seen(user: User, report: Report) -> list[Said]:
    """Each service's answer, for the people of the services and the visit lead; nothing for anybody else, nor before sign-off."""
    if not report.review.is_learning or not report.is_signed:
        return []
    if not decides_publication(user, report) and not acts_for_hub(user, Permission.REPORT_VIEW, report):
        return []
    given = {consent.service_id: consent for consent in report.consents.select_related("answered_by")}
    return [Said(service, given.get(service.pk)) for service in sorted(report.review.services.all(), key=lambda service: service.pk)]


def waiting_for_consent(user: User) -> QuerySet[Report]:
    """Signed reports of reviews for learning about which a service of this person has not said anything; no day is set for it."""
    mine = Service.objects.filter(reach_of(user, Permission.REPORT_CONSENT).only_hosts().of_services())
    given = Consent.objects.filter(report__review=OuterRef("review"), service=OuterRef("service"))
    unsaid = ReviewService.objects.filter(~Exists(given), review=OuterRef("review"), service__in=mine.values("pk"))
    signed = SignOff.objects.filter(report=OuterRef("pk"), signed_by=user)
    reports = Report.objects.for_user(user, Permission.REPORT_CONSENT).filter(status=Report.Status.SIGNED_OFF)
    return reports.filter(Exists(unsaid), ~Exists(signed), review__purpose="IMPROVEMENT").exclude(drafter=user)
