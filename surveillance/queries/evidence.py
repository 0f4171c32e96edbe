"""Reading evidence: what uses a document, which declaration named which version, what is old, what a service has room for."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery, Sum
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from surveillance import facts
from surveillance.models import Action, Answer, Declaration, EvidenceItem, EvidenceVersion, SelfReport
from surveillance.models.evidence import EvidenceQuerySet
from work.items import counted

OLD_AFTER_MONTHS = 12  # evidence must be dated within 12 months (peer review procedure)


def old_before(today: dt.date | None = None) -> dt.date:
    """A document dated before this day is over 12 months old."""
    today = today or timezone.localdate()
    try:
        return today.replace(year=today.year - OLD_AFTER_MONTHS // 12)
    except ValueError:  # 29 February
        return today.replace(year=today.year - OLD_AFTER_MONTHS // 12, day=28)


def is_old(document_date: dt.date | None, today: dt.date | None = None) -> bool:
    """Whether a date on a document is over 12 months back."""
    return document_date is not None and document_date < old_before(today)


# Lists ----------------------------------------------------------------------------------------------------------------
def find_documents(
    items: EvidenceQuerySet, *, words: str = "", only_old: bool = False, only_unused: bool = False, user: User
) -> EvidenceQuerySet:
    """Narrow a list: every one of ``words`` stands in the title; over 12 months old; used by nothing that ``user`` may know of."""
    for word in words.split()[:10]:
        items = items.filter(title__icontains=word)
    if only_old:
        newest = EvidenceVersion.objects.filter(item=OuterRef("pk")).order_by("-number").values("document_date")[:1]
        items = items.annotate(newest_date=Subquery(newest)).filter(newest_date__lt=old_before())
    if only_unused:
        items = items.filter(answers=None, actions=None)
        for rows in facts.document_uses(user):
            items = items.exclude(pk__in=rows.values("evidenceitem"))
    return items


@dataclass
class Uses:
    """How often a document is used: answers by year, actions, findings."""

    answers: dict[int, int] = field(default_factory=dict)
    action_count: int = 0
    finding_count: int = 0

    @property
    def parts(self) -> list[str]:
        """ "3 answers, 2026 and 2027", "1 action", "2 findings"; nothing when it is not used."""
        total, years = sum(self.answers.values()), sorted(self.answers)
        when = " and ".join(filter(None, [", ".join(map(str, years[:-1])), str(years[-1])])) if years else ""
        found = [f"{counted(total, 'answer')}, {when}"] if total else []
        found += [counted(self.action_count, "action")] if self.action_count else []
        return found + ([counted(self.finding_count, "finding")] if self.finding_count else [])


def uses_of(item_ids: Iterable[int], user: User) -> dict[int, Uses]:
    """What uses each of these documents, as far as ``user`` may know of it; the same number of statements for one and for fifty."""
    ids = list(item_ids)
    found = {pk: Uses() for pk in ids}
    by_year = EvidenceItem.answers.through.objects.filter(evidenceitem__in=ids).values_list(
        "evidenceitem", "answer__self_report__round__year"
    )
    for pk, year, count in by_year.annotate(count=Count("pk")).order_by():
        found[pk].answers[year] = count
    actions = Action.objects.for_user(user, Permission.ACTION_VIEW).filter(evidence__in=ids).values_list("evidence")
    for pk, count in actions.annotate(count=Count("pk", distinct=True)).order_by():
        found[pk].action_count = count
    for rows in facts.document_uses(user):
        for pk, count in rows.filter(evidenceitem__in=ids).values_list("evidenceitem").annotate(count=Count("pk")).order_by():
            found[pk].finding_count += count
    return found


# Declarations ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class DeclaredUse:
    """A declaration that names a document: which version, for which indicators."""

    self_report_id: int
    year: int
    declared_at: dt.datetime
    version: int | None
    numbers: tuple[str, ...]


def declared_uses(item: EvidenceItem, user: User | None = None) -> list[DeclaredUse]:
    """Declarations of the service that name the document, newest first; for a ``user`` those of self-reports that they may read.

    One statement: the text narrows it down, the content decides.
    """
    rows = Declaration.objects.filter(self_report__service=item.service_id, content__contains=f'"id":{item.pk},')
    if user is not None:
        rows = rows.filter(self_report__in=SelfReport.objects.for_user(user, Permission.SELF_REPORT_VIEW).values("pk"))
    found = []
    for declaration in rows.select_related("self_report__round").order_by("-declared_at", "-pk"):
        named = [
            (answer["number"], document["version"])
            for answer in json.loads(declaration.content)["answers"]
            for document in answer.get("evidence", ())
            if document["id"] == item.pk
        ]
        if named:
            report = declaration.self_report
            numbers = tuple(number for number, _ in named)
            found.append(DeclaredUse(report.pk, report.round.year, declaration.declared_at, named[0][1], numbers))
    return found


def may_correct_date(item: EvidenceItem, version: EvidenceVersion, user: User) -> bool:
    """The date belongs to the version: whoever added it may correct it until a declaration names that version."""
    return version.uploaded_by_id == user.pk and version.number not in {use.version for use in declared_uses(item)}


def why_it_stays(item: EvidenceItem) -> list[str]:
    """Sentences that say what uses the document, so that it cannot be removed; empty when nothing does."""
    reasons = []
    if answers := item.answers.count():
        reasons.append(f"Used by {counted(answers, 'answer')}. Remove it from {'them' if answers > 1 else 'that answer'} first.")
    if actions := item.actions.count():
        reasons.append(f"It shows what was done for {counted(actions, 'action')}, so it stays.")
    if facts.rests_on_document(item.pk):
        reasons.append("A peer review of this service rests on it, so it stays.")
    if years := sorted({use.year for use in declared_uses(item)}):
        named = f"{', '.join(map(str, years))} self-report{'s' if len(years) > 1 else ''}"
        reasons.append(f"It was declared with the {named}, so it stays on record. You can take it out of this year's answers instead.")
    return reasons


# Answers --------------------------------------------------------------------------------------------------------------
def answers_open_to(user: User, *, service_id: int, self_report_id: int | None = None) -> list[Answer]:
    """Answers whose documents ``user`` may change now, in the order of the set: of the self-report, or of the service's newest.

    A round that opens later is not there yet. After a query only the answers that the hub asked about.
    """
    answers = (
        Answer.objects.for_user(user, Permission.SELF_REPORT_ANSWER)
        .filter(
            self_report__service=service_id,
            self_report__status__in=SelfReport.EDITABLE,
            self_report__round__opens_date__lte=timezone.localdate(),
        )
        .select_related("indicator", "self_report__round")
        .order_by("-self_report__round__year", "indicator__position")
    )
    rows = list(answers if self_report_id is None else answers.filter(self_report=self_report_id))
    newest = [answer for answer in rows if answer.self_report_id == rows[0].self_report_id]
    if not newest or newest[0].self_report.status != SelfReport.Status.QUERIED:
        return newest
    asked = set(newest[0].self_report.answers.filter(queries__answered_at=None, queries__isnull=False).values_list("pk", flat=True))
    return [answer for answer in newest if answer.pk in asked]


# Room -----------------------------------------------------------------------------------------------------------------
def over_quota(service_id: int, size_bytes: int) -> int:
    """The service's limit in MB when ``size_bytes`` more would pass it, else 0. Removed documents take no room."""
    kept = EvidenceVersion.objects.filter(item__service=service_id, item__removed_at=None)
    used = kept.aggregate(used=Sum("size_bytes"))["used"] or 0
    return settings.UPLOAD_QUOTA_BYTES // (1024 * 1024) if used + size_bytes > settings.UPLOAD_QUOTA_BYTES else 0
