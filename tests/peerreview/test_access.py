"""Who opens what: members by the state of their place, the two tracks, drafts, lists."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, User
from accounts.permissions import Permission, Role
from peerreview.models import ConflictDeclaration, Finding, Review, ReviewerProfile, TeamMember
from peerreview.queries.waiting import review_items
from peerreview.services import findings, opening, team
from surveillance.facts import open_immediate_risks
from surveillance.models import EvidenceItem
from tests.factories.accounts import MembershipFactory, person
from tests.factories.peerreview import Visit, make_review, make_visit, reviewer, trained
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
CANARY = "canary-of-the-review"


def put_member_in(state: str, visit: Visit) -> TeamMember:
    """The member's place in one of the states that a reviewer can be in."""
    user = visit.member
    member = visit.invite(user) if state in {"invited", "accepted", "declined", "conflicted"} else visit.clear(user)
    if state in {"accepted", "conflicted"}:
        team.accept_invitation(member_id=member.pk, by=user)
    if state == "conflicted":
        for side, by in (("REVIEWER", user), ("SERVICE", visit.scene.lead)):
            service = visit.scene.service.pk
            team.declare_conflict(
                member_id=member.pk, side=side, service_id=service, has_conflict=True, details="Partner works there", by=by
            )
        team.rule_on_conflict(member_id=member.pk, ruling="NOT_CLEAR", reason="Close tie", by=visit.manager)
    if state == "declined":
        team.decline_invitation(member_id=member.pk, reason="Busy", by=user)
    if state == "ended":
        team.end_place(member_id=member.pk, reason="Ill", by=visit.manager)
    if state == "future":
        Membership.objects.filter(user=user).update(from_date=timezone.localdate() + dt.timedelta(days=7))
    if state == "role_ended":
        Membership.objects.filter(user=user).update(from_date=dt.date(2020, 1, 1), to_date=timezone.localdate() - dt.timedelta(days=1))
    return TeamMember.objects.get(pk=member.pk)


# state -> (own invitation, review, pack, notes, evidence of the service)
STATES = {
    "invited": (200, 404, 404, 404, 0),
    "accepted": (200, 404, 404, 404, 0),
    "conflicted": (200, 404, 404, 404, 0),
    "declined": (404, 404, 404, 404, 0),
    "cleared": (200, 200, 200, 200, 1),
    "ended": (404, 404, 404, 404, 0),
    "future": (404, 404, 404, 404, 0),
    "role_ended": (404, 404, 404, 404, 0),
}


@pytest.mark.parametrize("state", sorted(STATES))
def test_member_opens_what_the_state_of_the_place_allows(state: str, signed_in: SignedIn) -> None:
    visit = make_visit()
    visit.open(title=CANARY)
    EvidenceItem.objects.create(service=visit.scene.service, title="Policy", added_by=visit.scene.lead)
    member = put_member_in(state, visit)
    client, pk = signed_in(visit.member), visit.review.pk

    codes = [
        client.get(path).status_code for path in (f"/team/{member.pk}/", f"/reviews/{pk}/", f"/reviews/{pk}/pack/", f"/reviews/{pk}/visit/")
    ]

    evidence = EvidenceItem.objects.for_user(User.objects.get(pk=visit.member.pk), Permission.EVIDENCE_VIEW).count()
    assert (*codes, evidence) == STATES[state]
    if state in {"declined", "ended", "role_ended", "future"}:
        assert CANARY not in client.get("/reviews/").content.decode()


def test_member_sees_nobody_elses_place(signed_in: SignedIn) -> None:
    visit = make_visit()
    visit.open()
    visit.clear(visit.lead, "LEAD")
    other = visit.invite(visit.member)

    assert signed_in(visit.lead).get(f"/team/{other.pk}/").status_code == 404
    assert signed_in(visit.scene.lead).get(f"/team/{other.pk}/").status_code == 404
    assert signed_in(visit.manager).get(f"/team/{other.pk}/").status_code == 200
    assert signed_in(visit.manager).get(f"/team/{other.pk}/answer/").status_code == 403


def test_rights_of_a_hub_do_not_follow_a_reviewer_elsewhere(signed_in: SignedIn) -> None:
    visit = make_visit()
    visit.carry("PREPARING")
    visit.clear(visit.member)
    MembershipFactory(user=visit.member, role=Role.HUB_MANAGER)
    client = signed_in(visit.member)

    assert client.get(f"/reviews/{visit.review.pk}/").status_code == 200
    assert client.get(f"/reviews/{visit.review.pk}/dates/").status_code == 403


