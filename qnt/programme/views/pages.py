"""The pages of figures: the eight domains, fidelity, lead times, burden, the logic model, learning, the spread of judgements."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from peerreview.models import Review
from qnt.programme import charts
from qnt.programme.counting.reviews import checklist, for_checking
from qnt.programme.definitions import Group, definitions_in
from qnt.programme.fidelity import State
from qnt.programme.left_out import left_out_words
from qnt.programme.measures import DEFINITIONS
from qnt.programme.models import ContextNote
from qnt.programme.queries import comparisons, domain_rows, learning_lines, lines_of, spread_rows
from qnt.programme.reviews import fidelity_counts
from qnt.programme.tables import (
    BURDEN_BY,
    CODES,
    HALVES,
    SIDES,
    burden_rows,
    kind_lines,
    model_columns,
    survey_lines,
)
from qnt.programme.views.common import file_addresses, programme_context

MOST_LIKE = 20  # like things on a page of the spread; the files have all


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_domains(request: SignedInRequest) -> HttpResponse:
    """One row a domain, then each domain with its measures; what is empty says what would fill it."""
    choice, context = programme_context(request, "programme_domains")
    rows = domain_rows(choice)
    empty = [row for row in rows if not row.filled_count]
    headers = f"Domain|What we count|{choice.year}|{choice.year - 1}|In a sentence"
    return render(request, "programme/domains.html", context | {"rows": rows, "empty": empty, "headers": headers})


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_fidelity(request: SignedInRequest) -> HttpResponse:
    """Whether reviews went as their procedures say, and how hubs spread; reviews for learning apart."""
    choice, context = programme_context(request, "programme_fidelity")
    found = comparisons(choice, CODES[Group.FIDELITY])
    return render(
        request, "programme/fidelity.html",
        context | {
            "lines": lines_of(choice, Group.FIDELITY), "comparisons": charts.worth_showing(found, choice), "compared_count": len(found),
            "grid": charts.hub_grid(found, choice),
            "chart": charts.fidelity_chart(found, choice), "is_boxed": charts.is_boxed(found), **_learning(choice.year, Group.FIDELITY),
        },
    )  # fmt: skip


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_reviews(request: SignedInRequest) -> HttpResponse:
    """The reviews of a year with how many points of the checklist each met."""
    choice, context = programme_context(request, "programme_fidelity", files_of="reviews")
    page = Paginator(fidelity_counts(choice), 50).get_page(request.GET.get("page"))
    return render(request, "programme/reviews.html", context | {"page_obj": page})


@access(Permission.PROGRAMME_VIEW, methods="GET", kind="review")
def programme_checklist(request: SignedInRequest, pk: int) -> HttpResponse:
    """The checklist of one review, worked out from its record as it stands now."""
    visible = for_checking(Review.objects.filter(pk__in=Review.objects.for_user(request.user, Permission.PROGRAMME_VIEW).values("pk")))
    review = get_object_or_404(visible.filter(visited_at__isnull=False, starts_date__isnull=False), pk=pk)
    titles = definitions_in(review.starts_date.year, DEFINITIONS)
    checks = [(titles[check.code], check) for check in checklist(review) if check.code in titles]
    decided = [check for _, check in checks if check.state in (State.YES, State.NO)]
    met = sum(check.state is State.YES for check in decided)
    context = {"review": review, "checks": checks, "met": met, "decided": len(decided)}
    context["files"], context["year"] = file_addresses("reviews", f"?year={review.starts_date.year}"), review.starts_date.year
    return render(request, "programme/checklist.html", context)


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_lead_times(request: SignedInRequest) -> HttpResponse:
    """How long it takes, by kind, against the procedure, with how reviews and hubs spread."""
    choice, context = programme_context(request, "programme_lead_times")
    lines = kind_lines(choice)
    found = comparisons(choice, CODES[Group.LEAD_TIMES], by="kind")
    return render(
        request, "programme/lead_times.html",
        context | {
            "lines": lines, "headers": f"Lead time|{choice.year}|{choice.year - 1}|The procedure’s days|Kept to them",
            "charts": charts.lead_time_charts(lines), "comparisons": charts.worth_showing(found, choice), "compared_count": len(found),
            "grid": charts.hub_grid(found, choice), **_learning(choice.year, Group.LEAD_TIMES),
        },
    )  # fmt: skip


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_burden(request: SignedInRequest) -> HttpResponse:
    """What the round of the year asked of services, by specification or by indicator set."""
    choice, context = programme_context(request, "programme_burden")
    by = request.GET.get("by")
    by = by if by in BURDEN_BY else "specification"
    page = Paginator(burden_rows(choice, by), 50).get_page(request.GET.get("page"))
    ways = [(label, f"?by={code}{context['rows_query']}", code == by) for code, (_, label) in BURDEN_BY.items()]
    titled = [one for one in definitions_in(choice.year, DEFINITIONS).values() if one.group is Group.BURDEN]
    headers = "|".join([BURDEN_BY[by][1], "Services:numeric", *(one.title for one in titled)])
    return render(
        request, "programme/burden.html",
        context | {"lines": lines_of(choice, Group.BURDEN), "not_counted": choice.not_counted(titled[0].code), "page_obj": page,
                   "ways": ways, "by_label": BURDEN_BY[by][1], "by_plural": f"{BURDEN_BY[by][1].lower()}s", "headers": headers},
    )  # fmt: skip


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_logic_model(request: SignedInRequest) -> HttpResponse:
    """The survey by principle and level, both sides beside each other; the model's three columns; what else went on."""
    choice, context = programme_context(request, "programme_logic_model")
    tracks = [
        (heading, survey_lines(choice, is_learning=is_learning), left_out_words(choice, is_learning=is_learning))
        for heading, is_learning in (("Compliance reviews", False), ("Reviews for learning", True))
    ]
    columns = [(half, side, f"{SIDES[side]}, {HALVES[half]}") for half in HALVES for side in SIDES]
    notes = ContextNote.objects.for_user(request.user, Permission.PROGRAMME_VIEW).filter(year=choice.year, removed_at=None)
    own = set(ContextNote.objects.written_by(request.user).filter(year=choice.year).values_list("pk", flat=True))
    shown = [(note, note.pk in own) for note in notes.select_related("region", "written_by")]
    domains = [(label, [pair for pair in shown if pair[0].domain == code]) for code, label in ContextNote.Domain.choices]
    return render(
        request, "programme/logic_model.html",
        context | {
            "tracks": [
                (heading, _survey_table(lines, columns), charts.survey_chart(lines, heading), words) for heading, lines, words in tracks
            ],
            "headers": "|".join(["Asked about", *(label for *_, label in columns)]), "model": model_columns(choice), "domains": domains,
        },
    )  # fmt: skip


