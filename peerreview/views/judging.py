"""Pages of judgements: one's own, the spread once it is open, opening without somebody, the agreed one."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.middleware import wants_json
from accounts.permissions import Permission
from peerreview.forms.judging import AddToJudgeForm, AgreedForm, JudgementForm, OpenWithoutForm
from peerreview.models import JudgementPanel, Review
from peerreview.queries import judgements as queries
from peerreview.queries.part_steps import judgement_step
from peerreview.queries.teams import is_lead_reviewer, is_on_team
from peerreview.services import judging as services
from peerreview.views import device
from peerreview.views.common import act, posted, review_context, visible_review
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

AGREED_WORDS = {True: "Met", False: "Not met", None: "Not applicable"}
AGREED_CODES = {True: "MET", False: "NOT_MET", None: "NOT_APPLICABLE"}


@dataclass(frozen=True)
class Standing:
    """A row of the list: one indicator to judge, its address, and where the team is with it, in words."""

    mine: queries.Mine
    url: str
    words: str


@access(Permission.REVIEW_CAPTURE, methods="GET", kind="review")
def judgement_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the team judges, with one's own judgements and how far the team is."""
    review = _judged_review(request, pk)
    rows = queries.mine(review, request.user)
    spreads = queries.spreads_of(review)
    context = review_context(request, review, "judgement_list") | {
        "rows": [Standing(row, _address(review, row), _words(row, spreads)) for row in rows],
        "given_count": sum(row.judgement is not None for row in rows), "is_lead": is_lead_reviewer(review, request.user),
        "may_judge": review.status in queries.JUDGING, "is_pathway": len({row.service.pk for row in rows}) > 1,
    }  # fmt: skip
    return render(request, "peerreview/judgement_list.html", context)


@access(Permission.REVIEW_CAPTURE, methods="GET", kind="review")
def judgement_detail(request: SignedInRequest, pk: int, service_pk: int, indicator_pk: int) -> HttpResponse:
    """One indicator: the form while it is sealed; who judged what, and what was agreed, once it is open."""
    review = _judged_review(request, pk)
    return _page(request, review, _row(request, review, service_pk, indicator_pk))


