"""The services and the answers behind a round's figures."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.forms.collation import RoundIndicatorForm, RoundListForm
from surveillance.models import Declaration, Indicator, Round, SelfReport, Stage
from surveillance.queries import collation as queries
from surveillance.queries.round_answers import STILL
from surveillance.queries.self_reports import value_words, words_of
from surveillance.services import collation as services
from surveillance.views.collation import places_of, visible_answers, visible_reports

PAGE_SIZE = 50
LOWEST_FIRST = ("below_100", "below_level", "below_visit", "key_not_met")
RESULT = {"not_met": Q(result=False), "met": Q(result=True), "not_applicable": Q(result=None)}
RESULT_VALUE = {"not_met": False, "met": True, "not_applicable": None}


# The services behind a figure -----------------------------------------------------------------------------------------
@access(Permission.ROUND_VIEW, methods="GET", kind="round")
def round_self_reports(request: SignedInRequest, year: int) -> HttpResponse:
    """The self-reports behind a figure of the round, by the same filters; the greatest falls or lowest scores first."""
    opened = get_object_or_404(Round, year=year)
    form = RoundListForm(request.GET, places=places_of(request.user, opened))
    chosen = form.chosen()
    reports = queries.narrowed(queries.at_stage(visible_reports(request.user, opened), opened, chosen["stage"]), chosen)
    ordered = in_order(reports, chosen.get("look", ""))
    # Their ids once, and not also a count of them; what a page shows is read for its rows alone, so 4,000 are as quick as 400.
    page = Paginator(list(ordered.values_list("pk", flat=True)), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(ordered.filter(pk__in=list(page)).for_display())
    look = queries.LOOKS.get(chosen.get("look", ""))
    context = {
        "opened": opened, "form": form, "page_obj": page, "rows": rows, "stage": Stage(chosen["stage"]).label,
        "title": look.label if look else "Self-reports",
    }  # fmt: skip
    return render(request, "surveillance/round_self_reports.html", context)


def in_order(reports: QuerySet[Any], look: str) -> QuerySet[Any]:
    """With the score's figures as columns: falls by their size, lists of low scores from the lowest, others by name."""
    names = ("met_count", "applicable_count", "percent", "percent_before", "is_threshold_met", "key_not_met_count")
    reports = reports.annotate(
        **{f"score_{name}": F(f"scored__{name}") for name in names}, change=F("scored__percent") - F("scored__percent_before")
    )
    by_name = ("service__name", "pk")
    first = {"down": "change", "lower": "change", "higher": "-change"} | dict.fromkeys(LOWEST_FIRST, "score_percent")
    return reports.order_by(first[look], *by_name) if look in first else reports.order_by(*by_name)


# The answers behind an indicator --------------------------------------------------------------------------------------
@access(Permission.ROUND_VIEW, methods="GET", kind="round")
def round_indicator(request: SignedInRequest, year: int, indicator_pk: int) -> HttpResponse:
    """What each service in scope declared on one indicator, or what it is held to be at a later stage; not met first."""
    opened = get_object_or_404(Round, year=year)
    asked = SelfReport.objects.filter(round=opened, indicator_set=OuterRef("indicator_set"))
    indicator = get_object_or_404(Indicator.objects.filter(Exists(asked)).select_related("indicator_set"), pk=indicator_pk)
    form = RoundIndicatorForm(request.GET, places=places_of(request.user, opened))
    chosen = form.chosen()
    found = visible_answers(request.user, chosen)
    answers, moving = services.answers_to(indicator.pk, found, opened, chosen["stage"])
    page = Paginator(with_result(answers, moving, chosen.get("result")), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "opened": opened, "indicator": indicator, "form": form, "page_obj": page, "rows": answer_rows(page, moving),
        "counts": result_counts(answers, moving), "stage": Stage(chosen["stage"]).label
    }  # fmt: skip
    return render(request, "surveillance/round_indicator.html", context)


def with_result(answers: QuerySet[Any], moving: Mapping[int, bool | None], result: str | None) -> QuerySet[Any]:
    """Answers of one result; of those that are being edited, by what was declared."""
    if result:
        declared = [pk for pk, met in moving.items() if met is RESULT_VALUE[result]]
        answers = answers.filter((RESULT[result] & ~Q(pk__in=list(moving))) | Q(pk__in=declared))
    related = ("indicator", "self_report__service__provider", "self_report__service__network")
    return answers.select_related(*related).order_by(F("result").asc(nulls_last=True), "self_report__service__name", "pk")


def result_counts(answers: QuerySet[Any], moving: Mapping[int, bool | None]) -> dict[str, int]:
    """Services by result: ``met``, ``applicable``, ``not_applicable``."""
    found = dict.fromkeys((True, False, None), 0)
    still = answers.exclude(pk__in=list(moving)).values_list("result").annotate(count=Count("pk"))
    for result, count in [*still, *((met, 1) for met in moving.values())]:
        found[result] += count
    return {"met": found[True], "applicable": found[True] + found[False], "not_applicable": found[None]}


def answer_rows(page: Page[Any], moving: Mapping[int, bool | None]) -> list[dict[str, Any]]:
    """The rows of a page: the answer as it was declared in words, and how it counts."""
    answers = list(page)
    declared = declared_facts([answer.self_report_id for answer in answers if answer.self_report.status not in STILL])
    rows = []
    for answer in answers:
        facts, result = declared.get(answer.pk), moving.get(answer.pk, answer.result)
        if facts:
            words = words_of(facts["answer_kind"], **{name: facts[name] for name in ("value", "numerator", "denominator")})
        else:
            words, facts = value_words(answer), {"reason": answer.reason, "comment": answer.comment}
        rows.append({"report": answer.self_report, "words": words, "result": result} | {n: facts[n] for n in ("reason", "comment")})
    return rows


def declared_facts(report_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Answer to what the newest declaration says of it."""
    newest = Declaration.objects.filter(self_report=OuterRef("self_report")).order_by("-declared_at", "-pk")
    contents = Declaration.objects.filter(self_report__in=list(report_ids), pk=Subquery(newest.values("pk")[:1]))
    return {answer["id"]: answer for content in contents.values_list("content", flat=True) for answer in json.loads(content)["answers"]}
