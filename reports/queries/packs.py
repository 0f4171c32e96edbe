"""The regional pack for a Quality Surveillance Group: options, open risks and concerns, late actions, dissent.

Compliance only: reviews for learning, their findings and the actions that come from them are no part of it.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import month_date
from peerreview.models import Finding, Review
from surveillance.models import Action, Position, Service, SurveillanceDecision
from surveillance.reach import reach_of
from work.items import clock_words

SERIOUS = (Finding.Category.IMMEDIATE_RISK, Finding.Category.SERIOUS_CONCERN)
# Two lines of their column on paper.
LONGEST_NAME, LONGEST_TEXT, LONGEST_HOLDER = 65, 85, 40
OPTIONS = (
    ("is_routine", "Option 1, routine"),
    ("needs_provider_action", "Option 2, enhanced: provider action"),
    ("needs_commissioner_action", "Option 2, enhanced: commissioner action"),
    ("needs_peer_review", "Option 3, peer review"),
)


@dataclass(frozen=True)
class Line:
    """One row of a table, and where it is looked at."""

    cells: tuple[str, ...]
    path: str


@dataclass(frozen=True)
class ListWords:
    """The words of a list: its title, what is said when it is empty, one and several of its things, its columns."""

    title: str
    none: str
    one: str
    several: str
    header: tuple[str, ...]


LISTS = (
    ListWords(
        "Open immediate risks and serious concerns",
        "No immediate risk or serious concern is open.",
        "open immediate risk or serious concern",
        "open immediate risks and serious concerns",
        ("Service", "Letter", "Category", "Open since"),
    ),
    ListWords("Late actions", "No action is late.", "late action", "late actions", ("Service", "Action", "Who holds it", "Due")),
    ListWords(
        "Dissent",
        "Nobody disagrees with a decision that is proposed or in force.",
        "recorded disagreement",
        "recorded disagreements",
        ("Service", "Decision", "Who disagrees", "Status"),
    ),
)


@dataclass(frozen=True)
class Part:
    """A list of the pack. ``count`` is how many there are; ``lines`` may be fewer."""

    words: ListWords
    lines: Sequence[Line]
    count: int

    @property
    def sentence(self) -> str:
        """ "2 late actions.", and how many of them stand here."""
        if not self.count:
            return self.words.none
        sentence = f"{self.count:,} {self.words.one if self.count == 1 else self.words.several}."
        return sentence if len(self.lines) == self.count else f"{sentence} The first {len(self.lines)} stand here; the CSV file has all."


@dataclass(frozen=True)
class Pack:
    """What a region's group reads, as it stands on a day."""

    region: Organisation
    day: dt.date
    service_count: int
    options: tuple[tuple[str, int], ...]
    parts: tuple[Part, ...]
    is_illustrative: bool

    @property
    def options_sentence(self) -> str:
        """How to read the counts."""
        return f"Decisions in force for {self.service_count:,} services. Options combine, so one service may count more than once."

    @property
    def option_rows(self) -> list[tuple[str, str]]:
        """Each option with "5 of 26 services (19%)"."""
        return [(label, _share(count, self.service_count)) for label, count in self.options]


def _share(count: int, total: int) -> str:
    return f"{count:,} of {total:,} services ({count * 100 // total}%)" if total else "No services"


def pack_regions(user: User) -> QuerySet[Organisation]:
    """Regions whose pack this person may make: the own one for a hub, any for the national team; only those with services."""
    where = reach_of(user, Permission.REPORT_DRAFT)
    regions = Organisation.objects.filter(kind=Organisation.Kind.REGION, region_services__isnull=False).distinct().order_by("name")
    return regions if where.is_national else regions.filter(pk__in=where.regions)


# Rows -----------------------------------------------------------------------------------------------------------------
def in_force(region: Organisation) -> QuerySet[SurveillanceDecision]:
    """Decisions in force in a region."""
    return SurveillanceDecision.objects.standing().filter(service__region=region)


def open_findings(region: Organisation) -> QuerySet[Finding]:
    """Immediate risks and serious concerns of compliance reviews that the team agreed and nobody has found put right."""
    found = Finding.objects.agreed().exclude(status=Finding.Status.CLOSED)
    found = found.filter(service__region=region, category__in=SERIOUS, review__purpose=Review.Purpose.COMPLIANCE)
    return found.select_related("service__provider", "service__network", "letter").order_by("category", "agreed_at", "pk")


def late_actions(region: Organisation) -> QuerySet[Action]:
    """Late actions of compliance, the oldest first."""
    late = Action.objects.of_compliance().late().filter(service__region=region)
    return late.select_related("service__provider", "service__network", "owner_organisation").order_by("due_date", "pk")


