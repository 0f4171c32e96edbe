"""Services failing indicators: the worklist of the compliance arm, and the same as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.models import Organisation
from accounts.permissions import Permission
from surveillance.forms.failing import PATHS, FailingFilterForm
from surveillance.models import Round, SelfReport, ServiceSpecification
from surveillance.queries.failing import FailingRow, FailingService, failing_rows, failing_services
from surveillance.views.exports import streamed

PAGE_SIZE, BATCH = 20, 200  # services, each with a table of its own
COLUMNS = (
    "service_id", "ods_code", "provider", "service", "specification", "programme", "region", "year", "stage", "number", "title", "kind",
    "answer", "target", "years_running", "decision", "actions", "next_due",
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What the address asks for, and the services that answer it."""

    form: FailingFilterForm
    year: int | None
    services: list[FailingService]


def _choice(request: SignedInRequest) -> Choice:
    """The filters of the address; what is not valid filters nothing."""
    visible = SelfReport.objects.for_user(request.user, Permission.DECISION_PROPOSE)
    rounds = list(Round.objects.filter(opened_at__isnull=False).order_by("-year"))
    asked = ServiceSpecification.objects.filter(pk__in=visible.order_by().values("service__specification"))
    regions = Organisation.objects.filter(kind=Organisation.Kind.REGION).order_by("name") if request.user.is_national else None
    form = FailingFilterForm(
        request.GET, years=[one.year for one in rounds], specifications=list(asked.select_related("programme")), regions=regions
    )
    form.is_valid()
    chosen = form.cleaned_data
    year = int(chosen["year"]) if chosen.get("year") else next((one.year for one in rounds if one.opens_date <= timezone.localdate()), None)
    reports = visible.filter(round__year=year, **{path: chosen[name] for name, path in PATHS.items() if chosen.get(name)})
    return Choice(form, year, failing_services(reports, only_without_action="without_action" in chosen.get("show", [])))


@access(Permission.DECISION_PROPOSE, methods="GET")
def failing_list(request: SignedInRequest) -> HttpResponse:
    """Services with a KPI or key indicator not met, those that no action answers first."""
    choice = _choice(request)
    page = Paginator(choice.services, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": choice.form, "year": choice.year, "page_obj": page, "rows": failing_rows(list(page.object_list)),
        "without_count": sum(one.unanswered > 0 for one in choice.services), "is_filtered": bool(request.GET),
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "surveillance/failing_list.html", context)


@access(Permission.DECISION_PROPOSE, methods="GET")
def failing_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """A line for each indicator not met, by the same filters."""
    choice = _choice(request)
    return streamed(f"failing-{choice.year or 'none'}.csv", COLUMNS, _lines(choice.services))


def _lines(services: list[FailingService]) -> Iterator[list[Any]]:
    for start in range(0, len(services), BATCH):
        for row in failing_rows(services[start : start + BATCH]):
            yield from _lines_of(row)


def _lines_of(row: FailingRow) -> Iterator[list[Any]]:
    service = row.report.service
    facts = [
        service.pk, service.holder.code, service.holder.name, service.name, service.specification.number,
        service.specification.programme.code, service.region.code, row.report.round.year, row.stage_words,
    ]  # fmt: skip
    decision = f"{row.decision.options_words} ({row.decision.get_status_display()})" if row.decision else "No decision"
    for one in row.indicators:
        due = min((action.due_date for action in one.actions if action.verified_at is None), default=None)
        asked = [one.indicator.number, one.indicator.title, one.kind, one.words, one.target_words, one.years]
        yield [*facts, *asked, decision, len(one.actions), due]
