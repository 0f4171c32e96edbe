"""A reviewer's profile as its pages show it."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.permissions import REVIEWER_ROLES, Permission
from accounts.templatetags.qnt_tags import month_date
from peerreview.models import DateAway, Employment, Procedure, ReviewerProfile, Tie
from peerreview.queries.training_register import line_words, own_lines
from peerreview.ties import Rules, profession_words
from surveillance.models.services import PlaceKind

WORKPLACES = (Organisation.Kind.PROVIDER, Organisation.Kind.NETWORK)


@dataclass(frozen=True)
class Line:
    """One entry in words, with its id."""

    pk: int
    words: str
    details: str = ""


def reviewers_for(user: User) -> QuerySet[User]:
    """Reviewers whose profile ``user`` may read: those who plan reviews read everybody's, since teams come from every region."""
    if not user.has_permission(Permission.REVIEW_PLAN):
        return User.objects.none()
    held = Membership.objects.active().filter(role__in=REVIEWER_ROLES).values("user")
    return User.objects.filter(pk__in=held) | User.objects.filter(reviewer_profile__isnull=False)


def profile_facts(user: User, profile: ReviewerProfile | None) -> list[tuple[str, str]]:
    """The profile as label and words, with phone and training; nothing is left empty. Give it with its regions and employer."""
    training = [
        ("Training", ". ".join(line_words(line) for line in own_lines(user) if line.is_wanting) or "No course is for their role now")
    ]
    if profile is None or profile.pk is None:
        return [("Profile", "Nothing yet"), *training]
    kinds = ", ".join(PlaceKind(kind).label for kind in profile.place_kinds if kind in PlaceKind.values)
    known = ", ".join(specification.name for specification in profile.specifications.all())
    return [
        ("Profession", profile.professions or "No data"),
        ("Kinds of profession", profession_words(profile.profession_codes, " and ").capitalize() or "No data"),
        ("Specialties", profile.specialties or "No data"),
        ("Services known from own work", known or "No data"),
        ("Kinds of place", kinds or "No data"),
        ("Works at", str(profile.employer) if profile.employer else "No data"),
        ("Region", str(profile.home_region) if profile.home_region else "No data"),
        ("Can visit in", ", ".join(region.name for region in profile.visit_regions.all()) or "No data"),
        ("Phone", user.phone or "No data"),
        *training,
        ("Last confirmed", confirmed_words(profile)),
    ]


def confirmed_words(profile: ReviewerProfile) -> str:
    """When the person last said that the profile is right."""
    return f"On {month_date(profile.confirmed_at)}" if profile.confirmed_at else "Not confirmed yet"


def profile_history(user: User) -> QuerySet[AuditEvent]:
    """What a reviewer changed on the profile, the latest first; for the page only."""
    return AuditEvent.objects.filter(by=user, action__startswith="reviewer.").order_by("-pk")


def work_lines(user: User) -> list[Line]:
    """Where they work and worked, the latest first."""
    return [
        Line(one.pk, _work_words(one)) for one in user.employments.select_related("organisation").order_by("-to_date", "-from_date", "pk")
    ]


def tie_lines_of(user: User) -> list[Line]:
    """Ties that they declared once for every review."""
    labels = tie_labels()
    return [Line(one.pk, _tie_words(one, labels), one.details) for one in user.ties.select_related("organisation")]


def away_lines(user: User) -> list[Line]:
    """Days away that are not over, the next first."""
    spans = user.dates_away.filter(to_date__gte=timezone.localdate()).order_by("from_date", "pk")
    return [Line(one.pk, _days(one.from_date, one.to_date)) for one in spans]


def tie_labels() -> dict[str, str]:
    """Ties of the procedures in use by their code, but for work there, which the list of work says."""
    labels: dict[str, str] = {}
    for procedure in Procedure.objects.filter(status=Procedure.Status.PUBLISHED).order_by("code", "-version"):
        for code, row in Rules.of(procedure).by_code.items():
            labels.setdefault(code, str(row["label"]))
    return {code: label for code, label in labels.items() if code != "EMPLOYED"}


def entry_words(entry: Employment | Tie | DateAway) -> str:
    """One entry of a profile as its pages say it, details included: the trail keeps these words after the entry has gone."""
    if isinstance(entry, Tie):
        words = _tie_words(entry, tie_labels())
        return f"{words}. {entry.details}" if entry.details else words
    return _work_words(entry) if isinstance(entry, Employment) else _days(entry.from_date, entry.to_date)


def _work_words(entry: Employment) -> str:
    return f"{entry.organisation.name}, {_span(entry.from_date, entry.to_date)}"


def _tie_words(entry: Tie, labels: dict[str, str]) -> str:
    return f"{entry.organisation.name}: {labels.get(entry.rule_code, 'another tie')}"


def _span(start: object, end: object) -> str:
    until = f"until {month_date(end)}" if end else "now"  # type: ignore[arg-type]
    return f"from {month_date(start)} {until}" if start else until  # type: ignore[arg-type]


def _days(start: object, end: object) -> str:
    return month_date(start) if start == end else f"{month_date(start)} to {month_date(end)}"  # type: ignore[arg-type]
