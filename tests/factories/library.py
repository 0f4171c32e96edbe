"""Published reports as the library has them: frozen, public and indexed, without the steps that lead there."""

import datetime as dt

from django.utils import timezone

from peerreview.models import Review, ReviewService
from reports import content
from reports.models import Publication, Report, ReportVersion
from reports.services.library import index_publication
from tests.factories.decisions import Place, make_place
from tests.factories.reports import _procedure

Sections = list[dict[str, object]]


def make_published(
    title: str, text: str = "", *, days_ago: int = 0, sections: Sections | None = None, place: Place | None = None
) -> Publication:
    """A report whose summary says ``text`` (or with these sections), public for so many days."""
    if place is None:
        place = make_place()
        place.service.name = title
        place.service.save(update_fields=["name"])
    review = Review.objects.create(
        title=title, purpose="COMPLIANCE", status="FOLLOW_UP", procedure=_procedure(), region=place.service.region,
        opened_by=place.officer, starts_date=dt.date(2027, 5, 3), visited_at=timezone.now(),
    )  # fmt: skip
    ReviewService.objects.create(review=review, service=place.service)
    today = timezone.localdate()
    report = Report.objects.create(
        review=review, title=title, address=f"report-{review.pk}", status="PUBLISHED", drafter=place.officer, draft_due_date=today,
        final_due_date=today,
    )  # fmt: skip
    frozen = {
        "schema": content.SCHEMA,
        "cover": content.cover_facts(report),
        "sections": sections or [{"code": "summary", "title": "Summary", "visibility": "PUBLIC", "text": text}],
    }
    version = ReportVersion.objects.create(
        report=report, number=1, purpose="PUBLIC", content=content.as_text(frozen), hash=content.content_hash(frozen), made_by=place.officer
    )
    live = Publication.objects.create(
        report=report, version=version, decision="PUBLISH", decided_by=place.manager,
        public_from=timezone.now() - dt.timedelta(days=days_ago),
    )  # fmt: skip
    index_publication(live)
    return live
