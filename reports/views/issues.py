"""Packs for a regulator: the log of issues, issuing one, reading one, and the rule for lights."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from reports.forms.issues import LightRuleForm, PackForm
from reports.models import LightRule, PackIssue
from reports.papers.issue import pack_name
from reports.queries.issues import as_rule
from reports.services import issues as services
from reports.views.files import stored_file
from surveillance.services.clash import SomeoneElseChanged
from work.models import Job
from work.status import InvalidTransition
from work.views import progress_of

PAGE_SIZE = 50


@access(Permission.PACK_VIEW, methods="GET")
def pack_list(request: SignedInRequest) -> HttpResponse:
    """Every issue that this person may read, the newest first: who, to whom, when, by which rule, with which hash."""
    rows = PackIssue.objects.for_user(request.user, Permission.PACK_VIEW).for_display().defer("content")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "may_issue": request.user.has_permission(Permission.PACK_ISSUE),
        "may_rule": request.user.has_permission(Permission.PACK_RULE),
    }
    return render(request, "reports/pack_list.html", context)


@access(Permission.PACK_ISSUE)
def pack_issue(request: SignedInRequest) -> HttpResponse:
    """Choose a regulator and a place; the pack is frozen at once, and its file follows by a job."""
    form = PackForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            issue = services.issue_pack(**form.chosen(), by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Pack {issue.pk} issued to {issue.issued_to.name}")
            return redirect("reports:pack_detail", pk=issue.pk)
    rule = LightRule.objects.first()
    context = {"form": form, "rule": rule, "sentences": as_rule(rule).sentences if rule else []}
    return render(request, "reports/pack_issue.html", context)


@access(Permission.PACK_VIEW, methods="GET", kind="pack")
def pack_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One issue with everything that is logged of it, its file, and the reports behind it."""
    issue = _visible(request, pk)
    publications = issue.publications.select_related("report").order_by("report__title", "pk")
    job = Job.objects.for_user(request.user).filter(kind=services.KIND, key=str(issue.pk)).first() if not issue.path else None
    context = {
        "issue": issue,
        "publications": publications,
        "rule_sentences": as_rule(issue.rule).sentences,
        "progress": progress_of(job, then_reload=True) if job else None,
        "may_issue": request.user.has_permission(Permission.PACK_ISSUE),
    }
    return render(request, "reports/pack_detail.html", context)


@access(Permission.PACK_VIEW, methods="GET", kind="pack")
def pack_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The file of one pack, while every report in it can still be read by anyone."""
    issue = _visible(request, pk)
    require(issue.withdrawn_count == 0, "A report in this pack was withdrawn, so it cannot be read any more. Ask for a new pack.")
    return stored_file(issue.path, pack_name({"place": issue.place}, issue.pk))


def _visible(request: SignedInRequest, pk: int) -> PackIssue:
    return get_object_or_404(PackIssue.objects.for_user(request.user, Permission.PACK_VIEW).for_display(), pk=pk)


@access(Permission.PACK_RULE)
def light_rule(request: SignedInRequest) -> HttpResponse:
    """The versions of the rule, and the form for the next one."""
    rules = list(LightRule.objects.select_related("written_by"))
    newest = rules[0] if rules else None
    kept = ("version", "red_immediate_risks", "amber_serious_concerns", "amber_concerns")
    initial = {name: getattr(newest, name) for name in kept} if newest else {"version": 0}
    form, status = LightRuleForm(request.POST or None, initial=initial), 200
    if request.method == "POST" and form.is_valid():
        try:
            rule = services.write_rule(**form.cleaned_data, by=request.user)
        except SomeoneElseChanged:
            form = LightRuleForm({**request.POST.dict(), "version": initial["version"]}, initial=initial)
            form.add_error(None, "Someone else changed this. Their version is below; yours is still in the form. Decide which you want.")
            status = 409
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Rule, version {rule.version}, written")
            return redirect("reports:light_rule")
    versions = [(rule, as_rule(rule).sentences) for rule in rules]
    return render(request, "reports/light_rule.html", {"form": form, "versions": versions}, status=status)
