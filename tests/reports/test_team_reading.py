"""The team reads the draft: agrees or comments in time, or is silent; who left or was not cleared is asked nothing."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import Review, TeamMember
from reports.models import ReadingComment, TeamReading
from reports.periodic_drafting import lapse_team_readings
from reports.queries.waiting_drafting import drafting_items
from reports.services import checking, drafting, readings
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from tests.factories import reports as scenes
from tests.factories.accounts import person
from work import jobs
from work.models import DigestEntry, Job
from work.reminding import send_reminder
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _silent(settings: LazySettings) -> None:
    settings.JOBS_RING_BELL = False


def asked() -> scenes.Scene:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    readings.ask_team(report_id=report.pk, by=scene.place.officer)
    return scene


def run_jobs() -> None:
    for pk in Job.objects.filter(kind="mail.report_team_reading", status="QUEUED").values_list("pk", flat=True):
        jobs.run_job(pk, heartbeat=False)


def answers(scene: scenes.Scene) -> dict[str, str]:
    return dict(TeamReading.objects.filter(report=scene.report).values_list("member__user__email", "answer"))


def tasks(user: User) -> list[tuple[str, bool]]:
    return [(item.kind, item.is_mine) for item in drafting_items(User.objects.get(pk=user.pk))]


def comment(scene: scenes.Scene, text: str = "Say it shorter.", code: str = "summary", version: int = 0) -> ReadingComment | None:
    section = scene.report.sections.get(code=code)
    return readings.comment_on_section(report_id=scene.report.pk, section_id=section.pk, text=text, by=scene.reviewer, version=version)


def ask_check(scene: scenes.Scene, **reason: str) -> None:
    ids = [scene.other_officer.pk, scene.national.pk]
    checking.ask_for_quality_check(report_id=scene.report.pk, checker_ids=ids, by=scene.place.officer, **reason)


def test_team_has_the_days_of_the_procedure_and_each_member_a_work_item() -> None:
    scene = scenes.make_scene()
    procedure = scene.review.procedure
    procedure.milestones = [row | {"working_days": 3} if row["code"] == "TEAM_READING" else row for row in procedure.milestones]
    procedure.save()
    report = scenes.draft(scene)

    made = readings.ask_team(report_id=report.pk, by=scene.place.officer)

    assert {reading.due_date for reading in made} == {add_working_days(timezone.localdate(), 3)}
    assert tasks(scene.reviewer) == [("report.team_reading", True)]
    assert tasks(scene.place.officer) == [("report.team_reading", False)] * 2
    assert Job.objects.filter(kind="mail.report_team_reading").count() == 2


@pytest.mark.parametrize(
    "change", [{"ended_at": "2027-01-01T10:00Z", "status": "ENDED"}, {"is_cleared": False}], ids=["ended", "not cleared"]
)
def test_who_has_ended_or_is_conflicted_gets_nothing(change: dict[str, object]) -> None:
    scene = asked()
    TeamMember.objects.filter(user=scene.reviewer).update(**change)

    run_jobs()

    assert [message.to for message in mail.outbox if "draft report" in message.subject] == [[scene.lead_reviewer.email]]
    assert tasks(scene.reviewer) == []
    with pytest.raises(InvalidTransition):
        readings.answer_reading(report_id=scene.report.pk, by=User.objects.get(pk=scene.reviewer.pk))


def test_asking_twice_asks_once() -> None:
    scene = asked()

    with pytest.raises(AlreadyDone):
        readings.ask_team(report_id=scene.report.pk, by=scene.place.manager)

    assert TeamReading.objects.count() == 2


def test_database_refuses_two_open_questions_to_one_member() -> None:
    scene = asked()
    reading = TeamReading.objects.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        TeamReading.objects.create(report=scene.report, member=reading.member, asked_by=scene.national, due_date=reading.due_date)


def test_member_agrees_or_comments_and_says_it_once() -> None:
    scene = asked()
    comment(scene)

    readings.answer_reading(report_id=scene.report.pk, by=scene.reviewer)
    readings.answer_reading(report_id=scene.report.pk, by=scene.lead_reviewer)

    assert answers(scene) == {scene.reviewer.email: "COMMENTED", scene.lead_reviewer.email: "AGREED"}
    with pytest.raises(AlreadyDone, match="You answered on"):
        readings.answer_reading(report_id=scene.report.pk, by=scene.reviewer)
    assert tasks(scene.place.officer) == [("report.team_comments", True)]
    assert DigestEntry.objects.filter(user=scene.place.officer).count() == 2


def test_comment_is_changed_taken_back_and_meets_itself_from_another_page() -> None:
    scene = asked()
    comment(scene, "First")

    with pytest.raises(SomeoneElseChanged):
        comment(scene, "From a second page")
    comment(scene, "Second", version=1)
    text = ReadingComment.objects.get().text
    comment(scene, "", version=2)

    assert (text, ReadingComment.objects.count()) == ("Second", 0)


def test_silence_and_leaving_are_recorded_as_such_after_the_day_only() -> None:
    scene = asked()
    due = TeamReading.objects.first().due_date
    TeamMember.objects.filter(user=scene.lead_reviewer).update(status="ENDED", is_cleared=False)

    on_the_day = readings.lapse_readings(today=due)
    after = readings.lapse_readings(today=due + dt.timedelta(days=1))

    assert (on_the_day, after) == (1, 1)
    assert answers(scene) == {scene.reviewer.email: "SILENT", scene.lead_reviewer.email: "LEFT"}


def test_reminder_goes_one_working_day_before_and_once() -> None:
    scene = asked()
    TeamReading.objects.update(due_date=add_working_days(timezone.localdate(), 1))
    run_jobs()
    mail.outbox.clear()

    for _ in range(2):
        lapse_team_readings()
        run_jobs()

    assert sorted(message.to[0] for message in mail.outbox) == sorted([scene.lead_reviewer.email, scene.reviewer.email])
    assert scene.report.title in mail.outbox[0].subject


def test_drafter_can_remind_a_member_by_hand() -> None:
    scene = asked()
    reading = TeamReading.objects.get(member__user=scene.reviewer)

    item = send_reminder(reference=f"report_reading:{reading.pk}", by=User.objects.get(pk=scene.place.officer.pk))

    assert item.holder_ids == (scene.reviewer.pk,)


def test_quality_check_waits_for_the_team_or_for_a_reason() -> None:
    scene = scenes.make_scene()
    scenes.draft(scene)
    with pytest.raises(InvalidTransition, match="The team was not asked to read this draft yet."):
        ask_check(scene)
    readings.ask_team(report_id=scene.report.pk, by=scene.place.officer)
    comment(scene)
    readings.answer_reading(report_id=scene.report.pk, by=scene.reviewer)
    with pytest.raises(InvalidTransition, match=f"{scene.lead_reviewer.name} has not answered yet."):
        ask_check(scene)

    ask_check(scene, without_team_reason="The lead reviewer is ill.")

    assert set(scene.report.quality_checks.values_list("without_team_reason", flat=True)) == {"The lead reviewer is ill."}
    assert answers(scene)[scene.lead_reviewer.email] == "SKIPPED"


def test_quality_check_waits_for_answers_to_comments() -> None:
    scene = asked()
    made = comment(scene)
    for member in (scene.reviewer, scene.lead_reviewer):
        readings.answer_reading(report_id=scene.report.pk, by=member)
    with pytest.raises(InvalidTransition, match="1 comment of the team has no answer yet."):
        ask_check(scene)

    readings.reply_to_comment(comment_id=made.pk, reply="Shortened.", by=scene.place.officer, version=made.version)
    ask_check(scene)

    assert scene.report.status == "QUALITY_CHECK"
    assert DigestEntry.objects.filter(user=scene.reviewer).count() == 1


def test_reading_for_learning_is_work_of_that_track_and_no_line_of_the_summary() -> None:
    scene = scenes.make_scene(findings=scenes.FINDINGS[:1])
    Review.objects.filter(pk=scene.review.pk).update(purpose="IMPROVEMENT", origin="REQUEST")
    report = drafting.start_report(review_id=scene.review.pk, by=scene.place.officer)
    readings.ask_team(report_id=report.pk, by=scene.place.officer)
    items = drafting_items(User.objects.get(pk=scene.reviewer.pk))
    made = comment(scene)
    readings.answer_reading(report_id=report.pk, by=scene.reviewer)
    readings.reply_to_comment(comment_id=made.pk, reply="Shortened.", by=scene.place.officer)

    assert [(item.is_learning, item.outside_words) for item in items] == [(True, "A review for learning")]
    assert DigestEntry.objects.count() == 0


def test_two_answers_to_a_comment_meet_on_one_page(signed_in: SignedIn) -> None:
    scene = asked()
    made = comment(scene)
    readings.answer_reading(report_id=scene.report.pk, by=scene.reviewer)
    readings.reply_to_comment(comment_id=made.pk, reply="Theirs", by=scene.place.manager)
    address = reverse("reports:report_comment", args=[scene.report.pk, made.pk])

    answer = signed_in(scene.place.officer).post(address, {"reply": "Mine", "version": made.version})

    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in body
    assert "Mine" in body
    assert ReadingComment.objects.get().reply == "Theirs"


def test_page_shows_what_changed_since_the_team_read_it(signed_in: SignedIn) -> None:
    scene = asked()
    readings.answer_reading(report_id=scene.report.pk, by=scene.reviewer)
    section = scene.report.sections.get(code="summary")
    drafting.save_section(section_id=section.pk, text="Other words", by=scene.place.officer)
    scene.review.findings.filter(category="CONCERN").update(status="WITHDRAWN")

    page = signed_in(scene.place.officer).get(reverse("reports:report_team", args=[scene.report.pk]))

    changed = {one.section.code for one in page.context["changed"]}
    assert {"summary", "findings", "overview"} <= changed
    assert "introduction" not in changed
    assert f"Changed since {scene.reviewer.name} read it" in page.content.decode()


def test_journey_of_a_member_through_the_pages(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    officer, reviewer = signed_in(scene.place.officer), signed_in(scene.reviewer)
    team = reverse("reports:report_team", args=[report.pk])
    section = report.sections.get(code="views")

    officer.post(reverse("reports:report_team_ask", args=[report.pk]))
    first = reviewer.get(team).content.decode()
    reviewer.post(
        reverse("reports:report_section_comment", args=[report.pk, section.pk]), {"text": "Name the carers.", "comment_version": 0}
    )
    unseen = officer.get(team).content.decode()
    reviewer.post(reverse("reports:report_team_answer", args=[report.pk]))
    made = ReadingComment.objects.get()
    officer.post(reverse("reports:report_comment", args=[report.pk, made.pk]), {"reply": "They are named now.", "version": made.version})
    last = reviewer.get(team).content.decode()

    assert "I agree with this draft" in first
    assert "Name the carers." not in unseen
    assert "Name the carers." in last
    assert "They are named now." in last


@pytest.mark.parametrize(("role", "status"), [("lead", 404), ("executive", 404), ("commissioner", 404), ("manager", 200), ("officer", 200)])
def test_team_page_is_for_the_hub_and_the_team(signed_in: SignedIn, role: str, status: int) -> None:
    scene = asked()
    address = reverse("reports:report_team", args=[scene.report.pk])

    assert signed_in(getattr(scene.place, role)).get(address).status_code == status


def read_draft(member_count: int) -> scenes.Scene:
    """A draft that a team of this many more members read, each with as many comments."""
    scene = scenes.make_scene()
    review, place = scene.review, scene.place
    for _ in range(member_count):
        TeamMember.objects.create(
            review=review, user=person(Role.REVIEWER, review.region), team_role="MEMBER", status="ACCEPTED", is_cleared=True,
            ruling="CLEAR", ruled_by=place.manager, ruled_at=review.visited_at, invited_by=place.officer, invited_at=review.visited_at,
            answer_due_date=review.starts_date,
        )  # fmt: skip
    report = scenes.draft(scene)
    for reading in readings.ask_team(report_id=report.pk, by=place.officer):
        for section in report.sections.all()[:member_count]:
            readings.comment_on_section(report_id=report.pk, section_id=section.pk, text="Shorter", by=reading.member.user)
        readings.answer_reading(report_id=report.pk, by=reading.member.user)
    return scene


def test_work_items_and_the_page_cost_the_same_for_any_number_of_members_and_comments(signed_in: SignedIn) -> None:
    items, pages = [], []
    for member_count in (1, 3):
        scene = read_draft(member_count)
        client, address = signed_in(scene.place.officer), reverse("reports:report_team", args=[scene.report.pk])
        client.get(address)
        officer = User.objects.get(pk=scene.place.officer.pk)
        with CaptureQueriesContext(connection) as queries:
            drafting_items(officer)
        items.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        pages.append(len(queries))

    assert items[0] == items[1] <= 8
    assert pages[0] == pages[1]
