"""Mails about self-reports: the act first, one link, no answers or comments inside."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from surveillance.models import SelfReport
from surveillance.queries.people import commissioners_of, executives_of, hub_people_of, leads_of
from work import mail
from work.items import day_words


def _send(report: SelfReport, to: Iterable[User], *, subject: str, sentence: str, route: str = "surveillance:self_report_detail") -> int:
    return mail.send(
        to=to, subject=subject, template="self_report", path=reverse(route, args=[report.pk]),
        report=report, service=report.service, sentence=sentence,
    )  # fmt: skip


def _what(report: SelfReport) -> str:
    return f"the {report.round.year} self-report for {report.service}"


def tell_executive(report: SelfReport) -> int:
    """Ask the executive to declare."""
    return _send(
        report, [report.executive] if report.executive else [],
        subject=f"Declare {_what(report)} by {day_words(report.due_date)}",
        sentence="You can declare it or send it back. The deadline is met when you declare.",
        route="surveillance:self_report_declare",
    )  # fmt: skip


def send_receipt(report: SelfReport) -> int:
    """Tell the lead who sent it and the executive who declared it that it is declared, and when."""
    people = {person.pk: person for person in (report.sent_by, report.declared_by) if person}
    late = " It is marked as late." if report.is_late else ""
    return _send(
        report, people.values(), subject=f"Receipt: {_what(report)} is declared",
        sentence=f"The hub checks it by {day_words(report.round.check_by_date)}.{late}", route="surveillance:self_report_receipt",
    )  # fmt: skip


def tell_sent_back(report: SelfReport) -> int:
    """Tell the lead that the executive sent it back; the reason stands on the page."""
    return _send(
        report, [report.sent_by] if report.sent_by else [], subject=f"Sent back: {_what(report)}",
        sentence=f"Read why on its page, and send it again by {day_words(report.due_date)}.",
    )  # fmt: skip


def tell_queried(report: SelfReport) -> int:
    """Tell the leads that the hub has asked about answers."""
    return _send(
        report, leads_of(report.service), subject=f"Answer the hub's questions about {_what(report)}",
        sentence="Only the answers that the hub asked about can be changed. Your executive declares again afterwards.",
    )  # fmt: skip


def tell_accepted(report: SelfReport) -> int:
    """Tell leads, executives and commissioners that it is accepted and its summary can be read."""
    people = {person.pk: person for find in (leads_of, executives_of, commissioners_of) for person in find(report.service)}
    return _send(
        report, people.values(), subject=f"Read the summary of {_what(report)}",
        sentence="The hub has accepted this self-report. Its summary shows the score and how it compares.",
        route="surveillance:self_report_summary",
    )  # fmt: skip


def tell_reopened(report: SelfReport) -> int:
    """Tell leads and executives that it is open again."""
    people = {person.pk: person for find in (leads_of, executives_of) for person in find(report.service)}
    return _send(
        report, people.values(), subject=f"Opened again: {_what(report)}",
        sentence=f"It can be changed and declared until {day_words(report.due_date)}.",
    )  # fmt: skip


def remind(report: SelfReport, people: Iterable[User], *, is_late: bool) -> int:
    """Remind people of the deadline, or tell them that it has passed."""
    due = day_words(report.due_date)
    subject = f"Late: {_what(report)} was due on {due}" if is_late else f"Declare {_what(report)} by {due}"
    return _send(report, people, subject=subject, sentence="It is not declared yet.")


def people_reminded(report: SelfReport, step: str) -> list[User]:
    """Whom a step of the ladder reaches: leads before the day; leads and executives after it; then hub and commissioners."""
    finders = {"late": (leads_of, executives_of), "escalated": (hub_people_of, commissioners_of)}.get(step, (leads_of,))
    return list({person.pk: person for find in finders for person in find(report.service)}.values())
