"""The two clocks of a letter about a risk: by when it must go, by when it must be answered (days from the procedure)."""

import datetime as dt

from django.utils import timezone

from peerreview.models import Finding, Letter, Review
from peerreview.queries.milestones import Milestone
from work.items import clock_words, day_words


def letter_clock(letter: Letter) -> str:
    """By when the letter must go: "Letter due Friday 14 May 2027, 2 working days left"; when it went, and whether in time."""
    return f"Letter {_words(letter.due_date, letter.sent_at)}"


def answer_clock(letter: Letter) -> str:
    """By when the letter must be answered, once it went; when it was, and whether in time."""
    due = letter.response_due_date
    return f"Answer {_words(due, letter.answered_at)}" if due else "The answer's days run when the letter is sent"


def letter_milestones(review: Review) -> list[Milestone]:
    """The clocks of every letter of a review, for those who visit or arrange it; one statement."""
    letters = Letter.objects.filter(finding__review=review).exclude(finding__status=Finding.Status.WITHDRAWN)
    rows = []
    for letter in letters.select_related("finding").order_by("due_date", "pk"):
        about = letter.finding.get_category_display().lower()
        rows.append(_row(f"Letter about {_article(about)}", "Hub manager", letter.due_date, letter.sent_at))
        if letter.response_due_date:
            rows.append(_row(f"Answer to the letter about {_article(about)}", letter.to_name, letter.response_due_date, letter.answered_at))
    return rows


def _row(label: str, holder: str, due: dt.date, done_at: dt.datetime | None) -> Milestone:
    words = _words(due, done_at)
    return Milestone("LETTER", label, holder, due, words[:1].upper() + words[1:], _is_late(due, done_at), is_done=done_at is not None)


def _words(due: dt.date, done_at: dt.datetime | None) -> str:
    if done_at is None:
        words = clock_words(due)
        return words[:1].lower() + words[1:]
    day = timezone.localdate(done_at)
    return f"done on {day_words(day)}, {'late' if day > due else 'on time'}"


def _is_late(due: dt.date, done_at: dt.datetime | None) -> bool:
    return done_at is None and due < timezone.localdate()


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
