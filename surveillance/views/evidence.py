"""Evidence: the service's library, adding a file or a link, newer versions, downloads."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from surveillance import reach
from surveillance.forms.evidence import EvidenceFilterForm, EvidenceForm, VersionForm
from surveillance.models import Answer, EvidenceItem, EvidenceVersion, Service
from surveillance.services import evidence as services
from surveillance.uploads import UploadRefused
from surveillance.views.answers import posted

OLD_AFTER = dt.timedelta(days=365)


@access(Permission.EVIDENCE_VIEW, methods="GET")
def evidence_list(request: SignedInRequest) -> HttpResponse:
    """Documents of the services in scope."""
    items = EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW)
    form = EvidenceFilterForm(request.GET, services=Service.objects.for_user(request.user, Permission.EVIDENCE_VIEW).for_display())
    if form.is_valid() and form.cleaned_data["service"]:
        items = items.filter(service=form.cleaned_data["service"])
    items = (
        items.select_related("service__provider", "service__network")
        .prefetch_related("versions")
        .annotate(answer_count=Count("answers", distinct=True))
        .order_by("-added_at", "-pk")
    )
    page = Paginator(items, 50).get_page(request.GET.get("page"))
    rows = [{"item": item, **_version_facts(item)} for item in page]
    may_add = request.user.has_permission(Permission.EVIDENCE_ADD)
    return render(request, "surveillance/evidence_list.html", {"page_obj": page, "rows": rows, "form": form, "may_add": may_add})


def _version_facts(item: EvidenceItem) -> dict[str, Any]:
    newest = next(iter(item.versions.all()), None)
    date = newest.document_date if newest else None
    return {"newest": newest, "is_old": bool(date and date < timezone.localdate() - OLD_AFTER)}


@access(Permission.EVIDENCE_ADD)
def evidence_add(request: SignedInRequest) -> HttpResponse:
    """Add a document once; the answer that the person came from is ticked."""
    own = Service.objects.for_user(request.user, Permission.EVIDENCE_ADD).for_display()
    answers, came_from = _answers_on_offer(request)
    initial = {"answers": [came_from.pk], "service": came_from.self_report.service_id} if came_from else {}
    form = EvidenceForm(posted(request), request.FILES or None, services=own, answers=answers, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        add = services.add_file if facts["source"] == "FILE" else services.add_link
        try:
            item = add(
                service_id=facts["service"].pk, title=facts["title"], by=request.user,
                answer_ids=[answer.pk for answer in facts["answers"]], **form.content,
            )  # fmt: skip
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, f"{item.title} added")
            return redirect(_way_back(came_from) or reverse("surveillance:evidence_detail", args=[item.pk]))
    return render(request, "surveillance/evidence_add.html", {"form": form, "came_from": came_from})


def _answers_on_offer(request: SignedInRequest) -> tuple[Any, Answer | None]:
    """Answers of the self-report that the person came from, and the one they came from; none without it."""
    number = request.GET.get("answer", "")
    mine = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER).select_related("indicator", "self_report")
    came_from = mine.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    offered = mine.filter(self_report=came_from.self_report_id).order_by("indicator__position") if came_from else mine.none()
    return offered, came_from


def _way_back(answer: Answer | None) -> str:
    return reverse("surveillance:answer_detail", args=[answer.self_report_id, answer.pk]) if answer else ""


@access(Permission.EVIDENCE_VIEW, methods="GET", kind="evidence")
def evidence_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One document: its versions, and what it supports."""
    visible = EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW).select_related(
        "service__provider", "service__network", "added_by"
    )
    item = get_object_or_404(visible, pk=pk)
    answers = (
        Answer.objects.for_user(request.user, Permission.SELF_REPORT_VIEW)
        .filter(evidence=item)
        .select_related("indicator", "self_report__round")
        .order_by("-self_report__round__year", "indicator__position")
    )
    context = {
        "item": item, "versions": item.versions.select_related("uploaded_by"), "answers": answers,
        "may_add": reach.may(request.user, Permission.EVIDENCE_ADD, item.service), **_version_facts(item),
    }  # fmt: skip
    return render(request, "surveillance/evidence_detail.html", context)


@access(Permission.EVIDENCE_ADD, kind="evidence")
def evidence_version_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a newer version of a document."""
    item = get_object_or_404(EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW).select_related("service"), pk=pk)
    require(reach.may(request.user, Permission.EVIDENCE_ADD, item.service))
    form = VersionForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_version(evidence_id=item.pk, by=request.user, **form.content)
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, f"New version of {item.title} added")
            return redirect("surveillance:evidence_detail", pk=item.pk)
    return render(request, "surveillance/evidence_version_add.html", {"form": form, "item": item})


@access(Permission.EVIDENCE_VIEW, methods="GET", kind="evidence")
def evidence_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download the newest version, or the one that ``?version=`` names: always as an attachment, in a sandbox."""
    item = get_object_or_404(EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW), pk=pk)
    versions = item.versions.exclude(file_path="").exclude(scan_state=EvidenceVersion.ScanState.QUARANTINED)
    number = request.GET.get("version", "")
    if number:
        versions = versions.filter(number=int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else versions.none()
    version = versions.order_by("-number").first()
    path = Path(settings.MEDIA_ROOT, version.file_path) if version else None
    if version is None or path is None or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), as_attachment=True, filename=version.file_name, content_type=version.media_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
