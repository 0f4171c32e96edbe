"""Forms that carry the revision which their page was opened with, so that two people's changes meet."""

from django import forms
from django.http import QueryDict

from accounts.nhsuk import NhsForm


class RevisionForm(NhsForm, forms.Form):
    """A form with a hidden ``revision``."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, error_messages={"invalid": "Open this page again: it was changed on its way here"}
    )

    def refuse_older(self, sentence: str, revision: int) -> None:
        """Say that someone else changed it, keep the text, and let the next try be about how it stands now."""
        self.add_error(None, sentence)
        sent: QueryDict = self.data.copy()
        sent["revision"] = str(revision)
        self.data = sent
