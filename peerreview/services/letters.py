"""Letters to a chief executive about an immediate risk or a serious concern: drafted when the finding is agreed, two clocks."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Finding, Letter
from peerreview.queries.milestones import days_after
from peerreview.services.locks import locked_letter
from surveillance.queries.holders import executive_of
from surveillance.services.clash import AlreadyDone, check_version
from work import jobs
from work.items import day_words
from work.jobs import Lease
from work.status import InvalidTransition

# Category of the finding -> milestone of the letter and of its answer.
CLOCKS = {
    Finding.Category.IMMEDIATE_RISK: ("IMMEDIATE_LETTER", "IMMEDIATE_RESPONSE"),
    Finding.Category.SERIOUS_CONCERN: ("SERIOUS_LETTER", "SERIOUS_RESPONSE"),
}


def open_letter(finding: Finding) -> Letter | None:
    """Draft the letter that an agreed finding calls for, due by the procedure's clock; None where none is called for."""
    if finding.category not in CLOCKS:
        return None
    code, _ = CLOCKS[Finding.Category(finding.category)]
    holder = executive_of(finding.service)
    due = days_after(finding.review.procedure, code, timezone.localdate(finding.agreed_at))
    letter, _ = Letter.objects.get_or_create(
        finding=finding, defaults={"to_name": holder.user.name if holder else "Chief executive", "due_date": due, "text": _draft(finding)}
    )
    return letter


def _draft(finding: Finding) -> str:
    """The words to begin with; the hub changes them before it sends the letter."""
    category = finding.get_category_display().lower()
    article = "an" if category[0] in "aeiou" else "a"
    _, answer_code = CLOCKS[Finding.Category(finding.category)]
    days = finding.review.procedure.working_days(answer_code)
    return (
        f"During the peer review of {finding.service.name} at {finding.service.holder.name} the review team found {article} {category}.\n\n"
        f"What the team saw: {finding.what_was_seen}\n\n"
        f"What the team recommends: {finding.recommendation}\n\n"
        f"Tell us within {days} working days of this letter what you have done and what you will do."
    )


@transaction.atomic
def change_letter(*, letter_id: int, text: str, by: User, version: int | None = None) -> Letter:
    """Change the words until the letter is sent. Raises InvalidTransition, SomeoneElseChanged."""
    letter = locked_letter(letter_id)
    _refuse_when_sent(letter)
    check_version(letter, letter.version, version)
    letter.text = text.strip()
    letter.version += 1
    letter.save(update_fields=["text", "version"])
    audit.record("letter.changed", target=letter, by=by)
    return letter


@transaction.atomic
def send_letter(*, letter_id: int, by: User) -> Letter:
    """Send the letter: from now on the service reads it, the answer's clock runs, and its PDF is made by a job.

    Raises InvalidTransition.
    """
    letter = locked_letter(letter_id)
    _refuse_when_sent(letter)
    finding = letter.finding
    if finding.status == Finding.Status.WITHDRAWN:
        raise InvalidTransition("The finding was withdrawn, so its letter is not sent.")
    _, code = CLOCKS[Finding.Category(finding.category)]
    letter.sent_at, letter.sent_by = timezone.now(), by
    letter.response_due_date = days_after(finding.review.procedure, code, timezone.localdate())
    letter.version += 1
    letter.save(update_fields=["sent_at", "sent_by", "response_due_date", "version"])
    audit.record("letter.sent", target=letter, by=by)
    jobs.enqueue("letter.pdf", letter_id=letter.pk, requested_by=by)
    jobs.enqueue("mail.letter_sent", letter_id=letter.pk, requested_by=by)
    return letter


@transaction.atomic
def record_letter_answer(*, letter_id: int, answer: str, by: User) -> Letter:
    """Keep the answer to a letter that was sent. Raises InvalidTransition."""
    letter = locked_letter(letter_id)
    if letter.sent_at is None:
        raise InvalidTransition("The letter was not sent yet, so there is nothing to answer.")
    if letter.answered_at and letter.answered_by:
        day = day_words(timezone.localdate(letter.answered_at))
        raise AlreadyDone(f"{letter.answered_by.name} recorded the answer on {day}. You do not need to do anything.")
    letter.answer, letter.answered_at, letter.answered_by = answer.strip(), timezone.now(), by
    letter.version += 1
    letter.save(update_fields=["answer", "answered_at", "answered_by", "version"])
    audit.record("letter.answered", target=letter, by=by)
    jobs.enqueue("mail.letter_answered", letter_id=letter.pk, requested_by=by)
    return letter


@transaction.atomic
def keep_letter_pdf(*, letter_id: int, path: str, sha256: str, file_name: str, lease: Lease) -> None:
    """Note where the letter's PDF is, and complete the job. Raises LeaseLost."""
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    letter.pdf_path, letter.pdf_sha256 = path, sha256
    letter.save(update_fields=["pdf_path", "pdf_sha256"])
    lease.complete(sentence=f"{file_name} is ready")


def _refuse_when_sent(letter: Letter) -> None:
    if letter.sent_at and letter.sent_by:
        raise AlreadyDone(
            f"{letter.sent_by.name} sent this letter on {day_words(timezone.localdate(letter.sent_at))}. You do not need to do anything."
        )
