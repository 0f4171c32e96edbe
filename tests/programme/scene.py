"""Last year of the programme with its figures published, and two people of the national team who report on it."""

from accounts.permissions import Role
from qnt.programme.annual import services
from qnt.programme.annual.models import AnnualPublication, AnnualReport
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.programme import YEAR, facts, hub, published_year
from work import jobs
from work.models import Job

LAST = YEAR - 1


class Scene:
    """Two people of the national team, two hubs, rows of last year, its figures published."""

    def __init__(self, *, few: bool = False, is_published: bool = True) -> None:
        home = OrganisationFactory(national=True)
        self.lead, self.second = (person(Role.NATIONAL_LEAD, home) for _ in range(2))
        self.hubs = [hub(f"Illustrative hub of {name}") for name in ("Northmoor", "Southmoor")]
        for place, region in enumerate(self.hubs):
            facts("FID_NOTICE", region, [1] * (3 + place) + [0] * (2 if not few or place else 0), year=LAST)
        facts("DIR_ON_TIME", self.hubs[0], [1, 1, 1, 0, 0], year=LAST)
        facts("LEARN_CARDS", self.hubs[0], [1] * 3, year=LAST)
        if is_published:
            published_year(LAST, self.lead)

    def draft(self) -> AnnualReport:
        """The report, drafted by the lead."""
        return services.draft_report(year=LAST, by=self.lead)

    def offer(self, report: AnnualReport) -> AnnualReport:
        """The report, called ready by the lead as it stands."""
        report.refresh_from_db()
        return services.offer_report(report_id=report.pk, version=report.version, by=self.lead)

    def publish(self) -> AnnualPublication:
        """The report, published by the second person."""
        report = self.offer(AnnualReport.objects.first() or self.draft())
        return services.publish_report(report_id=report.pk, version=report.version, by=self.second)

    def make_pdf(self) -> AnnualPublication:
        """The published report with its PDF."""
        done = jobs.run_job(Job.objects.get(kind=services.KIND, status="QUEUED").pk, heartbeat=False)
        assert (done.status, done.error) == ("DONE", "")
        return AnnualPublication.objects.latest("pk")
