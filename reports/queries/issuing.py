"""Who is issued a signed report, as what; who could not be reached; who has not opened it yet."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from peerreview.models import TeamMember
from reports.models import Receipt, Report, SignOff
from reports.queries.people import commissioning_people, network_people
from surveillance.models import NetworkMember, Service
from surveillance.queries.holders import people_in_role
from surveillance.queries.people import commissioning_organisations, executives_of, leads_of
from work.working_days import add_working_days

Capacity = Receipt.Capacity
OPEN_WITHIN_DAYS = 10
ASKED_FOR_DAYS = 60  # working days, about a quarter: who has not opened a report by then is named on its page alone
# The posts to which a report goes by name, by the job titles under which trusts know them.
POSTS: dict[str, tuple[str, ...]] = {
    Capacity.CHIEF_EXECUTIVE: ("chief executive", "accountable officer"),
    Capacity.MEDICAL_DIRECTOR: ("medical director", "chief medical officer"),
    Capacity.NURSING_DIRECTOR: ("nursing director", "director of nursing", "chief nurs"),
}


@dataclass(frozen=True)
class Addressee:
    """A person to whom the report goes, for which organisation and as what."""

    user: User
    organisation: Organisation | None
    capacity: str


def addressees(report: Report) -> list[Addressee]:
    """Everybody who is issued the signed report, each once, in the capacity that comes first; of a review for learning its own people."""
    services = list(report.review.services.select_related("provider", "network__host").order_by("pk"))
    found = [person for service in services for person in _of_trust(service)]
    if not report.review.is_learning:
        found += _as(Capacity.COMMISSIONER, commissioning_people(report), Role.COMMISSIONER)
        found += _as(Capacity.NETWORK_LEAD, network_people(report), Role.NETWORK_LEAD)
    found += [Addressee(user, report.review.region, Capacity.TEAM) for user in team_people(report)]
    once: dict[int, Addressee] = {}
    for person in found:
        once.setdefault(person.user.pk, person)
    return list(once.values())


def _of_trust(service: Service) -> list[Addressee]:
    """The executives of the trust, those with a post by its name, and the leads of the service."""
    trust = service.provider or (service.network.host if service.network else None)
    executives = [Addressee(user, trust, post_of(user)) for user in executives_of(service)]
    executives.sort(key=lambda person: [*POSTS, Capacity.EXECUTIVE].index(person.capacity))
    return executives + [Addressee(user, service.holder, Capacity.SERVICE_LEAD) for user in leads_of(service)]


def post_of(user: User) -> str:
    """The post that an executive holds by their job title, else that of an executive. A title opens nothing: the role does."""
    title = user.job_title.lower()
    return next((post for post, names in POSTS.items() if any(name in title for name in names)), Capacity.EXECUTIVE)


def _as(capacity: str, people: Iterable[User], role: str) -> list[Addressee]:
    people = list(people)
    held = Membership.objects.active().filter(user__in=people, role=role).select_related("organisation").order_by("pk")
    home = {membership.user_id: membership.organisation for membership in reversed(held)}
    return [Addressee(person, home.get(person.pk), capacity) for person in people]


def team_people(report: Report) -> list[User]:
    """The team at sign-off; after it, those who were issued the report as the team."""
    on_team = TeamMember.objects.on_team().filter(review=report.review_id).values("user")
    issued = Receipt.objects.filter(report=report, capacity=Capacity.TEAM).values("user")
    return list(User.objects.filter(Q(pk__in=on_team) | Q(pk__in=issued), is_active=True).order_by("name", "pk"))


def not_reached(report: Report) -> list[str]:
    """Posts and organisations of which nobody has an account, in words: somebody must tell them in another way."""
    reached = addressees(report)
    words: list[str] = []
    for service in report.review.services.select_related("provider", "network__host").order_by("pk"):
        trust = service.provider or (service.network.host if service.network else None)
        posts = {person.capacity for person in reached if trust and person.organisation and person.organisation.pk == trust.pk}
        words += [f"{Capacity(post).label} of {trust.name}" for post in POSTS if trust and post not in posts]
        if not leads_of(service).exists():
            words.append(f"Service lead of {service.name}, {service.holder.name}")
        if not report.review.is_learning:
            words += _organisations_not_reached(service)
    return list(dict.fromkeys(words))


def _organisations_not_reached(service: Service) -> list[str]:
    members = NetworkMember.objects.active().filter(service=service).values("network")
    networks = Organisation.objects.filter(pk__in=members).order_by("name")
    boards = commissioning_organisations(service)
    return [f"Commissioner: {board.name}" for board in boards if not people_in_role(Role.COMMISSIONER, board.pk)] + [
        f"Network: {network.name}" for network in networks if not people_in_role(Role.NETWORK_LEAD, network.pk)
    ]


def issued_receipts(report: Report) -> QuerySet[Receipt]:
    """Receipts of the version that counts now, in the order in which people were issued it."""
    newest = SignOff.objects.filter(report=report).order_by("-signed_at", "-pk").values("version")[:1]
    rows = report.receipts.filter(version__in=newest)
    return rows.select_related("user", "organisation", "version").order_by("pk")


def earlier_receipts(report: Report) -> QuerySet[Receipt]:
    """Receipts of the versions that were signed and issued before the one that counts now, the newest of them first."""
    newest = SignOff.objects.filter(report=report).order_by("-signed_at", "-pk").values("version")[:1]
    rows = report.receipts.exclude(version__in=newest)
    return rows.select_related("user", "organisation", "version__sign_off__signed_by").order_by("-version__number", "pk")


def unopened() -> QuerySet[Receipt]:
    """Receipts of the newest signed version that nobody opened. The team reads the public report, so it is not waited for."""
    newest = SignOff.objects.filter(report=OuterRef("report")).order_by("-signed_at", "-pk").values("version")[:1]
    rows = Receipt.objects.filter(opened_at=None, user__is_active=True, version=Subquery(newest))
    return rows.exclude(capacity__in=[Capacity.TEAM, ""])


def still_asked() -> QuerySet[Receipt]:
    """Unopened receipts that still stand in people's work: a list of what nobody will do any more hides what they can do."""
    return unopened().filter(issued_at__date__gte=add_working_days(timezone.localdate(), -ASKED_FOR_DAYS))


def open_by(receipt: Receipt) -> dt.date:
    """The day by which a person should have opened the report."""
    return add_working_days(timezone.localdate(receipt.issued_at), OPEN_WITHIN_DAYS)


def is_long_unopened() -> Q:
    """Whether a receipt is older than the 10 working days within which it should have been opened."""
    return Q(issued_at__date__lt=add_working_days(timezone.localdate(), -OPEN_WITHIN_DAYS))
