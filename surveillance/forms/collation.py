"""Filters of a round's figures; all of them stand in the address, and what is not a choice filters nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.nhsuk import LongSelect, NhsForm
from surveillance.models import SelfReport, Stage
from surveillance.queries.collation import BANDS, LOOKS, NO_DECISION, OPTIONS

Kind = Organisation.Kind
BAND_LABELS = {name: "100%" if low == 100 else f"{low} to {high - 1}%" for name, (low, high) in BANDS.items()}
RESULTS = (("not_met", "Not met"), ("met", "Met"), ("not_applicable", "Not applicable"))


@dataclass(frozen=True)
class Places:
    """What the filters offer: organisations (kind, pk, name) and specifications (pk, number, name, programme's pk and name)."""

    organisations: Sequence[tuple[str, int, str]]
    specifications: Sequence[tuple[int, str, str, int, str]]

    def of(self, *kinds: str) -> list[tuple[int, str]]:
        """Organisations of some kinds, by name."""
        return sorted(((pk, name) for kind, pk, name in self.organisations if kind in kinds), key=lambda pair: pair[1])

    @property
    def programmes(self) -> list[tuple[int, str]]:
        """The programmes of the specifications, by name."""
        return sorted({(pk, name) for _, _, _, pk, name in self.specifications}, key=lambda pair: pair[1])


class RoundFilterForm(NhsForm, forms.Form):
    """Filters of the round page. ``chosen`` gives what is on; the stage is always given."""

    stage = forms.ChoiceField(label="Stage", choices=Stage.choices, required=False)
    programme = forms.TypedChoiceField(label="Programme", coerce=int, required=False, widget=LongSelect)
    region = forms.TypedChoiceField(label="Region", coerce=int, required=False, widget=LongSelect)
    icb = forms.TypedChoiceField(label="Integrated care board", coerce=int, required=False, widget=LongSelect)
    provider = forms.TypedChoiceField(label="Provider", coerce=int, required=False, widget=LongSelect)
    specification = forms.TypedChoiceField(label="Specification", coerce=int, required=False, widget=LongSelect)
    option = forms.ChoiceField(
        label="Option of the decision", required=False,
        choices=[("", "All"), *((code, label) for code, (label, _) in OPTIONS.items()), (NO_DECISION, "No decision yet")],
    )  # fmt: skip

    def __init__(self, data: Any, *, places: Places) -> None:
        super().__init__(data)
        self.places = places
        specifications = [(pk, f"{number} {name}") for pk, number, name, _, _ in places.specifications]
        self._offer("programme", "All programmes", places.programmes)
        self._offer("region", "All regions", places.of(Kind.REGION))
        self._offer("icb", "All boards", places.of(Kind.ICB))
        self._offer("provider", "All providers", places.of(Kind.PROVIDER, Kind.NETWORK))
        self._offer("specification", "All specifications", specifications)
        if len(places.of(Kind.REGION)) < 2:
            del self.fields["region"]

    def _offer(self, name: str, all_of_them: str, pairs: Iterable[tuple[int, str]]) -> None:
        self.fields[name].choices = [("", all_of_them), *((str(pk), label) for pk, label in pairs)]

    def chosen(self) -> dict[str, Any]:
        """The filters that are on, by name, and the stage."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        return {"stage": Stage.SELF_ASSESSED.value} | chosen


class RoundListForm(RoundFilterForm):
    """Filters of the list of a round's self-reports: those of its page, and which list it is."""

    look = forms.ChoiceField(
        label="Services to look at", choices=[("", "All"), *((name, look.label) for name, look in LOOKS.items())], required=False
    )
    band = forms.ChoiceField(label="Score", choices=[("", "All scores"), *BAND_LABELS.items()], required=False)
    status = forms.ChoiceField(label="Status", choices=[("", "All statuses"), *SelfReport.Status.choices], required=False)
    field_order = ["look", "stage", "band", "status"]


class RoundIndicatorForm(RoundFilterForm):
    """Filters of the answers to one indicator."""

    result = forms.ChoiceField(label="Result", choices=[("", "All"), *RESULTS], required=False)
    field_order = ["result", "stage"]
