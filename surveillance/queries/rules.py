"""Reading versions of the rules."""

from surveillance import rules
from surveillance.models import DecisionRules
from surveillance.rules import Rules


def published_rules() -> Rules:
    """The rules in use. Raises DecisionRules.DoesNotExist when none is published, which the migrations prevent."""
    return as_rules(DecisionRules.objects.get(status=DecisionRules.Status.PUBLISHED))


def rules_of_version(version: int) -> Rules:
    """The rules that made a proposal: a published version never changes."""
    return as_rules(DecisionRules.objects.get(version=version))


def as_rules(row: DecisionRules) -> Rules:
    """A stored version as the proposals read it."""
    return rules.rules_from(row.version, row.levels)
