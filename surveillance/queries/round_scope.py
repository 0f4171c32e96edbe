"""Services and their place in a round."""

from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Subquery, Value, When

from surveillance.models import Round, RoundExclusion, RoundSet, SelfReport
from surveillance.models.services import ServiceQuerySet

IN, TAKEN_OUT, NOT_YET, NOT_ASKED = "IN", "TAKEN_OUT", "NOT_YET", "NOT_ASKED"
PLACE_WORDS = {
    IN: "In the round",
    TAKEN_OUT: "Taken out",
    NOT_YET: "Not in the round yet",
    NOT_ASKED: "Its specification is not in this round",
}


def services_with_place(services: ServiceQuerySet, opened: Round) -> ServiceQuerySet:
    """``services`` with ``place`` (a key of PLACE_WORDS) in a round, its self-report, set, and why it was taken out."""
    report = SelfReport.objects.filter(service=OuterRef("pk"), round=opened).order_by()
    exclusion = RoundExclusion.objects.filter(service=OuterRef("pk"), round=opened)
    asked = RoundSet.objects.filter(round=opened, specification=OuterRef("specification"))
    found = services.annotate(
        report_pk=Subquery(report.values("pk")[:1]),
        report_status=Subquery(report.values("status")[:1]),
        set_name=Subquery(report.values("indicator_set__name")[:1]),
        set_version=Subquery(report.values("indicator_set__version")[:1]),
        reason=Subquery(exclusion.values("reason")[:1]),
        is_asked=Exists(asked),
    )
    return found.annotate(
        place=Case(
            When(report_pk__isnull=False, then=Value(IN)),
            When(reason__isnull=False, then=Value(TAKEN_OUT)),
            When(is_asked=True, then=Value(NOT_YET)),
            default=Value(NOT_ASKED),
            output_field=CharField(),
        )
    )


def narrowed(services: ServiceQuerySet, chosen: dict[str, Any]) -> ServiceQuerySet:
    """``services`` narrowed by words and filters; what is not given filters nothing."""
    for word in str(chosen.get("q") or "").split():
        services = services.filter(
            Q(name__icontains=word) | Q(provider__name__icontains=word) | Q(network__name__icontains=word)
            | Q(provider__code__iexact=word) | Q(network__code__iexact=word) | Q(specification__number__iexact=word)
        )  # fmt: skip
    paths = {"programme": "specification__programme", "region": "region", "place": "place"}
    return services.filter(**{path: chosen[name] for name, path in paths.items() if chosen.get(name)})


def scope_counts(services: ServiceQuerySet) -> dict[str, int]:
    """How many services stand in each place, over all of ``services``."""
    rows: list[Any] = list(services.order_by().values("place").annotate(count=Count("pk")))  # type: ignore[misc]  # an annotation
    found = {row["place"]: row["count"] for row in rows}
    return {place: found.get(place, 0) for place in PLACE_WORDS}
