"""Suggestions for a team out of 400 reviewers, over loading the same rows."""

import datetime as dt

from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from peerreview.models import Course, DateAway, Employment, Procedure, ReviewerProfile, TeamMember, Tie, TrainingRecord
from peerreview.models.teams import Profession
from peerreview.queries.suggestions import suggest_team
from qnt.bench.data import World
from qnt.bench.registry import Limits, Pair, benchmark, on_both
from surveillance.models import NetworkMember, Service
from surveillance.models.services import PlaceKind

REVIEWERS = 400
AHEAD = dt.timedelta(days=90)


def make_reviewers(service: Service) -> None:
    """Reviewers of every kind: trained or not, with work here before, with a tie, away on the day, equal to many others."""
    today, region = timezone.localdate(), service.region
    people = User.objects.bulk_create(User(email=f"reviewer{n}@bench.example", name=f"Illustrative reviewer {n}") for n in range(REVIEWERS))
    Membership.objects.bulk_create(
        Membership(user=user, organisation=region, role=Role.REVIEWER if n % 5 else Role.PATIENT_REVIEWER, from_date=today - AHEAD)
        for n, user in enumerate(people)
    )
    profiles = ReviewerProfile.objects.bulk_create(
        ReviewerProfile(
            user=user, profession_codes=[Profession.values[n % len(Profession.values)]], home_region=region if n % 3 else None,
            place_kinds=[PlaceKind.values[n % len(PlaceKind.values)]],
        )
        for n, user in enumerate(people)
    )  # fmt: skip
    course = Course.objects.in_use().filter(is_required=True).order_by("pk")[0]
    TrainingRecord.objects.bulk_create(
        TrainingRecord(user=user, course=course, expires_date=today + dt.timedelta(days=n - 20), evidence="Certificate seen.")
        for n, user in enumerate(people)
    )
    known = ReviewerProfile.specifications.through
    known.objects.bulk_create(
        known(reviewerprofile=profile, servicespecification=service.specification) for n, profile in enumerate(profiles) if n % 2
    )
    here = Organisation.objects.get(pk=service.holder.pk)
    Employment.objects.bulk_create(Employment(user=user, organisation=here, to_date=today) for user in people[::25])
    Tie.objects.bulk_create(Tie(user=user, organisation=here, rule_code="CO_AUTHOR") for user in people[::10])
    DateAway.objects.bulk_create(DateAway(user=user, from_date=today + AHEAD, to_date=today + AHEAD) for user in people[::7])


def load_rows() -> None:
    """The same rows as tuples, a statement for each table."""
    people = Membership.objects.active().filter(role__in=[Role.REVIEWER, Role.PATIENT_REVIEWER]).values("user")
    list(User.objects.filter(pk__in=people).select_related("reviewer_profile__employer"))
    for table in (Membership, Employment, Tie, DateAway, TeamMember, TrainingRecord):
        list(table.objects.filter(user__in=people).values_list())
    list(ReviewerProfile.specifications.through.objects.values_list())
    list(NetworkMember.objects.values_list())


@benchmark(
    "suggestions_400",
    subject="Suggestions for a team, 400 reviewers",
    floor="loading the same rows",
    limits=Limits(
        ratio=on_both(15),
        statements=8,
        peak_mib=24,
        because="One pass over the reviewers for each of three places: reasons in words and a lot for each, then one sort.",
    ),
)
def suggestions_400(world: World) -> Pair:
    service = Service.objects.for_display().get(pk=world.small.service_id)
    make_reviewers(service)
    procedure = Procedure.objects.get(code="SMALL_NETWORK", status=Procedure.Status.PUBLISHED)
    day = timezone.localdate() + AHEAD

    def suggest() -> None:
        found = suggest_team([service], procedure, day, day)
        if len(found) != len(procedure.roles_required) or not all(one.suggestions for one in found):
            raise RuntimeError("There is a place without suggestions.")

    return Pair(suggest, load_rows)