def _survey_table(lines: list[Any], columns: list[tuple[int, str, str]]) -> list[tuple[str, list[Any]]]:
    """Rows with a cell a column; empty where nothing at all may be shown."""
    rows = [(line.definition.title.removeprefix("Survey: "), [line.figures[half, side] for half, side, _ in columns]) for line in lines]
    return rows if any(figure.n for _, figures in rows for figure in figures) else []


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_learning(request: SignedInRequest) -> HttpResponse:
    """Cards, what others do with them, exchanges, pledges and themes; the learning of reviews for learning apart."""
    choice, context = programme_context(request, "programme_learning")
    extra = {"lines": lines_of(choice, Group.LEARNING), "themes": lines_of(choice, Group.THEMES)}
    return render(request, "programme/learning.html", context | extra | _learning(choice.year, Group.LEARNING))


def _learning(year: int, group: Group) -> dict[str, Any]:
    """Reviews for learning: their figures (None before the year is published), and whether any of them was counted."""
    lines = learning_lines(year, group)
    return {"learning": lines, "has_learning": any(figure.n for _, figure in lines or [])}


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_spread(request: SignedInRequest) -> HttpResponse:
    """How alike services with like scores, and like findings, are judged."""
    choice, context = programme_context(request, "programme_spread")
    codes = CODES[Group.SPREAD]
    tables = [(charts.spread_table(spread_rows(choice, code), code, most=MOST_LIKE), choice.not_counted(code)) for code in codes]
    return render(request, "programme/spread.html", context | {"tables": tables, "most": MOST_LIKE})
