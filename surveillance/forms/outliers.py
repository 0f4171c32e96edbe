"""Which indicator, service and stage a funnel shows; all of them stand in the address."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django import forms

from accounts.nhsuk import NhsForm
from surveillance.models import Indicator, Stage


class OutlierForm(NhsForm, forms.Form):
    """Selects of a funnel. Indicators stand under their specification; services are those of the indicator that is shown."""

    indicator = forms.ChoiceField(label="Choose an indicator", required=False)
    service = forms.ChoiceField(label="Choose a service", required=False)
    stage = forms.ChoiceField(label="Whose figures", choices=Stage.choices, required=False)

    def __init__(self, *args: Any, indicators: Sequence[Indicator], services: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = groupby(indicators, key=lambda one: str(one.indicator_set.specification))
        self.fields["indicator"].choices = [(name, [(one.pk, str(one)) for one in members]) for name, members in groups]
        self.fields["service"].choices = [("", "None marked"), *services]
