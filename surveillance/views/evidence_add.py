"""Adding evidence: a file or several, a link, something already added; newer versions."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.middleware import wants_json
from accounts.permissions import Permission
from rendering.texts import find_nhs_numbers
from surveillance import reach
from surveillance.forms.evidence import MAX_FILES, AddEvidenceForm, VersionForm
from surveillance.models import Action, Answer, EvidenceItem, InvalidTransition, Service
from surveillance.queries.evidence import answers_open_to
from surveillance.queries.self_reports import page_number_of
from surveillance.services import evidence as services
from surveillance.services import held
from surveillance.uploads import UploadRefused, clean_name, extension_of
from surveillance.views.answers import posted
from surveillance.views.evidence import visible_item
from surveillance.views.evidence_asking import as_initial, ask_about_nhs_number, went_back
from work.items import counted


@access(Permission.EVIDENCE_ADD)
def evidence_add(request: SignedInRequest) -> HttpResponse:
    """Add documents once; the answer that the person came from is ticked. JSON: one file of several, for the page's script."""
    came_from, action = _answer_asked_for(request), _action_asked_for(request)
    form = _form(request, came_from, action)
    if request.method == "POST" and not went_back(request) and not _is_search(request) and form.is_valid():
        if wants_json(request):
            return _added_by_script(request, form, came_from, action)
        asked = ask_about_nhs_number(request, form)
        if asked:
            return asked
        if form.is_valid() and (done := _file_all(request, form)):
            messages.success(request, done)
            return redirect(_way_back(came_from, action, form))
    if wants_json(request) and request.method == "POST":
        return JsonResponse({"errors": form.errors}, status=422)
    service = came_from.self_report.service if came_from else action.service if action else None
    context = {"form": form, "came_from": came_from, "action": action, "service": service}
    return render(request, "surveillance/evidence_add.html", context)


def _answer_asked_for(request: SignedInRequest) -> Answer | None:
    """The answer that the person came from, if they may answer it."""
    number = _number_asked_for(request, "answer")
    if number is None:
        return None
    mine = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER)
    return mine.select_related("indicator", "self_report__service__provider", "self_report__service__network").filter(pk=number).first()


def _action_asked_for(request: SignedInRequest) -> Action | None:
    """The action that its owner is about to mark as done."""
    own = Action.objects.for_user(request.user, Permission.ACTION_VIEW).for_display().filter(owner=request.user)
    number = _number_asked_for(request, "action")
    return own.filter(pk=number).first() if number else None


def _number_asked_for(request: SignedInRequest, name: str) -> int | None:
    number = request.GET.get(name, "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None


def _is_search(request: SignedInRequest) -> bool:
    """The search among documents already added is a button of the same form, so that nothing typed is lost."""
    return "search" in request.POST and request.POST.get("source") == "EXISTING"


def _form(request: SignedInRequest, came_from: Answer | None, action: Action | None) -> AddEvidenceForm:
    own = Service.objects.for_user(request.user, Permission.EVIDENCE_ADD).for_display()
    if came_from:
        own = own.filter(pk=came_from.self_report.service_id)
    elif action:
        own = own.filter(pk=action.service_id)
    only = list(own.values_list("pk", flat=True)[:2])
    report = came_from.self_report_id if came_from else None
    offered = answers_open_to(request.user, service_id=only[0], self_report_id=report) if len(only) == 1 else []
    answers = Answer.objects.filter(pk__in=[one.pk for one in offered]).select_related("indicator").order_by("indicator__position")
    documents = EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW).filter(service__in=own.values("pk"))
    initial = {"answers": [came_from.pk], "service": came_from.self_report.service_id} if came_from else {}
    filled = went_back(request) or _is_search(request)
    if filled:
        initial |= as_initial(request)
    return AddEvidenceForm(
        None if filled else posted(request), None if filled else request.FILES or None, services=own, answers=answers,
        documents=documents, initial=initial,
    )  # fmt: skip


def _way_back(answer: Answer | None, action: Action | None, form: AddEvidenceForm) -> str:
    """To the place of the answer on its section's page, or to the action; else to the document, or to the list when it was several."""
    if action and answer is None:
        return reverse("surveillance:action_done", args=[action.pk])
    if answer is None:
        return (
            reverse("surveillance:evidence_detail", args=[form.added[0].pk])
            if len(form.added) == 1
            else reverse("surveillance:evidence_list")
        )
    address = reverse("surveillance:self_report_section", args=[answer.self_report_id, page_number_of(answer)])
    return f"{address}#answer-{answer.pk}"


def _file_all(request: SignedInRequest, form: AddEvidenceForm) -> str:
    """File what was sent, one after the other; gives what was done in words, or "" when a fault stands on the form."""
    try:
        if form.cleaned_data["source"] == "EXISTING":
            return _link(request, form)
        if len(form.uploads) < 2:
            form.added = [_file_one(request, form)]
            return f"{form.added[0].title} added"
    except UploadRefused as refusal:
        form.add_error("file", str(refusal))
        return ""
    except InvalidTransition as error:
        form.add_error(None, str(error))
        return ""
    return _file_several(request, form)


