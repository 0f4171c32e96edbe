"""Every component in every state on one page, for people who build pages and for the accessibility checks."""

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import PUBLIC, access
from accounts.components import TINTS, JobProgress, NextStep, Step, Task, Version, sort_columns
from accounts.nhsuk import Buttons, Conditional, DateInputField, Group, LinkTo, NhsForm, Question, SearchInput, Section, Submit

YES_NO = [("YES", "Yes"), ("NO", "No"), ("NA", "Not applicable"), ("CANNOT", "Cannot answer")]
CATEGORIES = [("GOOD", "Good practice"), ("CONCERN", "Concern")]
DOMAINS = [("SAFETY", "Safety"), ("EXPERIENCE", "Experience"), ("NONE", "None of these")]
REGIONS = [("", "Choose a region"), ("NORTH", "Illustrative North"), ("SOUTH", "Illustrative South")]


class ExampleForm(NhsForm, forms.Form):
    """Each kind of input once."""

    submit_label = "Save answer"
    field_options = {
        "name": {"label_size": "s"},
        "met": {"width": 4, "suffix": "people"},
        "cost": {"width": 5, "prefix": "£"},
        "comment": {"rows": 4},
        "reason": {"max_characters": 200},
        "region": {},
        "category": {"hints": {"GOOD": "Worth copying elsewhere", "CONCERN": "Needs a recommendation"}},
        "domains": {"exclusive": "NONE", "dividers": {"NONE": "or"}},
        "services": {"select_all": "All 2 services", "small": True},
        "find": {"width": 20},
    }

    name = forms.CharField(label="Name of the document", help_text="As it stands on its first page")
    email = forms.EmailField(label="Email address")
    password = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    met = forms.IntegerField(label="Number that met it")
    cost = forms.DecimalField(label="Cost in pounds", required=False)
    visited_on = DateInputField(label="Date of the visit", subject="the date of the visit", help_text="For example, 31 3 2027")
    comment = forms.CharField(label="Comment (optional)", widget=forms.Textarea, required=False)
    reason = forms.CharField(label="Reason", widget=forms.Textarea, max_length=200)
    region = forms.ChoiceField(label="Region", choices=REGIONS)
    value = forms.ChoiceField(label="Is the indicator met?", choices=YES_NO, widget=forms.RadioSelect)
    why_not = forms.CharField(label="Why does this not apply?", required=False, widget=forms.Textarea)
    category = forms.ChoiceField(label="Category", choices=CATEGORIES, widget=forms.RadioSelect)
    domains = forms.MultipleChoiceField(label="Which domains does it touch?", choices=DOMAINS, widget=forms.CheckboxSelectMultiple)
    services = forms.MultipleChoiceField(
        label="Services", choices=[("1", "Acute oncology"), ("2", "Paediatric surgery")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="I declare that these answers are true and accurate to the best of my knowledge")
    document = forms.FileField(label="Upload a file", help_text="PDF, PNG or JPG, smaller than 25MB")
    find = forms.CharField(label="Service, trust or ODS code", widget=SearchInput, required=False)

    def get_layout(self) -> list[Any]:
        """Show every layout object."""
        return [
            Section("About the document", "name", "email", "password", "document"),
            Group("How many", "met", "cost", hint="Count people once"),
            "visited_on",
            *(Question(name) for name in ("comment", "reason", "region")),
            Conditional("value", {"NA": [Question("why_not", rows=3)]}, label_size="m"),
            *(Question(name) for name in ("category", "domains", "services", "agreed", "find")),
            Buttons(Submit("Save answer"), Submit("Save and next", kind="secondary", name="next", value="1"), LinkTo("Cancel", "#forms")),
        ]


class ExampleFilter(forms.Form):
    """The filter of a list."""

    q = forms.CharField(label="Service or trust", widget=SearchInput, required=False)
    region = forms.ChoiceField(label="Region of the service", choices=REGIONS, required=False)
    option = forms.MultipleChoiceField(
        label="Option", choices=[("1", "1 routine"), ("2", "2 enhanced")], widget=forms.CheckboxSelectMultiple, required=False
    )


def example_steps() -> list[Step]:
    """The six steps of a service's cycle."""
    return [
        Step("Report", "done", datetime.date(2027, 7, 30)),
        Step("Check", "current", "Due 30 September 2027"),
        Step("Decide"),
        Step("Review"),
        Step("Report of the review"),
        Step("Actions"),
    ]


def example_jobs() -> list[JobProgress]:
    """A job before it starts, half way, done and failed. None of them asks again: their address is this page."""
    return [
        JobProgress(
            "Making the PDF", "DONE", "", words="38 pages made.", result_url="#jobs", result_label="Full report (PDF, 2.1MB, 38 pages)"
        ),
        JobProgress("Making the PDF", "FAILED", "", error="The PDF could not be made. Nothing you wrote is lost.", request_id="7f3a91c0"),
    ]


@access(PUBLIC, methods="GET POST")
def components(request: HttpRequest) -> HttpResponse:
    """All components; a POST draws the form with its faults. 404 outside the embedded profile."""
    if not settings.EMBEDDED:
        raise Http404
    is_sent = request.method == "POST"
    form = ExampleForm(request.POST, request.FILES) if is_sent else ExampleForm()
    statuses = [(tint, labels) for tint, labels in TINTS.items()]
    due = "Due Thursday 30 September 2027, 12 working days left"
    context = {
        "form": form,
        "filter_form": ExampleFilter(request.GET, auto_id="filter_%s"),
        "statuses": statuses,
        "next_steps": [
            NextStep("The hub checks the self-report", "Lee Wong, hub manager, North East hub", clock_words=due),
            NextStep(
                "Answer the block on MDT cover",
                "Sam Lee, lead commissioner",
                clock_words="Due 28 July 2027, 2 working days late",
                is_late=True,
            ),
            NextStep("An owner accepts the action", chooser="The executive", due=datetime.date(2027, 11, 12)),
        ],
        "steps": example_steps(),
        "history": [
            Step("Sent to the executive", "done", "2:02pm on 12 July 2027", "By Sam Lee"),
            Step("Declared", "done", "4:10pm on 30 July 2027"),
        ],
        "tasks": [
            Task("Structure and function", "Completed", "#tasks", "Sam Lee, 3 without evidence"),
            Task("Infrastructure", "8 of 12 answered", "#tasks"),
            Task("Clinical outcomes", "Not yet started", "#tasks"),
            Task("Check your answers", "Cannot start yet"),
        ],
        "parts": [
            {"label": label, "url": "#navigation", "current": label == "Overview"}
            for label in ("Overview", "Self-reports", "Decisions", "Reviews", "Actions", "Reports", "About")
        ],
        "columns": sort_columns(request, {"name": "Service", "score": "Score", "_status": "Status"}, numeric=["score"]),
        "page_obj": Paginator(range(571), 50).page(2),
        "jobs": example_jobs(),
        "running_job": JobProgress("Making the PDF", "RUNNING", request.path + "?job", 12, 38, "Page 12 of about 38"),
        "saved": Version("Saved now, by Sam Lee", "The policy was agreed on 3 May 2026 and is in use.", [("Answer", "Yes")]),
        "yours": Version("Yours, not saved", "The policy was agreed on 14 May 2027 and is in use.", [("Answer", "Yes")]),
    }
    if "job" in request.GET and request.headers.get("HX-Request"):
        return render(request, "components/job_progress.html", {"job": example_jobs()[0]})
    return render(request, "components.html", context)
