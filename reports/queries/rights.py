"""What a person may do with one report: the questions behind buttons, refusals and the two-person rules."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import HUB_ROLES, Permission
from peerreview.queries.teams import is_lead_reviewer, is_on_team
from reports.models import AccuracyPoint, Consent, Report, ReportVersion, SignOff
from surveillance.models import Service
from surveillance.reach import reach_of

Party = AccuracyPoint.Party
OF_THE_SERVICE = "The report of a review for learning belongs to the service. It is published only with its consent."


def acts_for_hub(user: User, permission: Permission, report: Report) -> bool:
    """Whether ``user`` holds ``permission`` on the report for its hub (or the national team); for learning only its visit lead."""
    reach = reach_of(user, permission)
    if report.review.is_learning:
        return report.review.visit_lead_id == user.pk and report.review.region_id in reach.regions
    return reach.is_national or report.review.region_id in reach.regions


def is_staff_side(user: User, report: Report) -> bool:
    """Whether ``user`` sees drafts: the hub, the national team, or a member of the team until sign-off."""
    return acts_for_hub(user, Permission.REPORT_VIEW, report) or is_on_team(report.review, user)


def decides_accuracy(user: User, report: Report) -> bool:
    """Whether ``user`` accepts or keeps what the service or its commissioner said is wrong: the lead reviewer, or the hub for the team."""
    return is_lead_reviewer(report.review, user) or acts_for_hub(user, Permission.REPORT_DRAFT, report)


def accuracy_parties(user: User, report: Report) -> list[str]:
    """For whom ``user`` answers the accuracy check: the service, or the commissioner for findings addressed to it."""
    if not user.has_permission(Permission.REPORT_ACCURACY):
        return []
    reach = reach_of(user, Permission.REPORT_ACCURACY)
    services = report.review.services.all()
    parties = []
    if services.filter(reach.only_hosts().of_services()).exists():
        parties.append(Party.SERVICE.value)
    if services.filter(reach.only_buyers().of_services()).exists():
        parties.append(Party.COMMISSIONER.value)
    return parties


def is_hub_role(user: User) -> bool:
    """Whether ``user`` works for a hub or the national team."""
    return user.is_national or bool(user.roles & HUB_ROLES)


def signs_off(user: User, report: Report) -> bool:
    """Whether sign-off is for ``user``: a manager of the hub; for learning the lead reviewer, or a visit lead who is one (ADR 14)."""
    leads = report.review.is_learning and is_lead_reviewer(report.review, user)
    return leads or acts_for_hub(user, Permission.REPORT_SIGN_OFF, report)


def why_not_sign(user: User, report: Report) -> str:
    """Why this person cannot sign the report off, in a sentence; empty when they may."""
    if user.pk == report.drafter_id:
        return "You drafted this report, so someone else must sign it off."
    if signs_off(user, report):
        return ""
    return "The lead reviewer signs this report off." if report.review.is_learning else "A manager of the hub signs this report off."


def sign_off_of(report: Report) -> SignOff | None:
    """The newest sign-off."""
    return report.sign_offs.select_related("signed_by", "version__revision").order_by("-signed_at", "-pk").first()


def consenting_services(user: User, report: Report) -> QuerySet[Service]:
    """Services for which ``user`` says whether the report of a review for learning is published; none of a compliance review."""
    services = report.review.services.all()
    if not report.review.is_learning or not user.has_permission(Permission.REPORT_CONSENT):
        return services.none()
    return services.filter(reach_of(user, Permission.REPORT_CONSENT).only_hosts().of_services())


def has_consent(report: Report, signed: SignOff) -> bool:
    """Whether every service under review agreed that this signed version is published."""
    agreed = report.consents.filter(version=signed.version_id, answer=Consent.Answer.PUBLISH).values("service")
    return not report.review.services.exclude(pk__in=agreed).exists()


def decides_publication(user: User, report: Report) -> bool:
    """Whether publication and withdrawal are for ``user``: the national team; of a review for learning its services alone."""
    if report.review.is_learning:
        return consenting_services(user, report).exists()
    return user.has_permission(Permission.REPORT_PUBLISH)


def why_not_publish(user: User, report: Report) -> str:
    """Why this person cannot publish, withhold or withdraw the report, in a sentence; empty when they may."""
    if report.review.is_learning and not decides_publication(user, report):
        return OF_THE_SERVICE
    signed = sign_off_of(report)
    if signed and signed.signed_by_id == user.pk:
        return "You signed this off, so someone else must publish it."
    if user.pk == report.drafter_id:
        return "You drafted this report, so someone else must publish it."
    revision = getattr(signed.version, "revision", None) if signed else None
    if revision and revision.opened_by_id == user.pk:
        return "You wrote this new version, so someone else must publish it."
    return ""


def may_read_version(user: User, report: Report, version: ReportVersion) -> bool:
    """Whether a person in the report's scope may read this version.

    The hub and the team read all; the service reads the accuracy copy and what was signed off or published; others
    (commissioners, networks) what was signed off or published.
    """
    Purpose = ReportVersion.Purpose
    if is_staff_side(user, report):
        return True
    if version.purpose == Purpose.ACCURACY:
        return Party.SERVICE in accuracy_parties(user, report)
    if version.purpose == Purpose.FINAL:
        return report.is_signed and SignOff.objects.filter(version=version).exists()
    if version.purpose == Purpose.PUBLIC:
        return version.publications.public().exists()
    return False


def readable_version(user: User, report: Report) -> ReportVersion | None:
    """The frozen version that this person reads instead of the live draft; None when there is none for them (yet)."""
    versions = report.versions.order_by("-number")
    if report.is_signed:
        signed = sign_off_of(report)
        return signed.version if signed else None
    version = versions.filter(purpose=ReportVersion.Purpose.ACCURACY).first()
    return version if version and may_read_version(user, report, version) else None