@access(Permission.REVIEW_CAPTURE, methods="POST", kind="review")
def judgement_give(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give or replace one's own judgement, from the page or from a device that was without a connection."""
    if refusal := device.of_another(request):
        return refusal
    review = _judged_review(request, pk)
    form = JudgementForm(request.POST)
    if not form.is_valid():
        return device.faulty(form) if wants_json(request) else _faulty_page(request, review, form)
    try:
        judgement = services.give_judgement(review_id=pk, by=request.user, **form.as_arguments())
    except InvalidTransition as error:
        if wants_json(request):
            return device.refused(str(error))
        form.add_error(None, str(error))
        return _faulty_page(request, review, form)
    if wants_json(request):
        client_id: uuid.UUID = form.cleaned_data["client_id"] or judgement.client_id
        return device.kept(client_id, judgement.given_at, value=judgement.value, words=judgement.get_value_display())
    messages.success(request, "Judgement saved")
    return redirect(_next_address(request, review))


def _faulty_page(request: SignedInRequest, review: Review, form: JudgementForm) -> HttpResponse:
    named = {name: str(form.data.get(name, "")) for name in ("service", "indicator")}
    if not all(value.isdecimal() for value in named.values()):
        return redirect("peerreview:judgement_list", pk=review.pk)
    return _page(request, review, _row(request, review, int(named["service"]), int(named["indicator"])), form)


def _page(request: SignedInRequest, review: Review, row: queries.Mine, form: JudgementForm | None = None) -> HttpResponse:
    context = review_context(request, review, "judgement_list")
    is_lead, may_judge = is_lead_reviewer(review, request.user), review.status in queries.JUDGING
    own = row.judgement
    initial: dict[str, Any] = {"service": row.service.pk, "indicator": row.indicator.pk}
    if own:
        initial |= {"value": own.value, "reason": own.reason}
    if may_judge and not row.is_open:
        form = form or JudgementForm(initial=initial)
        form.form_action = reverse("peerreview:judgement_give", args=[review.pk])
    spread = queries.spread_of(row.panel) if row.panel else []
    missing = queries.missing_members(row.panel) if row.panel and not row.is_open and is_lead and own else []
    context |= {
        "row": row, "panel": row.panel, "form": form, "step": judgement_step(review, row, request.user),
        "spread": spread, "spread_words": queries.spread_words(spread), "is_lead": is_lead, "may_judge": may_judge,
        "without": [member.user.name for member in missing],
        "opened_without": _passed_over(row),
        "agreed_words": AGREED_WORDS[row.panel.is_met] if row.panel and row.panel.agreed_at else "",
        "counts_for": services.answer_of(row.panel) if row.panel and row.is_open else None,
        "back_url": reverse("peerreview:judgement_list", args=[review.pk]),
    }  # fmt: skip
    return render(request, "peerreview/judgement_detail.html", context)


@access(Permission.REVIEW_CAPTURE, kind="review")
def judgement_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lead reviewer adds an indicator for the team to judge."""
    review = _judged_review(request, pk)
    require(is_lead_reviewer(review, request.user))
    judged = {(row.service.pk, row.indicator.pk) for row in queries.to_judge(review)}
    left = [pair for pair in queries.candidates(review) if (pair[0].pk, pair[1].pk) not in judged]
    form = AddToJudgeForm(posted(request), candidates=left)
    back = reverse("peerreview:judgement_list", args=[pk])
    return act(
        request, form=form, done="Indicator added", then=back, template="peerreview/act.html",
        call=lambda data: services.add_to_judge(review_id=pk, by=request.user, **form.as_arguments()),
        context={"review": review, "title": "Add an indicator to judge", "lines": [], "back_url": back},
    )  # fmt: skip


@access(Permission.REVIEW_CAPTURE, kind="review")
def judgement_open(request: SignedInRequest, pk: int, service_pk: int, indicator_pk: int) -> HttpResponse:
    """The lead reviewer opens the judgements without those who have not given theirs."""
    review, row, panel = _lead_panel(request, pk, service_pk, indicator_pk)
    missing = queries.missing_members(panel)
    names = " and ".join(member.user.name for member in missing) or "waiting"
    form = OpenWithoutForm(
        posted(request), members=review.team.all(), submit_label="Open the judgements", initial={"without": [one.pk for one in missing]}
    )
    lines = [
        "Nobody can give or change a judgement of this indicator after this.",
        "The names and your reason are kept, and the team reads them.",
    ]
    detail = _address(review, row)
    return act(
        request, form=form, done="Judgements opened", then=detail, template="peerreview/act.html",
        call=lambda data: services.open_without(
            panel_id=panel.pk, without_ids=[one.pk for one in data["without"]], reason=data["reason"], by=request.user
        ),
        context={"review": review, "title": f"Open without {names}", "lines": [str(row.indicator), *lines], "back_url": detail},
    )  # fmt: skip


@access(Permission.REVIEW_CAPTURE, kind="review")
def judgement_agree(request: SignedInRequest, pk: int, service_pk: int, indicator_pk: int) -> HttpResponse:
    """The lead reviewer records what the team agreed."""
    review, row, panel = _lead_panel(request, pk, service_pk, indicator_pk)
    detail = _address(review, row)
    initial: dict[str, Any] = {"version": panel.version}
    if panel.agreed_at:
        initial |= {"agreed": AGREED_CODES[panel.is_met], "reason": panel.agreed_reason, "differences": panel.differences}
    form = AgreedForm(posted(request), initial=initial)
    try:
        return act(
            request, form=form, done="Agreed judgement saved", then=detail, template="peerreview/judgement_agree.html",
            call=lambda data: services.record_agreed_judgement(panel_id=panel.pk, by=request.user, **data),
            context={"review": review, "row": row, "spread_words": queries.spread_words(queries.spread_of(panel)), "back_url": detail},
        )  # fmt: skip
    except SomeoneElseChanged as clash:
        return _clash(request, clash, row, review)


def _clash(request: SignedInRequest, clash: SomeoneElseChanged, row: queries.Mine, review: Review) -> HttpResponse:
    saved: Any = clash.current
    sent = request.POST.copy()
    sent["version"] = str(saved.version)
    labels = dict(AgreedForm.base_fields["agreed"].choices)
    context = {
        "saved": Version("Saved now", saved.agreed_reason, [("Agreed", AGREED_WORDS[saved.is_met] if saved.agreed_at else "Nothing yet")]),
        "yours": Version("Yours, not saved", str(sent["reason"]), [("Agreed", labels[sent["agreed"]])]),
        "caption": review.title, "back_url": _address(review, row),
        "kept": [(name, sent[name]) for name in ("agreed", "reason", "differences", "version") if name in sent],
        "keep_url": reverse("peerreview:judgement_agree", args=[review.pk, row.service.pk, row.indicator.pk]),
    }  # fmt: skip
    return render(request, "peerreview/clash.html", context, status=409)


def _judged_review(request: SignedInRequest, pk: int) -> Review:
    """The review for its team; 404 also for a review for learning, where nothing is judged."""
    review = visible_review(request, pk)
    require(is_on_team(review, request.user))
    if review.is_learning:
        raise Http404
    return review


def _row(request: SignedInRequest, review: Review, service_pk: int, indicator_pk: int) -> queries.Mine:
    rows = queries.mine(review, request.user)
    row = next((row for row in rows if (row.service.pk, row.indicator.pk) == (service_pk, indicator_pk)), None)
    if row is None:
        raise Http404
    return row


def _lead_panel(request: SignedInRequest, pk: int, service_pk: int, indicator_pk: int) -> tuple[Review, queries.Mine, JudgementPanel]:
    review = _judged_review(request, pk)
    require(is_lead_reviewer(review, request.user))
    row = _row(request, review, service_pk, indicator_pk)
    if row.panel is None:
        raise Http404
    row.panel.review = review
    return review, row, row.panel


def _next_address(request: SignedInRequest, review: Review) -> str:
    """The next indicator that this person has not judged, else the list."""
    waiting = (row for row in queries.mine(review, request.user) if row.judgement is None and not row.is_open)
    row = next(waiting, None)
    return _address(review, row) if row else reverse("peerreview:judgement_list", args=[review.pk])


def _address(review: Review, row: queries.Mine) -> str:
    return reverse("peerreview:judgement_detail", args=[review.pk, row.service.pk, row.indicator.pk])


def _passed_over(row: queries.Mine) -> list[str]:
    panel = row.panel
    return [member.user.name for member in panel.opened_without.select_related("user")] if panel and panel.opened_by_id else []


def _words(row: queries.Mine, spreads: dict[int, str]) -> str:
    panel = row.panel
    if panel and panel.agreed_at:
        return f"Agreed: {AGREED_WORDS[panel.is_met].lower()}"
    return f"Open: {spreads[panel.pk]}. Not agreed yet" if panel and panel.opened_at else row.sealed_words
