"""What a quality check looks at: the evidence behind each finding, and hints that a person may be named."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from peerreview.models import Finding, PatientView
from rendering.texts import find_nhs_numbers
from reports.blocks.findings import numbered_findings
from reports.models import Report, ReportSection
from reports.queries.people import commissioning_people, service_people
from surveillance.models import EvidenceItem

SHORTEST_NAME = 4  # letters of a family name that is looked for alone; shorter ones are words of other texts


@dataclass(frozen=True)
class Behind:
    """A finding with its category's definition and what it rests on. ``documents`` carry their dates."""

    reference: str
    finding: Finding
    category: str
    definition: str
    documents: list[EvidenceItem]
    view_count: int
    note_count: int
    url: str

    @property
    def is_bare(self) -> bool:
        """Whether nothing that was filed, said or noted is linked: only the words of its basis stand behind it."""
        return not (self.documents or self.view_count or self.note_count)


def evidence_behind(report: Report) -> list[Behind]:
    """Every agreed finding in the order of the report, with what stands behind it; a constant number of statements."""
    procedure = report.review.procedure
    return [
        Behind(
            reference, finding, procedure.label_of(finding.category) or finding.get_category_display(),
            procedure.definition_of(finding.category), list(finding.evidence.all()),
            sum(1 for view in finding.views.all() if view.status == PatientView.Status.SHARED), len(finding.notes.all()),
            reverse("peerreview:finding_detail", args=[finding.pk]),
        )
        for reference, finding in numbered_findings(report.review)
    ]  # fmt: skip


@dataclass(frozen=True)
class Hint:
    """A place where a person may be identifiable: what was found, in which section or finding."""

    what: str
    place: str
    url: str


def person_hints(report: Report) -> list[Hint]:
    """Names of people around the visit, and NHS numbers, in the words of the report and in its findings.

    The appendix that lists the team is left out: its members' names are meant to stand there. A hint blocks nothing: only a
    reader can tell whether somebody is identifiable.
    """
    names = _patterns(_people(report))
    return [Hint(what, place, url) for place, url, text in _texts(report) for what in (*_names_in(text, names), *_numbers_in(text))]


def _people(report: Report) -> Iterable[User]:
    """The team, the hub's people on it, the leads and executives of the services, and their commissioners' people."""
    review = report.review
    team = [member.user for member in review.team.select_related("user")]
    people = [
        *team,
        *service_people(report),
        *commissioning_people(report),
        report.drafter,
        *([review.visit_lead] if review.visit_lead else []),
    ]
    return {person.pk: person for person in people}.values()


def _patterns(people: Iterable[User]) -> list[tuple[str, re.Pattern[str]]]:
    """For each person what finds their whole name, or their family name alone after a title or where it is long enough."""
    found = []
    for person in people:
        words = person.name.split()
        if not words:
            continue
        last = re.escape(words[-1])
        alternatives = [re.escape(person.name), rf"(?:Dr|Mr|Mrs|Ms|Miss|Mx|Professor|Prof|Sister|Matron)\.? {last}"]
        if len(words[-1]) >= SHORTEST_NAME:
            alternatives.append(last)
        found.append((person.name, re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)")))
    return found


def _names_in(text: str, names: list[tuple[str, re.Pattern[str]]]) -> list[str]:
    return [f"“{match[0]}” may be {name}" for name, pattern in names if (match := pattern.search(text))]


def _numbers_in(text: str) -> list[str]:
    return [f"{number[:3]} {number[3:6]} {number[6:]} may be an NHS number" for number in find_nhs_numbers(text)]


def _texts(report: Report) -> Iterable[tuple[str, str, str]]:
    """Place, address and text of everything that people wrote."""
    for section in report.sections.filter(block="").order_by("position"):
        yield section.title, _section_url(section), section.text
    for reference, finding in numbered_findings(report.review):
        text = "\n".join((finding.what_was_seen, finding.basis, finding.recommendation, finding.how_others_did_it))
        tags = "\n".join(tag.shows for tag in finding.tags.all())
        yield f"Finding {reference}", reverse("peerreview:finding_detail", args=[finding.pk]), f"{text}\n{tags}"


def _section_url(section: ReportSection) -> str:
    return reverse("reports:report_section", args=[section.report_id, section.pk])
