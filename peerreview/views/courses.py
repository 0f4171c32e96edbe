"""Courses: everybody at a hub reads them, the national lead adds, changes and retires them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.components import Version
from accounts.permissions import Permission
from peerreview.forms.common import ActForm
from peerreview.forms.training import CourseForm
from peerreview.models import Course
from peerreview.services import training as services
from peerreview.views.common import posted
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition


@access(Permission.TRAINING_VIEW, methods="GET")
def course_list(request: SignedInRequest) -> HttpResponse:
    """Courses in use, then those that are retired."""
    context = {"courses": list(Course.objects.in_use()), "retired": list(Course.objects.exclude(retired_at=None))}
    return render(request, "peerreview/course_list.html", context | {"may_manage": request.user.has_permission(Permission.COURSE_MANAGE)})


@access(Permission.COURSE_MANAGE)
def course_new(request: SignedInRequest) -> HttpResponse:
    """Add a course."""
    form = CourseForm(posted(request))
    form.cancel_url = reverse("peerreview:course_list")
    if request.method == "POST" and form.is_valid():
        try:
            services.add_course(**form.facts, client_id=form.cleaned_data["client_id"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Course added")
            return redirect(form.cancel_url)
    return render(request, "peerreview/course_form.html", {"form": form, "title": "Add a course"})


@access(Permission.COURSE_MANAGE, kind="course")
def course_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a course that is in use."""
    course = get_object_or_404(Course, pk=pk)
    form = CourseForm(posted(request), course=course)
    form.cancel_url = reverse("peerreview:course_list")
    if request.method == "POST" and form.is_valid():
        try:
            services.change_course(course_id=pk, **form.facts, version=form.cleaned_data["version"], by=request.user)
        except SomeoneElseChanged:
            return _clash(request, Course.objects.get(pk=pk), form)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Course saved")
            return redirect(form.cancel_url)
    return render(request, "peerreview/course_form.html", {"form": form, "title": f"Change {course.name}", "course": course})


def _clash(request: SignedInRequest, now: Course, form: CourseForm) -> HttpResponse:
    """Both courses, nothing lost; "Keep yours" sends the form again, about the course as it stands now."""
    sent = [
        (name, value) for name in request.POST if name not in ("csrfmiddlewaretoken", "version") for value in request.POST.getlist(name)
    ]
    context = {
        "caption": now.name, "keep_url": request.path, "kept": [("version", str(now.version)), *sent], "back_url": form.cancel_url,
        "saved": Version("Saved now", now.name, _facts(now)),
        "yours": Version("Yours, not saved", form.facts["name"], _facts(Course(**form.facts))),
    }  # fmt: skip
    return render(request, "peerreview/clash.html", context, status=409)


def _facts(course: Course) -> list[tuple[str, str]]:
    return [
        ("For whom", ", ".join(course.audience_labels)), ("Valid for", f"{course.valid_months} months"),
        ("Required", "Yes" if course.is_required else "No"),
    ]  # fmt: skip


@access(Permission.COURSE_MANAGE, kind="course")
def course_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Retire a course, after reading what that means."""
    course = get_object_or_404(Course, pk=pk)
    form = ActForm(posted(request), submit_label="Retire this course", submit_kind="warning", initial={"version": course.version})
    form.cancel_url = reverse("peerreview:course_list")
    changed = False
    if request.method == "POST" and form.is_valid():
        try:
            services.retire_course(course_id=pk, version=form.cleaned_data["version"], by=request.user)
        except SomeoneElseChanged:
            course, changed = Course.objects.get(pk=pk), True
            form = ActForm(submit_label="Retire this course", submit_kind="warning", initial={"version": course.version})
            form.cancel_url = reverse("peerreview:course_list")
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Course retired")
            return redirect(form.cancel_url)
    context = {"form": form, "course": course, "count": course.records.count(), "changed": changed, "facts": _facts(course)}
    return render(request, "peerreview/course_retire.html", context, status=409 if changed else 200)
