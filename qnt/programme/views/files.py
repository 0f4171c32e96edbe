"""What people take away: definitions, the rows behind a figure, figures as CSV and Excel."""

import json
import tempfile
from pathlib import Path

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from qnt.programme.choice import Choice, choice_of
from qnt.programme.definitions import HOW, Definition, Group, Kind, as_record, definitions_in
from qnt.programme.exporting import ABOUT_ROWS, FACT_COLUMNS, fact_rows, figure_rows, meanings_of, sheets_of
from qnt.programme.measures import DEFINITIONS
from qnt.programme.models import FactQuerySet, ProgrammeFact
from qnt.programme.queries import chosen_figure, state_of, sums_by
from qnt.programme.row_words import detail_words, when_words
from qnt.programme.rows import COLUMNS
from qnt.programme.tables import TABLES
from qnt.programme.views.common import programme_context
from rendering.csv import Cell
from rendering.sheets import Definition as Meaning
from rendering.sheets import Sheet, save_workbook
from surveillance.views.exports import streamed

UNITS = {one.code: one.unit for one in DEFINITIONS}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What one row is -> the page on which its object stands, for those who may open it.
OBJECT_PAGES = {
    "review": "programme_checklist", "action": "surveillance:action_detail", "self-report": "surveillance:self_report_detail",
    "decision": "surveillance:decision_detail", "finding": "peerreview:finding_detail", "card": "reports:learning_card_detail",
    "theme": "reports:theme_detail", "pack": "reports:pack_detail",
}  # fmt: skip


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_definitions(request: SignedInRequest) -> HttpResponse:
    """Every measure as it is counted in a year; of a published year as it was, every earlier version beneath."""
    choice, context = programme_context(request, "programme_definitions")
    listed = definitions_in(choice.year, DEFINITIONS).values()
    groups = [(group.value, [one for one in listed if one.group is group]) for group in Group]
    frozen = json.loads(context["state"].definitions)["definitions"] if context["state"] and context["state"].is_published else []
    current = {(one.code, one.version) for one in listed}
    others = [one for one in DEFINITIONS if (one.code, one.version) not in current]
    extra = {"groups": groups, "frozen": {row["code"]: row for row in frozen}, "others": others}
    return render(request, "programme/definitions.html", context | extra)


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_definitions_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """The definitions of a year as CSV; of a published year as they were published."""
    year, columns, rows = _definition_rows(request)
    return streamed(f"programme-definitions-{year}.csv", columns, rows)


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_definitions_xlsx(request: SignedInRequest) -> FileResponse:
    """The same definitions as a workbook."""
    year, columns, rows = _definition_rows(request)
    sheet = Sheet("Definitions", columns, rows)
    how = [Meaning(kind.value, words) for kind, words in HOW.items()]
    return _workbook(f"programme-definitions-{year}.xlsx", [sheet], f"Programme evaluation: definitions, {year}", how)


def _definition_rows(request: SignedInRequest) -> tuple[int, list[str], list[list[Cell]]]:
    """The year, the columns, and a line for each definition."""
    choice = choice_of(request.user, request.GET)
    state = state_of(choice.year)
    records = [as_record(one) for one in definitions_in(choice.year, DEFINITIONS).values()]
    if state and state.is_published:
        records = json.loads(state.definitions)["definitions"]
    columns = list(records[0]) if records else []
    rows: list[list[Cell]] = [[str(record[column]) for column in columns] for record in records]
    return choice.year, columns, rows


