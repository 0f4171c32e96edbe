"""A round put together: what came in, services to look at, indicators, each figure with a way down to the answers."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.models import User
from accounts.permissions import Permission
from rendering.charts import Chart, HeatCell, distribution_chart, heat_map
from surveillance.forms.collation import Kind, RoundFilterForm
from surveillance.models import Answer, Indicator, Round, RoundCount, Stage
from surveillance.queries import collation as queries
from surveillance.queries.scores import LEAST_SERVICES_COMPARED
from surveillance.reach import reach_of
from surveillance.round_choice import places_of, visible_reports
from surveillance.services import collation as services
from work.models import Job


def visible_answers(user: User, chosen: dict[str, Any]) -> QuerySet[Answer]:
    """Answers in this person's scope, narrowed by the filters."""
    return queries.narrowed(Answer.objects.for_user(user, Permission.ROUND_VIEW), chosen, "self_report__")


def address(query: QueryDict, **changes: object) -> str:
    """The query of an address with some parameters changed, without its page; "?" stands in front."""
    changed = query.copy()
    changed.pop("page", None)
    for name, value in changes.items():
        changed[name] = str(value)
    return f"?{changed.urlencode()}"


# The round ------------------------------------------------------------------------------------------------------------
@access(Permission.ROUND_VIEW, methods="GET", kind="round")
def round_detail(request: SignedInRequest, year: int) -> HttpResponse:
    """What came in for a round in this person's scope, and what stands out; filters and stage stand in the address."""
    opened = get_object_or_404(Round.objects.defer("count__figures").select_related("count"), year=year)
    form = RoundFilterForm(request.GET, places=places_of(request.user, opened))
    chosen = form.chosen()
    counted = queries.counted_ahead(opened, chosen) if reach_of(request.user, Permission.ROUND_VIEW).is_national else None
    came = counted.came_in(chosen) if counted else came_now(request.user, opened, chosen)
    may_manage = request.user.has_permission(Permission.ROUND_MANAGE)
    list_url = reverse("surveillance:round_self_reports", args=[year])
    context = {
        "opened": opened, "form": form, "came": came, "counts": came.total, "may_manage": may_manage, "query": address(request.GET),
        "stage": Stage(chosen["stage"]).label, "looks": look_links(came, list_url, request.GET),
        "changes": [(queries.LOOKS[name].label, came.total[name], list_url + address(request.GET, look=name)) for name in queries.CHANGES],
        "received": received_figures(came, form, list_url, request.GET), "spread": spread_of(came, list_url, request.GET),
        "least": LEAST_SERVICES_COMPARED, "is_counted_ahead": counted is not None, "waiting": came.total["due"] - came.total["declared"],
        "opening": opening_job(request, opened) if may_manage else None, "national_contact": settings.CONTACT_EMAIL,
        **indicator_tables(request.user, opened, chosen, counted),
    }  # fmt: skip
    return render(request, "surveillance/round_detail.html", context)


def came_now(user: User, opened: Round, chosen: dict[str, Any]) -> queries.Came:
    """What came in, counted now: for a hub, and where a filter is on that figures counted ahead do not know."""
    visible, is_narrow = visible_reports(user, opened), queries.needs_answers(chosen)
    return queries.came_in(queries.narrowed(queries.at_stage(visible, opened, chosen["stage"], is_narrow=is_narrow), chosen))


def look_links(came: queries.Came, list_url: str, query: QueryDict) -> list[tuple[str, int, str]]:
    """Label, count and address of each list of services to look at."""
    return [
        (look.label, came.total[name], list_url + address(query, look=name))
        for name, look in queries.LOOKS.items()
        if name not in queries.CHANGES
    ]


@dataclass(frozen=True)
class Grid:
    """A chart, and its figures as a table whose cells lead to the services behind them."""

    chart: Chart
    rows: list[tuple[str, list[tuple[str, str]]]]

    @property
    def columns(self) -> list[str]:
        """Headings; all but the first stand over numbers."""
        first, *others = self.chart.header
        return [first, *(f"{name}:numeric" for name in others)]