def _link(request: SignedInRequest, form: AddEvidenceForm) -> str:
    data = form.cleaned_data
    form.added = services.link_documents(
        service_id=data["service"].pk, evidence_ids=[item.pk for item in data["documents"]],
        answer_ids=[answer.pk for answer in data["answers"]], by=request.user,
    )  # fmt: skip
    names = ", ".join(item.title for item in form.added)
    return f"{names} now {'supports' if len(form.added) == 1 else 'support'} {counted(len(data['answers']), 'answer')}"


def _file_one(request: SignedInRequest, form: Any, *, title: str = "", upload: Any = None) -> EvidenceItem:
    """One file, one link, or the file that was held while the person was asked. Raises UploadRefused, InvalidTransition."""
    data, content = form.cleaned_data, form.content
    facts = {
        "service_id": data["service"].pk, "title": title or data["title"], "by": request.user,
        "answer_ids": [answer.pk for answer in data["answers"]],
    }  # fmt: skip
    if data["source"] == "LINK":
        return services.add_link(**facts, **content)
    if upload is None and data.get("held"):
        item = services.add_file(**facts, **content, checked=held.take_held(data["held"], by=request.user))
        held.release(data["held"])
        return item
    return services.add_file(**facts, **content | ({"upload": upload} if upload else {}))


def _file_several(request: SignedInRequest, form: AddEvidenceForm) -> str:
    """Without the page's script: each file by itself under its own name; good ones are kept, bad ones named with their sentence."""
    refused, uploads = [], form.uploads
    for upload in uploads:
        shown = clean_name(upload.name, extension_of(upload.name) or "file")
        if find_nhs_numbers(upload.name) and not form.cleaned_data["keep"]:
            refused.append(f"{shown}: this may contain an NHS number. Add it by itself")
            continue
        try:
            form.added.append(_file_one(request, form, title=_title_of(form, shown), upload=upload))
        except (UploadRefused, InvalidTransition) as refusal:
            refused.append(f"{shown}: {refusal}")
    if not refused:
        return f"{counted(len(form.added), 'document')} added"
    for sentence in refused:
        form.add_error("file", sentence)
    if form.added:
        form.partly = f"{len(form.added)} of {counted(len(uploads), 'file')} added: {', '.join(item.title for item in form.added)}"
    return ""


def _title_of(form: AddEvidenceForm, name: str) -> str:
    stem = name.rpartition(".")[0].replace("_", " ").replace("-", " ").strip()
    own = form.cleaned_data["title"]
    return f"{own}: {stem}"[:200] if own else stem[:1].upper() + stem[1:]


def _added_by_script(request: SignedInRequest, form: AddEvidenceForm, came_from: Answer | None, action: Action | None) -> JsonResponse:
    """One file of several: 200 with its title and where to go when all are there; 422 with sentences by field."""
    if form.nhs_number_text:
        return JsonResponse({"errors": {"title": ["This may contain an NHS number"]}, "asks": True}, status=422)
    if not _file_all(request, form):
        return JsonResponse({"errors": form.errors}, status=422)
    number = request.POST.get("so_far", "")
    so_far = min(int(number), MAX_FILES) if number.isascii() and number.isdigit() and len(number) < 4 else 1
    list(messages.get_messages(request))  # one sentence for all of them, not one each
    messages.success(request, f"{counted(so_far, 'document')} added")
    return JsonResponse({"title": form.added[0].title, "then": _way_back(came_from, action, form)})


@access(Permission.EVIDENCE_ADD, kind="evidence")
def evidence_version_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a newer version of a document."""
    item = visible_item(request, pk)
    require(reach.may(request.user, Permission.EVIDENCE_ADD, item.service))
    if went_back(request):
        form = VersionForm(initial=as_initial(request))
    else:
        form = VersionForm(posted(request), request.FILES or None)
        if request.method == "POST" and form.is_valid():
            asked = ask_about_nhs_number(request, form)
            if asked:
                return asked
            if form.is_valid() and _version_added(request, form, item):
                messages.success(request, f"New version of {item.title} added")
                return redirect("surveillance:evidence_detail", pk=item.pk)
    return render(request, "surveillance/evidence_version_add.html", {"form": form, "item": item})


def _version_added(request: SignedInRequest, form: VersionForm, item: EvidenceItem) -> bool:
    token = form.cleaned_data.get("held", "")
    more: dict[str, Any] = {}
    try:
        if form.cleaned_data["source"] == "FILE" and token:
            more = {"checked": held.take_held(token, by=request.user)}
        services.add_version(evidence_id=item.pk, by=request.user, **form.content, **more)
    except UploadRefused as refusal:
        form.add_error("file", str(refusal))
        return False
    except InvalidTransition as error:
        form.add_error(None, str(error))
        return False
    if more:
        held.release(token)
    return True
