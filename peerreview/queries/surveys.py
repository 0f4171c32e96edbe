"""Who is asked by the survey after a visit, and when."""

import datetime as dt

from django.conf import settings
from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import Review, Side, SurveyInvitation, Wave
from peerreview.queries.milestones import add_months
from peerreview.queries.teams import team_of
from surveillance.queries.people import assigned_to, executives_of, leads_of
from work.working_days import add_working_days

Status = Review.Status
VISITED = (Status.REPORTING, Status.FOLLOW_UP, Status.CLOSED)


def wave_date(review: Review, wave: str) -> dt.date | None:
    """The day of a wave by the review's procedure; None for a visit that has not ended, and for a review that was left."""
    if review.ends_date is None or review.status not in VISITED or not review.procedure.survey:
        return None
    if wave == Wave.FIRST:
        return add_working_days(review.ends_date, review.procedure.survey_after_days)
    return add_months(review.ends_date, review.procedure.survey_after_months)


def reviews_to_ask(wave: str, today: dt.date) -> list[Review]:
    """Reviews whose day for ``wave`` came within the time that a survey is open, and of whom nobody was asked yet."""
    asked = SurveyInvitation.objects.filter(review=OuterRef("pk"), wave=wave)
    ended = Review.objects.filter(~Exists(asked), status__in=VISITED, ends_date__lt=today).select_related("procedure")
    longest_ago = today - dt.timedelta(days=settings.SURVEY_OPEN_DAYS)
    days = ((review, wave_date(review, wave)) for review in ended.order_by("pk"))
    return [review for review, day in days if day and longest_ago < day <= today]


def people_to_ask(review: Review) -> list[tuple[str, User]]:
    """Both sides of a visit, each person once: who was on the team to its end; leads and executives of the services.

    Contributors prepare a compliance review and are asked; they are not on a review for learning.
    """
    found: dict[int, tuple[str, User]] = {}
    for member in team_of(review).filter(user__is_active=True).select_related("user").order_by("pk"):
        found[member.user_id] = (Side.TEAM, member.user)
    for service in review.services.select_related("network"):
        people = [*leads_of(service), *executives_of(service)]
        people += [] if review.is_learning else assigned_to(service, Role.CONTRIBUTOR)
        for person in people:
            found.setdefault(person.pk, (Side.SERVICE, person))
    return list(found.values())


def invitation_of(token_hash: str) -> SurveyInvitation | None:
    """The invitation whose link has this hash, or None."""
    found = SurveyInvitation.objects.select_related("review__procedure").prefetch_related("review__services")
    return found.filter(token=token_hash).first()