def dissent(region: Organisation) -> QuerySet[Position]:
    """Positions that disagree with a decision that is proposed or in force."""
    found = Position.objects.filter(
        view=Position.View.DISAGREE, decision__status__in=SurveillanceDecision.LIVE, decision__service__region=region
    )
    related = ("organisation", "decision__service__provider", "decision__service__network")
    return found.select_related(*related).order_by("given_at", "pk")


# Pack -----------------------------------------------------------------------------------------------------------------
def region_pack(region: Organisation, *, most: Sequence[int]) -> Pack:
    """The pack of a region today, with at most so many rows in each of its three lists; a fixed number of statements."""
    services = Service.objects.filter(region=region).aggregate(all=Count("pk"), invented=Count("pk", filter=Q(is_illustrative=True)))
    counts = in_force(region).aggregate(
        decided=Count("service", distinct=True),
        **{name: Count("service", distinct=True, filter=Q(**{name: True})) for name, _ in OPTIONS},
    )
    options = (*((label, counts[name]) for name, label in OPTIONS), ("No decision in force", services["all"] - counts["decided"]))
    parts = tuple(
        _part(words, rows, line, limit)
        for words, rows, line, limit in zip(
            LISTS,
            (open_findings(region), late_actions(region), dissent(region)),
            (_finding_line, _action_line, _dissent_line),
            most,
            strict=True,
        )
    )
    return Pack(region, timezone.localdate(), services["all"], options, parts, bool(services["invented"]))


def _part(words: ListWords, rows: Any, line: Any, most: int) -> Part:
    return Part(words, [line(row) for row in rows[:most]], rows.count())


def _name(service: Service) -> str:
    return _short(f"{service.name}, {service.holder.name}", LONGEST_NAME)


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _finding_line(finding: Finding) -> Line:
    since = month_date(finding.agreed_at) or "No date"
    return Line((_name(finding.service), letter_words(finding), finding.get_category_display(), since), f"/findings/{finding.pk}/")


def letter_words(finding: Finding) -> str:
    """How far the letter about a finding is."""
    letter = getattr(finding, "letter", None)
    if letter is None:
        return "No letter"
    if letter.answered_at:
        return f"Answered on {month_date(letter.answered_at)}"
    if letter.sent_at:
        return f"Sent on {month_date(letter.sent_at)}, no answer yet"
    return f"Due {month_date(letter.due_date)}"


def _action_line(action: Action) -> Line:
    late = clock_words(action.due_date).rsplit(", ", 1)[-1]
    due = f"{month_date(action.due_date)}, {late}"
    cells = (_name(action.service), _short(action.what, LONGEST_TEXT), _short(holder_words(action), LONGEST_HOLDER), due)
    return Line(cells, f"/actions/{action.pk}/")


def holder_words(action: Action) -> str:
    """The organisation that holds an action; no names leave in a pack."""
    return action.owner_organisation.name if action.owner_organisation else "No one holds this yet"


def _dissent_line(position: Position) -> Line:
    decision = position.decision
    options = decision.options_words
    cells = (
        _name(decision.service),
        f"{options[:1].upper()}{options[1:]}",
        _short(view_of(position), LONGEST_HOLDER),
        decision.get_status_display(),
    )
    return Line(cells, f"/decisions/{decision.pk}/")


def view_of(position: Position) -> str:
    """Which organisation disagrees."""
    return position.organisation.name if position.organisation else position.get_party_display()


# File -----------------------------------------------------------------------------------------------------------------
CSV_COLUMNS = ("part", "service_id", "ods_code", "provider", "service", "what", "who", "date", "status")


def pack_rows(region: Organisation) -> Iterator[list[Any]]:
    """Every row of the pack: each service with its options, then risks and concerns, late actions, dissent."""
    decisions = {one.service_id: one for one in in_force(region).order_by("round__year", "pk")}
    services = Service.objects.filter(region=region).select_related("provider", "network")
    for service in services.iterator(chunk_size=500):
        decision = decisions.get(service.pk)
        words = (decision.options_words, decision.get_status_display()) if decision else ("No decision in force", "")
        day = decision.review_date if decision else None
        yield ["option", *_who(service), words[0], "", day, words[1]]
    for finding in open_findings(region).iterator(chunk_size=500):
        day = timezone.localdate(finding.agreed_at) if finding.agreed_at else None
        yield ["finding", *_who(finding.service), finding.get_category_display(), letter_words(finding), day, finding.get_status_display()]
    for action in late_actions(region).iterator(chunk_size=500):
        yield ["late_action", *_who(action.service), action.what, holder_words(action), action.due_date, action.get_status_display()]
    for position in dissent(region).iterator(chunk_size=500):
        decision = position.decision
        day = timezone.localdate(position.given_at) if position.given_at else None
        yield ["dissent", *_who(decision.service), decision.options_words, view_of(position), day, decision.get_status_display()]


def _who(service: Service) -> tuple[int, str, str, str]:
    return service.pk, service.holder.code, service.holder.name, service.name
