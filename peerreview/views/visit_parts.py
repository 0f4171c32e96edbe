"""The further sections of the visit form: one's own judgements, what one takes home, and an immediate risk."""

from typing import Any

from django.urls import reverse

from accounts.access import SignedInRequest
from peerreview.forms.findings import ImmediateRiskForm
from peerreview.forms.learning import PledgeForm
from peerreview.forms.visit import JudgeForm
from peerreview.models import Review
from peerreview.queries import judgements as queries
from peerreview.queries.immediate_risks import RISK_STATUSES, whom_to_tell
from peerreview.queries.pledges import own_pledges
from peerreview.queries.teams import has_read_context
from peerreview.services.learning import LEARNING


def visit_parts(request: SignedInRequest, review: Review) -> dict[str, Any]:
    """What these sections show and ask; nothing is judged on a review for learning."""
    return _judging(request, review) | _pledges(request, review) | _risk(review)


def _judging(request: SignedInRequest, review: Review) -> dict[str, Any]:
    if review.is_learning:
        return {"judges": False}
    rows = queries.mine(review, request.user)
    sealed = [row for row in rows if not row.is_open]
    form = JudgeForm(rows=sealed, auto_id="judge_%s", url=reverse("peerreview:judgement_give", args=[review.pk]))
    given = [row for row in rows if row.judgement]
    may_judge = review.status in queries.JUDGING and bool(sealed) and has_read_context(review, request.user)
    return {"judges": bool(rows), "judged": given, "judged_of": len(rows), "judge_form": form if may_judge else None}


def _pledges(request: SignedInRequest, review: Review) -> dict[str, Any]:
    form = PledgeForm(review=review, is_host=False, auto_id="pledge_%s")
    form.form_id, form.submit_kind, form.form_action = "visit-pledge", "secondary", reverse("peerreview:pledge_new", args=[review.pk])
    pledges = own_pledges(request.user).filter(review=review).order_by("-made_at", "-pk")
    return {"pledges": pledges, "pledge_form": form if review.status in LEARNING else None}


def _risk(review: Review) -> dict[str, Any]:
    may_report = review.status in RISK_STATUSES
    form = ImmediateRiskForm(review=review, auto_id="risk_%s") if may_report else None
    if form:
        form.form_id, form.submit_kind = "visit-risk", "warning"
        form.form_action = reverse("peerreview:immediate_risk_report", args=[review.pk])
    return {"may_report": may_report, "risk_form": form, "whom": whom_to_tell(review)}