def received_figures(came: queries.Came, form: RoundFilterForm, list_url: str, query: QueryDict) -> Grid | None:
    """Declared of due, region by programme; for one region, programmes in rows. None when nothing is due."""
    regions, programmes = dict(form.places.of(Kind.REGION)), dict(form.places.programmes)
    shown_regions = [pk for pk in regions if any(region == pk for region, _ in came.cells)]
    shown_programmes = [pk for pk in programmes if any(programme == pk for _, programme in came.cells)][:6]
    if not shown_regions or not shown_programmes:
        return None
    is_one = len(shown_regions) == 1
    rows, columns = (programmes, regions) if is_one else (regions, programmes)
    shown_rows, shown_columns = (shown_programmes, shown_regions) if is_one else (shown_regions, shown_programmes)

    def cell(row: int, column: int) -> tuple[int, int]:
        return came.cells.get((column, row) if is_one else (row, column), (0, 0))

    chart = heat_map(
        {(rows[r], columns[c]): HeatCell(*cell(r, c)) for r in shown_rows for c in shown_columns},
        rows=[rows[r] for r in shown_rows], columns=[columns[c] for c in shown_columns], chart_id="received",
        title="Declared and due", row_heading="Programme" if is_one else "Region", verb="declared",
    )  # fmt: skip

    def link(row: int, column: int) -> str:
        names = {"programme": row} if is_one else {"region": row, "programme": column}
        return list_url + address(query, **names) if cell(row, column)[1] else ""

    links = [[link(r, c) for c in shown_columns] for r in shown_rows]
    table = [(row[0], list(zip(row[1:], urls, strict=True))) for row, urls in zip(chart.rows, links, strict=True)]
    return Grid(chart, table)


def spread_of(came: queries.Came, list_url: str, query: QueryDict) -> dict[str, Any] | None:
    """The distribution with its average; None with fewer services than are compared."""
    percents = came.percents
    count = sum(number for _, number in percents)
    if count < LEAST_SERVICES_COMPARED:
        return None
    each = [float(percent) for percent, number in percents for _ in range(number)]
    level = None if came.level is None else float(came.level)
    chart = distribution_chart(each, chart_id="spread", title="Spread of scores", level_percent=level)
    rows = [(label, shown, list_url + address(query, band=band)) for (label, shown), band in zip(chart.rows, queries.BANDS, strict=True)]
    return {"chart": chart, "average": sum(percent * number for percent, number in percents) // count, "rows": rows, "count": count}


def indicator_tables(user: User, opened: Round, chosen: dict[str, Any], counted: queries.Counted | None) -> dict[str, Any]:
    """Indicators most often not met and most challenged; counted ahead where that answers the filters, else counted now."""
    reach = reach_of(user, Permission.ROUND_VIEW)
    regions, counted_at = None if reach.is_national else reach.regions, counted_at_of(opened)
    if counted and set(chosen) == {"stage"}:
        not_met = [queries.IndicatorCount(*figures) for figures in counted.not_met]
    elif counted_at and not queries.needs_answers(chosen):
        not_met = queries.counted_most_not_met(opened, chosen["stage"], chosen, regions)
    else:
        answers = visible_answers(user, chosen)
        counted_at, not_met = None, queries.most_not_met(services.indicator_counts(answers, opened, chosen["stage"]))
    challenged = queries.most_challenged(opened, chosen, regions)
    asked = {one.indicator_id for one in not_met} | {row["indicator"] for row in challenged}
    found = Indicator.objects.select_related("indicator_set").in_bulk(asked)
    return {
        "not_met": [(found[one.indicator_id], one) for one in not_met],
        "challenged": [(found[row["indicator"]], row) for row in challenged], "counted_at": counted_at,
    }  # fmt: skip


def counted_at_of(opened: Round) -> Any:
    """When the round's figures were counted; None before the first time."""
    try:
        return opened.count.counted_at
    except RoundCount.DoesNotExist:
        return None


def opening_job(request: SignedInRequest, opened: Round) -> Job | None:
    """The job that makes the round's self-reports, while it is not over, for the person who asked for it."""
    mine = Job.objects.for_user(request.user).filter(kind="round.open", arguments__round_id=opened.pk)
    return mine.exclude(status=Job.Status.DONE).first()


@access(Permission.ROUND_VIEW, methods="POST", kind="round")
def round_count(request: SignedInRequest, year: int) -> HttpResponse:
    """Ask for the round's figures to be counted again."""
    opened = get_object_or_404(Round, year=year)
    services.ask_to_count(opened.pk, by=request.user)
    messages.success(request, "The figures are being counted. Open this page again in a minute to see them.")
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("surveillance:round_detail", args=[year]) + query)
