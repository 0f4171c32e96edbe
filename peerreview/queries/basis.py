"""What a finding can rest on, beside documents and views: notes of the visit; and a view in one line."""

from django.db.models import QuerySet

from peerreview.models import Note, PatientView, Review

SHOWN_TEXT = 160


def notes_for(review: Review) -> QuerySet[Note]:
    """Notes of the team, oldest first."""
    return review.notes.select_related("author")


def view_label(view: PatientView) -> str:
    """A view in one line: who, and how it begins."""
    who = view.get_who_display() or "Someone"
    text = " ".join(filter(None, (view.good, view.better, view.unsafe)))
    return f"{who}: {text if len(text) <= SHOWN_TEXT else text[: SHOWN_TEXT - 1].rstrip() + '…'}"
