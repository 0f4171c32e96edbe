"""Forms of an action's page: a step, and a comment."""

from django import forms

from accounts.nhsuk import DateInputField, NhsForm


class StepForm(NhsForm, forms.Form):
    """One step, with a day where it has one."""

    what = forms.CharField(label="Next step", max_length=300, error_messages={"required": "Enter the step"})
    step_due_date = DateInputField(label="Day for this step (optional)", subject="the day for this step", required=False)


class CommentForm(NhsForm, forms.Form):
    """What somebody has to say to an action."""

    field_options = {"text": {"rows": 3}}

    text = forms.CharField(
        label="Comment", help_text="Everyone who sees this action can read it. Do not name patients.", max_length=2000,
        widget=forms.Textarea, error_messages={"required": "Enter your comment"},
    )  # fmt: skip
