"""The rules that propose decisions: reading a version, drafting the next, seeing whom it moves, publishing; the random sample."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import counted
from surveillance.forms.rules import OPTION_CHOICES, WORDS, PublishRulesForm, RulesForm, RuleWords
from surveillance.models import DecisionRules, DrawnService, InvalidTransition, Round, SurveillanceDecision
from surveillance.queries.rules import as_rules
from surveillance.queries.rules_preview import Preview, preview
from surveillance.rules import Option, Rules
from surveillance.services import rules as services
from surveillance.services.clash import SomeoneElseChanged
from surveillance.views.answers import posted

PAGE_SIZE = 50
LABELS = dict(OPTION_CHOICES)


def rule_rows(rules: Rules) -> list[dict[str, Any]]:
    """The rules of a version as a table shows them: number, when it fits, what it proposes."""
    rows = []
    for rule, words in WORDS.items():
        number = rules.number(rule)
        when = words.when
        if words.number:
            when = f"{when}: {_number_words(number, words)}"
        rows.append({"number": rule.value, "when": when, "options": options_words(rules.options(rule))})
    return rows


def _number_words(number: Decimal | None, words: RuleWords) -> str:
    if number is None:
        return "the level of each set"
    if words.unit == "%":
        return f"{number.normalize():f}%"
    return f"{number.normalize():f} {words.unit.removesuffix('s') if number == 1 else words.unit}{words.after}"


def options_words(options: frozenset[Option]) -> str:
    """Options as people read them, or that nothing is proposed."""
    chosen = "; ".join(LABELS[option.name].lower() for option in Option if option in options) or "nothing"
    return f"{chosen[:1].upper()}{chosen[1:]}"


@access(Permission.DECISION_VIEW, methods="GET")
def rules_detail(request: SignedInRequest) -> HttpResponse:
    """The rules in use, in words, and the versions before."""
    return _show(request, get_object_or_404(DecisionRules, status=DecisionRules.Status.PUBLISHED))


@access(Permission.DECISION_VIEW, methods="GET")
def rules_version(request: SignedInRequest, number: int) -> HttpResponse:
    """One published version; proposals that it made name it. Drafts are not shown here."""
    return _show(request, get_object_or_404(DecisionRules.objects.exclude(status=DecisionRules.Status.DRAFT), version=number))


def _show(request: SignedInRequest, row: DecisionRules) -> HttpResponse:
    may_manage = request.user.has_permission(Permission.DECISION_RULES_MANAGE)
    versions = DecisionRules.objects.exclude(status=DecisionRules.Status.DRAFT).select_related("published_by")
    context = {
        "shown": row, "rows": rule_rows(as_rules(row)), "versions": versions, "may_manage": may_manage,
        "draft": DecisionRules.objects.filter(status=DecisionRules.Status.DRAFT).first() if may_manage else None,
    }  # fmt: skip
    return render(request, "surveillance/rules_detail.html", context)


@access(Permission.DECISION_RULES_MANAGE)
def rules_edit(request: SignedInRequest) -> HttpResponse:
    """The draft of the next version: GET shows it, POST saves it; ``begin`` makes one."""
    if request.method == "POST" and "begin" in request.POST:
        services.draft_rules(by=request.user)
        return redirect("surveillance:rules_edit")
    draft = DecisionRules.objects.filter(status=DecisionRules.Status.DRAFT).first()
    if draft is None:
        return redirect("surveillance:rules_detail")
    form, clash = RulesForm(posted(request), draft=draft), None
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            services.save_rules(
                levels=form.levels, sample_percent=facts["sample_percent"], note=facts["note"], revision=facts["revision"], by=request.user
            )
        except SomeoneElseChanged:
            clash = draft = DecisionRules.objects.get(pk=draft.pk)
            form.data = sent = request.POST.copy()
            sent["revision"] = str(draft.revision)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Draft of the rules saved")
            return redirect("surveillance:rules_preview")
    context = {"form": form, "draft": draft, "clash_rows": rule_rows(as_rules(draft)) if clash else None, "page_has_errors": bool(clash)}
    return render(request, "surveillance/rules_edit.html", context)


@access(Permission.DECISION_RULES_MANAGE)
def rules_preview(request: SignedInRequest) -> HttpResponse:
    """Which services of the last closed round, or of another that is asked for, the draft would move; POST publishes it."""
    draft = DecisionRules.objects.filter(status=DecisionRules.Status.DRAFT).first()
    if draft is None:
        return redirect("surveillance:rules_detail")
    form = PublishRulesForm(posted(request), version=draft.version, initial={"revision": draft.revision})
    if request.method == "POST" and form.is_valid():
        try:
            published = services.publish_rules(revision=form.cleaned_data["revision"], by=request.user)
        except SomeoneElseChanged:
            draft.refresh_from_db()
            form.data = sent = request.POST.copy()
            sent["revision"] = str(draft.revision)
            form.add_error(
                None, "Someone else changed this draft after you opened it. What it changes now stands below: read it, then publish."
            )
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Version {published.version} of the rules published")
            return redirect("surveillance:rules_detail")
    found = preview(draft, year=request.GET.get("year", ""))
    page = Paginator(found.moves, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"draft": draft, "form": form, "found": found, "page_obj": page, "rows": _moved(page), "counts": _counts(found)}
    return render(request, "surveillance/rules_preview.html", context)


def _moved(page: Any) -> list[dict[str, Any]]:
    decisions = SurveillanceDecision.objects.for_display().in_bulk([move.decision_id for move in page])
    return [
        {
            "decision": decisions[move.decision_id],
            "before": options_words(move.before),
            "after": options_words(move.after),
            "sentence": move.sentence,
        }
        for move in page
    ]


def _counts(found: Preview) -> list[tuple[str, int, int]]:
    return [(LABELS[option.name], found.before.get(option, 0), found.after.get(option, 0)) for option in Option]


@access(Permission.DECISION_RULES_MANAGE, methods="POST")
def rules_discard(request: SignedInRequest) -> HttpResponse:
    """Throw the draft away."""
    try:
        services.discard_rules(by=request.user)
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Draft of the rules discarded")
    return redirect("surveillance:rules_detail")


@access(Permission.ROUND_VIEW, kind="round")
def round_sample(request: SignedInRequest, year: int) -> HttpResponse:
    """The round's random sample: what was drawn in this person's regions, by which seed; POST draws it (national lead)."""
    opened = get_object_or_404(Round, year=year)
    may_draw = request.user.has_permission(Permission.DECISION_RULES_MANAGE)
    error = ""
    if request.method == "POST":
        require(may_draw)
        try:
            drawn = services.draw_sample(year=year, by=request.user)
        except InvalidTransition as refused:
            error = str(refused)
        else:
            messages.success(request, f"{counted(len(drawn), 'service')} drawn")
            return redirect("surveillance:round_sample", year=year)
    visible = DrawnService.objects.filter(round=opened).for_user(request.user, Permission.ROUND_VIEW)
    page = Paginator(visible.order_by("service__region", "service__name", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "opened": opened, "page_obj": page, "first": DrawnService.objects.filter(round=opened).select_related("drawn_by").first(),
        "may_draw": may_draw, "error": error, "page_has_errors": bool(error),
        "rules": DecisionRules.objects.filter(status=DecisionRules.Status.PUBLISHED).first(),
    }  # fmt: skip
    return render(request, "surveillance/round_sample.html", context)
