"""Training: courses, records, who may join a team, and what was on reviewers' profiles before."""

import datetime as dt
import importlib
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.permissions import Role
from accounts.templatetags.qnt_tags import month_date
from peerreview.models import Course, Review, TeamMember, TrainingRecord
from peerreview.queries.training import training_lines
from peerreview.services import rapid, stand_bys, team, training
from peerreview.training import Need, Standing, Training, add_months, day_of_visit, joining_words, standing_of
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from tests.factories.accounts import MembershipFactory, person
from tests.factories.peerreview import Visit, first_course, make_visit, reviewer, trained
from work.items import day_words
from work.status import InvalidTransition

TODAY, VISIT = dt.date(2027, 3, 1), dt.date(2027, 5, 12)


@pytest.fixture
def visit() -> Visit:
    made = make_visit()
    made.open()
    return made


def days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


def make_course(by: User, **fields: object) -> Course:
    facts = {"name": "Leading a visit", "audiences": ["REVIEWERS"], "valid_months": 12, "is_required": True}
    return training.add_course(**(facts | fields), by=by)


# The rule -------------------------------------------------------------------------------------------------------------
def test_last_day_still_counts_and_the_day_after_does_not() -> None:
    need = Need("Course", VISIT)

    assert [need.is_in_date(day) for day in (VISIT, VISIT + dt.timedelta(days=1))] == [True, False]
    assert not Need("Course", None).is_in_date(TODAY)


def test_training_is_judged_on_the_last_day_of_the_visit_or_today() -> None:
    later = VISIT + dt.timedelta(days=1)

    assert [day_of_visit(VISIT, later, TODAY), day_of_visit(VISIT, None, TODAY), day_of_visit(None, None, TODAY)] == [later, VISIT, TODAY]
    assert day_of_visit(VISIT, later, dt.date(2027, 6, 1)) == dt.date(2027, 6, 1)


@pytest.mark.parametrize(("last", "words"), [
    (None, "Dr Bello cannot join: “Course” is not recorded for them."),
    (dt.date(2027, 2, 28), "Dr Bello cannot join: “Course” ended on Sunday 28 February 2027."),
    (dt.date(2027, 5, 11), "Dr Bello cannot join: “Course” ends on Tuesday 11 May 2027, before the visit on Wednesday 12 May 2027."),
    (VISIT, ""),
])  # fmt: skip
def test_refusal_names_course_and_date(last: dt.date | None, words: str) -> None:
    assert joining_words("Dr Bello", Training((Need("Course", last),)), VISIT, TODAY) == words


def test_what_was_never_recorded_is_named_before_what_ends_first() -> None:
    needs = (Need("Late", dt.date(2027, 4, 1)), Need("Early", dt.date(2027, 2, 1)), Need("Never", None))

    assert [Training(needs).lacking(VISIT), Training(needs[:2]).lacking(VISIT)] == [needs[2], needs[1]]
    assert [Training(needs).last_date, Training(needs[:2]).last_date, Training().lacking(VISIT)] == [None, dt.date(2027, 2, 1), None]


def test_standing_changes_on_the_day_after_the_last_and_three_months_before() -> None:
    found = [standing_of(day, TODAY) for day in (None, dt.date(2027, 2, 28), TODAY, dt.date(2027, 6, 1), dt.date(2027, 6, 2))]

    assert found == [Standing.NEVER, Standing.ENDED, Standing.ENDS_SOON, Standing.ENDS_SOON, Standing.IN_DATE]


@pytest.mark.parametrize(("day", "months", "found"), [
    (dt.date(2027, 1, 31), 1, dt.date(2027, 2, 28)), (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 28)),
    (dt.date(2027, 11, 15), 36, dt.date(2030, 11, 15)), (dt.date(2027, 3, 31), -1, dt.date(2027, 2, 28)),
])  # fmt: skip
def test_months_end_on_a_real_day(day: dt.date, months: int, found: dt.date) -> None:
    assert add_months(day, months) == found


