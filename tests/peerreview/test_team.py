"""The team: suggestions from the database, conflicts of interest from data, stand-bys, places, the context of the services."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import DateAway, Employment, Note, Review, ReviewerProfile, ReviewService, TeamMember, Tie
from peerreview.periodic import move_up_stand_bys
from peerreview.queries.registers import register_of, team_with_declarations
from peerreview.queries.suggestions import suggest_team, suggestions
from peerreview.queries.waiting import review_items
from peerreview.services import context, notes, stand_bys, team
from surveillance.models import NetworkMember, Service
from tests.factories.accounts import OrganisationFactory
from tests.factories.peerreview import Visit, make_review, make_visit, reviewer, trained
from tests.factories.surveillance import ServiceFactory, assign
from work.models import Job
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
Status = TeamMember.Status


@pytest.fixture
def visit() -> Visit:
    """A planned review."""
    visit = make_visit()
    visit.open()
    return visit


def stand_by(visit: Visit, user: User, role: str = "MEMBER") -> TeamMember:
    return team.invite_member(review_id=visit.review.pk, user_id=user.pk, team_role=role, as_stand_by=True, by=visit.manager)


def another(visit: Visit, name: str, role: str = Role.REVIEWER) -> User:
    return reviewer(visit.scene.service.region, role, name=name)


def declare_both(visit: Visit, member: TeamMember, **said: object) -> None:
    for side, by in (("REVIEWER", member.user), ("SERVICE", visit.scene.lead)):
        values = {"has_conflict": False, **(said if side == "REVIEWER" else {})}
        team.declare_conflict(member_id=member.pk, side=side, service_id=visit.scene.service.pk, by=by, **values)


def profile(user: User, **fields: object) -> ReviewerProfile:
    ReviewerProfile.objects.filter(user=user).update(**fields)
    return ReviewerProfile.objects.get(user=user)


def entry_of(member: TeamMember) -> object:
    return register_of(member.review, [team_with_declarations(member.review).get(pk=member.pk)])[0]


def rule(member: TeamMember, by: User, ruling: str = "CLEAR") -> TeamMember:
    return team.rule_on_conflict(member_id=member.pk, ruling=ruling, reason="Ruled", by=by)


# Suggestions ----------------------------------------------------------------------------------------------------------
def test_suggestions_know_what_the_database_holds(visit: Visit) -> None:
    service = visit.scene.service
    Service.objects.filter(pk=service.pk).update(place_kind="COAST")
    far = OrganisationFactory(hub=True)
    best = reviewer(far, name="Bea Best")
    mine = profile(best, profession_codes=["NURSE"], place_kinds=["COAST"], home_region=far)
    mine.specifications.add(service.specification)
    away, barred, former = (another(visit, name) for name in ("Ali Away", "Bo Barred", "Flo Former"))
    DateAway.objects.create(user=away, from_date=visit.review.starts_date, to_date=visit.review.starts_date)
    profile(barred, employer=service.provider)
    Employment.objects.create(user=former, organisation=service.provider, to_date=visit.review.starts_date - dt.timedelta(days=900))

    found = {one.place.code: one for one in suggestions(Review.objects.get(pk=visit.review.pk))}
    members = found["PLACE_2"]

    assert [(one.place.label, one.place.open_count) for one in found.values()] == [
        ("Lead reviewer (clinical)", 1), ("Reviewer (nurse, allied health professional or manager)", 2), ("Patient or carer reviewer", 1),
    ]  # fmt: skip
    assert members.suggestions[0].name == "Bea Best"
    assert members.suggestions[-1].name == "Ali Away"
    assert members.left_out == ("2 people are barred: they work or worked there.",)
    assert [one.name for one in found["PLACE_3"].suggestions] == ["Pat Patient"]


@pytest.mark.parametrize("count", [1, 40])
def test_suggestions_cost_the_same_for_any_number_of_reviewers(
    count: int, visit: Visit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        user = another(visit, f"Reviewer {n}")
        Employment.objects.create(user=user, organisation=visit.scene.service.provider, to_date=timezone.localdate())
        ReviewerProfile.objects.get(user=user).specifications.add(visit.scene.service.specification)
        DateAway.objects.create(user=user, from_date=visit.review.starts_date, to_date=visit.review.starts_date)
    review = Review.objects.select_related("procedure").get(pk=visit.review.pk)

    with django_assert_num_queries(8):
        found = suggestions(review)

    assert found[0].left_out == (f"{'1 person is' if count == 1 else f'{count} people are'} barred: they work or worked there.",)


def test_suggestions_leave_out_who_has_a_place_and_places_that_are_filled(visit: Visit) -> None:
    visit.invite(visit.lead, "LEAD")
    declined = visit.invite(visit.member)
    team.decline_invitation(member_id=declined.pk, reason="Busy", by=visit.member)

    found = suggestions(visit.review)

    assert [one.place.code for one in found] == ["PLACE_2", "PLACE_3"]
    assert [one.name for one in found[0].suggestions] == []


def test_visits_of_the_other_track_are_neither_counted_nor_shown(visit: Visit) -> None:
    for purpose in ("COMPLIANCE", "IMPROVEMENT"):
        past = make_review("CLOSED", visit, purpose=purpose, visited_at=timezone.now() - dt.timedelta(days=40))
        TeamMember.objects.create(
            review=past, user=visit.member, status="ENDED", is_cleared=True, ruling="CLEAR", invited_by=visit.manager,
            ended_at=timezone.now(), invited_at=timezone.now(), answer_due_date=timezone.localdate(), ruled_at=timezone.now(),
            ruled_by=visit.manager,
        )  # fmt: skip

    services = Service.objects.for_display().filter(pk=visit.scene.service.pk)
    for purpose in ("COMPLIANCE", "IMPROVEMENT"):
        found = suggest_team(services, visit.procedure, purpose=purpose)[1].suggestions
        lines = next(one.why_not for one in found if one.name == "Max Member")
        assert "1 visit in the last 12 months and 0 open places" in lines
        assert sum("visited" in line for line in lines) == 1


def test_suggested_people_are_invited_by_one_press(visit: Visit, signed_in: SignedIn) -> None:
    client, address = signed_in(visit.manager), f"/reviews/{visit.review.pk}/team/suggestions/"

    page = client.get(address).content.decode()
    sent = client.post(address, {"user": visit.member.pk, "place": "PLACE_2", "act": "INVITE"})
    client.post(address, {"user": visit.lead.pk, "place": "PLACE_2", "act": "STAND_BY"})
    again = client.post(address, {"user": visit.member.pk, "place": "PLACE_2", "act": "INVITE"}).content.decode()
    one_place = client.get(f"{address}?place=PLACE_3").content.decode()

    assert "Invite Max Member" in page
    assert "A patient reviewer is required. Invite one to continue." in page
    assert sent["Location"] == f"/reviews/{visit.review.pk}/team/"
    assert list(TeamMember.objects.values_list("user__name", "status", "place_code", "team_role")) == [
        ("Max Member", "INVITED", "PLACE_2", "MEMBER"), ("Lin Lead", "STAND_BY", "PLACE_2", "MEMBER"),
    ]  # fmt: skip
    assert "has a place on this review already" in again
    assert ("Pat Patient" in one_place, "Lead reviewer (clinical)" in one_place) == (True, False)
    assert "Choose a person and a place" in client.post(address, {"user": "x", "place": "NOTHING"}).content.decode()


def test_a_place_fills_up_and_says_so(visit: Visit, signed_in: SignedIn) -> None:
    people = [visit.member, *(another(visit, name) for name in ("Ann", "Ben", "Cy"))]
    places = [visit.invite(user).place_code for user in people[:3]]

    with pytest.raises(InvalidTransition, match="This place is filled: .*, 2 of 2 filled. Add a stand-by instead."):
        team.invite_member(review_id=visit.review.pk, user_id=people[3].pk, team_role="MEMBER", place_code="PLACE_2", by=visit.manager)
    with pytest.raises(InvalidTransition, match="no such place for this role"):
        team.invite_member(review_id=visit.review.pk, user_id=people[3].pk, team_role="MEMBER", place_code="PLACE_1", by=visit.manager)
    page = signed_in(visit.manager).get(f"/reviews/{visit.review.pk}/team/").content.decode()

    assert places == ["PLACE_2", "PLACE_2", ""]
    assert "2 of 2 filled" in page
    assert "0 of 1 filled. 1 person missing" in page


# Conflicts of interest ------------------------------------------------------------------------------------------------
def test_former_work_bars_and_stands_in_the_register(visit: Visit) -> None:
    service = visit.scene.service
    until = visit.review.starts_date - dt.timedelta(days=700)
    Employment.objects.create(user=visit.member, organisation=service.provider, to_date=until)
    member = visit.invite(visit.member)
    team.accept_invitation(member_id=member.pk, by=visit.member)
    declare_both(visit, member)
    words = (
        f"Max Member worked at {service.provider.name} until {until:%B %Y}. The procedure does not allow work there in the last 3 years."
    )

    assert [tie.words for tie in entry_of(member).ties][0] == words
    for ruling in ("CLEAR", "CONDITIONS"):
        with pytest.raises(InvalidTransition, match="The procedure does not allow work there"):
            team.rule_on_conflict(member_id=member.pk, ruling=ruling, reason="Fine", mitigation="None", by=visit.manager)
    assert rule(member, visit.manager, "NOT_CLEAR").ruling == "NOT_CLEAR"


def test_network_region_ties_and_own_declarations_are_shown(visit: Visit) -> None:
    service = visit.scene.service
    network = OrganisationFactory(kind="NETWORK", name="The Network", region=service.region)
    neighbour = ServiceFactory(region=service.region)
    for one in (service, neighbour):
        NetworkMember.objects.create(network=network, service=one, from_date=dt.date(2020, 1, 1))
    Employment.objects.create(user=visit.member, organisation=neighbour.provider)
    Tie.objects.create(user=visit.member, organisation=service.provider, rule_code="CO_AUTHOR", details="Two papers")
    member = visit.invite(visit.member)
    team.accept_invitation(member_id=member.pk, by=visit.member)
    declare_both(visit, member, has_conflict=True, details="My sister", rule_codes=["CLOSE_TIE", "NO_RULE"])
    entry = entry_of(member)

    assert [(tie.rule_code, tie.ruling, tie.details) for tie in entry.ties] == [
        ("SAME_NETWORK", "DECLARE", ""), ("CO_AUTHOR", "DECLARE", "Two papers"),
    ]  # fmt: skip
    assert [one.words for one in entry.reviewer_said] == ["Yes: have a close personal tie with someone there"]
    with pytest.raises(InvalidTransition, match="says that they have a close personal tie with someone there. The procedure does not"):
        rule(member, visit.manager)


def test_ruling_without_the_services_answer_is_kept_in_the_register(visit: Visit, signed_in: SignedIn) -> None:
    second = ServiceFactory(region=visit.scene.service.region, name="Second service")
    ReviewService.objects.create(review=visit.review, service=second, position=2)
    member = visit.invite(visit.member)
    team.accept_invitation(member_id=member.pk, by=visit.member)
    for service in (visit.scene.service, second):
        team.declare_conflict(member_id=member.pk, side="REVIEWER", service_id=service.pk, has_conflict=False, by=visit.member)
    team.declare_conflict(member_id=member.pk, side="SERVICE", service_id=visit.scene.service.pk, has_conflict=False, by=visit.scene.lead)

    with pytest.raises(InvalidTransition, match="The service has until"):
        rule(member, visit.manager)
    TeamMember.objects.update(invited_at=timezone.now() - dt.timedelta(days=30))
    member.refresh_from_db()
    before = signed_in(visit.manager).get(f"/reviews/{visit.review.pk}/team/").content.decode()
    rule(member, visit.manager)
    member.refresh_from_db()

    assert "Rule on what is known." in before
    assert entry_of(member).unanswered.startswith("Ruled on what was known: Second service did not answer by ")


def test_each_service_is_asked_until_it_answered_for_itself(visit: Visit) -> None:
    second = ServiceFactory(region=visit.scene.service.region)
    other_lead = assign(second, Role.SERVICE_LEAD)
    ReviewService.objects.create(review=visit.review, service=second, position=2)
    member = stand_by(visit, visit.member)

    def tasks(user: User) -> list[str]:
        return [item.task for item in review_items(User.objects.get(pk=user.pk))]

    team.declare_conflict(member_id=member.pk, side="SERVICE", service_id=visit.scene.service.pk, has_conflict=False, by=visit.scene.lead)

    assert (tasks(visit.scene.lead), tasks(other_lead)) == ([], ["Say whether you know the reviewers"])
    assert tasks(visit.member) == ["Declare conflicts of interest"]


def test_neither_side_reads_the_other_sides_reasons(visit: Visit, signed_in: SignedIn) -> None:
    Tie.objects.create(user=visit.member, organisation=visit.scene.service.provider, rule_code="CO_AUTHOR", details="canary of the profile")
    member = visit.invite(visit.member)
    team.accept_invitation(member_id=member.pk, by=visit.member)
    for side, by in (("REVIEWER", visit.member), ("SERVICE", visit.scene.lead)):
        team.declare_conflict(
            member_id=member.pk, side=side, service_id=visit.scene.service.pk, has_conflict=True, details=f"canary of the {side}",
            rule_codes=["REFERRALS"], by=by,
        )  # fmt: skip
    pages = {
        "reviewer": [f"/team/{member.pk}/", f"/team/{member.pk}/conflicts/"],
        "service": [f"/reviews/{visit.review.pk}/team/", f"/reviews/{visit.review.pk}/conflicts/", f"/reviews/{visit.review.pk}/"],
        "hub": [f"/reviews/{visit.review.pk}/team/", f"/team/{member.pk}/", f"/team/{member.pk}/ruling/"],
    }
    readers = {"reviewer": visit.member, "service": visit.scene.lead, "hub": visit.manager}
    canaries = ("canary of the REVIEWER", "canary of the SERVICE", "canary of the profile")

    seen = {}
    for who, paths in pages.items():
        text = "".join(signed_in(readers[who]).get(path).content.decode() for path in paths)
        seen[who] = [canary in text for canary in canaries]

    assert seen == {"reviewer": [True, False, False], "service": [False, True, False], "hub": [True, True, True]}


def test_forms_ask_which_ties_of_the_procedure_apply(visit: Visit, signed_in: SignedIn) -> None:
    member = visit.invite(visit.member)
    team.accept_invitation(member_id=member.pk, by=visit.member)
    key, client = visit.scene.service.pk, signed_in(visit.member)
    yes = {f"tie_{key}": "YES", f"details_{key}": "We wrote a paper"}

    refused = client.post(f"/team/{member.pk}/conflicts/", yes).content.decode()
    sent = client.post(f"/team/{member.pk}/conflicts/", yes | {f"rules_{key}": ["CO_AUTHOR", "OTHER"]})
    shown = client.get(f"/team/{member.pk}/conflicts/").content.decode()

    assert "Select which ties there are" in refused
    assert sent.status_code == 302
    assert member.declarations.get().rule_codes == ["CO_AUTHOR"]
    assert 'value="CO_AUTHOR" checked' in shown


# Stand-bys ------------------------------------------------------------------------------------------------------------
def test_first_stand_by_of_the_role_moves_up_when_somebody_declines(visit: Visit, signed_in: SignedIn) -> None:
    member = visit.invite(visit.member)
    wrong = stand_by(visit, visit.patient, "PATIENT_REVIEWER")
    first, second = stand_by(visit, another(visit, "Fay First")), stand_by(visit, another(visit, "Sid Second"))

    team.decline_invitation(member_id=member.pk, reason="Away", by=visit.member)

    first.refresh_from_db()
    places = dict(TeamMember.objects.values_list("pk", "status"))
    page = signed_in(visit.manager).get(f"/reviews/{visit.review.pk}/team/").content.decode()
    assert places == {member.pk: "DECLINED", wrong.pk: "STAND_BY", first.pk: "INVITED", second.pk: "STAND_BY"}
    assert (first.moved_up_for_id, first.place_code, first.stand_by_order) == (member.pk, "PLACE_2", None)
    assert "Max Member declined. Fay First, first stand-by, was invited at " in page
    assert Job.objects.filter(kind="mail.review_invitation", arguments={"member_id": first.pk}).count() == 1


def test_stand_by_moves_up_when_somebody_is_ruled_out(visit: Visit) -> None:
    member, first = visit.invite(visit.member), stand_by(visit, another(visit, "Fay First"))
    team.accept_invitation(member_id=member.pk, by=visit.member)
    declare_both(visit, member)

    rule(member, visit.manager, "NOT_CLEAR")
    first.refresh_from_db()

    assert (first.status, first.moved_up_for_id) == ("INVITED", member.pk)
    assert entry_of(first).moved_up.startswith("Max Member was not cleared. Fay First, first stand-by, was invited at ")


def test_silence_lets_a_stand_by_move_up_once_and_waits_where_there_is_none(visit: Visit) -> None:
    member, lead = visit.invite(visit.member), visit.invite(visit.lead, "LEAD")
    first, second = stand_by(visit, another(visit, "Fay First")), stand_by(visit, another(visit, "Sid Second"))
    due = timezone.localdate() - dt.timedelta(days=1)
    TeamMember.objects.filter(pk__in=[member.pk, lead.pk]).update(answer_due_date=due)

    counts = [move_up_stand_bys(), move_up_stand_bys()]

    member.refresh_from_db()
    assert counts == [{"moved_up": 1}, {"moved_up": 0}]
    assert (member.status, member.ended_reason.startswith("No answer by ")) == ("ENDED", True)
    assert [TeamMember.objects.get(pk=one.pk).status for one in (lead, first, second)] == ["INVITED", "INVITED", "STAND_BY"]
    assert Job.objects.filter(kind="mail.review_declined").count() == 1


def test_who_cannot_join_any_more_or_is_not_clear_is_passed_over(visit: Visit) -> None:
    member = visit.invite(visit.member)
    untrained, ruled_out, fit = (stand_by(visit, another(visit, name)) for name in ("Una", "Rob", "Fit"))
    trained(untrained.user, timezone.localdate() - dt.timedelta(days=1))
    declare_both(visit, ruled_out)
    rule(ruled_out, visit.manager, "NOT_CLEAR")

    team.decline_invitation(member_id=member.pk, reason="Away", by=visit.member)

    assert list(TeamMember.objects.filter(status="INVITED").values_list("user__name", flat=True)) == ["Fit"]
    assert TeamMember.objects.get(pk=fit.pk).moved_up_for_id == member.pk


def test_nobody_moves_up_for_a_place_too_many_or_during_the_visit(visit: Visit) -> None:
    extra = [visit.invite(user) for user in (visit.member, another(visit, "Ann"), another(visit, "Ben"))]
    TeamMember.objects.filter(pk=extra[2].pk).update(place_code="PLACE_2")
    waiting = stand_by(visit, another(visit, "Fay First"))

    team.decline_invitation(member_id=extra[0].pk, reason="Away", by=visit.member)
    assert TeamMember.objects.get(pk=waiting.pk).status == "STAND_BY"
    Review.objects.update(status="VISITING")
    team.decline_invitation(member_id=extra[1].pk, reason="Away", by=extra[1].user)

    assert TeamMember.objects.get(pk=waiting.pk).status == "STAND_BY"


def test_stand_bys_are_put_in_order(visit: Visit, signed_in: SignedIn) -> None:
    first, second = stand_by(visit, visit.member), stand_by(visit, visit.lead)
    client = signed_in(visit.manager)

    client.post(f"/team/{second.pk}/order/", {"move": "earlier"})

    assert list(TeamMember.objects.order_by("stand_by_order").values_list("pk", flat=True)) == [second.pk, first.pk]
    with pytest.raises(InvalidTransition, match="Lin Lead is the first stand-by already."):
        stand_bys.move_stand_by(member_id=second.pk, earlier=True, by=visit.manager)
    assert "is the last stand-by already" in client.post(f"/team/{first.pk}/order/", {"move": "later"}, follow=True).content.decode()


def test_a_cleared_stand_by_reads_nothing_until_they_joined(visit: Visit, signed_in: SignedIn) -> None:
    member, waiting = visit.invite(visit.member), stand_by(visit, visit.lead, "MEMBER")
    client, pack = signed_in(visit.lead), f"/reviews/{visit.review.pk}/pack/"
    declare_both(visit, waiting)
    rule(waiting, visit.manager)

    codes = [client.get(f"/team/{waiting.pk}/").status_code, client.get(pack).status_code]
    team.decline_invitation(member_id=member.pk, reason="Away", by=visit.member)
    codes.append(client.get(pack).status_code)
    team.accept_invitation(member_id=waiting.pk, by=visit.lead)
    codes.append(client.get(pack).status_code)

    assert codes == [200, 404, 404, 200]


def test_a_stand_by_can_step_back(visit: Visit, signed_in: SignedIn) -> None:
    waiting = stand_by(visit, visit.member)

    answer = signed_in(visit.member).post(f"/team/{waiting.pk}/answer/", {"reason": "I moved"})

    assert answer.status_code == 302
    assert TeamMember.objects.get(pk=waiting.pk).status == "DECLINED"


# The context of the services ------------------------------------------------------------------------------------------
def test_notes_open_when_the_context_was_read(signed_in: SignedIn) -> None:
    visit = make_visit()
    visit.carry("VISITING")
    TeamMember.objects.update(context_read_at=None)
    client, url = signed_in(visit.member), f"/reviews/{visit.review.pk}/"

    closed, pack = client.get(f"{url}visit/").content.decode(), client.get(f"{url}pack/").content.decode()
    with pytest.raises(InvalidTransition, match="Read the context of the services first"):
        notes.save_note(review_id=visit.review.pk, client_id=uuid.uuid4(), text="x", by=visit.member)
    unticked = client.post(f"{url}context/", follow=True).content.decode()
    client.post(f"{url}context/", {"is_read": "1"})
    first = visit.place(visit.member).context_read_at
    client.post(f"{url}context/", {"is_read": "1"})

    assert ("Read the context of the services first" in closed, 'id="visit-note"' in closed) == (True, False)
    assert ("I have read this" in pack, pack.index("I have read this") < pack.index("Focus topics")) == (True, True)
    assert "Tick the box to say that you have read the context" in unticked
    assert visit.place(visit.member).context_read_at == first is not None
    assert 'id="visit-note"' in client.get(f"{url}visit/").content.decode()
    notes.save_note(review_id=visit.review.pk, client_id=uuid.uuid4(), text="x", by=visit.member)
    assert Note.objects.count() == 1


def test_only_a_member_reads_the_context(visit: Visit) -> None:
    visit.invite(visit.member)

    for user in (visit.member, visit.manager):
        with pytest.raises(InvalidTransition, match="Only members of the team read the papers"):
            context.read_context(review_id=visit.review.pk, by=user)


# Pages ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("reader", ["manager", "lead"])
def test_team_page_costs_the_same_for_any_number_of_members(
    reader: str, count: int, visit: Visit, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        member, waiting = visit.invite(another(visit, f"Member {n}")), stand_by(visit, another(visit, f"Stand-by {n}"))
        team.accept_invitation(member_id=member.pk, by=member.user)
        declare_both(visit, member)
        declare_both(visit, waiting)
    client, path = signed_in(visit.manager if reader == "manager" else visit.scene.lead), f"/reviews/{visit.review.pk}/team/"
    client.get(path)

    with django_assert_max_num_queries(15) as captured:
        client.get(path)

    assert len(captured) == {"manager": 15, "lead": 10}[reader]


# Two at once ----------------------------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_decline_at_once_are_replaced_by_two() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL")
    visit = make_visit()
    visit.open()
    leaving = [visit.invite(visit.member), visit.invite(another(visit, "Ann"))]
    waiting = [stand_by(visit, another(visit, name)) for name in ("Fay First", "Sid Second")]
    barrier = threading.Barrier(2)

    def decline(member: TeamMember) -> None:
        barrier.wait()
        team.decline_invitation(member_id=member.pk, reason="Away", by=member.user)
        connections.close_all()

    threads = [threading.Thread(target=decline, args=[member]) for member in leaving]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    moved = TeamMember.objects.filter(pk__in=[one.pk for one in waiting])
    assert set(moved.values_list("status", flat=True)) == {"INVITED"}
    assert set(moved.values_list("moved_up_for", flat=True)) == {one.pk for one in leaving}
