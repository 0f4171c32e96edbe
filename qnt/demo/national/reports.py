"""Reports of held visits: checked by two, by the service, signed, issued; those of compliance reviews published, without PDFs."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Organisation, User
from peerreview.models import Finding
from qnt.demo.earlier.moments import at
from qnt.demo.national.bulk import write, write_all
from qnt.demo.national.findings import WORDS
from qnt.demo.national.told import Told
from qnt.demo.national.visit import Held
from reports import content
from reports.models import AccuracyPoint, Publication, QualityCheck, Receipt, Report, ReportSection, ReportVersion, SignOff
from work.working_days import add_working_days

CRITERIA = ("evidence_behind_findings", "categories_by_definition", "tone_is_fair", "no_identifiable_person")
SECTIONS = (
    ("summary", "Summary", "PUBLIC"), ("introduction", "Introduction", "PUBLIC"), ("views", "Views of service users and carers", "PUBLIC"),
    ("acknowledgements", "Acknowledgements", "PUBLIC"), ("hub_notes", "Notes for the service and its commissioner", "RESTRICTED"),
)  # fmt: skip
Capacity = Receipt.Capacity


@dataclass(frozen=True)
class Steps:
    """The days on which a report passed each step."""

    drafted: dt.date
    checked: dt.date
    accuracy: dt.date
    signed: dt.date
    decided: dt.date


class Reports:
    """Writes a signed report for each visit, its words about as long as real ones."""

    def __init__(self, told: Told) -> None:
        self.told, self.chance = told, told.chance

    def write(self, held: Sequence[Held], findings: dict[int, list[Finding]]) -> None:
        """Everything about the reports of these visits."""
        steps = [self._steps(one) for one in held]
        reports = list(write(Report, (self._row(one, days) for one, days in zip(held, steps, strict=True))))
        told = list(zip(held, steps, reports, [self._content(one, report) for one, report in zip(held, reports, strict=True)], strict=True))
        write_all(ReportSection, (section for _, _, report, facts in told for section in _sections(report, facts)))
        write_all(QualityCheck, (check for one, days, report, facts in told for check in self._checks(one, days, report, facts)))
        points = (
            point for one, days, report, _ in told for point in self._points(one, days, report, findings[one.review.pk])
        )  # fmt: skip
        write_all(AccuracyPoint, points)
        finals = list(write(ReportVersion, (_version(report, 1, "FINAL", facts, days.signed) for _, days, report, facts in told)))
        write_all(SignOff, (self._sign_off(one, days, final) for (one, days, *_), final in zip(told, finals, strict=True)))
        write_all(Receipt, (row for (one, days, *_), final in zip(told, finals, strict=True) for row in self._receipts(one, days, final)))
        self._publish([(days, report, content.public_part(facts)) for one, days, report, facts in told if not one.review.is_learning])

    def _steps(self, held: Held) -> Steps:
        """Most within the days of the procedures, some late."""
        drafted = add_working_days(held.ends, self.chance.randint(13, 22))
        checked = add_working_days(drafted, self.chance.randint(2, 5))
        accuracy = add_working_days(checked, self.chance.randint(5, 11))
        signed = add_working_days(accuracy, self.chance.randint(1, 10))
        return Steps(drafted, checked, accuracy, signed, add_working_days(signed, self.chance.randint(3, 12)))

    def _row(self, held: Held, days: Steps) -> Report:
        review = held.review
        return Report(
            review=review, title=f"Peer review of {held.service}"[:250], address=f"illustrative-report-{review.pk}",
            status="SIGNED_OFF" if review.is_learning else "PUBLISHED", drafter=review.opened_by, drafted_at=at(days.drafted, 9),
            draft_due_date=add_working_days(held.ends, 20), accuracy_due_date=add_working_days(days.checked, 10),
            final_due_date=add_working_days(held.ends, 40), publication_due_date=add_working_days(days.signed, 10),
        )  # fmt: skip

    def _content(self, held: Held, report: Report) -> dict[str, Any]:
        service, length = held.service, self.told.sizes.report_characters // (40 if held.review.is_learning else 4)
        sections = [
            {"code": code, "title": title, "visibility": visibility, "text": self._words(length)} for code, title, visibility in SECTIONS
        ]
        cover = {
            "title": report.title, "services": [service.name], "holders": [service.provider.name], "networks": [],
            "visit_dates": held.starts.isoformat(), "purpose": held.review.get_purpose_display(), "is_illustrative": True,
        }  # fmt: skip
        return {"schema": content.SCHEMA, "cover": cover, "sections": sections}

    def _words(self, length: int) -> str:
        average = sum(map(len, WORDS)) // len(WORDS) + 1
        return " ".join(self.chance.choices(WORDS, k=max(1, length // average)))

    def _checks(self, held: Held, days: Steps, report: Report, facts: dict[str, Any]) -> Iterator[QualityCheck]:
        """Two of the hub pass it; the report of a review for learning two of its team (ADR 14)."""
        checkers = held.team[-2:] if held.review.is_learning else self.told.some(self.told.staff[held.review.region_id], 2)
        read = content.content_hash(facts)
        for checker in checkers:
            yield QualityCheck(
                report=report, checker=checker, due_date=add_working_days(days.drafted, 5), asked_at=at(days.drafted, 12),
                outcome="PASSED", checked_at=at(days.checked), content_hash=read, **dict.fromkeys(CRITERIA, True),
            )  # fmt: skip

    def _points(self, held: Held, days: Steps, report: Report, findings: Sequence[Finding]) -> Iterator[AccuracyPoint]:
        """A point for each finding: most are correct, some are not and are accepted or kept."""
        lead, answered, sent = self.told.lead(held.service), at(days.accuracy, 9), at(days.accuracy, 11)
        for position, finding in enumerate(findings, start=1):
            facts: dict[str, Any] = {"answer": "CORRECT"}
            if (draw := self.chance.random()) < 0.06:
                is_kept = draw < 0.02
                facts = {
                    "answer": "NOT_CORRECT", "what_is_wrong": "Illustrative comment.", "outcome": "KEPT" if is_kept else "ACCEPTED",
                    "kept_reason": "Illustrative reason." if is_kept else "", "decided_by": held.team[0], "decided_at": at(days.signed, 9),
                }  # fmt: skip
            yield AccuracyPoint(
                report=report, finding=finding, position=position, text=finding.what_was_seen, answered_by=lead, answered_at=answered,
                sent_at=sent, **facts,
            )  # fmt: skip

    def _sign_off(self, held: Held, days: Steps, final: ReportVersion) -> SignOff:
        by = held.team[0] if held.review.is_learning else self.told.managers[held.review.region_id]
        return SignOff(version=final, report=final.report, content_hash=final.hash, signed_by=by, signed_at=at(days.signed, 14))

    def _receipts(self, held: Held, days: Steps, final: ReportVersion) -> Iterator[Receipt]:
        """Everybody concerned; the service opens it, others do in three of five cases."""
        service, told = held.service, self.told
        own: list[tuple[User, Organisation | None, str]] = [
            (told.executives[service.provider_id], service.provider, Capacity.NURSING_DIRECTOR),
            (told.lead(service), service.provider, Capacity.SERVICE_LEAD),
        ]
        board = [] if held.review.is_learning else [(told.commissioner(service), service.provider.icb, Capacity.COMMISSIONER)]
        team = [(user, held.service.region, Capacity.TEAM) for user in held.team]
        for user, organisation, capacity in [*own, *board, *team]:
            opens = organisation == service.provider or told.holds(0.6)
            yield Receipt(
                report=final.report, version=final, user=user, organisation=organisation, capacity=capacity, issued_at=at(days.signed, 15),
                opened_at=at(days.signed, 15) + dt.timedelta(days=3) if opens else None,
            )  # fmt: skip

    def _publish(self, told: Sequence[tuple[Steps, Report, dict[str, Any]]]) -> None:
        versions = list(write(ReportVersion, (_version(report, 2, "PUBLIC", shown, days.decided) for days, report, shown in told)))
        publications = (
            Publication(
                report=version.report, version=version, decision="PUBLISH", public_from=at(days.decided, 12),
                decided_by=self.told.crowd.nationals[0], decided_at=at(days.decided, 12), summary=_plain(shown),
            )
            for (days, _, shown), version in zip(told, versions, strict=True)
        )  # fmt: skip
        write_all(Publication, publications)


def _sections(report: Report, facts: dict[str, Any]) -> Iterator[ReportSection]:
    for n, part in enumerate(facts["sections"], start=1):
        yield ReportSection(
            report=report, code=part["code"], position=n, title=part["title"], text=part["text"], visibility=part["visibility"],
            saved_by=report.drafter, saved_at=report.drafted_at,
        )  # fmt: skip


def _version(report: Report, number: int, purpose: str, facts: dict[str, Any], day: dt.date) -> ReportVersion:
    return ReportVersion(
        report=report, number=number, purpose=purpose, content=content.as_text(facts), hash=content.content_hash(facts),
        made_by=report.drafter, made_at=at(day, 12),
    )  # fmt: skip


def _plain(facts: dict[str, Any]) -> str:
    """What ``content.search_text`` gives: the words hold no markup, so nothing is rendered, which takes hours for thousands of them."""
    cover = facts["cover"]
    return "\n".join([cover["title"], *cover["services"], *cover["holders"], *(section["text"] for section in facts["sections"])])
