"""What changed in the plan of a visit, and what such a change leaves to be done."""

from dataclasses import dataclass

from django.db.models import QuerySet

from peerreview.models import PlanChange, Review, Session

NEEDS_PLACE = (Review.Mode.ON_SITE, Review.Mode.HYBRID)
NEEDS_LINK = (Review.Mode.VIRTUAL, Review.Mode.HYBRID)


@dataclass(frozen=True)
class ToDo:
    """A session that lacks what the mode of the visit asks for."""

    session: Session
    lacks: str


def changes_of(review: Review) -> QuerySet[PlanChange]:
    """Changes of days and mode with who made them, the newest first."""
    return review.changes.select_related("changed_by").order_by("-changed_at", "-pk")


def sessions_lacking(review: Review) -> list[ToDo]:
    """Sessions without the place or the link that the mode asks for; a visit both on site and virtual asks for both. One statement."""
    sessions = Session.objects.filter(day__review=review).select_related("day").order_by("day__date", "starts_at", "pk")
    found = []
    for session in sessions:
        lacks = [
            words
            for words, value, modes in (("place", session.place, NEEDS_PLACE), ("link", session.link, NEEDS_LINK))
            if review.mode in modes and not value.strip()
        ]
        if lacks:
            found.append(ToDo(session, " and ".join(lacks)))
    return found
