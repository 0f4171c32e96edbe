"""An indicator set that has only just been begun, and how the demonstration writes indicators."""

from typing import Any

from accounts.models import User
from surveillance.models import Indicator, IndicatorSet, ServiceSpecification
from surveillance.services import indicator_sets, indicators
from surveillance.services.indicators import IndicatorFacts

FACTS = (
    "number", "title", "description", "section", "type", "answer_kind", "target", "comparator", "is_key", "evidence_wanted", "guideline",
    "provenance", "review_by",
)  # fmt: skip
INVENTED = "ILLUSTRATIVE - invented for demonstration, not a published NHS England indicator"
BEGUN = ("ILL-CYS", "Illustrative cystic fibrosis indicators", "cystic fibrosis")
FIRST_INDICATORS = ("Named clinical lead with time in the job plan", "Yearly review of every patient by the whole team")


def begin(by: User) -> IndicatorSet:
    """A draft of a new set with its first two indicators."""
    code, name, words = BEGUN
    specification = ServiceSpecification.objects.filter(name__icontains=words, part_of=None).order_by("pk").first()
    made = indicator_sets.create_set(
        facts={"code": code, "name": name, "specification": specification, "is_illustrative": True, "is_nhs_england": False}, by=by
    )
    for number, title in enumerate(FIRST_INDICATORS, start=1):
        facts = {
            "number": f"{code}-{number:03}", "title": title, "section": "Team and organisation",
            "type": Indicator.Type.STRUCTURE_AND_FUNCTION.value, "provenance": INVENTED,
        }  # fmt: skip
        indicators.add_indicator(set_id=made.pk, facts=as_facts(facts), by=by)
    return made


def facts_of(indicator: Indicator) -> dict[str, Any]:
    """What the form of an indicator would hold."""
    return {name: getattr(indicator, name) for name in FACTS}


def as_facts(values: dict[str, Any]) -> IndicatorFacts:
    """The same as the services take them."""
    facts: IndicatorFacts = {**values}  # type: ignore[typeddict-item]
    return facts
