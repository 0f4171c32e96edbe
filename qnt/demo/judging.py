"""Judgements of indicators in the visits of the demonstration: agreed, open, and sealed."""

import datetime as dt
import uuid

from accounts.models import User
from peerreview.models import Judgement, JudgementPanel, Review
from peerreview.queries.judgements import ToJudge, judged_reports, to_judge
from peerreview.services.judging import give_judgement, record_agreed_judgement
from qnt.demo.clock import moment

REASONS = ("Seen in the rota and heard from three nurses.", "The minutes say so.", "Nobody on the ward could tell us.")
AGREED_COUNT = 3
MET, NOT_MET, NOT_SEEN = Judgement.Value.MET, Judgement.Value.NOT_MET, Judgement.Value.NOT_SEEN


def judge(review: Review, *, members: list[User], lead: User, day: dt.date, is_going_on: bool) -> None:
    """Carry the judgements of one visit: in one that is over most are agreed; in one going on one of each state is there.

    The last indicator that is begun waits for the last member alone.
    """
    met = _met_by_indicator(review)
    rows = to_judge(review)
    agreed, opened = (1, 2) if is_going_on else (AGREED_COUNT, AGREED_COUNT)
    for n, row in enumerate(rows[: opened + 1]):
        givers = members if n < opened else members[:-1]
        for m, user in enumerate(givers):
            _give(review, row, user, _value(n, m, met.get((row.service.pk, row.indicator.pk))), n + m, day)
        if n < agreed:
            _agree(review, row, lead, met.get((row.service.pk, row.indicator.pk)), day)


def _met_by_indicator(review: Review) -> dict[tuple[int, int], bool | None]:
    """What the self-report that the team reads holds, so that the demonstration's reviews mostly bear it out."""
    return {
        (service, answer.indicator_id): answer.met for service, report in judged_reports(review).items() for answer in report.answers.all()
    }


def _value(n: int, m: int, met: bool | None) -> str:
    """Most judge as the service does; on every second indicator one member did not see it."""
    if n % 2 and m == 1:
        return NOT_SEEN
    return NOT_MET if met is False else MET


def _give(review: Review, row: ToJudge, user: User, value: str, reason: int, day: dt.date) -> None:
    client_id = uuid.uuid5(uuid.NAMESPACE_URL, f"judgement-{review.pk}-{row.service.pk}-{row.indicator.pk}-{user.pk}")
    with moment(day, 9, 30):
        give_judgement(
            review_id=review.pk, service_id=row.service.pk, indicator_id=row.indicator.pk, value=value,
            reason=REASONS[reason % len(REASONS)], client_id=client_id, by=user,
        )  # fmt: skip


def _agree(review: Review, row: ToJudge, lead: User, met: bool | None, day: dt.date) -> None:
    panel = JudgementPanel.objects.get(review=review, service=row.service, indicator=row.indicator)
    with moment(day, 9, 45):
        record_agreed_judgement(
            panel_id=panel.pk, agreed="NOT_MET" if met is False else "MET", reason="The team saw what the self-report says.",
            differences="", by=lead,
        )  # fmt: skip