# Joining a team -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_nobody_is_invited_whose_training_ends_before_the_visit(visit: Visit) -> None:
    last = visit.review.starts_date - dt.timedelta(days=1)
    trained(visit.member, last)

    with pytest.raises(InvalidTransition) as refused:
        visit.invite(visit.member)
    with pytest.raises(InvalidTransition):
        team.invite_member(review_id=visit.review.pk, user_id=visit.member.pk, team_role="MEMBER", as_stand_by=True, by=visit.manager)
    trained(visit.member, visit.review.starts_date)
    visit.invite(visit.member)

    day = day_words(visit.review.starts_date)
    assert str(refused.value) == (f"Max Member cannot join: “Peer reviewer training” ends on {day_words(last)}, before the visit on {day}.")
    assert TeamMember.objects.get().user == visit.member


@pytest.mark.django_db
def test_a_place_asks_for_the_courses_of_its_role(visit: Visit) -> None:
    make_course(visit.scene.national, name="For reviewers", audiences=["REVIEWERS"])
    make_course(visit.scene.national, name="Good to have", is_required=False)

    with pytest.raises(InvalidTransition, match="Max Member cannot join: “For reviewers” is not recorded for them."):
        visit.invite(visit.member)
    visit.invite(visit.patient, "PATIENT_REVIEWER")

    assert TeamMember.objects.get().user == visit.patient


@pytest.mark.django_db
def test_invitation_is_not_accepted_when_training_ended_meanwhile(visit: Visit) -> None:
    member = visit.invite(visit.member)
    trained(visit.member, days(-1))

    with pytest.raises(InvalidTransition, match="“Peer reviewer training” ended on .* Tell your hub when you have renewed it."):
        team.accept_invitation(member_id=member.pk, by=visit.member)

    member.refresh_from_db()
    assert member.status == "INVITED"


@pytest.mark.django_db
def test_stand_by_without_training_neither_moves_up_nor_is_invited(visit: Visit) -> None:
    member = visit.invite(visit.member)
    waiting = team.invite_member(review_id=visit.review.pk, user_id=visit.lead.pk, team_role="MEMBER", as_stand_by=True, by=visit.manager)
    trained(visit.lead, visit.review.starts_date - dt.timedelta(days=1))

    team.decline_invitation(member_id=member.pk, reason="Away", by=visit.member)
    with pytest.raises(InvalidTransition, match="Lin Lead cannot join"):
        team.invite_stand_by(member_id=waiting.pk, by=visit.manager)

    waiting.refresh_from_db()
    assert (waiting.status, stand_bys.next_stand_by(TeamMember.objects.get(pk=member.pk))) == ("STAND_BY", None)


@pytest.mark.django_db
def test_rapid_review_is_not_set_up_with_somebody_untrained() -> None:
    visit = make_visit()
    trained(visit.lead, days(-1))
    procedure = type(visit.procedure).objects.get(code="RAPID", status="PUBLISHED")
    place = next(row["code"] for row in procedure.roles_required if row["role"] == "LEAD")
    plan = rapid.RapidPlan(
        service_id=visit.scene.service.pk, reason="Two deaths", title="Rapid", mode="ON_SITE", starts_date=days(60), ends_date=None,
        short_notice_reason="", topic="Cover", indicator_ids=(visit.scene.answers[0].indicator_id,),
        team=(rapid.Asked(visit.lead.pk, "LEAD", place),), phone="0113 496 0123",
    )  # fmt: skip

    with pytest.raises(InvalidTransition, match="Lin Lead cannot join: “Peer reviewer training” ended on "):
        rapid.set_up_rapid_review(plan=plan, procedure_id=procedure.pk, by=visit.manager)

    assert not Review.objects.exists()


@pytest.mark.django_db
def test_team_page_names_who_is_not_trained_when_the_visit_moves(visit: Visit) -> None:
    visit.invite(visit.member)
    trained(visit.member, visit.review.starts_date)
    before = training_lines(visit.review, visit.review.team.select_related("user"))
    later = dt.date(2030, 5, 14)
    Review.objects.filter(pk=visit.review.pk).update(starts_date=later, ends_date=later)

    moved = Review.objects.get(pk=visit.review.pk)
    lines = training_lines(moved, moved.team.select_related("user"))

    assert before == []
    assert len(lines) == 1
    assert lines[0].startswith("Max Member is not trained on the day of the visit: “Peer reviewer training” ends on ")
    assert "before the visit on Tuesday 14 May 2030" in lines[0]


