"""What anyone may find: published reports by words and facets."""

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractYear

from reports.models import Publication
from surveillance.models import Service

FACETS = {
    "programme": "report__review__services__specification__programme__code",
    "region": "report__review__region__code",
    "year": "report__review__starts_date__year",
}


def published() -> QuerySet[Publication]:
    """Everything that anyone may read now, newest first, with what a row of the library shows."""
    rows = Publication.objects.public().select_related("report__review__region", "version")
    return rows.prefetch_related("report__review__services__provider", "report__review__services__network").order_by("-public_from", "-pk")


def found(words: str, chosen: dict[str, list[str]]) -> QuerySet[Publication]:
    """Published reports that hold all of ``words`` and fit the facets. Only public words are searched."""
    rows = published()
    for word in words.split()[:10]:
        rows = rows.filter(Q(summary__icontains=word) | Q(report__title__icontains=word))
    for name, path in FACETS.items():
        if chosen.get(name):
            rows = rows.filter(**{f"{path}__in": chosen[name]})
    if chosen.get("provider"):
        services = Service.objects.filter(Q(provider__code__in=chosen["provider"]) | Q(network__code__in=chosen["provider"]))
        rows = rows.filter(report__review__services__in=services)
    return rows.distinct()


def facets() -> dict[str, list[tuple[str, str]]]:
    """The choices of each facet, with how many published reports stand behind each."""
    public = Publication.objects.public()
    services = "report__review__services"
    return {
        "programme": _counted(public, f"{services}__specification__programme__code", f"{services}__specification__programme__name"),
        "region": _counted(public, "report__review__region__code", "report__review__region__name"),
        "provider": sorted(
            _counted(
                public.filter(**{f"{services}__provider__isnull": False}), f"{services}__provider__code", f"{services}__provider__name"
            )
            + _counted(
                public.filter(**{f"{services}__network__isnull": False}), f"{services}__network__code", f"{services}__network__name"
            ),
            key=lambda choice: choice[1],
        ),
        "year": _years(public),
    }


def _counted(rows: QuerySet[Publication], code: str, name: str) -> list[tuple[str, str]]:
    found_rows = rows.order_by().values(code, name).annotate(count=Count("pk", distinct=True)).order_by(name)
    return [(row[code], f"{row[name]} ({row['count']})") for row in found_rows]


def _years(rows: QuerySet[Publication]) -> list[tuple[str, str]]:
    years = rows.filter(report__review__starts_date__isnull=False).order_by().annotate(year=ExtractYear("report__review__starts_date"))
    counted = years.values("year").annotate(count=Count("pk", distinct=True)).order_by("-year")
    return [(str(row["year"]), f"{row['year']} ({row['count']})") for row in counted]