def test_review_answers_each_role_as_written(signed_in: SignedIn) -> None:
    visit = make_visit()
    visit.carry("VISITING")
    scene, pk = visit.scene, visit.review.pk
    finding = visit.find().pk
    paths = (
        f"/reviews/{pk}/",
        f"/reviews/{pk}/pack/",
        f"/reviews/{pk}/dates/",
        f"/reviews/{pk}/findings/",
        f"/findings/{finding}/",
        f"/reviews/{pk}/visit/",
    )
    expected = {
        "manager": (visit.manager, (200, 200, 200, 200, 200, 403)),
        "national": (scene.national, (200, 200, 200, 200, 200, 403)),
        "officer": (scene.officer, (200, 200, 200, 200, 200, 403)),
        "service lead": (scene.lead, (200, 403, 403, 200, 404, 403)),
        "executive": (scene.executive, (200, 403, 403, 200, 404, 403)),
        "commissioner": (scene.commissioner, (404, 404, 404, 404, 404, 404)),
        "contributor": (scene.contributor, (404, 404, 404, 404, 404, 404)),
        "member": (visit.member, (200, 200, 403, 200, 200, 200)),
        "other hub": (person(Role.HUB_MANAGER), (404, 404, 404, 404, 404, 404)),
        "other reviewer": (reviewer(scene.service.region), (404,) * 6),
    }

    found = {role: tuple(signed_in(user).get(path).status_code for path in paths) for role, (user, _) in expected.items()}

    assert found == {role: codes for role, (_, codes) in expected.items()}


def test_review_for_learning_is_a_row_to_staff_and_a_page_to_its_people(signed_in: SignedIn) -> None:
    visit = make_visit()
    other_manager = person(Role.HUB_MANAGER, visit.scene.service.region)
    review = opening.request_review(
        service_id=visit.scene.service.pk,
        title="Learn about rounds",
        question=CANARY,
        reason=CANARY,
        visit_lead_id=visit.manager.pk,
        by=visit.scene.lead,
    )
    parts = ("", "topics/", "team/", "findings/", "impact/", "pack/", "dates/")

    for user in (visit.scene.national, visit.scene.officer, other_manager):
        page = signed_in(user).get("/reviews/").content.decode()
        assert "Review for learning" in page
        assert "Learn about rounds" not in page
        assert f"/reviews/{review.pk}/" not in page
        assert CANARY not in page
        assert {signed_in(user).get(f"/reviews/{review.pk}/{part}").status_code for part in parts} == {404}
        assert signed_in(user).post(f"/reviews/{review.pk}/cancel/", {"reason": "x"}).status_code == 404
    for user in (visit.manager, visit.scene.lead):
        page = signed_in(user).get(f"/reviews/{review.pk}/").content.decode()
        assert "This review is for learning. What you share here is seen only by the people on it" in page
        assert "Review for learning" in page


def test_review_for_learning_knows_no_severity_but_danger() -> None:
    visit = make_visit()
    review = make_review(Review.Status.VISITING, visit, purpose="IMPROVEMENT")
    for user, role in ((visit.lead, "LEAD"), (visit.member, "MEMBER")):
        TeamMember.objects.create(
            review=review,
            user=user,
            team_role=role,
            status="ACCEPTED",
            is_cleared=True,
            ruling="CLEAR",
            ruled_by=visit.manager,
            ruled_at=timezone.now(),
            invited_by=visit.manager,
            invited_at=timezone.now(),
            answer_due_date=timezone.localdate(),
        )
    topic = review.topics.create(position=1, title="Rounds")
    content = {"service_id": visit.scene.service.pk, "what_was_seen": "x", "basis": "y", "topic_id": topic.pk, "recommendation": "z"}

    for category in ("CONCERN", "SERIOUS_CONCERN"):
        with pytest.raises(InvalidTransition, match="A review for learning records good practice"):
            findings.record_finding(review_id=review.pk, content=findings.FindingContent(category=category, **content), by=visit.member)
    for category in ("GOOD_PRACTICE", "FURTHER_CONSIDERATION", "IMMEDIATE_RISK"):
        findings.record_finding(review_id=review.pk, content=findings.FindingContent(category=category, **content), by=visit.member)

    assert Finding.objects.count() == 3


