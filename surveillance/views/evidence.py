"""Evidence: the service's library, one document, downloads."""

from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from accounts.access import SignedInRequest, access
from accounts.models import User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.forms.evidence import EvidenceFilterForm
from surveillance.models import Answer, EvidenceItem, EvidenceVersion, SelfReport, Service
from surveillance.queries import evidence as queries

PAGE_SIZE = 50


@access(Permission.EVIDENCE_VIEW, methods="GET")
def evidence_list(request: SignedInRequest) -> HttpResponse:
    """Documents of the services in scope, newest first; every filter is in the address."""
    items = EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW)
    form = EvidenceFilterForm(request.GET, services=Service.objects.for_user(request.user, Permission.EVIDENCE_VIEW).for_display())
    chosen = form.cleaned_data if form.is_valid() else {}
    if chosen.get("service"):
        items = items.filter(service=chosen["service"])
    items = queries.find_documents(
        items,
        words=chosen.get("words", ""),
        only_old=chosen.get("age") == "old",
        only_unused=chosen.get("use") == "none",
        user=request.user,
    )
    items = items.select_related("service__provider", "service__network").prefetch_related("versions").order_by("-added_at", "-pk")
    page = Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))
    uses = queries.uses_of([item.pk for item in page], request.user)
    rows = [{"item": item, "uses": uses[item.pk], **version_facts(item)} for item in page]
    context = {
        "page_obj": page, "rows": rows, "form": form, "is_filtered": any(chosen.values()),
        "may_add": request.user.has_permission(Permission.EVIDENCE_ADD),
    }  # fmt: skip
    return render(request, "surveillance/evidence_list.html", context)


def version_facts(item: EvidenceItem) -> dict[str, EvidenceVersion | bool | None]:
    """The newest version, and whether its date is over 12 months old."""
    newest = next(iter(item.versions.all()), None)
    return {"newest": newest, "is_old": queries.is_old(newest.document_date if newest else None)}


def visible_item(request: SignedInRequest, pk: int) -> EvidenceItem:
    """The document, or 404 where it is out of scope or removed."""
    visible = EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW)
    return get_object_or_404(visible.select_related("service__provider", "service__network", "added_by"), pk=pk)


def may_manage(user: User, item: EvidenceItem) -> bool:
    """Who answers for the service looks after its documents; a reviewer after those that they added themselves."""
    if reach.may(user, Permission.SELF_REPORT_ANSWER, item.service):
        return True
    return item.added_by_id == user.pk and reach.may(user, Permission.EVIDENCE_ADD, item.service)


@access(Permission.EVIDENCE_VIEW, methods="GET", kind="evidence")
def evidence_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One document: its versions, which declaration names which, and what it supports."""
    item = visible_item(request, pk)
    answers = (
        Answer.objects.for_user(request.user, Permission.SELF_REPORT_VIEW)
        .filter(evidence=item)
        .select_related("indicator", "self_report__round")
        .order_by("-self_report__round__year", "indicator__position")
    )
    declared: dict[int | None, list[queries.DeclaredUse]] = {}
    for use in queries.declared_uses(item, request.user):
        declared.setdefault(use.version, []).append(use)
    versions = [{"version": one, "declared": declared.get(one.number, [])} for one in item.versions.select_related("uploaded_by")]
    open_to_me = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER)
    mine = set(open_to_me.filter(evidence=item, self_report__status__in=SelfReport.EDITABLE).values_list("pk", flat=True))
    context = {
        "item": item, "versions": versions, "answers": answers, "mine": mine, "uses": queries.uses_of([item.pk], request.user)[item.pk],
        "may_add": reach.may(request.user, Permission.EVIDENCE_ADD, item.service), "may_manage": may_manage(request.user, item),
        "may_link": reach.may(request.user, Permission.SELF_REPORT_ANSWER, item.service), **version_facts(item),
    }  # fmt: skip
    return render(request, "surveillance/evidence_detail.html", context)


@access(Permission.EVIDENCE_VIEW, methods="GET", kind="evidence")
def evidence_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download the newest version, or the one that ``?version=`` names: always as an attachment, in a sandbox."""
    item = get_object_or_404(EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW), pk=pk)
    return file_response(item, request.GET.get("version", ""))


def file_response(item: EvidenceItem, number: str = "") -> FileResponse:
    """The file of a document that the person may read: the newest version, or the one with this number. Raises Http404."""
    versions = item.versions.exclude(file_path="").exclude(scan_state=EvidenceVersion.ScanState.QUARANTINED)
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
