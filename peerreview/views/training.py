"""The register of training, a person's training, and recording that somebody completed a course."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SIGNED_IN, SignedInRequest, access, require
from accounts.components import Version
from accounts.models import User
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import month_date
from peerreview.forms.training import RecordForm, RegisterFilter
from peerreview.models import Course, TrainingRecord
from peerreview.queries import training_register as queries
from peerreview.services import training as services
from peerreview.training import Standing
from peerreview.training_papers import COUNT_SENTENCE, DEFINITIONS
from peerreview.views.common import posted
from rendering.charts import StackedRow, stacked_bars
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

PAGE_SIZE = 50
COUNT_HEADERS = "|".join(["Hub", *(f"{word}:numeric" for word in ("People", *Standing, "Lines"))])


@access(Permission.TRAINING_VIEW, methods="GET")
def training_register(request: SignedInRequest) -> HttpResponse:
    """People and courses of the hubs in scope, with counts by hub in the order of names."""
    lines = queries.register_of(request.user)
    form = RegisterFilter(request.GET, lines=lines)
    shown, counted = form.narrow(lines), queries.counts_by_hub(form.narrow(lines, but_standing=True))
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form, "page_obj": page, "counts": counted, "counts_columns": COUNT_HEADERS, "query": query.urlencode(),
        "chart": _chart(counted), "definitions": DEFINITIONS, "has_lines": bool(lines), "count_sentence": COUNT_SENTENCE,
        "may_manage": request.user.has_permission(Permission.COURSE_MANAGE),
    }  # fmt: skip
    return render(request, "peerreview/training_register.html", context)


def _chart(counted: list[queries.HubCounts]) -> Any:
    rows = [StackedRow(one.hub, one.counts) for one in counted]
    if not rows:
        return None
    series = [str(one) for one in Standing]
    return stacked_bars(rows, series=series, chart_id="training-by-hub", title="Training by hub", unit="line", row_heading="Hub")


@access(SIGNED_IN, methods="GET")
def training_me(request: SignedInRequest) -> HttpResponse:
    """One's own training: the courses that one's roles ask for."""
    lines = queries.own_lines(request.user)
    return render(request, "peerreview/training_me.html", {"lines": lines, "history": queries.training_history(request.user)})


@access(Permission.TRAINING_VIEW, methods="GET", kind="trainee")
def training_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """A person's courses, how they stand with each, and what was recorded when."""
    person = _trainee(request, pk)
    held = queries.trainees(request.user).filter(user=person)
    lines = list({line.course_id: line for line in queries.register_lines(held)}.values())
    may_record = person != request.user and queries.trainees(request.user, Permission.TRAINING_RECORD).filter(user=person).exists()
    context = {"person": person, "lines": lines, "history": queries.training_history(person), "may_record": may_record}
    return render(request, "peerreview/training_person.html", context)


def _trainee(request: SignedInRequest, pk: int) -> User:
    """Somebody on the register of this person, else 404."""
    return get_object_or_404(User, pk=pk, pk__in=queries.trainees(request.user).values("user"))


@access(Permission.TRAINING_VIEW, kind="trainee")
def training_record(request: SignedInRequest, pk: int, course_pk: int) -> HttpResponse:
    """Record that somebody completed a course, or completed it again."""
    person = _trainee(request, pk)
    course = get_object_or_404(Course.objects.in_use(), pk=course_pk)
    require(queries.trainees(request.user, Permission.TRAINING_RECORD).filter(user=person).exists())
    record = TrainingRecord.objects.filter(user=person, course=course).select_related("recorded_by").first()
    form = RecordForm(posted(request), record=record)
    form.cancel_url = reverse("peerreview:training_person", args=[pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.record_training(
                user_id=pk, course_id=course_pk, completed_date=data["completed_date"], evidence=data["evidence"], version=data["version"],
                by=request.user,
            )  # fmt: skip
        except SomeoneElseChanged:
            return _clash(request, person, course, form)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Training of {person.name} saved")
            return redirect(form.cancel_url)
    context = {"person": person, "course": course, "record": record, "form": form, "today": timezone.localdate()}
    return render(request, "peerreview/training_record.html", context)


def _clash(request: SignedInRequest, person: User, course: Course, form: RecordForm) -> HttpResponse:
    """Both records, nothing lost; "Keep yours" sends the form again, about the record as it stands now."""
    now = TrainingRecord.objects.select_related("recorded_by").get(user=person, course=course)
    who = now.recorded_by.name if now.recorded_by else "Somebody"
    completed = month_date(now.completed_date) if now.completed_date else "No data"
    sent = [
        (name, value) for name in request.POST if name not in ("csrfmiddlewaretoken", "version") for value in request.POST.getlist(name)
    ]
    context = {
        "caption": f"{course.name}, {person.name}", "keep_url": request.path, "kept": [("version", str(now.version)), *sent],
        "saved": Version(f"Saved now, by {who}", now.evidence, [("Completed on", completed)]),
        "yours": Version(
            "Yours, not saved", form.cleaned_data["evidence"], [("Completed on", month_date(form.cleaned_data["completed_date"]))]
        ),
        "back_url": form.cancel_url,
    }  # fmt: skip
    return render(request, "peerreview/clash.html", context, status=409)