def _asked_measure(request: SignedInRequest, choice: Choice) -> Definition:
    """The measure that the address names, as it is counted in the year; an unknown one is a missing page."""
    definition = definitions_in(choice.year, DEFINITIONS).get(request.GET.get("measure", ""))
    if definition is None:
        raise Http404
    return definition


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_rows(request: SignedInRequest) -> HttpResponse:
    """The rows behind one figure that this person may read, each with its object."""
    choice, context = programme_context(request, "")
    definition = _asked_measure(request, choice)
    facts = choice.facts.filter(year=choice.year, measure=definition.code)
    rows = facts.select_related("region", "procedure", "review", "service__provider", "service__network").order_by("-day", "-pk")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    lines = [(fact, _address(definition, fact), detail_words(definition, fact), when_words(definition, fact)) for fact in page]
    figure = chosen_figure(choice, definition, sums_by(facts, [definition.code]).get((definition.code,)))
    extra = {
        "definition": definition, "not_counted": choice.not_counted(definition.code), "page_obj": page, "lines": lines, "figure": figure,
        "is_share": definition.kind is Kind.SHARE,
        "is_weighed": definition.kind is Kind.MEAN, "measure_query": f"?measure={definition.code}{context['rows_query']}",
    }  # fmt: skip
    return render(request, "programme/rows.html", context | extra)


def _address(definition: Definition, fact: ProgrammeFact) -> str:
    name = OBJECT_PAGES.get(definition.unit)
    return reverse(name, args=[fact.unit_id]) if name else ""


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_rows_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """Rows behind figures as CSV: of one measure, or without one of all measures of the year and the year before."""
    facts, name, _ = _asked_rows(request)
    return streamed(f"programme-{name}.csv", FACT_COLUMNS, fact_rows(facts, UNITS))


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_rows_xlsx(request: SignedInRequest) -> FileResponse:
    """The same rows as a workbook, with the definitions of what they count at its end."""
    facts, name, definitions = _asked_rows(request)
    sheet = Sheet("Rows", FACT_COLUMNS, fact_rows(facts, UNITS))
    return _workbook(f"programme-{name}.xlsx", [sheet], "Programme evaluation: rows", [*meanings_of(definitions), *ABOUT_ROWS])


def _asked_rows(request: SignedInRequest) -> tuple[FactQuerySet, str, list[Definition]]:
    """Rows of one measure, or without one of all measures of both years; what the file is called; the definitions."""
    choice = choice_of(request.user, request.GET)
    if "measure" in request.GET:
        definition = _asked_measure(request, choice)
        facts = choice.facts.filter(year=choice.year, measure=definition.code)
        return facts, f"{definition.code.lower()}-{choice.year}", [definition]
    facts = choice.facts.filter(year__in=[choice.year, choice.year - 1])
    return facts, f"rows-{choice.year}", list(definitions_in(choice.year, DEFINITIONS).values())


def _asked_page(request: SignedInRequest) -> str:
    """The page whose figures the address asks for; an unknown one is a missing page."""
    page = request.GET.get("page", "")
    if page not in TABLES:
        raise Http404
    return page


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_figures_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """The tables of a page as one CSV file, with code and version of the definition in each line."""
    page, choice = _asked_page(request), choice_of(request.user, request.GET)
    return streamed(f"programme-{page}-{choice.year}.csv", COLUMNS, figure_rows(page, choice))


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_figures_xlsx(request: SignedInRequest) -> FileResponse:
    """The tables of a page as a workbook, a sheet each, with the definitions at its end."""
    page, choice = _asked_page(request), choice_of(request.user, request.GET)
    label, table = TABLES[page]
    rows = list(table(choice))
    used = {(row.definition.code, row.definition.version): row.definition for row in rows}
    sheets = sheets_of(rows) or [Sheet(label, COLUMNS[1:], [])]
    title = f"Programme evaluation: {label.lower()}, {choice.where}, {choice.year}"
    return _workbook(f"programme-{page}-{choice.year}.xlsx", sheets, title, meanings_of(used.values()))


def _workbook(name: str, sheets: list[Sheet], title: str, meanings: list[Meaning]) -> FileResponse:
    """A finished workbook as a download."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "figures.xlsx")
        save_workbook(path, sheets, title=title, definitions=meanings)
        file = path.open("rb")  # stays readable when its folder is gone
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
