"""Forms of the team's reading: a comment on a section, and the drafter's answer to it."""

from django import forms

from accounts.nhsuk import NhsForm


class CommentForm(NhsForm, forms.Form):
    """One member's comment on a section; an empty one takes it back."""

    submit_label = "Save comment"
    field_options = {"text": {"rows": 5, "label_size": "m"}}
    text = forms.CharField(
        label="Your comment on this section", required=False, widget=forms.Textarea,
        help_text="The drafter reads it when you send your answer. Leave it empty to take a comment back.",
    )  # fmt: skip
    comment_version = forms.IntegerField(widget=forms.HiddenInput, initial=0)


class ReplyForm(NhsForm, forms.Form):
    """The drafter's answer to a comment."""

    submit_label = "Save answer"
    field_options = {"reply": {"rows": 5, "label_size": "m"}}
    reply = forms.CharField(
        label="Your answer", widget=forms.Textarea, help_text="Say what you changed, or why not.",
        error_messages={"required": "Enter your answer to the comment"},
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)
