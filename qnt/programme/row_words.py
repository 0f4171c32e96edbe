"""What a row behind a figure says to people: the question of a survey in its words, and the time that puts the row into its year."""

from django.utils import timezone

from accounts.templatetags.qnt_tags import month_date
from peerreview.models import Wave
from qnt.programme.definitions import Definition, Kind
from qnt.programme.measures import ROUND_YEAR
from qnt.programme.models import ProgrammeFact
from qnt.programme.tables import HALVES, SIDES


def detail_words(definition: Definition, fact: ProgrammeFact) -> str:
    """What a row is about beyond its object: of a group of answers survey, question and side, of others what was kept; empty for nothing.

    The fact comes with its procedure.
    """
    if definition.kind is not Kind.MEAN:
        return fact.detail
    wave, _, code = fact.detail.partition(" ")
    survey: list[dict[str, str]] = fact.procedure.survey if fact.procedure else []
    question = next((one["text"] for one in survey if one["code"] == code), "")
    named = ": ".join(filter(None, (str(dict(Wave.choices).get(wave, "")), question)))
    return ". ".join(filter(None, (named.removesuffix("."), str(SIDES.get(fact.side, "")))))


def when_words(definition: Definition, fact: ProgrammeFact) -> str:
    """The half-year of a group of answers, the round of what belongs to one, else the day."""
    if definition.kind is Kind.MEAN:
        return f"{HALVES[fact.half]} {fact.year}"
    if definition.belongs == ROUND_YEAR:
        closes = "closed" if fact.day < timezone.localdate() else "closes"
        return f"Round of {fact.year}, which {closes} on {month_date(fact.day)}"
    return month_date(fact.day)
