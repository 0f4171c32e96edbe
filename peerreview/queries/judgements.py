"""What a team judges: the indicators of each service, who gave a judgement, and the spread once it is open.

A sealed judgement is read by nobody but its member: everything here gives either one's own, a count, or an opened spread.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from peerreview.models import Judgement, JudgementPanel, Review, TeamMember
from peerreview.queries.teams import team_of
from peerreview.queries.topics import latest_reports, sets_of
from surveillance.models import Indicator, SelfReport, Service

JUDGING = (Review.Status.VISITING, Review.Status.REPORTING)
ADDED = "Added by the lead reviewer"
KEY = "Key indicator"
Pair = tuple[int, int]


@dataclass(frozen=True)
class ToJudge:
    """One indicator of one service that the team judges, and why; ``panel`` is None before the first judgement."""

    service: Service
    indicator: Indicator
    panel: JudgementPanel | None
    why: str


@dataclass(frozen=True)
class Mine:
    """One indicator to judge as one member sees it: their own judgement, and how many of the team have given theirs."""

    service: Service
    indicator: Indicator
    panel: JudgementPanel | None
    why: str
    judgement: Judgement | None
    given_count: int
    needed_count: int

    @property
    def is_open(self) -> bool:
        """Whether everybody on the team reads all judgements."""
        return self.panel is not None and self.panel.opened_at is not None

    @property
    def sealed_words(self) -> str:
        """How far the team is, as long as the judgements are sealed."""
        return f"Hidden until everyone has given theirs ({self.given_count} of {self.needed_count})"


def judged_reports(review: Review, reports: dict[int, SelfReport] | None = None) -> dict[int, SelfReport]:
    """The accepted self-report that judgements bear on, by service: the one that the team reads, else the newest accepted one."""
    read = latest_reports(review) if reports is None else reports
    found = {pk: report for pk, report in read.items() if report.status == SelfReport.Status.ACCEPTED}
    if set(read) - set(found):
        accepted = SelfReport.objects.filter(service__in=set(read) - set(found), status=SelfReport.Status.ACCEPTED)
        for report in accepted.select_related("round", "indicator_set").order_by("round__year"):
            found[report.service_id] = report
    return found


def to_judge(review: Review) -> list[ToJudge]:
    """The indicators that the team judges, service by service in the patient's order: those of the focus topics, key indicators,
    and what the lead reviewer added.

    Empty for a review for learning. Retired and suspended indicators are left out, and those answered in words, which count
    for nothing; what somebody judged already stays. At most eight statements.
    """
    if review.is_learning:
        return []
    panels: dict[Pair, JudgementPanel] = {(one.service_id, one.indicator_id): one for one in panels_of(review)}
    topics: dict[int, list[str]] = {}
    for title, pk in review.topics.exclude(indicators=None).order_by("position").values_list("title", "indicators"):
        topics.setdefault(pk, []).append(title)
    rows = []
    for service, indicator in candidates(review):
        panel = panels.pop((service.pk, indicator.pk), None)
        reasons = [*(f"Topic: {title}" for title in topics.get(indicator.pk, [])), *([KEY] if indicator.is_key else [])]
        if panel or reasons:
            rows.append(ToJudge(service, indicator, panel, ". ".join(reasons) or ADDED))
    rows += [ToJudge(panel.service, panel.indicator, panel, ADDED) for panel in panels.values()]
    return rows


def candidates(review: Review) -> list[tuple[Service, Indicator]]:
    """Every indicator that a team could judge, of each service's own set, in the patient's order."""
    services = list(Service.objects.for_display().filter(review_services__review=review).order_by("review_services__position"))
    reports = latest_reports(review)
    sets = sets_of(services, reports | judged_reports(review, reports))
    today = timezone.localdate()
    counted = Indicator.objects.filter(indicator_set__in=sets.values(), retired_on=None).exclude(suspended_from__lte=today)
    by_set: dict[int, list[Indicator]] = {}
    for indicator in counted.exclude(answer_kind=Indicator.AnswerKind.TEXT).order_by("position"):
        by_set.setdefault(indicator.indicator_set_id, []).append(indicator)
    return [(service, indicator) for service in services for indicator in by_set.get(sets.get(service.pk, 0), [])]


def panels_of(review: Review) -> QuerySet[JudgementPanel]:
    """The panels of a review with the names that pages show."""
    names = ("service__provider", "service__network", "indicator", "opened_by", "agreed_by")
    return review.panels.select_related(*names).order_by("service", "indicator__position", "pk")


def judging_team(review: Review) -> QuerySet[TeamMember]:
    """Who must have given a judgement before it opens: every accepted, cleared member whose place stands, also patient reviewers."""
    return review.team.on_team().select_related("user")


def mine(review: Review, user: User) -> list[Mine]:
    """Everything that the team judges with ``user``'s own judgements and, of the others', counts alone; three statements more."""
    rows = to_judge(review)
    own = {one.panel_id: one for one in Judgement.objects.filter(panel__review=review, member__user=user)}
    counts, needed = given_counts(review), judging_team(review).count()
    found = []
    for row in rows:
        pk = row.panel.pk if row.panel else 0
        found.append(Mine(row.service, row.indicator, row.panel, row.why, own.get(pk), counts.get(pk, 0), needed))
    return found


def given_counts(review: Review) -> dict[int, int]:
    """How many of those whose judgement counts have given it, by panel."""
    standing = Q(judgements__member__in=review.team.on_team().values("pk"))
    return dict(review.panels.order_by().annotate(given=Count("judgements", filter=standing)).values_list("pk", "given"))


def missing_members(panel: JudgementPanel) -> list[TeamMember]:
    """Members who count and have not given their judgement, by name."""
    gave = panel.judgements.values("member")
    return list(judging_team(panel.review).exclude(pk__in=gave).order_by("user__name", "pk"))


def spread_of(panel: JudgementPanel) -> list[Judgement]:
    """Who judged what, once it is open and not before; members whose place ended early, or who were ruled out, left it."""
    if panel.opened_at is None:
        return []
    counted = team_of(panel.review).values("pk")
    return list(panel.judgements.filter(member__in=counted).select_related("member__user").order_by("member__user__name", "pk"))


def spreads_of(review: Review) -> dict[int, str]:
    """The spread of every open panel in words, by panel, in two statements."""
    counted = team_of(review).values("pk")
    by_panel: dict[int, list[Judgement]] = {one.pk: [] for one in review.panels.exclude(opened_at=None)}
    for judgement in Judgement.objects.filter(panel__in=by_panel, member__in=counted):
        by_panel[judgement.panel_id].append(judgement)
    return {pk: spread_words(judgements) for pk, judgements in by_panel.items()}


def spread_words(judgements: list[Judgement]) -> str:
    """The spread in words: 3 met, 1 not met, 1 not seen; what nobody said is left out."""
    said = [one.value for one in judgements]
    found = [f"{said.count(value)} {label.lower()}" for value, label in Judgement.Value.choices if value in said]
    return ", ".join(found) or "No judgements"
