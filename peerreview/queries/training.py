"""Who is trained: courses and records read into ``peerreview.training``."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import FilteredRelation, Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import AUDIENCE_OF_ROLE, Course, Review, TeamMember
from peerreview.training import Need, Training, day_of_visit, joining_words, lacking_words
from work.items import day_words

# A person in a reviewer's role.
InRole = tuple[int, str]


def role_of_place(team_role: str) -> Role:
    """The role that a place on a team asks for: its courses are needed."""
    return Role.PATIENT_REVIEWER if team_role == TeamMember.TeamRole.PATIENT_REVIEWER else Role.REVIEWER


def training_of_people(wanted: Iterable[InRole], *, names_all: bool = False) -> dict[InRole, Training]:
    """What each person needs in a reviewer's role, and until when they have it; one statement for any number.

    ``names_all`` reads every record instead of naming each person to the database, for pages about all reviewers.
    """
    wanted = list(wanted)
    some = Q(records__pk__isnull=False) if names_all else Q(records__user__in={user_id for user_id, _ in wanted})
    courses = Course.objects.in_use().filter(is_required=True).annotate(theirs=FilteredRelation("records", condition=some))
    columns = ("pk", "name", "audiences", "theirs__user_id", "theirs__expires_date")
    asked: dict[int, tuple[str, list[str]]] = {}
    held: dict[int, dict[int, Need]] = defaultdict(dict)
    for pk, name, audiences, user_id, last_date in courses.order_by("name", "pk").values_list(*columns):
        asked[pk] = (name, audiences)
        if user_id:
            held[user_id][pk] = Need(name, last_date)
    return {(user_id, role): _training(asked, held[user_id], role) for user_id, role in wanted}


def _training(asked: dict[int, tuple[str, list[str]]], held: dict[int, Need], role: str) -> Training:
    audience = AUDIENCE_OF_ROLE[role]
    return Training(tuple(held.get(pk, Need(name, None)) for pk, (name, audiences) in asked.items() if audience in audiences))


def joining_training_fault(user: User, team_role: str, review: Review) -> str:
    """Why training keeps ``user`` from joining the team of ``review`` in a place; empty when it does not."""
    today, role = timezone.localdate(), role_of_place(team_role)
    day = day_of_visit(review.starts_date, review.ends_date, today)
    return joining_words(user.name, training_of_people([(user.pk, role)])[user.pk, role], day, today)


def training_lines(review: Review, members: Iterable[TeamMember]) -> list[str]:
    """Sentences that name who on the team, or of its stand-bys, is or was not trained on the day of the visit; one statement."""
    if review.visited_at:
        return _lines_of_the_visit(review, timezone.localdate(review.visited_at), members)
    live = [one for one in members if one.ended_at is None and one.status in ("INVITED", "ACCEPTED", "STAND_BY")]
    live = [one for one in live if one.ruling != TeamMember.Ruling.NOT_CLEAR]
    today = timezone.localdate()
    day = day_of_visit(review.starts_date, review.ends_date, today)
    return [
        f"{one.user.name} is not trained on the day of the visit: {lacking_words(need, day, today)}. Renew it before then."
        for one, need in _lacking(live, day)
    ]


def _lines_of_the_visit(review: Review, began: dt.date, members: Iterable[TeamMember]) -> list[str]:
    """Who took part though their training had ended; what was never recorded may not have been asked for then, and is not said."""
    day = max(began, review.ends_date or began)
    took_part = [one for one in members if one.status in ("ACCEPTED", "ENDED") and one.ruling != TeamMember.Ruling.NOT_CLEAR]
    took_part = [one for one in took_part if one.ended_at is None or timezone.localdate(one.ended_at) >= day]
    return [
        f"{one.user.name} was not trained on the day of the visit: “{need.course}” ended on {day_words(need.last_date)}."
        for one, need in _lacking(took_part, day)
        if need.last_date
    ]


def _lacking(members: list[TeamMember], day: dt.date) -> list[tuple[TeamMember, Need]]:
    """Those who are not trained on a day, each with the first course that does not count."""
    trainings = training_of_people((one.user_id, role_of_place(one.team_role)) for one in members) if members else {}
    found = [(one, trainings[one.user_id, role_of_place(one.team_role)].lacking(day)) for one in members]
    return [(one, need) for one, need in found if need]