@pytest.mark.django_db
def test_team_page_names_who_visited_with_training_that_had_ended(visit: Visit) -> None:
    now, day = timezone.now(), days(-30)
    for user, role, status, last, ended_at in (
        (visit.lead, "LEAD", "ACCEPTED", days(-32), None), (visit.member, "MEMBER", "ENDED", day, now),
        (visit.patient, "PATIENT_REVIEWER", "DECLINED", days(-40), None),
    ):  # fmt: skip
        place = visit.invite(user, role)
        trained(user, last)
        TeamMember.objects.filter(pk=place.pk).update(status=status, ended_at=ended_at)
    Review.objects.filter(pk=visit.review.pk).update(visited_at=now - dt.timedelta(days=30), starts_date=day, ends_date=day)

    review = Review.objects.get(pk=visit.review.pk)
    lines = training_lines(review, review.team.select_related("user"))

    assert lines == [f"Lin Lead was not trained on the day of the visit: “Peer reviewer training” ended on {day_words(days(-32))}."]


# Courses --------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_course_sent_twice_is_one_and_its_name_is_used_once(visit: Visit) -> None:
    client_id, by = uuid.uuid4(), visit.scene.national

    first, again = (make_course(by, client_id=client_id) for _ in range(2))

    assert first == again
    with pytest.raises(InvalidTransition, match="There is a course “leading a VISIT” already"):
        make_course(by, name="leading a VISIT")
    with pytest.raises(InvalidTransition, match="Select for whom the course is"):
        make_course(by, name="Other", audiences=["SOMEBODY"])


@pytest.mark.django_db
def test_changed_course_leaves_the_days_on_record_and_two_edits_meet(visit: Visit) -> None:
    course, by = make_course(visit.scene.national), visit.scene.national
    record = trained(visit.member, days(100), course)
    facts = {"name": "Leading", "audiences": ["REVIEWERS"], "valid_months": 1, "is_required": False}

    training.change_course(course_id=course.pk, **facts, version=1, by=by)
    with pytest.raises(SomeoneElseChanged):
        training.change_course(course_id=course.pk, **facts, version=1, by=by)

    record.refresh_from_db()
    course.refresh_from_db()
    assert (record.expires_date, course.valid_months, course.version) == (days(100), 1, 2)
    assert AuditEvent.objects.get(action="course.changed").reason == (
        "Leading, for reviewers, valid for 1 months, not required. Before: Leading a visit, for reviewers, valid for 12 months, required."
    )


@pytest.mark.django_db
def test_retired_course_is_needed_by_nobody_and_does_not_change(visit: Visit) -> None:
    course = make_course(visit.scene.national)

    training.retire_course(course_id=course.pk, version=1, by=visit.scene.national)
    visit.invite(visit.member)

    with pytest.raises(AlreadyDone, match="retired this course on "):
        training.retire_course(course_id=course.pk, version=2, by=visit.scene.national)
    with pytest.raises(AlreadyDone):
        training.record_training(
            user_id=visit.member.pk, course_id=course.pk, completed_date=days(0), evidence="Seen", version=0, by=visit.manager
        )
    assert make_course(visit.scene.national).pk != course.pk


# Records --------------------------------------------------------------------------------------------------------------
def record(visit: Visit, **fields: object) -> TrainingRecord:
    facts = {"user_id": visit.member.pk, "course_id": first_course().pk, "completed_date": days(-10), "evidence": "Certificate 1"}
    return training.record_training(**(facts | {"version": None, "by": visit.manager} | fields))


@pytest.mark.django_db
def test_record_counts_for_the_months_of_the_course_and_keeps_what_was(visit: Visit) -> None:
    TrainingRecord.objects.all().delete()
    first = record(visit, version=0)

    renewed = record(visit, completed_date=days(-1), evidence=" Certificate 2 ", version=1)

    assert TrainingRecord.objects.get() == first == renewed
    assert (renewed.expires_date, renewed.evidence, renewed.recorded_by) == (add_months(days(-1), 36), "Certificate 2", visit.manager)
    reason = AuditEvent.objects.filter(action="training.recorded").latest("pk").reason
    was = f"Before: completed on {month_date(days(-10))}, in date until {month_date(add_months(days(-10), 36))}. Certificate 1"
    assert was in reason


