"""Judgements of indicators: sealed until everyone has given theirs or the lead opens them; then agreed, assessed, scored."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, User
from peerreview.models import Judgement, JudgementPanel, Review
from peerreview.queries.judgements import mine, spread_of, to_judge
from peerreview.services import judging, team
from peerreview.services.judging import give_judgement
from reports.blocks.appendices import compliance
from surveillance.models import Assessment, Score
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from surveillance.services.peer_assessments import rewrite_peer_score
from tests.factories.peerreview import Visit, make_review, make_visit
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
CANARY = "canary-of-a-sealed-judgement"


def visiting(*, accepted: bool = True) -> Visit:
    visit = make_visit(accepted=accepted)
    visit.carry("VISITING")
    return visit


def give(visit: Visit, by: User, value: str = "MET", **fields: object) -> Judgement:
    answer = visit.scene.answers[0]
    chosen: dict[str, object] = {
        "review_id": visit.review.pk, "service_id": visit.scene.service.pk, "indicator_id": answer.indicator_id, "value": value,
        "reason": "Seen on the ward.", "client_id": uuid.uuid4(), "by": by,
    }  # fmt: skip
    return give_judgement(**(chosen | fields))  # type: ignore[arg-type]


def give_all(visit: Visit) -> JudgementPanel:
    for user, value in ((visit.lead, "MET"), (visit.member, "NOT_MET"), (visit.patient, "NOT_SEEN")):
        give(visit, user, value)
    return JudgementPanel.objects.get()


def agree(panel: JudgementPanel, visit: Visit, agreed: str = "NOT_MET", **fields: object) -> JudgementPanel:
    chosen: dict[str, object] = {
        "panel_id": panel.pk,
        "agreed": agreed,
        "reason": "Cover stops at 8pm.",
        "differences": "",
        "by": visit.lead,
    }
    return judging.record_agreed_judgement(**(chosen | fields))  # type: ignore[arg-type]


def test_topics_and_key_indicators_are_judged_and_nothing_else() -> None:
    visit = visiting()
    answers = visit.scene.answers
    answers[1].indicator.is_key = True
    answers[1].indicator.save()

    rows = to_judge(visit.review)

    assert [(row.indicator.pk, row.why) for row in rows] == [
        (answers[0].indicator_id, "Topic: Cover at night"), (answers[1].indicator_id, "Key indicator"),
    ]  # fmt: skip


def test_lead_adds_an_indicator_once() -> None:
    visit = visiting()
    third = {"review_id": visit.review.pk, "service_id": visit.scene.service.pk, "indicator_id": visit.scene.answers[2].indicator_id}

    with pytest.raises(InvalidTransition, match="Only the lead reviewer adds"):
        judging.add_to_judge(**third, by=visit.member)
    judging.add_to_judge(**third, by=visit.lead)
    with pytest.raises(InvalidTransition, match="judges this indicator already"):
        judging.add_to_judge(**third, by=visit.lead)

    assert [row.why for row in to_judge(visit.review)] == ["Topic: Cover at night", "Added by the lead reviewer"]


def test_judgement_sent_again_changes_nothing() -> None:
    visit = visiting()
    first = give(visit, visit.member, "MET")

    again = give(visit, visit.member, "NOT_MET", client_id=first.client_id)

    assert (again.pk, again.value, Judgement.objects.count()) == (first.pk, "MET", 1)
    assert AuditEvent.objects.filter(action="judgement.given").count() == 1


def test_later_judgement_replaces_ones_own_and_an_older_one_does_not() -> None:
    visit = visiting()
    give(visit, visit.member, "MET")
    give(visit, visit.member, "NOT_MET")

    give(visit, visit.member, "NOT_SEEN", written_at=timezone.now() - dt.timedelta(hours=1))

    assert list(Judgement.objects.values_list("value", flat=True)) == ["NOT_MET"]


def test_judgements_open_by_themselves_with_the_last_one() -> None:
    visit = visiting()
    give(visit, visit.lead)
    give(visit, visit.member)
    assert spread_of(JudgementPanel.objects.get()) == []
    assert [row.sealed_words for row in mine(visit.review, visit.lead)] == ["Hidden until everyone has given theirs (2 of 3)"]

    give(visit, visit.patient, "NOT_MET")

    panel = JudgementPanel.objects.get()
    assert (panel.opened_at is not None, panel.opened_by, panel.opened_reason) == (True, None, "")
    assert [(one.member.user.name, one.value) for one in spread_of(panel)] == [
        ("Lin Lead", "MET"), ("Max Member", "MET"), ("Pat Patient", "NOT_MET"),
    ]  # fmt: skip


def test_open_judgements_take_no_more_and_still_know_a_replay() -> None:
    visit = visiting()
    give_all(visit)
    kept = Judgement.objects.get(member__user=visit.member)

    with pytest.raises(InvalidTransition, match="open to the team"):
        give(visit, visit.member, "MET")

    assert give(visit, visit.member, "MET", client_id=kept.client_id).value == "NOT_MET"


def test_lead_opens_without_a_named_member_with_a_reason() -> None:
    visit = visiting()
    give(visit, visit.member)
    panel = JudgementPanel.objects.get()
    patient = visit.place(visit.patient)
    opened = {"panel_id": panel.pk, "without_ids": [patient.pk], "reason": "Taken ill.", "by": visit.lead}

    for refused, sentence in (
        ({"by": visit.member}, "Only the lead reviewer opens"), ({"reason": " "}, "Enter why"), ({}, "Give your own judgement"),
    ):  # fmt: skip
        with pytest.raises(InvalidTransition, match=sentence):
            judging.open_without(**(opened | refused))
    give(visit, visit.lead)
    with pytest.raises(InvalidTransition, match="Pat Patient joined the team after"):
        judging.open_without(**(opened | {"without_ids": []}))
    judging.open_without(**opened)
    with pytest.raises(AlreadyDone, match="Lin Lead opened this"):
        judging.open_without(**opened)

    panel.refresh_from_db()
    assert (panel.opened_by, panel.opened_reason, list(panel.opened_without.all())) == (visit.lead, "Taken ill.", [patient])


def test_member_who_leaves_no_longer_counts() -> None:
    visit = visiting()
    give(visit, visit.lead)
    give(visit, visit.member, "NOT_MET", reason=CANARY)
    team.end_place(member_id=visit.place(visit.member).pk, reason="Ill", by=visit.manager)
    assert [(row.given_count, row.needed_count) for row in mine(visit.review, visit.lead)] == [(1, 2)]

    give(visit, visit.patient)

    assert [one.member.user.name for one in spread_of(JudgementPanel.objects.get())] == ["Lin Lead", "Pat Patient"]


@pytest.mark.parametrize("leaves", ["ended", "declined"])
def test_judgements_open_when_the_one_they_waited_for_leaves(leaves: str) -> None:
    visit = visiting()
    give(visit, visit.lead)
    give(visit, visit.member)
    place = visit.place(visit.patient)

    if leaves == "ended":
        team.end_place(member_id=place.pk, reason="Ill", by=visit.manager)
    else:
        team.decline_invitation(member_id=place.pk, reason="Ill", by=visit.patient)

    panel = JudgementPanel.objects.get()
    assert (panel.opened_at is not None, panel.opened_by) == (True, None)


def test_nothing_opens_when_the_last_member_leaves_without_a_judgement() -> None:
    visit = visiting()
    give(visit, visit.member)

    for user in (visit.member, visit.lead, visit.patient):
        team.end_place(member_id=visit.place(user).pk, reason="Ill", by=visit.manager)

    assert JudgementPanel.objects.get().opened_at is None


def test_agreed_judgement_becomes_the_assessment_and_the_score() -> None:
    visit = visiting()
    panel = give_all(visit)
    answer = visit.scene.answers[0]

    agree(panel, visit, differences="One of us saw a rota.")

    assessment = Assessment.objects.get(answer=answer, stage="PEER_REVIEWED")
    assert (assessment.value, assessment.met, assessment.reason, assessment.assessed_by) == ("NO", False, "Cover stops at 8pm.", visit.lead)
    before, after = (Score.objects.get(self_report=visit.scene.report, stage=stage) for stage in ("VALIDATED", "PEER_REVIEWED"))
    assert (after.applicable_count, after.met_count) == (before.applicable_count, before.met_count - 1)
    panel.refresh_from_db()
    agree(panel, visit, "MET", version=panel.version)
    assert Score.objects.get(stage="PEER_REVIEWED").met_count == before.met_count


def test_report_shows_what_was_judged_beside_what_was_not() -> None:
    visit = visiting()
    agree(give_all(visit), visit)

    [data] = compliance(visit.review)["services"]

    rows = {line["number"]: (line["reviewed"], ["Review", "Cover stops at 8pm."] in line["comments"]) for line in data["rows"]}
    judged = visit.scene.answers[0].indicator.number
    assert rows.pop(judged) == ("Not met", True)
    assert set(rows.values()) == {("Not judged", False)}
    assert "Peer reviewed" in [count["stage"] for count in data["counts"]]


def test_report_shows_a_target_with_its_unit() -> None:
    visit = visiting()

    [data] = compliance(visit.review)["services"]

    assert [line["self"] for line in data["rows"]] == [
        "Met", "Met: 45 of 50, target at least 90%", "Not met: 12, target at most 10", "Answered"
    ]  # fmt: skip


def test_score_follows_a_self_report_that_is_accepted_anew() -> None:
    visit = visiting()
    agree(give_all(visit), visit)
    answer, report = visit.scene.answers[1], visit.scene.report
    Assessment.objects.update_or_create(
        answer=answer,
        stage="VALIDATED",
        defaults={"value": "NO", "met": False, "assessed_by": visit.manager, "assessed_at": timezone.now()},
    )
    before = Score.objects.get(self_report=report, stage="PEER_REVIEWED").met_count

    rewrite_peer_score(report)

    assert Score.objects.get(self_report=report, stage="PEER_REVIEWED").met_count == before - 1


def test_not_applicable_leaves_the_count() -> None:
    visit = visiting()
    before = Score.objects.get(stage="VALIDATED").applicable_count

    panel = agree(give_all(visit), visit, "NOT_APPLICABLE")

    assert (panel.is_met, Score.objects.get(stage="PEER_REVIEWED").applicable_count) == (None, before - 1)


def test_agreed_judgement_without_an_accepted_self_report_changes_no_score() -> None:
    visit = visiting(accepted=False)

    panel = agree(give_all(visit), visit)

    assert (panel.is_met, Assessment.objects.filter(stage="PEER_REVIEWED").count()) == (False, 0)


def test_agreeing_asks_for_an_open_panel_the_lead_and_the_version() -> None:
    visit = visiting()
    give(visit, visit.lead)
    panel = JudgementPanel.objects.get()
    with pytest.raises(InvalidTransition, match="still hidden"):
        agree(panel, visit)
    give(visit, visit.member)
    give(visit, visit.patient)

    with pytest.raises(InvalidTransition, match="Only the lead reviewer records"):
        agree(panel, visit, by=visit.member)
    with pytest.raises(InvalidTransition, match="Enter why"):
        agree(panel, visit, reason="")
    with pytest.raises(SomeoneElseChanged):
        agree(panel, visit, version=1)

    assert Assessment.objects.filter(stage="PEER_REVIEWED").count() == 0


def test_nothing_is_judged_for_learning_or_before_the_visit() -> None:
    visit = visiting()
    learning = make_review("VISITING", visit, purpose="IMPROVEMENT", decision=None)
    assert to_judge(learning) == []
    with pytest.raises(InvalidTransition, match="A review for learning judges no indicators"):
        give(visit, visit.member, review_id=learning.pk)
    with pytest.raises(InvalidTransition, match="Only members of the team"):
        give(visit, visit.manager)
    Review.objects.filter(pk=visit.review.pk).update(status="PREPARING")

    with pytest.raises(InvalidTransition, match="no judgements can be given now"):
        give(visit, visit.member)


def test_audit_says_nothing_of_a_sealed_judgement() -> None:
    visit = visiting()

    give(visit, visit.member, "NOT_MET", reason=CANARY)

    events = AuditEvent.objects.filter(action__startswith="judgement")
    assert [(event.action, event.reason) for event in events] == [("judgement.given", "")]
