"""Pages of the visit: the pack, notes, evidence with its tags, and the eight impact domains."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.common import DomainTagsForm
from peerreview.forms.findings import NoteForm
from peerreview.models import Review
from peerreview.queries.impact import impact_of
from peerreview.queries.teams import is_on_team, works_on
from peerreview.queries.topics import latest_reports
from peerreview.services import evidence as evidence_services
from peerreview.services.notes import NOTING, save_note
from peerreview.views.common import act, files_of, posted, review_context, visible_review
from surveillance.forms.evidence import EvidenceForm
from surveillance.models import Answer, EvidenceItem, Service
from surveillance.services import evidence as filing
from surveillance.uploads import UploadRefused
from work.status import InvalidTransition

CONTEXT_CARD = {
    "sites": "Sites",
    "geography": "Geography",
    "population": "Population",
    "travel": "Travel",
    "dependencies": "Dependencies",
    "outside_control": "Outside its control",
}


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_pack(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the team reads before the visit: context card, scores, answers as declared, topics, documents."""
    review = visible_review(request, pk)
    require(works_on(review, request.user))
    context = review_context(request, review, "review_pack")
    reports = latest_reports(review)
    context |= {
        "papers": [_papers(service, reports.get(service.pk)) for service in context["services"]],
        "topics": review.topics.prefetch_related("indicators"), "documents": _documents(review),
    }  # fmt: skip
    return render(request, "peerreview/review_pack.html", context)


def _papers(service: Service, report: Any) -> dict[str, Any]:
    """One service's card, scores and answers, the answers exactly as they were declared."""
    card = [(label, getattr(service, name)) for name, label in CONTEXT_CARD.items() if getattr(service, name)]
    declaration = report.declarations.first() if report else None
    return {
        "service": service,
        "card": card,
        "report": report,
        "declaration": declaration,
        "scores": list(report.scores.all()) if report else [],
        "answers": declared_answers(declaration.content) if declaration else [],
    }


def declared_answers(content: str) -> list[dict[str, Any]]:
    """The answers inside a declaration's canonical JSON, whichever key they stand under."""
    read = json.loads(content)
    rows = read if isinstance(read, list) else read.get("answers", [])
    return [row for row in rows if isinstance(row, dict)]


def _documents(review: Review) -> list[EvidenceItem]:
    found = EvidenceItem.objects.filter(service__in=review.services.all()).select_related(
        "service__provider", "service__network", "added_by"
    )
    return list(found.prefetch_related("versions").order_by("title", "pk"))


@access(Permission.REVIEW_CAPTURE, kind="review")
def review_visit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write notes; the same note sent twice is saved once."""
    review = visible_review(request, pk)
    require(is_on_team(review, request.user))
    form = NoteForm(posted(request), review=review)
    if request.method == "POST" and form.is_valid():
        try:
            save_note(review_id=pk, by=request.user, **form.as_arguments())
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Note saved")
            return redirect("peerreview:review_visit", pk=pk)
    context = review_context(request, review, "review_visit")
    mine = review.notes.filter(author=request.user).select_related("topic", "indicator").order_by("-written_at", "-pk")
    context |= {"form": form, "notes": mine, "may_note": review.status in NOTING, "may_report": review.status == Review.Status.VISITING}
    return render(request, "peerreview/review_visit.html", context)


@access(Permission.EVIDENCE_VIEW, kind="review")
def review_evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Documents of the services under review with their tags; members of the team add documents here."""
    review = visible_review(request, pk)
    require(works_on(review, request.user))
    on_team = is_on_team(review, request.user)
    of_review = review.services.select_related("provider", "network")
    form = EvidenceForm(posted(request), files_of(request), services=of_review, answers=Answer.objects.none())
    if request.method == "POST":
        require(on_team)
        if form.is_valid() and _filed(request, form):
            return redirect("peerreview:review_evidence", pk=pk)
    context = review_context(request, review, "review_evidence")
    tags: dict[int, list[Any]] = {}
    for tag in review.evidence_tags.order_by("pk"):
        tags.setdefault(tag.item_id, []).append(tag)
    may_tag = on_team and review.status in evidence_services.TAGGING
    context |= {
        "form": form if on_team else None,
        "rows": [(item, tags.get(item.pk, [])) for item in _documents(review)],
        "may_tag": may_tag,
    }
    return render(request, "peerreview/review_evidence.html", context)


def _filed(request: SignedInRequest, form: EvidenceForm) -> bool:
    """File the document for its service; a refusal stands at the file's field."""
    data, content = form.cleaned_data, form.content
    try:
        if "upload" in content:
            item = filing.add_file(service_id=data["service"].pk, title=data["title"], by=request.user, **content)
        else:
            item = filing.add_link(service_id=data["service"].pk, title=data["title"], by=request.user, **content)
    except UploadRefused as refusal:
        form.add_error("file", str(refusal))
        return False
    messages.success(request, f"{item.title} added")
    return True


@access(Permission.REVIEW_CAPTURE, kind="review")
def evidence_tags(request: SignedInRequest, pk: int, item_pk: int) -> HttpResponse:
    """Say which impact domains a document bears on."""
    review = visible_review(request, pk)
    require(is_on_team(review, request.user))
    item = get_object_or_404(EvidenceItem.objects.filter(service__in=review.services.all()), pk=item_pk)
    tags = {tag.domain: tag.shows for tag in review.evidence_tags.filter(item=item)}
    form = DomainTagsForm(posted(request), initial=DomainTagsForm.tags_initial(tags))
    back = reverse("peerreview:review_evidence", args=[pk])
    return act(
        request, form=form, done="Impact domains saved", then=back, template="peerreview/act.html",
        call=lambda data: evidence_services.tag_evidence(review_id=pk, item_id=item.pk, tags=form.tags, by=request.user),
        context={"review": review, "title": f"Impact domains of {item.title}", "lines": [], "back_url": back},
    )  # fmt: skip


@access(Permission.FINDING_VIEW, methods="GET", kind="review")
def review_impact(request: SignedInRequest, pk: int) -> HttpResponse:
    """Evidence, findings and actions by the eight impact domains; the empty ones are named."""
    review = visible_review(request, pk)
    rows = impact_of(review, request.user)
    context = review_context(request, review, "review_impact") | {"rows": rows, "empty": [row.label for row in rows if row.is_empty]}
    return render(request, "peerreview/review_impact.html", context)
