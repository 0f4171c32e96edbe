"""Mails about training that ends; a manager's says how many people, and names nobody."""

from django.urls import reverse

from accounts.models import User
from peerreview.models import TrainingRecord
from peerreview.training import REMIND_DAYS_BEFORE
from work import mail
from work.items import day_words


def send_training_ends(record: TrainingRecord) -> int:
    """Remind a person of the last day on which a course counts for them."""
    subject = f"Keep your training in date: {record.course.name} ends on {day_words(record.expires_date)}"
    return mail.send(to=[record.user], subject=subject, template="training_ends", path=reverse("peerreview:training_me"), record=record)


def send_training_in_hub(manager: User, *, people_count: int) -> int:
    """Tell a manager for how many people of the hub training ends soon."""
    days, people = max(REMIND_DAYS_BEFORE), "1 person" if people_count == 1 else f"{people_count} people"
    subject = f"Plan training for {people} whose training ends within {days} days"
    path = f"{reverse('peerreview:training_register')}?standing=ENDS_SOON"
    return mail.send(to=[manager], subject=subject, template="training_in_hub", path=path, people=people, days=days)