def test_service_reads_a_finding_when_the_team_agreed_it(signed_in: SignedIn) -> None:
    visit = make_visit()
    visit.carry("VISITING")
    draft, agreed = visit.find(what_was_seen="Only a draft"), visit.find(agreed=True, what_was_seen="Agreed by all")
    client = signed_in(visit.scene.lead)

    page = client.get(f"/reviews/{visit.review.pk}/findings/").content.decode()

    assert ("Only a draft" in page, "Agreed by all" in page) == (False, True)
    assert [client.get(f"/findings/{finding.pk}/").status_code for finding in (draft, agreed)] == [404, 200]
    assert client.get(f"/findings/{agreed.pk}/agree/").status_code == 403


def test_member_cannot_join_without_training_role_or_twice() -> None:
    visit = make_visit()
    visit.open()
    trained(visit.member, timezone.localdate() - dt.timedelta(days=1))

    with pytest.raises(InvalidTransition, match="Max Member cannot join: “Peer reviewer training” ended on "):
        visit.invite(visit.member)
    with pytest.raises(InvalidTransition, match="is not a patient reviewer now"):
        visit.invite(visit.lead, "PATIENT_REVIEWER")
    visit.invite(visit.lead, "LEAD")
    with pytest.raises(InvalidTransition, match="has a place on this review already"):
        visit.invite(visit.lead)
    with pytest.raises(InvalidTransition, match="has a lead reviewer already"):
        visit.invite(reviewer(visit.scene.service.region), "LEAD")


def test_ruling_waits_for_both_sides_and_respects_the_bar() -> None:
    visit = make_visit()
    visit.open()
    member, service = visit.invite(visit.member), visit.scene.service.pk
    ruling = {"member_id": member.pk, "ruling": "CLEAR", "reason": "No tie", "by": visit.manager}

    with pytest.raises(InvalidTransition, match="has not accepted the invitation"):
        team.rule_on_conflict(**ruling)
    team.accept_invitation(member_id=member.pk, by=visit.member)
    with pytest.raises(InvalidTransition, match="has not declared yet"):
        team.rule_on_conflict(**ruling)
    team.declare_conflict(member_id=member.pk, side="REVIEWER", service_id=service, has_conflict=False, by=visit.member)
    with pytest.raises(InvalidTransition, match="The service has until"):
        team.rule_on_conflict(**ruling)
    TeamMember.objects.update(invited_at=timezone.now() - dt.timedelta(days=30))
    ReviewerProfile.objects.filter(user=visit.member).update(employer=visit.scene.service.provider)
    with pytest.raises(InvalidTransition, match="The procedure does not allow work there in the last 3 years"):
        team.rule_on_conflict(**ruling)
    team.rule_on_conflict(**ruling | {"ruling": "NOT_CLEAR"})

    assert ConflictDeclaration.objects.count() == 1
    assert not TeamMember.objects.get().papers_open


def test_finding_changed_by_two_shows_both_texts(signed_in: SignedIn) -> None:
    visit = make_visit()
    visit.carry("VISITING")
    finding = visit.find()
    findings.change_finding(finding_id=finding.pk, content=visit.content(what_was_seen="Changed by the lead"), version=1, by=visit.lead)
    sent = {
        "category": "CONCERN",
        "service": visit.scene.service.pk,
        "what_was_seen": "Changed by the member",
        "basis": "Rota",
        "recommendation": "Agree cover",
        "indicator": visit.scene.answers[0].indicator_id,
        "topic": "",
        "addressed_to": "PROVIDER",
        "version": 1,
    }
    client = signed_in(visit.member)

    answer = client.post(f"/findings/{finding.pk}/change/", sent)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Someone else changed this" in page
    assert ("Changed by the lead" in page, 'value="Changed by the member"' in page) == (True, True)
    assert Finding.objects.get().what_was_seen == "Changed by the lead"
    assert client.post(f"/findings/{finding.pk}/change/", sent | {"version": 2}).status_code == 302
    assert Finding.objects.get().what_was_seen == "Changed by the member"


