"""Pages of the visit: the pack, evidence with its tags, and the eight impact domains."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.common import DomainTagsForm
from peerreview.models import Review
from peerreview.queries.documents import documents_of
from peerreview.queries.impact import impact_of
from peerreview.queries.milestones import milestone_date
from peerreview.queries.speaking import services_spoken_for
from peerreview.queries.teams import is_on_team, works_on
from peerreview.queries.topics import latest_reports
from peerreview.services import evidence as evidence_services
from peerreview.services.impact import FILED_IN
from peerreview.views.common import act, files_of, posted, review_context, visible_review
from peerreview.views.context import card_of, context_facts
from surveillance.forms.evidence import EvidenceForm
from surveillance.models import Answer, EvidenceItem, Service
from surveillance.services import evidence as filing
from surveillance.services import held
from surveillance.uploads import UploadRefused
from surveillance.views.evidence_asking import as_initial, ask_about_nhs_number, went_back


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_pack(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the team reads before the visit: context card, scores, answers as declared, topics, documents."""
    review = visible_review(request, pk)
    require(works_on(review, request.user))
    context = review_context(request, review, "review_pack")
    reports = {} if review.is_learning else latest_reports(review)  # no score or declared answer in a review for learning
    context |= context_facts(request, review, context)
    context |= {
        "papers": [_papers(service, reports.get(service.pk)) for service in context["services"]],
        "topics": review.topics.prefetch_related("indicators"),
        "evidence_day": milestone_date(review, "EVIDENCE", facts={}), "documents": _documents(review),
    }  # fmt: skip
    return render(request, "peerreview/review_pack.html", context)


def _papers(service: Service, report: Any) -> dict[str, Any]:
    """One service's card, scores and answers, the answers exactly as they were declared."""
    declaration = report.declarations.first() if report else None
    return {
        "service": service,
        "card": card_of(service),
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
    found = documents_of(review).select_related("service__provider", "service__network", "added_by")
    return list(found.prefetch_related("versions").order_by("title", "pk"))


@access(Permission.EVIDENCE_VIEW, kind="review")
def review_evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Documents of the services under review with their tags; members of the team add documents here."""
    review = visible_review(request, pk)
    require(works_on(review, request.user))
    on_team = is_on_team(review, request.user)
    may_file = on_team and not review.is_learning  # what is filed becomes the service's evidence, which its hub reads
    of_review = review.services.select_related("provider", "network")
    choices = {"services": of_review, "answers": Answer.objects.none()}
    if request.method == "POST":
        require(may_file)
    if went_back(request):
        form = EvidenceForm(**choices, initial=as_initial(request))
    else:
        form = EvidenceForm(posted(request), files_of(request), **choices)
    if form.is_bound and form.is_valid():
        if asked := ask_about_nhs_number(request, form):
            return asked
        if form.is_valid() and _filed(request, form):
            return redirect("peerreview:review_evidence", pk=pk)
    context = review_context(request, review, "review_evidence")
    tags: dict[int, list[Any]] = {}
    for tag in review.evidence_tags.order_by("pk"):
        tags.setdefault(tag.item_id, []).append(tag)
    may_tag = on_team and review.status in evidence_services.TAGGING
    context |= {
        "form": form if may_file else None,
        "rows": [(item, tags.get(item.pk, [])) for item in _documents(review)],
        "may_tag": may_tag,
    }
    return render(request, "peerreview/review_evidence.html", context)


def _filed(request: SignedInRequest, form: EvidenceForm) -> bool:
    """File the document for its service; a refusal stands at the file's field."""
    data, content = form.cleaned_data, form.content
    try:
        if "upload" in content:
            checked = held.take_held(data["held"], by=request.user) if data["held"] else None
            item = filing.add_file(service_id=data["service"].pk, title=data["title"], by=request.user, checked=checked, **content)
            held.release(data["held"])
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
    item = get_object_or_404(documents_of(review), pk=item_pk)
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
    context |= {"may_file": review.status in FILED_IN and bool(services_spoken_for(request.user, review))}
    return render(request, "peerreview/review_impact.html", context)
