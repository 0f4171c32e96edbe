"""Mails and lines of the daily summary about self-reports: the act first, one link, no answers or comments inside."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from surveillance import ladder
from surveillance.models import SelfReport
from surveillance.queries.people import commissioners_of, executives_asked, executives_of, hub_people_of, leads_of
from work import digest, mail
from work.items import day_words
from work.working_days import add_working_days


def _send(report: SelfReport, to: Iterable[User], *, subject: str, sentence: str, route: str = "surveillance:self_report_detail") -> int:
    return _mail(report, to, subject=subject, sentence=sentence, path=reverse(route, args=[report.pk]))


def _mail(report: SelfReport, to: Iterable[User], *, subject: str, sentence: str, path: str) -> int:
    return mail.send(to=to, subject=subject, template="self_report", path=path, report=report, service=report.service, sentence=sentence)


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
        report, people.values(), subject=f"Keep this receipt for {_what(report)}",
        sentence=f"It is declared. The hub checks it by {day_words(report.round.check_by_date)}.{late}",
        route="surveillance:self_report_receipt",
    )  # fmt: skip


def tell_sent_back(report: SelfReport) -> int:
    """Tell the lead that the executive sent it back; the reason stands on the page."""
    return _send(
        report, [report.sent_by] if report.sent_by else [], subject=f"Correct {_what(report)}, which was sent back",
        sentence=f"Read why on its page, and send it again by {day_words(report.due_date)}.",
    )  # fmt: skip


def tell_queried(report: SelfReport) -> int:
    """Tell the leads that the hub has asked about answers."""
    return _send(
        report, leads_of(report.service), subject=f"Answer the hub's questions about {_what(report)}",
        sentence="Only the answers that the hub asked about can be changed. Your executive declares again afterwards.",
    )  # fmt: skip


def note_accepted(report: SelfReport) -> None:
    """A line for leads, executives and commissioners: it is accepted and its summary can be read."""
    people = [person for find in (leads_of, executives_of, commissioners_of) for person in find(report.service)]
    sentence = f"The hub accepted {_what(report)}. Its summary shows the score and how it compares."
    digest.note(people, sentence=sentence, key=f"self_report_accepted:{report.pk}:{report.accepted_at:%Y%m%d%H%M%S}")


def tell_reopened(report: SelfReport) -> int:
    """Tell leads and executives that it is open again."""
    people = {person.pk: person for find in (leads_of, executives_of) for person in find(report.service)}
    return _send(
        report, people.values(), subject=f"Change and declare {_what(report)} by {day_words(report.due_date)}",
        sentence=f"It was opened again. It can be changed and declared until {day_words(report.due_date)}.",
    )  # fmt: skip


def remind(report: SelfReport, people: Iterable[User], *, step: str) -> int:
    """Remind of the deadline, or say that it has passed: each in the words of what that person can do about it."""
    due = day_words(report.due_date)
    if step == ladder.ESCALATED:
        subject, sentence = f"Follow up {_what(report)}, due on {due}", "It is late and not declared yet."
        return _mail(report, people, subject=subject, sentence=sentence, path=f"/services/{report.service_id}/")
    if step == ladder.LATE:
        last = add_working_days(report.due_date, report.round.grace_working_days)
        subject = f"Declare {_what(report)} now: it was due on {due}"
        sentence = f"It is late. It can be declared until {day_words(last)}, and is then marked as late."
    else:
        subject, sentence = f"Declare {_what(report)} by {due}", "It is not declared yet."
    return _send_to_holders(report, people, subject=subject, sentence=sentence)


def remind_of_query(report: SelfReport, people: Iterable[User], *, due: dt.date, step: str) -> int:
    """Remind of the hub's questions, or say that their day has passed."""
    until = f"now: it was due on {day_words(due)}" if step == ladder.LATE else f"by {day_words(due)}"
    if report.status == SelfReport.Status.WITH_EXECUTIVE:
        subject, sentence = f"Declare {_what(report)} again {until}", "The hub's questions are answered. It is not declared again yet."
    else:
        subject = f"Answer the hub's questions about {_what(report)} {until}"
        sentence = "Only the answers that the hub asked about can be changed. The executive declares again afterwards."
    return _send_to_holders(report, people, subject=subject, sentence=sentence)


def remind_of_sections(report: SelfReport, people: Iterable[User], *, due: dt.date) -> int:
    """Remind people of the sections that were given to them."""
    subject = f"Answer your part of {_what(report)} by {day_words(due)}"
    return _send(report, people, subject=subject, sentence="A part of this self-report was given to you, and answers are missing.")


def _send_to_holders(report: SelfReport, people: Iterable[User], *, subject: str, sentence: str) -> int:
    """Send each person to the page where they can act; who waits for the executive is told so."""
    if report.status != SelfReport.Status.WITH_EXECUTIVE:
        return _send(report, people, subject=subject, sentence=sentence)
    people, declaring = list(people), set(executives_asked(report).values_list("pk", flat=True))
    to_declare = [person for person in people if person.pk in declaring]
    others = [person for person in people if person.pk not in declaring]
    sent = _send(report, to_declare, subject=subject, sentence=sentence, route="surveillance:self_report_declare")
    return sent + _send(report, others, subject=subject, sentence=f"It is with the executive. {sentence}")


def people_reminded(report: SelfReport, step: str) -> list[User]:
    """Whom a step of the ladder reaches, each once.

    Before the day: leads, and who can declare it once it is with the executive. After it: leads and executives. Five
    working days after it: hub and commissioners.
    """
    service = report.service
    if step == ladder.ESCALATED:
        found = [*hub_people_of(service), *commissioners_of(service)]
    elif step == ladder.LATE:
        found = [*leads_of(service), *executives_of(service)]
    else:
        found = [*leads_of(service), *_declaring(report)]
    return list({person.pk: person for person in found}.values())


def people_for_query(report: SelfReport, *, is_late: bool) -> list[User]:
    """Whom a reminder of the hub's questions reaches: leads, who declares again, and every executive once it is late."""
    found = [*leads_of(report.service), *(executives_of(report.service) if is_late else _declaring(report))]
    return list({person.pk: person for person in found}.values())


def _declaring(report: SelfReport) -> Iterable[User]:
    return executives_asked(report) if report.status == SelfReport.Status.WITH_EXECUTIVE else ()
