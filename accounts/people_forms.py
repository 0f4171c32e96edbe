"""Forms of the people pages. What may be chosen comes from ``accounts.naming``, so no form can give more than the person may."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from accounts import holdings, naming
from accounts.models import Membership, Organisation, User
from accounts.nhsuk import DateInputField, NhsForm, SearchInput
from accounts.permissions import Role


class PeopleFilterForm(forms.Form):
    """Filters of the list of people."""

    q = forms.CharField(label="Name or email address", required=False, max_length=150, widget=SearchInput)
    role = forms.ChoiceField(label="Role", required=False, choices=[("", "All roles"), *Role.choices])
    show = forms.ChoiceField(label="Show", required=False, choices=[("", "People with access"), ("ended", "Access that has ended")])


class RoleChoiceForm(NhsForm, forms.Form):
    """First step of an invitation: which role, in which organisation."""

    submit_label = "Continue"
    role = forms.ChoiceField(label="What will they do?", widget=forms.RadioSelect, error_messages={"required": "Select what they will do"})
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisation", empty_label="Choose an organisation",
        error_messages={"required": "Select an organisation", "invalid_choice": "Select an organisation from the list"},
    )  # fmt: skip

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.cancel_url = reverse("accounts:people_list")
        roles = naming.roles_to_name(by)
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]
        places = Organisation.objects.none()
        for role in roles:
            places = places | naming.organisations_to_name(by, role)
        self.fields["organisation"].queryset = places.distinct().order_by("name")
        self.only_choice = self._only_choice(roles)

    def _only_choice(self, roles: list[str]) -> dict[str, Any] | None:
        """The role and organisation when there is just one pair, so that nobody is asked."""
        if len(roles) != 1:
            return None
        organisations = list(self.fields["organisation"].queryset[:2])
        return {"role": roles[0], "organisation": organisations[0].pk} if len(organisations) == 1 else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        role, organisation = cleaned.get("role"), cleaned.get("organisation")
        if role and organisation and not naming.may_name(self.by, role, organisation):
            self.add_error("organisation", f"Select an organisation in which you can name a {Role(role).label.lower()}")
        return cleaned


class _PersonAndDatesForm(NhsForm, forms.Form):
    """Who, and from when to when."""

    name = forms.CharField(label="Full name", max_length=150, error_messages={"required": "Enter their full name"})
    email = forms.EmailField(
        label="Work email address", help_text="They sign in with it. Nobody shares a sign-in.",
        error_messages={"required": "Enter their work email address"},
    )  # fmt: skip
    from_date = DateInputField(label="First day", subject="the first day")
    to_date = DateInputField(label="Last day (optional)", subject="the last day", required=False)

    field_options = {"name": {"width": 20}, "email": {"width": 30}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_date"].initial = timezone.localdate
        self.cancel_url = reverse("accounts:people_list")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_date"), cleaned.get("to_date")
        if last and last < timezone.localdate():
            self.add_error("to_date", "The last day must be today or later")
        elif first and last and last < first:
            self.add_error("to_date", "The last day must be on or after the first day")
        return cleaned


class InvitationForm(_PersonAndDatesForm):
    """Second step of an invitation: who, when, and for which services."""

    submit_label = "Send invitation"
    services = forms.TypedMultipleChoiceField(
        label="Services", coerce=int, widget=forms.CheckboxSelectMultiple, error_messages={"required": "Select at least one service"}
    )
    field_order = ["name", "email", "services", "from_date", "to_date"]

    def __init__(self, *args: Any, by: User, role: str, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = holdings.service_choices(by, organisation) if role in naming.ROLES_WITH_SERVICES else []
        if choices:
            self.fields["services"].choices = choices
        else:
            del self.fields["services"]


class DelegateForm(_PersonAndDatesForm):
    """Who acts for an executive, between two dates."""

    submit_label = "Choose delegate"
    membership = forms.TypedChoiceField(label="Trust", coerce=int, error_messages={"required": "Select a trust"})
    to_date = DateInputField(label="Last day", subject="the last day")
    field_order = ["membership", "name", "email", "from_date", "to_date"]

    def __init__(self, *args: Any, principals: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].choices = [(principal.pk, principal.organisation.name) for principal in principals]
        if len(principals) == 1:
            self.fields["membership"].widget = forms.HiddenInput()
            self.fields["membership"].initial = principals[0].pk


class EndAccessForm(NhsForm, forms.Form):
    """When the access ends, and who takes what the person holds."""

    submit_label = "End access"
    submit_kind = "warning"
    last_date = DateInputField(label="Last day", subject="the last day", help_text="Access ends at the end of this day.")
    successor = forms.ModelChoiceField(
        User.objects.none(), label="Who takes what they hold?", empty_label="Choose someone",
        help_text="It passes as soon as you end the access.", error_messages={"required": "Choose who takes what they hold"},
    )  # fmt: skip

    def __init__(self, *args: Any, candidates: Any, has_holdings: bool, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        self.fields["last_date"].initial = timezone.localdate
        if has_holdings:
            self.fields["successor"].queryset = candidates
        else:
            del self.fields["successor"]

    def clean_last_date(self) -> Any:
        day = self.cleaned_data["last_date"]
        if day < timezone.localdate():
            raise forms.ValidationError("The last day must be today or later")
        return day


class OwnDetailsForm(NhsForm, forms.Form):
    """What a person says of themselves."""

    submit_label = "Save your details"
    name = forms.CharField(label="Full name", max_length=150, error_messages={"required": "Enter your full name"})
    job_title = forms.CharField(label="Job title (optional)", max_length=150, required=False)
    phone = forms.CharField(label="Work telephone number (optional)", max_length=30, required=False)
    wants_digest = forms.BooleanField(
        label="Send me one summary a day by email", required=False,
        help_text="It holds news that can wait. Reminders of deadlines, letters, immediate risks, receipts and work sent back "
        "come in any case.",
    )  # fmt: skip

    field_options = {"name": {"width": 20}, "job_title": {"width": 20}, "phone": {"width": 20}}
