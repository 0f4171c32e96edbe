"""What the members of a team say about a draft finding: who agrees, who does not, who has not said yet."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import User
from peerreview.models import Finding, FindingAgreement, Review, TeamMember


@dataclass(frozen=True)
class Voice:
    """One member and what they said of a finding; ``is_current`` when they saw the text as it stands (or as it was agreed)."""

    member: TeamMember
    said: FindingAgreement | None = None
    is_current: bool = False
    is_over: bool = False

    @property
    def words(self) -> str:
        """What this member said, in words; what was said of an earlier text is asked again."""
        if self.said is None:
            return "Had not said" if self.is_over else "Has not said yet"
        answer = "Agrees" if self.said.agrees else "Does not agree"
        return answer if self.is_current else f"{answer} with an earlier text"


@dataclass(frozen=True)
class Agreed:
    """How a finding was agreed: the version whose text it was, and why without those who had not said."""

    version: int
    without_reason: str = ""


def members_asked(review: Review) -> list[TeamMember]:
    """Members whose papers are open: those who are asked whether they agree. In the order of the places, in one statement."""
    return list(review.team.on_team().select_related("user").order_by("pk"))


def agreed_how(finding: Finding) -> Agreed | None:
    """How the lead agreed it, from the finding's own history; None for a draft."""
    row = finding.history.filter(status=Finding.Status.AGREED).order_by("history_id").first()
    return Agreed(row.version - 1, row.history_change_reason or "") if row else None


def voices_of(finding: Finding, members: list[TeamMember], *, version: int) -> list[Voice]:
    """Every one of ``members``, and whoever said something earlier, with what they said of the finding; one statement unless prefetched."""
    said, is_over = {one.member_id: one for one in finding.agreements.all()}, finding.status != Finding.Status.DRAFT
    voices = []
    for member in members:
        one = said.pop(member.pk, None)
        voices.append(Voice(member, one, one is not None and one.finding_version == version, is_over))
    return voices + [Voice(one.member, one, one.finding_version == version, is_over) for one in said.values()]


def unheard(finding: Finding) -> list[TeamMember]:
    """Members who have not said whether they agree with the text as it stands; the lead says so by agreeing the finding."""
    voices = voices_of(finding, members_asked(finding.review), version=finding.version)
    on_team = [voice for voice in voices if voice.member.papers_open and voice.member.team_role != TeamMember.TeamRole.LEAD]
    return [voice.member for voice in on_team if not voice.is_current]


def unheard_words(members: list[TeamMember]) -> str:
    """Who has not said yet, as a sentence."""
    names = [member.user.name for member in members]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed} {'has' if len(names) == 1 else 'have'} not said whether they agree."


def heard_words(finding: Finding, members: list[TeamMember]) -> str:
    """A draft's state in one line for the list: how many said, who does not agree, who has not said."""
    voices = [v for v in voices_of(finding, members, version=finding.version) if v.member.papers_open]
    heard = [voice for voice in voices if voice.is_current]
    words = f"{len(heard)} of {len(voices)} members have said whether they agree."
    against = [voice.member.user.name for voice in heard if voice.said and not voice.said.agrees]
    if against:
        words += f" Not agreed by {', '.join(against)}."
    return words


def drafts_to_say(user: User, reviews: QuerySet[Review]) -> QuerySet[Finding]:
    """Drafts of these reviews that ``user`` has not said anything about as they stand.

    An immediate risk is left out: its lead confirms it at once, and nobody waits for anybody.
    """
    said = FindingAgreement.objects.filter(finding=OuterRef("pk"), member__user=user, finding_version=F("finding__version"))
    drafts = Finding.objects.filter(review__in=reviews, status=Finding.Status.DRAFT)
    return drafts.exclude(category=Finding.Category.IMMEDIATE_RISK).exclude(Exists(said)).order_by("review", "pk")
