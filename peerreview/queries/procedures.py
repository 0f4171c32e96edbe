"""Reads about procedures: versions by procedure, who keeps which, what a version changes, and how far each part is confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import AuditEvent
from peerreview.models import Procedure, ProcedureComment, Review
from peerreview.models.procedures import Row
from peerreview.procedure_parts import GENERAL, GENERAL_COLUMNS, GENERAL_TITLE, ROW_PARTS, TITLES, Part, general_facts, rows_of
from surveillance.queries.consultation import CommentLine, as_line, with_people
from surveillance.queries.indicator_sets import LastChange
from work.items import counted

Status = Procedure.Status
UNPUBLISHED = (Status.DRAFT, Status.IN_CONSULTATION)
OVER = (Review.Status.CLOSED, Review.Status.CANCELLED)
DEFAULT, CONFIRMED, CHANGED = "Our default. To be confirmed.", "Confirmed", "Changed. To be confirmed."
Kept = dict[int, tuple[int, int]]


# Versions -------------------------------------------------------------------------------------------------------------
@dataclass
class Line:
    """A procedure as the list shows it: the version in use, the one that is being written, and who keeps older ones."""

    code: str
    name: str
    in_use: Procedure | None = None
    next: Procedure | None = None
    keeping: list[str] = field(default_factory=list)

    @property
    def shown(self) -> Procedure | None:
        """The version that the name leads to."""
        return self.in_use or self.next


def lines_of(procedures: Iterable[Procedure], kept: Kept) -> list[Line]:
    """One line a procedure, by name; ``kept`` gives the reviews that follow each version."""
    found: dict[str, Line] = {}
    versions = sorted(procedures, key=lambda one: one.version)
    for one in versions:
        line = found.setdefault(one.code, Line(one.code, one.name))
        if one.status == Status.PUBLISHED:
            line.in_use, line.name = one, one.name
        elif one.status in UNPUBLISHED:
            line.next = one
    for line in found.values():
        line.keeping = keeping_sentences([one for one in versions if one.code == line.code], line.in_use, kept)
    return sorted((line for line in found.values() if line.shown), key=lambda line: line.name)


def reviews_by_version() -> Kept:
    """Reviews that are not over, by the version that they follow: compliance reviews and reviews for learning, never in one sum."""
    is_live = ~Q(status__in=OVER)
    rows = (
        Review.objects.filter(is_live)
        .order_by()
        .values("procedure")
        .annotate(
            compliance=Count("pk", filter=Q(purpose=Review.Purpose.COMPLIANCE)),
            learning=Count("pk", filter=Q(purpose=Review.Purpose.IMPROVEMENT)),
        )
    )
    return {row["procedure"]: (row["compliance"], row["learning"]) for row in rows}


def keeping_sentences(versions: Iterable[Procedure], newest: Procedure | None, kept: Kept) -> list[str]:
    """ "12 reviews keep version 2; new reviews use version 3." for each version before ``newest`` that reviews still follow."""
    if newest is None:
        return []
    said = []
    for one in versions:
        compliance, learning = kept.get(one.pk, (0, 0))
        if one.version >= newest.version:
            continue
        if compliance:
            verb = "keeps" if compliance == 1 else "keep"
            said.append(f"{counted(compliance, 'review')} {verb} version {one.version}; new reviews use version {newest.version}.")
        if learning:
            said.append(f"{learning_words(learning)} version {one.version}.")
    return said


def keeping_if_published(procedure: Procedure) -> list[str]:
    """The same as if this version were the one in use already: what publishing it would leave."""
    versions = Procedure.objects.filter(code=procedure.code).order_by("version")
    return keeping_sentences(versions, procedure, reviews_by_version())


def learning_words(count: int) -> str:
    """Reviews for learning, said apart from the others."""
    return "1 review for learning keeps" if count == 1 else f"{count} reviews for learning keep"


def before(procedure: Procedure) -> Procedure | None:
    """The newest version before this one that was published."""
    earlier = Procedure.objects.filter(code=procedure.code, version__lt=procedure.version)
    return earlier.filter(status__in=[Status.PUBLISHED, Status.RETIRED]).order_by("-version").first()


# Parts ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ShownPart:
    """A part as the page of a version shows it."""

    code: str
    title: str
    standing: str
    part: Part | None
    rows: list[tuple[Row, tuple[str, ...]]]


def parts_of(procedure: Procedure) -> list[ShownPart]:
    """Every part with its rows in words, and whether it is our default, confirmed or changed. One statement."""
    others = [one for one in Procedure.objects.filter(code=procedure.code).order_by("version") if one.pk != procedure.pk]
    standings = {code: standing_of(code, procedure, others) for code in TITLES}
    general = ShownPart(GENERAL, GENERAL_TITLE, standings[GENERAL], None, [])
    rest = [
        ShownPart(code, part.title, standings[code], part, [(row, part.words(row)) for row in rows_of(procedure, part)])
        for code, part in ROW_PARTS.items()
    ]
    return [general, *rest]


def standing_of(code: str, procedure: Procedure, others: list[Procedure]) -> str:
    """Confirmed when a version that was published after consultation says the same; our default when only the shipped version does."""
    said = content_of(procedure, code)
    confirmed = [one for one in [procedure, *others] if not one.is_default and one.status in (Status.PUBLISHED, Status.RETIRED)]
    if any(content_of(one, code) == said for one in confirmed):
        return CONFIRMED
    shipped = [one for one in [procedure, *others] if one.drafted_by_id is None]
    return DEFAULT if any(content_of(one, code) == said for one in shipped) else CHANGED


def content_of(procedure: Procedure, code: str) -> list[object]:
    """Everything that a part holds, to compare two versions."""
    columns = GENERAL_COLUMNS if code == GENERAL else ROW_PARTS[code].columns
    return [getattr(procedure, column) for column in columns]


@dataclass(frozen=True)
class Difference:
    """One thing that a version changes, in words; ``old`` or ``new`` is empty where it came or went."""

    what: str
    old: str
    new: str


def differences(old: Procedure | None, new: Procedure) -> list[tuple[str, list[Difference]]]:
    """What ``new`` changes since ``old``, part by part; parts without a change are left out."""
    if old is None:
        return []
    found = [(GENERAL_TITLE, _general_differences(old, new))]
    found += [(part.title, _row_differences(rows_of(old, part), rows_of(new, part), part)) for part in ROW_PARTS.values()]
    return [(title, changes) for title, changes in found if changes]


def _general_differences(old: Procedure, new: Procedure) -> list[Difference]:
    pairs = zip(general_facts(old), general_facts(new), strict=True)
    return [Difference(label, was, now) for (label, was), (_, now) in pairs if was != now]


def _row_differences(old: list[Row], new: list[Row], part: Part) -> list[Difference]:
    was, now = {row["code"]: part.words(row) for row in old}, {row["code"]: part.words(row) for row in new}
    found = [Difference(words[0], _rest(was[code]), _rest(words)) for code, words in now.items() if code in was and was[code] != words]
    found += [Difference(words[0], "", _rest(words)) for code, words in now.items() if code not in was]
    found += [Difference(words[0], _rest(words), "") for code, words in was.items() if code not in now]
    kept_old, kept_new = [code for code in was if code in now], [code for code in now if code in was]
    if kept_old != kept_new:
        found.append(Difference("The order", _order(kept_old, was), _order(kept_new, now)))
    return found


def _rest(words: tuple[str, ...]) -> str:
    return ". ".join(words)


def _order(codes: list[str], words: dict[str, tuple[str, ...]]) -> str:
    return ", ".join(words[code][0] for code in codes)


def last_change(procedure: Procedure) -> LastChange:
    """Who changed a draft last, read from the audit trail for the page only."""
    names = ("procedure.drafted", "procedure.changed")
    events = AuditEvent.objects.filter(target_type=procedure._meta.label_lower, target_id=procedure.pk, action__in=names)
    event = events.select_related("by").order_by("-pk").first()
    return LastChange(event.by.name if event and event.by else "Somebody", event.at if event else None)


# Comments -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CommentGroup:
    """The comments on one part; ``code`` is empty for those on the procedure as a whole."""

    code: str
    title: str
    lines: list[CommentLine]
    shown: ShownPart | None


def line_of(comment: ProcedureComment) -> CommentLine:
    """A comment with its people in words and the address of its reply."""
    return as_line(comment, reverse("peerreview:procedure_comment_reply", args=[comment.procedure_id, comment.pk]))


def comments_of(procedure: Procedure, part: str) -> list[CommentLine]:
    """What was said of one part, or of the procedure as a whole for an empty ``part``."""
    return [line_of(one) for one in with_people(procedure.comments.filter(part=part)).order_by("made_at", "pk")]


def comment_groups(procedure: Procedure, *, only_unanswered: bool) -> list[CommentGroup]:
    """A group for the whole and for each part, commented on or not; only those with unanswered comments where that is asked."""
    comments = list(with_people(procedure.comments.all()).order_by("made_at", "pk"))
    shown = {part.code: part for part in parts_of(procedure)}
    groups = [
        CommentGroup(code, title, [line_of(one) for one in comments if one.part == code], shown.get(code))
        for code, title in {"": "The procedure as a whole", **TITLES}.items()
    ]
    if only_unanswered:
        return [group for group in groups if any(line.comment.replied_at is None for line in group.lines)]
    return groups


def unanswered_count(procedure: Procedure) -> int:
    """Comments without a reply."""
    return ProcedureComment.objects.filter(procedure=procedure, replied_at=None).count()
