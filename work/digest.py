"""The daily summary: one mail a person on each working day, with counts of what waits and what happened since.

What goes at once, and what waits for the summary (ux rule 14; docs/adr/0006 says why):

====================================================  =====================================================
at once, also to people without the summary           a line of the summary
====================================================  =====================================================
immediate risk: reported, confirmed                   self-report accepted, its summary to read
letter: sent, answered                                decision in force, comment on an action
reminders of deadlines, by the ladder or by hand      block of an action answered by the commissioner
an ask that starts a person's clock, the first        ruling on a place in a compliance review
reminder of its deadline: declare, give a position,   report published (compliance), annual report published
accept an action, choose an owner, answer a block,    what a service did about a finding; the hub's check
agree a plan, join a review, say whether you know
its reviewers, say which dates you can make, notice of
a visit and a change of its plan, check a report, read
a draft report; write or publish the annual report of
the programme
work that came back: sent back, queried, opened       a draft report read by its team, its comments answered
again, place declined, accuracy answers to decide on
receipts; signed-off report issued;
invitations (they carry the only link)
everything about a review for learning: no mail
mixes the two tracks
====================================================  =====================================================

Who turned the summary off gets neither the mail nor its lines. Lines go in the transaction that notes the mail as sent:
a worker killed after sending and before that sends it once more, which is the better mistake.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from smtplib import SMTPException

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from work import jobs, mail
from work.items import counted, work_items
from work.models import DigestEntry, ReminderSent
from work.working_days import add_working_days, is_working_day

log = logging.getLogger(__name__)

BATCH = 100
SOON_WORKING_DAYS = 5  # as on "Your work"
MOST_LINES = 50
SENTENCE_LENGTH = 250


def note(people: Iterable[User], *, sentence: str, key: str) -> None:
    """Put a line into the next summary of each of ``people``, in the caller's transaction: one statement.

    ``sentence`` says what happened, without findings, answers or comments; ``key`` names the event, so that asking again
    before the summary went adds nothing. Who turned the summary off, or cannot sign in, gets no line.
    """
    wanted = {person.pk: person for person in people if person.is_active and person.wants_digest}
    text = sentence if len(sentence) <= SENTENCE_LENGTH else f"{sentence[: SENTENCE_LENGTH - 1].rstrip()}…"
    DigestEntry.objects.bulk_create([DigestEntry(user_id=pk, sentence=text, key=key) for pk in wanted], ignore_conflicts=True)


def key_of(day: dt.date) -> str:
    """The key under which a day's summary is noted as sent."""
    return f"digest:{day.isoformat()}"


def start(day: dt.date, *, on_any_day: bool = False) -> dict[str, int]:
    """Ask for the summaries of ``day`` in batches on the bulk queue; gives counts. Nobody is asked for twice.

    Nothing on a day on which England does not work: nothing in a summary is urgent. Lines of people who turned the
    summary off, or who hold no role any more, are thrown away.
    """
    reached = User.objects.filter(is_active=True, wants_digest=True, pk__in=Membership.objects.active().values("user"))
    counts = {"people": 0, "batches": 0, "lines_dropped": DigestEntry.objects.exclude(user__in=reached).delete()[0]}
    if not (on_any_day or is_working_day(day)):
        return counts
    sent = ReminderSent.objects.filter(key=key_of(day)).values("user")
    waiting = list(reached.exclude(pk__in=sent).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(waiting), BATCH):
        batch = waiting[first : first + BATCH]
        jobs.enqueue("mail.digest", key=f"{key_of(day)}:{batch[0]}", user_ids=batch, day=day.isoformat())
        counts["batches"] += 1
    return counts | {"people": len(waiting)}


@dataclass(frozen=True)
class Summary:
    """What one person's mail says: counts of the compliance track's work, and the lines."""

    late_count: int
    soon_count: int
    soon_until: dt.date
    lines: list[DigestEntry]

    @property
    def has_something_to_say(self) -> bool:
        return bool(self.late_count or self.soon_count or self.lines)

    @property
    def subject(self) -> str:
        """The act first, then how much there is of each: "See your work: 2 late, 5 due soon, 3 to read"."""
        facts = ((self.late_count, "late"), (self.soon_count, "due soon"), (len(self.lines), "to read"))
        return "See your work: " + ", ".join(f"{count} {words}" for count, words in facts if count)

    @property
    def sentences(self) -> Iterator[str]:
        """The counts in words."""
        if self.late_count:
            yield f"{counted(self.late_count, 'thing')} {'is' if self.late_count == 1 else 'are'} late."
        if self.soon_count:
            yield f"{counted(self.soon_count, 'thing')} {'is' if self.soon_count == 1 else 'are'} due in the next 5 working days."


def summary_of(user: User, lines: list[DigestEntry], today: dt.date) -> Summary:
    """What waits for ``user`` today, and what was noted. Reviews for learning are never counted with the rest."""
    soon = add_working_days(today, SOON_WORKING_DAYS)
    days = [item.due for item in work_items(user) if item.is_mine and not item.is_learning and item.due]
    return Summary(sum(day < today for day in days), sum(today <= day <= soon for day in days), soon, lines)


def send_summaries(user_ids: list[int], day: dt.date) -> Iterator[bool]:
    """Send a batch, telling after each person whether a mail went. Who had theirs, or has nothing to read, gets none.

    An address that the mail server refuses holds up nobody else: the error comes at the end, and the batch runs again.
    """
    had = ReminderSent.objects.filter(key=key_of(day)).values("user")
    people = User.objects.filter(pk__in=user_ids, is_active=True, wants_digest=True).exclude(pk__in=had).order_by("pk")
    lines: dict[int, list[DigestEntry]] = {}
    for entry in DigestEntry.objects.filter(user__in=user_ids):
        lines.setdefault(entry.user_id, []).append(entry)
    roles: dict[int, list[Membership]] = {}
    for membership in Membership.objects.active().filter(user__in=user_ids).select_related("organisation").order_by("pk"):
        roles.setdefault(membership.user_id, []).append(membership)
    failure: Exception | None = None
    for person in people:
        person.active_memberships = roles.get(person.pk, [])
        try:
            yield send_summary(person, lines.get(person.pk, []), day)
        except (SMTPException, OSError) as error:
            log.warning("The daily summary of person %s could not be sent: %s", person.pk, type(error).__name__)
            failure = error
            yield False
    if failure:
        raise failure


def send_summary(user: User, lines: list[DigestEntry], day: dt.date) -> bool:
    """Send one person's summary of ``day`` and note it; False when there was nothing to say."""
    summary = summary_of(user, lines, timezone.localdate())
    if not user.roles or not summary.has_something_to_say:
        return False
    mail.send(
        to=[user], subject=summary.subject, template="digest", path=reverse("home"), summary=summary, lines=lines[:MOST_LINES],
        more_count=max(0, len(lines) - MOST_LINES),
    )  # fmt: skip
    _record_sent(user, lines, day)
    return True


@transaction.atomic
def _record_sent(user: User, lines: list[DigestEntry], day: dt.date) -> None:
    """Note that the summary went, and let its lines go; a line noted meanwhile stays for the next one."""
    ReminderSent.objects.bulk_create([ReminderSent(key=key_of(day), user=user)], ignore_conflicts=True)
    DigestEntry.objects.filter(pk__in=[line.pk for line in lines]).delete()
