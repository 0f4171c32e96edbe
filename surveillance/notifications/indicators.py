"""Lines of the daily summary about indicator sets and challenges, without comments or answers inside."""

from accounts.models import User
from surveillance.models import IndicatorChallenge, IndicatorComment, IndicatorSet
from surveillance.queries.people import leads_of
from work import digest


def note_published(indicator_set: IndicatorSet) -> None:
    """A line for everybody whose comments the set was shaped by: it is published, and each comment shows its reply."""
    comments = IndicatorComment.objects.filter(indicator_set=indicator_set)
    people = User.objects.filter(is_active=True, pk__in=comments.values("made_by")).order_by("pk")
    sentence = f"Version {indicator_set.version} of {indicator_set.name} is published. You commented on it."
    digest.note(people, sentence=sentence, key=f"indicator_set_published:{indicator_set.pk}")


def note_challenge_answered(challenge: IndicatorChallenge) -> None:
    """A line for the person who challenged and for the leads of the service: there is an answer."""
    people = {person.pk: person for person in [challenge.made_by, *leads_of(challenge.service)]}
    sentence = f"The national team answered what {challenge.service} said of indicator {challenge.indicator.number}."
    digest.note(people.values(), sentence=sentence, key=f"challenge_answered:{challenge.pk}")
