"""Filters of the list of actions; all of them stand in the address."""

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import Organisation, User
from accounts.nhsuk import NhsForm
from accounts.nhsuk.fields import SearchInput
from surveillance.forms.actions import STATUS_CHOICES
from surveillance.models import ProgrammeOfCare, Service
from surveillance.models.actions import ActionQuerySet

SHOW = (("mine", "Mine"), ("late", "Late"), ("blocked", "Blocked"), ("needs_owner", "Needs an owner"), ("to_verify", "To verify"))


class ActionFilterForm(NhsForm, forms.Form):
    """Search, what to show, and where. One owner or one service comes from a link: there are too many to choose from."""

    field_options = {"show": {"small": True}, "status": {"small": True}}

    q = forms.CharField(label="Service, trust or owner", max_length=100, required=False, widget=SearchInput)
    show = forms.MultipleChoiceField(label="Show", choices=SHOW, required=False, widget=forms.CheckboxSelectMultiple)
    region = forms.ChoiceField(label="Region", required=False)
    provider = forms.ChoiceField(label="Trust or network", required=False)
    programme = forms.ChoiceField(label="Programme", required=False)
    owner = forms.ChoiceField(label="Owner", required=False)
    service = forms.ChoiceField(label="Service", required=False)
    status = forms.MultipleChoiceField(label="Status", choices=STATUS_CHOICES, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, query: QueryDict, *, services: QuerySet[Service], visible: ActionQuerySet) -> None:
        """``services`` are those of which the person sees actions, ``visible`` the actions: nobody else is named."""
        super().__init__(query)
        regions = Organisation.objects.filter(kind=Organisation.Kind.REGION, pk__in=services.values("region"))
        held_by = Q(pk__in=services.values("provider")) | Q(pk__in=services.values("network"))
        self._offer("region", regions.order_by("name"))
        self._offer("provider", Organisation.objects.filter(held_by).order_by("name"))
        self._offer("programme", ProgrammeOfCare.objects.all())
        self._keep("owner", User.objects.filter(pk__in=visible.values("owner")))
        self._keep("service", Service.objects.filter(pk__in=services.values("pk")))
        self.is_valid()

    def _offer(self, name: str, rows: QuerySet[Organisation] | QuerySet[ProgrammeOfCare]) -> None:
        """Give a field its choices, or take it away where there is nothing to choose between."""
        choices = list(rows.values_list("pk", "name"))
        if len(choices) < 2:
            del self.fields[name]
        else:
            self.fields[name].choices = [("", f"Any {self.fields[name].label.lower()}"), *choices]

    def _keep(self, name: str, rows: QuerySet[User] | QuerySet[Service]) -> None:
        """Keep a field whose value the address gives and the person may know of; take it away otherwise."""
        asked = self.data.get(name, "")
        row = (
            rows.filter(pk=int(asked)).values_list("pk", "name").first()
            if asked.isascii() and asked.isdigit() and len(asked) < 10
            else None
        )
        if row is None:
            del self.fields[name]
        else:
            self.fields[name].choices = [("", f"Any {name}"), row]
