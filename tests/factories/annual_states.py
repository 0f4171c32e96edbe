"""The programme's year and the report on it, from nothing counted to a second version published: one stage after another."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.permissions import Role
from qnt.programme import services as years
from qnt.programme.annual import services
from qnt.programme.annual.models import AnnualPublication, AnnualReport
from qnt.programme.definitions import Definition, Group
from qnt.programme.measures import DEFINITIONS
from qnt.programme.models import ContextNote, ProgrammeFact
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.peerreview import first_course, reviewer
from tests.factories.programme import YEAR, counted, fact, held_review, hub, published_year, service_in
from tests.factories.surveillance import IndicatorSetFactory

LAST = YEAR - 1
EACH = 6  # rows of each measure in each hub: no figure of fewer than 5 is shown


class Story:
    """Two people of the national team, two hubs with their managers, a service that was visited in each."""

    def __init__(self) -> None:
        self.reached = 0
        home = OrganisationFactory(national=True)
        self.lead, self.second = (person(Role.NATIONAL_LEAD, home) for _ in range(2))
        self.hubs = [hub(f"Illustrative hub of {name}") for name in ("Northmoor", "Southmoor")]
        self.managers = [person(Role.HUB_MANAGER, region) for region in self.hubs]
        self.services = [service_in(region) for region in self.hubs]
        self.reviews = [held_review(service, by=self.lead, days_ago=3) for service in self.services]
        self.reviewer, self.course = reviewer(self.hubs[0]), first_course()
        self.sets = [IndicatorSetFactory(specification=service.specification) for service in self.services]

    def carry(self, to: str) -> None:
        """Through every stage that was not reached yet, as far as ``to``."""
        names = list(STAGES)
        for name in names[self.reached : names.index(to) + 1]:
            STAGES[name](self)
            self.reached += 1

    @property
    def report(self) -> AnnualReport:
        """The newest report of the year."""
        return AnnualReport.newest().get()

    def people(self) -> dict[str, User | None]:
        """Those who look at the pages; whoever writes a report does not publish it, so then two of the national team."""
        second = {"second": self.second} if AnnualReport.objects.exists() else {}
        return {"lead": self.lead, **second, "manager": self.managers[0], "nobody": None}

    def write_notes(self) -> None:
        """A note of England and one of a hub, on each year."""
        for number, (year, region) in enumerate((year, region) for year in (LAST, YEAR) for region in (None, self.hubs[0])):
            years.write_note(
                client_id=uuid.uuid4(), year=year, region_id=region.pk if region else None, domain=ContextNote.Domain.values[number],
                text="Winter pressure put two visits off.", by=self.managers[0] if region else self.lead,
            )  # fmt: skip

    def count(self) -> None:
        """Rows of every measure in every hub, of two years, and the notes."""
        self.write_notes()
        for definition in DEFINITIONS:
            for place in range(len(self.hubs)):
                for year in (LAST, YEAR):
                    self.rows_of(definition, place, year)
        for year in (LAST, YEAR):
            counted(year)

    def rows_of(self, definition: Definition, place: int, year: int) -> list[ProgrammeFact]:
        """Rows of one measure, each tied to what its page groups by."""
        review, service = self.reviews[place], self.services[place]
        of_review: dict[str, Any] = {"review": review, "procedure": review.procedure, "kind": review.kind}
        columns = {
            Group.FIDELITY: of_review,
            Group.LEAD_TIMES: of_review | {"limit": Decimal(50)},
            Group.BURDEN: {"service": service, "indicator_set": self.sets[place]},
            Group.SPREAD: {"service": service, "detail": "80 to 89%"},
            Group.LOGIC_MODEL: {"procedure": review.procedure, "weight": 8, "specification": service.specification},
        }.get(definition.group, {"service": service})  # fmt: skip
        made = []
        for number in range(EACH):
            more: dict[str, Any] = {"half": 1 + number % 2}
            if definition.group is Group.SPREAD:
                more["choice"] = f"Option {1 + number % 3}"
            if definition.group is Group.LOGIC_MODEL:
                more |= {"side": ("TEAM", "SERVICE")[number % 2], "detail": f"FIRST {definition.code.removeprefix('SURVEY_')}"}
            value = 30 if definition.group is Group.LOGIC_MODEL else (number + place) % 2 or 40 * (definition.group is Group.LEAD_TIMES)
            made.append(fact(definition.code, self.hubs[place], value, year=year, **columns, **more))
        return made

    def offer(self) -> None:
        """The report called ready by who wrote it."""
        services.offer_report(report_id=self.report.pk, version=self.report.version, by=self.report.drafted_by)

    def publish(self) -> None:
        """The report published by the second person; its PDF waits for a worker."""
        self.offer()
        services.publish_report(report_id=self.report.pk, version=self.report.version, by=self.second)

    def make_pdf(self) -> None:
        """The PDF is there."""
        made = {"path": "programme/report.pdf", "sha256": "0" * 64, "page_count": 12, "size_bytes": 400_000}
        AnnualPublication.objects.filter(report=self.report).update(**made)

    def begin(self) -> None:
        """Drafted from the published figures; the foreword in somebody's own words."""
        report = services.draft_report(year=LAST, by=self.lead)
        section = report.sections.get(code="foreword")
        services.save_section(section_id=section.pk, text="**A year** of visits.", version=section.version, by=self.lead)


STAGES: dict[str, Callable[[Story], object]] = {
    "nothing counted": lambda story: None,
    "figures counted": Story.count,
    "figures published": lambda story: published_year(LAST, story.lead),
    "DRAFT": Story.begin,
    "DRAFT, ready": Story.offer,
    "PUBLISHED, PDF being made": Story.publish,
    "PUBLISHED": Story.make_pdf,
    "WITHDRAWN": lambda story: services.withdraw_report(report_id=story.report.pk, reason="A figure was misread.", by=story.lead),
    "DRAFT, second version": lambda story: services.draft_report(year=LAST, by=story.lead),
    "PUBLISHED, second version": Story.publish,
}  # fmt: skip
