"""The form of a draft of the rules: for each rule what it proposes, and its number where it has one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from accounts.nhsuk import Group, NhsForm, Question, Section
from surveillance.models import DecisionRules
from surveillance.rules import Option, Rule

OPTION_CHOICES = [
    (Option.ROUTINE.name, "Option 1, routine"),
    (Option.PROVIDER_ACTION.name, "Option 2, provider action"),
    (Option.COMMISSIONER_ACTION.name, "Option 2, commissioner action"),
    (Option.PEER_REVIEW.name, "Option 3, peer review"),
]


@dataclass(frozen=True)
class RuleWords:
    """How pages name a rule, and what its number means; ``unit`` and what is said after it are empty where it has none."""

    when: str
    number: str = ""
    unit: str = ""
    after: str = ""
    most: int = 100
    is_optional: bool = False


WORDS: dict[Rule, RuleWords] = {
    Rule.ALL_MET: RuleWords("Every indicator that applies is met"),
    Rule.UNDER_100: RuleWords("Under 100%, or nothing could be measured"),
    Rule.UNDER_THRESHOLD: RuleWords(
        "Under the good practice level", "One level for every service (leave empty for the level of each set)", "%", is_optional=True
    ),
    Rule.UNDER_VISIT_LEVEL: RuleWords(
        "Under the visit level", "One level for every service (leave empty for the level of each set)", "%", is_optional=True
    ),
    Rule.IMMEDIATE_RISK: RuleWords("An immediate risk is open"),
    Rule.KEY_INDICATOR: RuleWords("A key indicator is not met"),
    Rule.KPI_AGAIN: RuleWords("The same KPI is not met again", "For how many years running", "years", " running", 5),
    Rule.PLAN_LATE: RuleWords("Actions of the plan are late", "From how many late actions on", "actions", " or more", 50),
    Rule.NOT_DECLARED: RuleWords("The service did not declare"),
    Rule.DOUBT: RuleWords("The hub changed answers on checking", "From how many changed answers on", "answers", " or more", 300),
    Rule.SAMPLE: RuleWords("Drawn in the random sample"),
}


SHARE = "The share of the sample must be a number from 0 to 100"


class RulesForm(NhsForm, forms.Form):
    """Every rule with its options and number, the share of the sample, and why."""

    submit_label = "Save the draft"

    revision = forms.IntegerField(widget=forms.HiddenInput)
    sample_percent = forms.DecimalField(
        label="Share of declared services drawn at random", min_value=0, max_value=100, decimal_places=1,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), SHARE),
    )  # fmt: skip
    note = forms.CharField(
        label="What changes, and why?", help_text="Hubs, services and commissioners read this beside the rules.", widget=forms.Textarea,
        required=False, max_length=2000,
    )  # fmt: skip

    field_options = {"sample_percent": {"width": 4, "suffix": "%"}, "note": {"rows": 4}}

    def __init__(self, *args: Any, draft: DecisionRules, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(draft))
        super().__init__(*args, **kwargs)
        for rule, words in WORDS.items():
            self.fields[f"{rule.name}_options"] = forms.MultipleChoiceField(
                label=f"What rule {rule.value} proposes", choices=OPTION_CHOICES, widget=forms.CheckboxSelectMultiple, required=False
            )
            if words.number:
                self.fields[f"{rule.name}_number"] = _number_field(words)

    def get_layout(self) -> list[Any]:
        parts: list[Any] = ["revision"]
        for rule, words in WORDS.items():
            asked: list[Any] = [Question(f"{rule.name}_options", small=True, label_size="s")]
            if words.number:
                asked.append(Question(f"{rule.name}_number", width=4, suffix=words.unit))
            parts.append(Group(f"Rule {rule.value}: {words.when}", *asked, size="m"))
        return [*parts, Section("The random sample", "sample_percent"), Section("Why", "note"), self.get_buttons()]

    @property
    def levels(self) -> dict[str, dict[str, Any]]:
        """What ``DecisionRules.levels`` stores, from a valid form."""
        found = {}
        for rule in WORDS:
            number = self.cleaned_data.get(f"{rule.name}_number")
            found[rule.name] = {
                "options": list(self.cleaned_data[f"{rule.name}_options"]), "number": None if number is None else f"{number.normalize():f}",
            }  # fmt: skip
        return found


def _number_field(words: RuleWords) -> forms.DecimalField:
    is_count = words.unit != "%"
    sentence = f"{words.number.split(' (')[0]}: enter a number from {1 if is_count else 0} to {words.most}"
    return forms.DecimalField(
        label=words.number, required=not words.is_optional, min_value=1 if is_count else 0, max_value=words.most,
        decimal_places=0 if is_count else 1, error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence),
    )  # fmt: skip


def _initial(draft: DecisionRules) -> dict[str, Any]:
    found: dict[str, Any] = {"revision": draft.revision, "sample_percent": draft.sample_percent, "note": draft.note}
    for rule in WORDS:
        stored = draft.levels.get(rule.name, {"options": [], "number": None})
        found[f"{rule.name}_options"] = stored["options"]
        found[f"{rule.name}_number"] = None if stored["number"] is None else Decimal(stored["number"])
    return found


class PublishRulesForm(NhsForm, forms.Form):
    """Nothing to fill in but the draft that was read."""

    submit_label = "Publish these rules"

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = f"Publish version {version}"

    def get_layout(self) -> list[Any]:
        return ["revision", self.get_buttons()]
