"""Changing what is filed: the answers that a document supports, its title and date, and removing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from surveillance import reach
from surveillance.forms.evidence_changes import ChangeDocumentForm, LinkAnswersForm, RemoveForm
from surveillance.models import Answer, EvidenceItem, InvalidTransition
from surveillance.queries.evidence import answers_open_to, may_correct_date, why_it_stays
from surveillance.services import evidence as services
from surveillance.services.clash import SomeoneElseChanged
from surveillance.views.answers import posted
from surveillance.views.evidence import may_manage, visible_item
from surveillance.views.evidence_asking import as_initial, nhs_number_page, went_back
from work.items import day_words


@access(Permission.EVIDENCE_ADD, kind="evidence")
def evidence_answers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change which of this year's answers a document supports; earlier years are text."""
    item = visible_item(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_ANSWER, item.service))
    offered = answers_open_to(request.user, service_id=item.service_id)
    form = LinkAnswersForm(posted(request), answers=offered, item=item)
    if request.method == "POST" and form.is_valid() and not offered:
        form.add_error(None, "No self-report of this service is open to you now, so nothing was changed.")
    elif request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.link_answers(
                evidence_id=item.pk, answer_ids=[answer.pk for answer in data["answers"]], opened_ids=data["opened"], by=request.user
            )
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Answers that {item.title} supports saved")
            return redirect("surveillance:evidence_detail", pk=item.pk)
    fixed = (
        Answer.objects.for_user(request.user, Permission.SELF_REPORT_VIEW)
        .filter(evidence=item)
        .exclude(pk__in=form.offered)
        .select_related("indicator", "self_report__round")
        .order_by("-self_report__round__year", "indicator__position")
    )
    year = offered[0].self_report.round.year if offered else None
    return render(request, "surveillance/evidence_answers.html", {"form": form, "item": item, "year": year, "fixed": fixed})


@access(Permission.EVIDENCE_ADD, kind="evidence")
def evidence_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the title, and the date of the newest version until it was declared, with a reason."""
    item = visible_item(request, pk)
    require(may_manage(request.user, item))
    version = item.versions.order_by("-number").first()
    may_date = version is not None and may_correct_date(item, version, request.user)
    initial = as_initial(request, several=()) if went_back(request) else {}
    form = ChangeDocumentForm(
        None if initial else posted(request), item=item, version=version, may_date=may_date, initial=initial
    )  # fmt: skip
    if request.method == "POST" and not initial and form.is_valid():
        if form.nhs_number_text:
            return nhs_number_page(request, form.nhs_number_text)
        try:
            changed = services.change_document(evidence_id=item.pk, by=request.user, **form.as_arguments)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        except SomeoneElseChanged:
            form = _someone_else(request, pk, form, may_date=may_date)
        else:
            messages.success(request, f"{changed.title} saved")
            return redirect("surveillance:evidence_detail", pk=item.pk)
    return render(request, "surveillance/evidence_edit.html", {"form": form, "item": item, "version": version, "may_date": may_date})


def _someone_else(request: SignedInRequest, pk: int, form: ChangeDocumentForm, *, may_date: bool) -> ChangeDocumentForm:
    """Both texts on the page: theirs in the sentence, yours in the fields; saving again uses yours."""
    item = EvidenceItem.objects.get(pk=pk)
    version = item.versions.order_by("-number").first()
    data = request.POST.copy()
    data["opened"] = ChangeDocumentForm(item=item, version=version, may_date=may_date).initial["opened"]
    again = ChangeDocumentForm(data, item=item, version=version, may_date=may_date)
    date = f", dated {day_words(version.document_date)}" if version and version.document_date else ""
    again.add_error(
        None, f"Someone else changed this. It is now “{item.title}”{date}. Your text is below and was not saved. Save again to use yours."
    )
    return again


@access(Permission.EVIDENCE_ADD, kind="evidence")
def evidence_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a document that nothing uses; says first what goes, or what uses it."""
    item = visible_item(request, pk)
    require(may_manage(request.user, item))
    form = RemoveForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.remove_item(evidence_id=item.pk, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{item.title} removed")
            return redirect("surveillance:evidence_list")
    versions = list(item.versions.all())
    context = {
        "form": form, "item": item, "reasons": why_it_stays(item), "versions": versions,
        "size_bytes": sum(version.size_bytes for version in versions),
    }  # fmt: skip
    return render(request, "surveillance/evidence_remove.html", context)
