"""Rows of what reaches beyond one provider: themes of compliance reviews, and packs for a regulator."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from peerreview.models import Review
from qnt.programme.counting.years import within
from qnt.programme.models import ProgrammeFact, half_of
from reports.models import PackIssue, Theme
from reports.models.themes import LEAST_SERVICES


def systemic_facts(year: int) -> Iterator[ProgrammeFact]:
    """Themes that were accepted in a year and packs that were issued in it; those of England as a whole have no region."""
    accepted = Theme.objects.filter(purpose=Review.Purpose.COMPLIANCE, status__in=Theme.SHOWN, **within("answered_at", year)).order_by("pk")
    for theme in (one for one in accepted.counted() if one.service_count >= LEAST_SERVICES):
        day = timezone.localdate(theme.answered_at)
        yield _fact("THEMES_FOUND", theme.pk, day, theme.region_id, 1)
        yield _fact("THEMES_DONE", theme.pk, day, theme.region_id, int(theme.status == Theme.Status.DONE))
    made = PackIssue.objects.filter(made_at__isnull=False, **within("issued_at", year))
    for pk, issued_at, region_id in made.order_by("pk").values_list("pk", "issued_at", "region_id").iterator():
        yield _fact("SYS_PACKS", pk, timezone.localdate(issued_at), region_id, 1)


def _fact(code: str, unit_id: int, day: dt.date, region_id: int | None, value: int) -> ProgrammeFact:
    return ProgrammeFact(year=day.year, half=half_of(day), measure=code, unit_id=unit_id, day=day, region_id=region_id, value=value)
