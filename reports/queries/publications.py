"""What was decided about publishing a report, as people read it: a report that waits for its day is not called published."""

import datetime as dt

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from accounts.templatetags.qnt_tags import month_date
from reports.models import Publication, Report
from reports.models.reports import ReportQuerySet

TO_BE_PUBLISHED = "TO_BE_PUBLISHED"
# What a list of reports is filtered by: a report that waits for its day stands by itself, before those that anyone can read.
_STATUSES = Report.Status.choices
_AT = Report.Status.values.index(Report.Status.PUBLISHED)
SHOWN_STATUSES = [*_STATUSES[:_AT], (TO_BE_PUBLISHED, "To be published on a date"), *_STATUSES[_AT:]]


def with_shown_status(reports: ReportQuerySet, codes: list[str]) -> ReportQuerySet:
    """``reports`` at any of some statuses as people read them (``SHOWN_STATUSES``)."""
    public = Exists(Publication.objects.public().filter(report=OuterRef("pk")))
    found = Q(status__in=[code for code in codes if code not in (TO_BE_PUBLISHED, Report.Status.PUBLISHED)])
    if Report.Status.PUBLISHED in codes:
        found |= Q(public, status=Report.Status.PUBLISHED)
    if TO_BE_PUBLISHED in codes:
        found |= Q(~public, status=Report.Status.PUBLISHED)
    return reports.filter(found)


def with_publications(path: str = "") -> Prefetch:
    """What ``status_words`` reads of many reports, in one statement for all of them; ``path`` leads to the reports ("report__")."""
    return Prefetch(f"{path}publications", Publication.objects.defer("summary"))


def waiting_publication(report: Report) -> Publication | None:
    """The decision to publish whose day has not come: it can be moved or stopped."""
    return report.publications.waiting().select_related("decided_by").first()


def is_public(report: Report) -> bool:
    """Whether anyone can read a version of the report now."""
    return report.publications.public().exists()


def status_words(report: Report) -> str:
    """The status for people: "To be published on 14 December 2026" until anyone can read it, else the stored status.

    No statement unless the report is published, nor where its publications are prefetched.
    """
    if report.status != Report.Status.PUBLISHED:
        return report.get_status_display()
    now, days = timezone.now(), []
    for one in report.publications.all():
        if one.public_from is None or one.withdrawn_at or (one.replaced_at and one.replaced_at <= now):
            continue
        if one.public_from <= now:
            return report.get_status_display()
        days.append(one.public_from)
    return to_be_published(min(days)) if days else report.get_status_display()


def to_be_published(moment: dt.datetime) -> str:
    """What waits for its day, in words: "To be published on 14 December 2026"."""
    return f"To be published on {month_date(moment)}"
