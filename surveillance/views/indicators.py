"""Indicator sets: which there are, what each asks, where it comes from, and which indicators are past their review-by date."""

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.forms.indicators import IndicatorSetFilterForm
from surveillance.models import Indicator, IndicatorSet, Round
from surveillance.queries import indicator_files as files
from surveillance.queries import indicator_sets as queries

PAGE_SIZE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@access(Permission.INDICATOR_SET_VIEW, methods="GET")
def indicator_set_list(request: SignedInRequest) -> HttpResponse:
    """Every version of every set in sight, the newest first within its code; key requirements apart."""
    may_manage = request.user.has_permission(Permission.INDICATOR_SET_MANAGE)
    form = IndicatorSetFilterForm(request.GET, sees_drafts=may_manage)
    chosen = form.chosen()
    visible = IndicatorSet.objects.for_user(request.user, Permission.INDICATOR_SET_VIEW)
    found = queries.with_counts(queries.filtered_sets(visible, **chosen)).select_related("specification__programme")
    page = Paginator(found.order_by("code", "-version"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page_obj": page, "may_manage": may_manage, "is_counted": chosen["is_counted"],
        "is_filtered": bool(chosen["status"] or chosen["programme"] or chosen["words"]),
        "review_due_count": queries.past_review().count() if may_manage else 0,
    }  # fmt: skip
    return render(request, "surveillance/indicator_set_list.html", context)


def visible_set(request: SignedInRequest, pk: int) -> IndicatorSet:
    """The set behind the address, when this person sees it; else 404."""
    visible = IndicatorSet.objects.for_user(request.user, Permission.INDICATOR_SET_VIEW)
    return get_object_or_404(visible.for_display(), pk=pk)


@access(Permission.INDICATOR_SET_VIEW, methods="GET", kind="indicator_set")
def indicator_set_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One version with its indicators by section; a draft with what its writers can do to it."""
    visible = IndicatorSet.objects.for_user(request.user, Permission.INDICATOR_SET_VIEW)
    indicator_set = get_object_or_404(queries.with_counts(visible).select_related("specification__programme"), pk=pk)
    indicators = list(indicator_set.indicators.order_by("position", "pk"))
    sections = queries.sections_of(indicators)
    may_manage = request.user.has_permission(Permission.INDICATOR_SET_MANAGE)
    is_draft = indicator_set.status == IndicatorSet.Status.DRAFT
    earlier = queries.earlier_version(indicator_set) if is_draft else None
    context = {
        "indicator_set": indicator_set, "sections": sections, "may_manage": may_manage, "may_write": may_manage and is_draft,
        "may_make_new": may_manage and indicator_set.status == IndicatorSet.Status.PUBLISHED and indicator_set.is_counted,
        "earlier": earlier,
        "suspended_before": list(earlier.indicators.exclude(suspended_from=None).order_by("position")) if earlier else [],
        "moved": _moved_sentence(request.GET.get("moved", ""), sections) if may_manage and is_draft else "",
        "key_count": sum(section.key_count for section in sections),
        "review_due_count": sum(section.review_due_count for section in sections),
    }  # fmt: skip
    return render(request, "surveillance/indicator_set_detail.html", context)


def _moved_sentence(moved: str, sections: list[queries.Section]) -> str:
    """Where the indicator (by id) or the section (by title) that was just moved stands now; empty for anything else."""
    for number, section in enumerate(sections, start=1):
        if moved == f"section:{section.title}":
            return f"{section.title} is now section {number} of {len(sections)}"
        for place, indicator in enumerate(section.indicators, start=1):
            if moved == str(indicator.pk):
                return f"{indicator.number} is now {place} of {len(section.indicators)} in {section.title}"
    return ""


@access(Permission.INDICATOR_SET_MANAGE, methods="GET")
def indicator_review_due(request: SignedInRequest) -> HttpResponse:
    """Indicators of published sets that are past their review-by date, the longest overdue first."""
    newest = Round.objects.order_by("-year").first()
    year = newest.year if newest else timezone.localdate().year
    found = queries.with_use(queries.past_review(), year=year)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "surveillance/indicator_review_due.html", {"page_obj": page, "year": str(year)})


@access(Permission.INDICATOR_SET_VIEW, methods="GET", kind="indicator_set")
def indicator_set_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    """The indicators of a set as CSV, in the columns that an import reads."""
    indicator_set = visible_set(request, pk)
    return _csv(indicator_set.indicators.order_by("position", "pk"), _file_name(indicator_set, "csv"))


@access(Permission.INDICATOR_SET_VIEW, methods="GET", kind="indicator_set")
def indicator_set_xlsx(request: SignedInRequest, pk: int) -> HttpResponse:
    """The indicators of a set as a workbook that can be changed and imported into a draft."""
    indicator_set = visible_set(request, pk)
    return _xlsx(indicator_set.indicators.order_by("position", "pk"), str(indicator_set), _file_name(indicator_set, "xlsx"))


@access(Permission.INDICATOR_SET_MANAGE, methods="GET")
def indicator_template_csv(request: SignedInRequest) -> HttpResponse:
    """The columns of an import, without rows."""
    return _csv([], "indicators-template.csv")


@access(Permission.INDICATOR_SET_MANAGE, methods="GET")
def indicator_template_xlsx(request: SignedInRequest) -> HttpResponse:
    """A workbook to fill in, with lists to choose from and guidance."""
    return _xlsx([], "Indicators", "indicators-template.xlsx")


def _file_name(indicator_set: IndicatorSet, kind: str) -> str:
    code = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in indicator_set.code)
    return f"indicators-{code}-version-{indicator_set.version}.{kind}"


def _csv(indicators: Iterable[Indicator], name: str) -> HttpResponse:
    return _attachment(files.indicators_csv(indicators), "text/csv; charset=utf-8", name)


def _xlsx(indicators: Iterable[Indicator], title: str, name: str) -> HttpResponse:
    return _attachment(files.indicators_xlsx(indicators, title=title), XLSX, name)


def _attachment(content: bytes, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
