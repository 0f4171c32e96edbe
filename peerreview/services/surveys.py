"""The survey after a visit: who is asked, by a link of their own, and answers that name nobody.

The link's token is worked out from a secret of the site, so that a mail that goes twice holds the same link; the database
keeps only its hash. Who was asked, and that they answered, is kept apart from what was said: an answer holds the review, the
wave and the side, and the month. There is no entry in the audit trail: its moment would say who answered.
"""

import base64
import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import audit
from peerreview.models import Review, SurveyInvitation, SurveyResponse, Wave
from peerreview.queries.surveys import invitation_of, people_to_ask, reviews_to_ask, wave_date
from peerreview.services.locks import locked_review
from work import jobs
from work.status import InvalidTransition

USED = "You have answered this survey already. Thank you."
CLOSED = "This survey is closed."


@transaction.atomic
def invite_to_survey(*, review_id: int, wave: str, today: dt.date | None = None) -> int:
    """Invite both sides of a visit to a wave of the survey, each person once ever; gives how many were invited now."""
    day = today or timezone.localdate()
    review = locked_review(review_id)
    due = wave_date(review, wave)
    if due is None or due > day:
        return 0
    asked = set(review.survey_invitations.filter(wave=wave).values_list("user", flat=True))
    people = {user.pk: side for side, user in people_to_ask(review)}
    closes = day + dt.timedelta(days=settings.SURVEY_OPEN_DAYS)
    made = [
        SurveyInvitation(
            review=review, wave=wave, side=side, user_id=user_id, closes_date=closes,
            token=token_hash(survey_token(review_id=review.pk, wave=wave, user_id=user_id)),
        )
        for user_id, side in people.items() if user_id not in asked
    ]  # fmt: skip
    SurveyInvitation.objects.bulk_create(made)
    if made:
        audit.record("survey.sent", target=review, by=None)
        for invitation in made:
            jobs.enqueue("mail.survey", key=str(invitation.pk), invitation_id=invitation.pk)
    return len(made)


def send_due_surveys(*, today: dt.date | None = None) -> int:
    """Invite to every survey whose day has come; gives how many people were invited. Each review is a transaction of its own."""
    day = today or timezone.localdate()
    return sum(
        invite_to_survey(review_id=review.pk, wave=wave, today=day)
        for wave in Wave.values
        for review in reviews_to_ask(wave, day)
    )  # fmt: skip


@transaction.atomic
def answer_survey(*, token: str, answers: dict[str, Any]) -> None:
    """Take one person's answers. What is kept says neither who nor on which day.

    ``answers`` are by the code of the question; what was left out is not among them. Raises InvalidTransition when the link
    was used or is closed, or nothing was answered; SurveyInvitation.DoesNotExist for an unknown link.
    """
    invitation = SurveyInvitation.objects.select_for_update(of=("self",)).select_related("review__procedure").get(token=token_hash(token))
    if sentence := why_closed(invitation):
        raise InvalidTransition(sentence)
    asked = {question["code"] for question in questions_of(invitation.review)}
    said = {code: value for code, value in answers.items() if code in asked and value not in (None, "")}
    if not said:
        raise InvalidTransition("Answer at least one question")
    today = timezone.localdate()
    invitation.answered_date = today
    invitation.save(update_fields=["answered_date"])
    SurveyResponse.objects.create(
        review=invitation.review, wave=invitation.wave, side=invitation.side, answers=said, answered_date=today.replace(day=1)
    )


def find_invitation(token: str) -> SurveyInvitation | None:
    """The invitation behind a personal link, or None."""
    return invitation_of(token_hash(token))


def why_closed(invitation: SurveyInvitation) -> str:
    """Why the link takes no answer any more, in a sentence; empty while it does."""
    if invitation.answered_date:
        return USED
    return CLOSED if invitation.closes_date < timezone.localdate() else ""


def questions_of(review: Review) -> list[dict[str, Any]]:
    """The questions of the review's procedure. A review for learning asks for no free text: nobody outside it may read any."""
    return [question for question in review.procedure.survey if not (review.is_learning and question["answer"] == "TEXT")]


def survey_token(*, review_id: int, wave: str, user_id: int) -> str:
    """The secret part of a personal link: 43 characters, the same each time it is asked for."""
    return _short(salted_hmac("peerreview.survey", f"{review_id}:{wave}:{user_id}", algorithm="sha256").digest())


def token_of(invitation: SurveyInvitation) -> str:
    """The secret part of the link of an invitation."""
    return survey_token(review_id=invitation.review_id, wave=invitation.wave, user_id=invitation.user_id)


def token_hash(token: str) -> str:
    """What the database keeps of a link."""
    return _short(hashlib.sha256(token.encode()).digest())


def _short(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