@pytest.mark.django_db
def test_record_sent_twice_changes_nothing_and_an_old_form_clashes(visit: Visit) -> None:
    TrainingRecord.objects.all().delete()
    first = record(visit, version=0)

    again = record(visit, version=0)

    assert (again.version, AuditEvent.objects.filter(action="training.recorded").count()) == (first.version, 1)
    with pytest.raises(SomeoneElseChanged):
        record(visit, version=0, evidence="Something else")


@pytest.mark.django_db
@pytest.mark.parametrize(("fields", "words"), [
    ({"completed_date": dt.date(2999, 1, 1)}, "must be today or in the past"),
    ({"evidence": "  "}, "Enter what shows that it was completed"),
])  # fmt: skip
def test_record_needs_a_day_that_was_and_evidence(visit: Visit, fields: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidTransition, match=words):
        record(visit, **fields)


@pytest.mark.django_db
def test_nobody_records_their_own_training_or_that_of_somebody_outside(visit: Visit) -> None:
    MembershipFactory(user=visit.manager, role=Role.REVIEWER, organisation=visit.scene.service.region)

    with pytest.raises(InvalidTransition, match="Someone else must record your own training."):
        record(visit, user_id=visit.manager.pk)
    with pytest.raises(InvalidTransition, match="holds no role now that “Peer reviewer training” is for"):
        record(visit, user_id=visit.scene.lead.pk)


@pytest.mark.django_db
def test_database_keeps_one_record_a_course_with_days_in_order(visit: Visit) -> None:
    facts = {"user": visit.member, "course": first_course(), "evidence": "x"}

    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingRecord.objects.create(**facts, expires_date=days(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingRecord.objects.filter(user=visit.member).update(completed_date=days(2), expires_date=days(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Course.objects.create(name="Peer reviewer training", valid_months=1)


# What stood on profiles -----------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_days_of_profiles_become_records_and_go_back() -> None:
    made = importlib.import_module("peerreview.migrations.0010_training")
    state = MigrationLoader(connection).project_state(("peerreview", "0007_learning_is_requested"))
    for operation in made.Migration.operations[:-1]:
        operation.state_forwards("peerreview", state)
    profiles = state.apps.get_model("peerreview", "ReviewerProfile").objects
    spans = [(days(-100), days(100)), (None, days(50)), (days(-30), None), (days(9), days(5)), (None, None)]
    people = [person(Role.REVIEWER) for _ in spans]
    for user, (done, last) in zip(people, spans, strict=True):
        profiles.create(user_id=user.pk, trained_on=done, training_expires_on=last)

    made.carry(state.apps, None)

    rows = TrainingRecord.objects.order_by("user").values_list("user", "completed_date", "expires_date", "recorded_by", "course__name")
    name = "Peer reviewer training"
    assert list(rows) == [
        (people[0].pk, days(-100), days(100), None, name), (people[1].pk, None, days(50), None, name),
        (people[2].pk, days(-30), days(-30), None, name), (people[3].pk, None, days(5), None, name),
    ]  # fmt: skip
    profiles.update(trained_on=None, training_expires_on=None)
    made.give_back(state.apps, None)
    assert list(profiles.order_by("user").values_list("trained_on", "training_expires_on"))[:2] == spans[:2]


@pytest.mark.django_db
def test_person_in_two_roles_is_judged_by_the_place(visit: Visit) -> None:
    both = reviewer(visit.scene.service.region, name="Bo Both")
    MembershipFactory(user=both, role=Role.PATIENT_REVIEWER, organisation=visit.scene.service.region)
    make_course(visit.scene.national, name="For patients", audiences=["PATIENT_REVIEWERS"])

    with pytest.raises(InvalidTransition, match="“For patients” is not recorded for them"):
        visit.invite(both, "PATIENT_REVIEWER")

    assert visit.invite(both).status == "INVITED"