def test_forms_say_what_is_missing(signed_in: SignedIn) -> None:
    visit = make_visit()
    visit.carry("VISITING")
    member = signed_in(visit.member)
    pk = visit.review.pk

    page = member.post(
        f"/reviews/{pk}/findings/new/", {"category": "CONCERN", "domains": ["LATERAL"], "what_was_seen": "Kept text"}
    ).content.decode()
    for sentence in (
        "<title>Error: ",
        "Kept text",
        "Enter what it is based on",
        "Select an indicator or a focus topic",
        "Enter what it shows for the lateral domain",
        "Enter a recommendation. It is required from “concern” up",
    ):
        assert sentence in page
    assert "Enter a note" in member.post(f"/reviews/{pk}/visit/", {"text": ""}).content.decode()
    page = signed_in(visit.manager).post(f"/reviews/{pk}/notice/").content.decode()
    assert "This is now visiting, so it cannot become service notified." in page
    assert signed_in(visit.lead).post(f"/reviews/{pk}/visit/", {"text": "x", "indicator": "abc"}).status_code == 200


def test_dates_on_a_bank_holiday_or_short_notice_are_explained(signed_in: SignedIn) -> None:
    visit = make_visit()
    url = f"/decisions/{visit.decision.pk}/review/new/"
    soon = add_working_days(timezone.localdate(), 28)
    sent = {"title": "A", "procedure": visit.procedure.pk, "kind": "RAPID", "mode": "VIRTUAL"}

    def page(day: dt.date) -> str:
        return (
            signed_in(visit.manager)
            .post(url, sent | {"starts_date_day": day.day, "starts_date_month": day.month, "starts_date_year": day.year})
            .content.decode()
        )

    assert "gives 28 working days&#x27; notice. The procedure asks for 50. Choose a later date or say why." in page(soon)
    assert "Monday 3 May 2027 is a bank holiday" in page(dt.date(2027, 5, 3))


@pytest.mark.parametrize("count", [1, 3])
def test_review_list_costs_the_same_for_any_number_of_rows(
    count: int, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    visit = make_visit()
    for _ in range(count):
        make_review(Review.Status.PLANNED, visit)
        make_review(Review.Status.PLANNED, visit, purpose="IMPROVEMENT")
    client = signed_in(visit.manager)
    client.get("/reviews/")

    with django_assert_max_num_queries(15) as captured:
        client.get("/reviews/")

    assert len(captured) == 12


def test_open_immediate_risks_reach_the_rules() -> None:
    visit = make_visit()
    visit.carry("VISITING")
    service = visit.scene.service.pk
    reported = findings.report_immediate_risk(
        review_id=visit.review.pk, service_id=service, what="Fire door", where="Ward", told="Matron", by=visit.member
    )

    assert open_immediate_risks([service]) == {}
    with pytest.raises(InvalidTransition, match="Select an indicator or a focus topic before you agree"):
        findings.agree_finding(finding_id=reported.pk, by=visit.lead)
    with pytest.raises(InvalidTransition, match="Only the lead reviewer can agree"):
        findings.agree_finding(finding_id=visit.find().pk, by=visit.member)
    visit.find("IMMEDIATE_RISK", agreed=True)

    assert open_immediate_risks([service]) == {service: 1}


def test_what_waits_falls_to_who_holds_it() -> None:
    visit = make_visit()
    visit.open()
    member = visit.invite(visit.member)

    def tasks(user: User) -> list[str]:
        return [item.task for item in review_items(User.objects.get(pk=user.pk))]

    assert tasks(visit.member) == ["Accept or decline the invitation"]
    assert tasks(visit.scene.lead) == ["Say whether you know the reviewers"]
    assert tasks(visit.manager) == ["Send notice of the visit to the service"]
    team.accept_invitation(member_id=member.pk, by=visit.member)
    assert tasks(visit.member) == ["Declare conflicts of interest"]
    for side, by in (("REVIEWER", visit.member), ("SERVICE", visit.scene.lead)):
        team.declare_conflict(member_id=member.pk, side=side, service_id=visit.scene.service.pk, has_conflict=False, by=by)
    assert (tasks(visit.member), tasks(visit.scene.lead)) == ([], [])
    assert "Rule on the conflicts of interest of Max Member" in tasks(visit.manager)


@pytest.mark.parametrize("count", [1, 3])
def test_hub_work_costs_the_same_for_any_number_of_reviews_and_arrangers(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    visit = make_visit()
    for status in Review.Status:
        for _ in range(count):
            make_review(status, visit, visit_lead=person(Role.HUB_OFFICER, visit.scene.service.region))
    manager = User.objects.get(pk=visit.manager.pk)

    with django_assert_num_queries(11):
        items = review_items(manager)

    assert len(items) == count * (len(Review.Status) - 2)
