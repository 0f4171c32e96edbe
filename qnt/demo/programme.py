"""The programme's own story: notes on what else went on, the figures of last year published with the report on it, this year's counted."""

import datetime as dt
import uuid

from qnt.demo.clock import moment
from qnt.demo.jobs import finish_jobs
from qnt.demo.people import People
from qnt.programme import services
from qnt.programme.annual import services as annual
from qnt.programme.models import ContextNote

Domain = ContextNote.Domain
# Years back, domain, words; the last is of a hub, the others of England.
NOTES = (
    (1, Domain.OUTER, "Winter pressure from November on: 2 visits were put off, and commissioners answered late."),
    (1, Domain.INTERVENTION, "The first year of the procedure for small clinical networks. Hubs read its informal exchange differently."),
    (1, Domain.INNER, "Hubs wrote reports beside the checking of self-reports. From August on 2 of 3 had a named person for reports."),
    (1, Domain.INDIVIDUALS, "A third of the reviewers had never visited before. They said that they learnt most from those who had."),
    (0, Domain.INDIVIDUALS, "Most reviewers of this year were new. Many had never visited a service outside their own region."),
    (0, Domain.INNER, "One of two officers of the hub left in spring. Reports were drafted later than planned until summer."),
)
PUBLISHED_DAYS_AGO = 200


def carry_programme(people: People, *, today: dt.date) -> None:
    """Write the notes, publish last year and count this one, from everything that is told."""
    lead, manager = people.nationals[0], people.managers[0]
    for n, (back, domain, words) in enumerate(NOTES):
        is_of_hub = n == len(NOTES) - 1
        by = manager if is_of_hub else lead
        region = manager.memberships.get(role="HUB_MANAGER").organisation_id if is_of_hub else None
        with moment(today - dt.timedelta(days=20 + n), 11):
            services.write_note(
                client_id=uuid.uuid5(uuid.NAMESPACE_URL, f"context-note-{n}"), year=today.year - back, region_id=region, domain=domain,
                text=words, by=by,
            )  # fmt: skip
    published = max(dt.date(today.year, 1, 2), today - dt.timedelta(days=PUBLISHED_DAYS_AGO))
    with moment(min(published, today), 10):
        services.publish_year(year=today.year - 1, by=lead)
        report = annual.draft_report(year=today.year - 1, by=lead)
        annual.offer_report(report_id=report.pk, version=report.version, by=lead)
    with moment(min(published + dt.timedelta(days=9), today), 15):
        annual.publish_report(report_id=report.pk, version=report.version, by=people.nationals[1])
    services.count_all_years(today)
    finish_jobs()
