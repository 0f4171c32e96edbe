"""The form that opens a round: its dates, and what each specification's services report against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Count
from django.forms.utils import ErrorDict
from django.http import QueryDict

from accounts.nhsuk import DateInputField, NhsForm
from surveillance.models import IndicatorSet, ProgrammeOfCare, Round, ServiceSpecification
from surveillance.services.rounds import KEY_REQUIREMENTS
from work.items import counted

NOT_IN = "NOT_IN"
AS_PROPOSED, ALL_OUT = "PROPOSED", "OUT"
QUICK_CHOICES = [("", "As chosen below"), (AS_PROPOSED, "All as proposed"), (ALL_OUT, "None in this round")]


def with_quick_choices(data: QueryDict, proposed: Mapping[int, int | str]) -> QueryDict:
    """What was sent, with each programme's quick choice carried out on its specifications, and then taken off."""
    changed = data.copy()
    by_programme = dict(ServiceSpecification.objects.values_list("pk", "programme"))
    for specification, programme in by_programme.items():
        quick = data.get(f"programme_{programme}", "")
        if quick in {AS_PROPOSED, ALL_OUT}:
            changed[f"set_{specification}"] = NOT_IN if quick == ALL_OUT else str(proposed.get(specification, NOT_IN))
    for programme in set(by_programme.values()):
        changed[f"programme_{programme}"] = ""
    return changed


@dataclass
class Line:
    """One specification on the page: its choice, how many services it touches, and whether the filter shows it."""

    specification: ServiceSpecification
    bound: Any
    choice: str
    service_count: int
    is_shown: bool = True


@dataclass
class Part:
    """One programme on the page, folded."""

    programme: ProgrammeOfCare
    quick: Any
    is_open: bool = False
    lines: list[Line] = field(default_factory=list)

    @property
    def shown(self) -> list[Line]:
        return [line for line in self.lines if line.is_shown]

    @property
    def hidden(self) -> list[Line]:
        return [line for line in self.lines if not line.is_shown]

    @property
    def totals(self) -> "Totals":
        return totals_of(self.lines)


@dataclass(frozen=True)
class Totals:
    """Services by what they report against."""

    with_set: int
    with_key_requirements: int
    out: int
    specification_count: int

    @property
    def reporting(self) -> int:
        return self.with_set + self.with_key_requirements

    @property
    def services(self) -> int:
        return self.reporting + self.out


def totals_of(lines: list[Line]) -> Totals:
    """How many services each kind of choice touches."""
    counts = {"set": 0, KEY_REQUIREMENTS: 0, NOT_IN: 0}
    for line in lines:
        counts[line.choice if line.choice in counts else "set"] += line.service_count
    return Totals(counts["set"], counts[KEY_REQUIREMENTS], counts[NOT_IN], len(lines))


class RoundForm(NhsForm, forms.Form):
    """A year's round with its dates, and one choice for each specification or part; what is not sent stays as proposed.

    A filter narrows what the page shows and nothing else: the choices that it hides travel along.
    """

    year = forms.IntegerField(label="Year", min_value=2013, max_value=2100)
    opens_date = DateInputField(label="Day the round opens", subject="the day the round opens")
    closes_date = DateInputField(
        label="Last day to declare", subject="the last day to declare", help_text="In time means declared before midnight, UK time."
    )
    check_by_date = DateInputField(label="Day by which hubs check", subject="the day by which hubs check")
    grace_working_days = forms.IntegerField(
        label="Working days in which a late declaration is taken", min_value=0, max_value=60, initial=10
    )
    find = forms.CharField(label="Find a specification by number or name", required=False, max_length=100)

    field_options = {"year": {"width": 4}, "grace_working_days": {"width": 2}, "find": {"width": 20}}

    def __init__(self, *args: Any, proposed: Mapping[int, int | str], is_only_looking: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposed, self.is_only_looking = proposed, is_only_looking
        published: dict[int, list[IndicatorSet]] = {}
        sets = IndicatorSet.objects.filter(status=IndicatorSet.Status.PUBLISHED, is_counted=True)
        for indicator_set in sets.order_by("-published_at", "-version", "-pk"):
            published.setdefault(indicator_set.specification_id, []).append(indicator_set)
        specifications = ServiceSpecification.objects.select_related("programme").annotate(service_count=Count("services"))
        self.specifications = list(specifications.order_by("programme__code", "number"))
        for one in self.specifications:
            sets_of_one = [(str(found.pk), str(found)) for found in published.get(one.pk, [])]
            self.fields[f"set_{one.pk}"] = forms.ChoiceField(
                label=f"{one} ({counted(one.service_count, 'service')})",
                choices=[*sets_of_one, (KEY_REQUIREMENTS, "Key requirements"), (NOT_IN, "Not in this round")],
                required=False, initial=str(proposed.get(one.pk, NOT_IN)),
                error_messages={"invalid_choice": f"Choose again what {one} reports against: that set is not offered now"},
            )  # fmt: skip
        for programme in {one.programme_id: one.programme for one in self.specifications}.values():
            self.fields[f"programme_{programme.pk}"] = forms.ChoiceField(label=f"All of {programme}", choices=QUICK_CHOICES, required=False)

    def full_clean(self) -> None:
        """Somebody who filters or counts has not finished: nothing is an error yet."""
        if self.is_only_looking:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if Round.objects.filter(year=year).exists():
            raise forms.ValidationError(f"The {year} round is open already")
        return year

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes, checked = (cleaned.get(name) for name in ("opens_date", "closes_date", "check_by_date"))
        if opens and closes and closes < opens:
            self.add_error("closes_date", "The last day to declare must be the same as or after the day the round opens")
        if closes and checked and checked < closes:
            self.add_error("check_by_date", "The day by which hubs check must be the same as or after the last day to declare")
        if not self.errors and not self.chosen_sets:
            self.add_error(None, "Choose at least one specification for this round")
        return cleaned

    @property
    def chosen_sets(self) -> dict[int, int | str]:
        """Specification to its set's id, or KEY_REQUIREMENTS; those not in the round are left out."""
        chosen = {one.pk: self._choice(one.pk) for one in self.specifications}
        return {pk: choice if choice == KEY_REQUIREMENTS else int(choice) for pk, choice in chosen.items() if choice != NOT_IN}

    def _choice(self, pk: int) -> str:
        """What stands on the page for a specification, or what is proposed."""
        value = str(self.data.get(f"set_{pk}", "")) if self.is_bound else ""
        offered = {code for code, _ in self.fields[f"set_{pk}"].choices}
        return value if value in offered else str(self.proposed.get(pk, NOT_IN))

    @cached_property
    def parts(self) -> list[Part]:
        """The page's sections: a programme each, with a line for each of its specifications."""
        words = str(self.data.get("find", "") if self.is_bound else "").strip().lower()[:100]
        parts: dict[int, Part] = {}
        for one in self.specifications:
            part = parts.setdefault(one.programme_id, Part(one.programme, self[f"programme_{one.programme_id}"]))
            name = f"set_{one.pk}"
            is_shown = not words or words in str(one).lower() or name in self.errors
            part.lines.append(Line(one, self[name], self._choice(one.pk), one.service_count, is_shown))
            part.is_open = part.is_open or bool(words and is_shown) or name in self.errors
        return list(parts.values())

    @property
    def totals(self) -> Totals:
        """Over all programmes."""
        return totals_of([line for part in self.parts for line in part.lines])

    @property
    def is_anything_shown(self) -> bool:
        """Whether the filter leaves anything."""
        return any(part.shown for part in self.parts)
