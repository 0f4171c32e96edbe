"""Pages that draft actions from recommendations: one finding's, and all that wait, each in the plan of its own service."""

from django.http import HttpResponse
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.findings import DueDateForm, FindingActionForm
from peerreview.queries.milestones import milestone_date
from peerreview.queries.plans import plan_drafts, plans_drafted_by
from peerreview.services import actions as services
from peerreview.views.common import act, posted, visible_review
from peerreview.views.findings import visible_finding


@access(Permission.ACTION_DRAFT, kind="finding")
def finding_action(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft an action from a finding's recommendation: the finding's own service's lead, or the hub."""
    finding = visible_finding(request, pk)
    review = finding.review
    require(finding.service in plans_drafted_by(request.user, review))
    initial = {
        "what": finding.recommendation,
        "indicator": finding.indicator_id or "",
        "due_date": milestone_date(review, "PROGRESS_6"),
        "domains": [tag.domain for tag in finding.tags.all()],
    }
    form = FindingActionForm(posted(request), review=review, initial=initial)
    detail = reverse("peerreview:finding_detail", args=[pk])
    return act(
        request, form=form, done="Action drafted", then=detail, template="peerreview/finding_act.html",
        call=lambda data: services.draft_action_from_finding(finding_id=pk, by=request.user, **form.as_arguments()),
        context={"finding": finding, "review": review, "title": "Draft an action", "lines": [], "back_url": detail},
    )  # fmt: skip


@access(Permission.ACTION_DRAFT, kind="review")
def findings_actions(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft an action from every agreed recommendation that has none yet, in the plans that this person drafts."""
    review = visible_review(request, pk)
    mine = plans_drafted_by(request.user, review)
    require(bool(mine))
    drafts = plan_drafts(review, mine)
    back = reverse("peerreview:finding_list", args=[pk])
    form = DueDateForm(posted(request), initial={"due_date": milestone_date(review, "PROGRESS_6")})
    context = {
        "review": review, "drafts": drafts, "back_url": back,
        "waiting_count": sum(len(draft.provider) + len(draft.commissioner) for draft in drafts),
    }  # fmt: skip
    return act(
        request,
        form=form,
        done="Actions drafted",
        then=back,
        template="peerreview/findings_actions.html",
        call=lambda data: services.draft_actions_from_findings(
            review_id=pk, due_date=data["due_date"], by=request.user, service_ids=[service.pk for service in mine]
        ),
        context=context,
    )
