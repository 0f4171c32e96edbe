"""What happens next with a self-report, who holds it, and by when."""

import datetime as dt

from django.utils import timezone

from accounts.components import NextStep
from surveillance.models import Query, SelfReport
from surveillance.queries.people import leads_of
from work.items import clock_words, day_words
from work.working_days import add_working_days

Status = SelfReport.Status


def next_step_of(report: SelfReport) -> NextStep:
    """The block under the h1 of every page of a self-report."""
    holder_name = report.service.holder.name
    today = timezone.localdate()
    if report.status == Status.ACCEPTED:
        return NextStep(
            "QNT decides with the provider and the commissioner on surveillance", _hub(report), clock_words="Accepted. No date is set."
        )
    if report.status == Status.NOT_DECLARED:
        return NextStep("This round has closed. The national team can open this self-report again", "National team", clock_words="Closed")
    if report.status in {Status.DECLARED, Status.BEING_CHECKED}:
        due, what, holder = report.round.check_by_date, "The hub checks the self-report", _hub(report)
    elif report.status == Status.WITH_EXECUTIVE:
        due, what, holder = _due(report), "The executive declares it or sends it back", f"{report.executive}, executive, {holder_name}"
    else:
        leads = ", ".join(person.name for person in leads_of(report.service))
        holder = f"{leads}, service lead, {holder_name}" if leads else ""
        due, what = _due(report), f"The service {_asked(report)}"
    chooser = f"The executive of {holder_name}" if not holder else ""
    return NextStep(what, holder, clock_words=clock_words(due), chooser=chooser, is_late=due < today)


def _asked(report: SelfReport) -> str:
    if report.sent_back_reason:
        return "changes what its executive sent back, and sends it again"
    return "answers the hub's questions" if report.status == Status.QUERIED else "answers and sends it to its executive"


def _due(report: SelfReport) -> dt.date:
    """By when it is declared: the day of the hub's questions after a first declaration, else the self-report's own."""
    if report.declared_at is None:
        return report.due_date
    return SelfReport.objects.filter(pk=report.pk).with_query_due().get().query_due_date or report.due_date


def _hub(report: SelfReport) -> str:
    return f"{report.service.region.name} hub"


def contact_of(report: SelfReport) -> str:
    """Whom the people of a service ask when a round is over: "Northern hub (hub@example.nhs.uk)"."""
    region = report.service.region
    return f"{_hub(report)} ({region.contact_email})" if region.contact_email else _hub(report)


def closed_sentence(report: SelfReport) -> str:
    """Why nothing can be declared once the round has recorded this self-report as not declared, and who can change that."""
    return (
        f"The {report.round.year} round has closed, and this self-report is recorded as not declared. "
        f"Ask the {contact_of(report)} if it needs to be opened again: the national team can do that."
    )


def reopened_sentence(report: SelfReport) -> str:
    """What the hub reads when it checks a self-report that was opened again; empty for any other."""
    if report.reopened_at is None:
        return ""
    day = day_words(timezone.localdate(report.reopened_at))
    return f"This self-report was opened again on {day}. Your checks of unchanged answers are kept."


def standing_sentence(report: SelfReport, *, may_send: bool) -> str:
    """The sentence that says why answers can or cannot be changed now; empty when there is nothing to say.

    ``may_send``: whether the reader is one of those who send it to the executive, and may take it back.
    """
    today, year = timezone.localdate(), report.round.year
    if report.is_editable and report.sent_back_reason:
        return f"Sent back by the executive: {report.sent_back_reason}"
    if report.status == Status.QUERIED:
        queries = list(Query.objects.filter(answer__self_report=report, answered_at=None).order_by("due_date"))
        if not queries:
            return "You have answered the hub's questions. Send it to your executive again."
        noun = "answer" if len(queries) == 1 else "answers"
        it = "it" if len(queries) == 1 else "them"
        due = day_words(queries[0].due_date)
        return f"The hub has asked about {len(queries)} {noun}. Answer {it} by {due}. Your other answers cannot be changed."
    if report.status == Status.WITH_EXECUTIVE:
        unless = (
            "You cannot change it unless you take it back." if may_send else "It cannot be changed unless the service lead takes it back."
        )
        return f"{report.executive} has this self-report. {unless}"
    if report.status == Status.NOT_DECLARED:
        return closed_sentence(report)
    if report.is_editable and today > report.due_date:
        last = add_working_days(report.due_date, report.round.grace_working_days)
        return (
            f"The {year} round closed at 11:59pm on {day_words(report.due_date)}. "
            f"You can still send this until {day_words(last)}. It will be marked as late."
        )
    if report.is_editable and report.reopened_reason:
        when = f" on {day_words(timezone.localdate(report.reopened_at))}" if report.reopened_at else ""
        return f"This self-report was opened again{when}: {report.reopened_reason}"
    if report.is_editable and report.extension_reason:
        return f"You have more time, until {day_words(report.due_date)}: {report.extension_reason}"
    return ""
