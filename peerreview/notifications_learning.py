"""Mails of what follows from a visit: a review left or released, pledges, exchanges, surveys."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from peerreview.models import Exchange, Pledge, Review, SurveyInvitation
from work import digest, mail
from work.items import day_words


def send_review_left(review: Review, people: Iterable[User]) -> int:
    """Tell those who were on a review for learning that its service left it; the page is closed to most of them."""
    subject = f"Read that the service left the review for learning {review.title}"
    return mail.send(to=people, subject=subject, template="review_left", path=reverse("peerreview:review_list"), review=review)


def send_review_released(review: Review, people: Iterable[User]) -> int:
    """Tell the hub that it can now read a review for learning."""
    subject = f"Read the review for learning {review.title}, which its service released"
    path = reverse("peerreview:review_learning", args=[review.pk])
    return mail.send(to=people, subject=subject, template="review_released", path=path, review=review)


def send_pledge_question(pledge: Pledge, people: Iterable[User]) -> int:
    """Ask the maker of a pledge what came of it."""
    subject = f"Say what came of your pledge from the peer review {pledge.review.title}"
    path = reverse("peerreview:pledge_detail", args=[pledge.pk])
    return mail.send(to=people, subject=subject, template="pledge_question", path=path, review=pledge.review, pledge=pledge)


def send_exchange_asked(exchange: Exchange, people: Iterable[User]) -> int:
    """Tell a reviewer that a service asks something of them."""
    subject = f"Answer a request of the service after the peer review {exchange.review.title}"
    return mail.send(to=people, subject=subject, template="exchange_asked", path=_exchange_path(exchange), review=exchange.review)


def send_exchange_answered(exchange: Exchange, people: Iterable[User]) -> int:
    """Tell who asked, in a review for learning, that the reviewer answered."""
    subject = f"Read the answer to your request after the peer review {exchange.review.title}"
    return mail.send(to=people, subject=subject, template="exchange_answered", path=_exchange_path(exchange), review=exchange.review)


def note_exchange_answered(exchange: Exchange) -> None:
    """A line for who asked, after a compliance review: the reviewer answered."""
    sentence = f"{exchange.asked_of.name} answered your request after the peer review {exchange.review.title}."
    digest.note([exchange.asked_by], sentence=sentence, key=f"exchange_answered:{exchange.pk}")


def send_survey(invitation: SurveyInvitation, token: str, people: Iterable[User]) -> int:
    """Send somebody their personal link to the survey; it opens nothing else."""
    subject = f"Answer a short survey about the peer review {invitation.review.title} by {day_words(invitation.closes_date)}"
    path = reverse("peerreview:survey_answer", args=[token])
    return mail.send(to=people, subject=subject, template="survey", path=path, review=invitation.review, invitation=invitation)


def _exchange_path(exchange: Exchange) -> str:
    return reverse("peerreview:exchange_detail", args=[exchange.pk])
