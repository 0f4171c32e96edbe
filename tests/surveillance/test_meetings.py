"""Meetings: agenda, who came, one service a screen, what is never typed for who is not there, and the end."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from surveillance.models import Action, Meeting, MeetingItem, SelfReport, SurveillanceDecision
from surveillance.queries import meetings as queries
from surveillance.services import decisions, meetings
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from surveillance.services.meetings import Spoken
from tests.factories.decisions import Place, give_positions, make_action, make_decision, make_place, make_report
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PROPOSAL = {
    "options": ["1"], "likelihood": "1", "consequence": "2", "rationale": "All is well.", "review_date_day": "30",
    "review_date_month": "9", "review_date_year": "2099",
}  # fmt: skip
RISK = {"likelihood": 1, "consequence": 2, "rationale": "All is well.", "review_date": dt.date(2099, 3, 31)}


@pytest.fixture
def place() -> Place:
    return make_place()


def text_of(response: object) -> str:
    html = response.content.decode().split("<main")[-1]
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "'").split())


def meet(place: Place, *reports: SelfReport) -> Meeting:
    """A meeting of the place's hub about these self-reports; the hub manager is there."""
    day = timezone.localdate()
    meeting = meetings.call_meeting(region_id=place.service.region_id, round_id=reports[0].round_id, date=day, by=place.manager)
    pks = [report.pk for report in reports]
    meetings.choose_agenda(meeting_id=meeting.pk, shown=pks, chosen=pks, by=place.manager)
    return meeting


def attend(meeting: Meeting, place: Place, *who: str) -> dict[str, int]:
    """Attendees by party; the manager is there from the start."""
    found = {"QNT": meeting.attendees.get(user=place.manager).pk}
    organisations = {"PROVIDER": place.service.provider, "COMMISSIONER": place.board}
    for party in who:
        attendee = meetings.add_attendee(
            meeting_id=meeting.pk, name=f"{party.title()} person", organisation_id=organisations[party].pk, by=place.manager
        )
        found[party] = attendee.pk
    return found


def agree(people: dict[str, int]) -> list[Spoken]:
    return [Spoken(party, pk, "AGREE") for party, pk in people.items()]


# Agenda and people ----------------------------------------------------------------------------------------------------
def test_agenda_offers_proposals_by_risk_then_the_lowest_score(place: Place) -> None:
    near = [make_place(region=place.service.region) for _ in range(4)]
    first = make_report(place, met=3)
    low, high = make_decision(near[0], likelihood=1, consequence=1), make_decision(near[1], likelihood=5, consequence=5)
    lowest = make_report(near[2], met=1)
    other_year = make_report(near[3], year=2026)
    make_report(make_place(), met=0)
    meeting = meet(place, first)

    found = [report.service_id for report in queries.agenda_candidates(meeting, place.officer)]

    assert found == [high.service_id, low.service_id, lowest.service_id, first.service_id]
    assert other_year.service_id not in found


def test_agenda_takes_off_what_is_not_ticked_and_keeps_what_is_taken(place: Place) -> None:
    reports = [make_report(make_place(region=place.service.region), met=4) for _ in range(3)]
    meeting, foreign = meet(place, *reports), make_report(make_place())
    MeetingItem.objects.filter(self_report=reports[0]).update(taken_at=timezone.now())
    pks = [report.pk for report in reports]

    count = meetings.choose_agenda(meeting_id=meeting.pk, shown=[*pks, foreign.pk], chosen=[pks[2], foreign.pk], by=place.manager)

    assert count == 2
    assert list(meeting.items.values_list("self_report", flat=True)) == [pks[0], pks[2]]


def test_people_are_added_once_and_stay_when_they_spoke(place: Place) -> None:
    meeting = meet(place, make_report(place, met=4))
    people = attend(meeting, place, "PROVIDER")
    with pytest.raises(InvalidTransition, match="on the list already"):
        attend(meeting, place, "PROVIDER")
    meetings.record_item(item_id=meeting.items.get().pk, by=place.manager, positions=agree(people), proposal=RISK | {"is_routine": True})

    with pytest.raises(InvalidTransition, match="gave a position"):
        meetings.remove_attendee(attendee_id=people["PROVIDER"], meeting_id=meeting.pk, by=place.manager)


# Recording ------------------------------------------------------------------------------------------------------------
def test_three_parties_in_the_room_bring_it_into_force(place: Place) -> None:
    meeting = meet(place, make_report(place, met=4))
    people = attend(meeting, place, "PROVIDER", "COMMISSIONER")

    recorded = meetings.record_item(
        item_id=meeting.items.get().pk, by=place.manager, positions=agree(people), proposal=RISK | {"is_routine": True}, version=0
    )

    assert (recorded.why_not, recorded.decision.status) == ("", "IN_FORCE")
    spoken = recorded.decision.positions.order_by("party").values_list("party", "view", "spoken_by__name", "given_by")
    assert list(spoken) == [
        ("COMMISSIONER", "AGREE", "Commissioner person", place.manager.pk),
        ("PROVIDER", "AGREE", "Provider person", place.manager.pk),
        ("QNT", "AGREE", place.manager.name, place.manager.pk),
    ]


def test_nothing_is_recorded_for_who_is_not_there(place: Place) -> None:
    meeting = meet(place, make_report(place, met=4))
    people = attend(meeting, place, "PROVIDER")

    recorded = meetings.record_item(
        item_id=meeting.items.get().pk, by=place.manager, positions=agree(people), proposal=RISK | {"is_routine": True}
    )

    assert recorded.decision.status == "PROPOSED"
    assert "Still waiting for a position from: Commissioner." in recorded.why_not
    assert recorded.decision.positions.get(party="COMMISSIONER").view == "WAITING"
    outcome = queries.outcome_of(queries.agenda_of(meeting))
    assert (outcome.words, outcome.done) == ("0 in force, 1 waiting for a position", 1)


def test_a_position_is_taken_only_from_its_own_organisation(place: Place) -> None:
    meeting = meet(place, make_report(place, met=4))
    people = attend(meeting, place, "PROVIDER")
    wrong = [Spoken("COMMISSIONER", people["PROVIDER"], "AGREE")]

    with pytest.raises(InvalidTransition, match="somebody of that organisation who is in the meeting"):
        meetings.record_item(item_id=meeting.items.get().pk, by=place.manager, positions=wrong, proposal=RISK | {"is_routine": True})

    assert SurveillanceDecision.objects.count() == 0


def test_what_a_party_said_by_itself_is_never_written_over(place: Place) -> None:
    decision = make_decision(place, report=make_report(place, met=4), needs_provider_action=False, is_routine=True)
    meeting = meet(place, SelfReport.objects.get())
    people = attend(meeting, place, "PROVIDER")
    decisions.record_position(decision_id=decision.pk, party="PROVIDER", view="DISAGREE", note="No", by=place.executive)

    with pytest.raises(SomeoneElseChanged):
        meetings.record_item(item_id=meeting.items.get().pk, by=place.manager, positions=agree(people))

    assert decision.positions.get(party="PROVIDER").view == "DISAGREE"


def test_dissent_and_missing_action_leave_it_proposed(place: Place) -> None:
    meeting = meet(place, make_report(place, met=3))
    people = attend(meeting, place, "PROVIDER", "COMMISSIONER")

    recorded = meetings.record_item(
        item_id=meeting.items.get().pk, by=place.manager, positions=agree(people), proposal=RISK | {"needs_provider_action": True}
    )

    assert (recorded.decision.status, "at least one provider action" in recorded.why_not) == ("PROPOSED", True)
    assert recorded.decision.positions.filter(view="AGREE").count() == 3


def test_older_decision_with_option_2_needs_its_reason_in_the_meeting_too(place: Place) -> None:
    older = make_decision(place, report=make_report(place, met=4, year=2026))
    give_positions(place, older)
    decisions.bring_into_force(decision_id=older.pk, by=place.manager)
    meeting = meet(place, make_report(place, met=4))
    people = attend(meeting, place, "PROVIDER", "COMMISSIONER")
    facts = {"by": place.manager, "positions": agree(people), "proposal": RISK | {"is_routine": True}}
    item = meeting.items.get()

    recorded = meetings.record_item(item_id=item.pk, without_action_reason="The pathway moved", **facts)

    older.refresh_from_db()
    assert (recorded.why_not, older.status, older.without_action_reason) == ("", "SUPERSEDED", "The pathway moved")


def test_second_recording_meets_the_first(place: Place) -> None:
    meeting = meet(place, make_report(place, met=4))
    item = meeting.items.get()
    meetings.put_off_item(item_id=item.pk, note="Next month", by=place.manager, version=0)

    with pytest.raises(SomeoneElseChanged):
        meetings.record_item(item_id=item.pk, by=place.manager, positions=[], proposal=RISK | {"is_routine": True}, version=0)


def test_closed_meeting_takes_nothing_more(place: Place) -> None:
    meeting = meet(place, make_report(place, met=4))
    item = meeting.items.get()
    meetings.close_meeting(meeting_id=meeting.pk, by=place.manager)

    with pytest.raises(InvalidTransition, match="closed the record"):
        meetings.put_off_item(item_id=item.pk, note="x", by=place.manager)
    with pytest.raises(AlreadyDone):
        meetings.close_meeting(meeting_id=meeting.pk, by=place.officer)


# Pages ----------------------------------------------------------------------------------------------------------------
def address(name: str, *arguments: int) -> str:
    return reverse(f"surveillance:{name}", args=arguments)


def test_from_the_call_to_the_panel(place: Place, signed_in: SignIn) -> None:
    first, second = make_report(place, met=4), make_report(make_place(region=place.service.region), met=2)
    browser = signed_in(place.manager)
    called = browser.post(
        address("meeting_new"),
        {"region": place.service.region_id, "round": first.round_id, "date_day": "1", "date_month": "10", "date_year": "2027"},
    )
    meeting = Meeting.objects.get()
    chosen = browser.post(address("meeting_agenda", meeting.pk), {"selected": [first.pk, second.pk]}, follow=True)
    browser.post(address("meeting_attendees", meeting.pk), {"name": "Sam Lee", "organisation": place.service.provider_id})
    sam = meeting.attendees.get(name="Sam Lee")
    items = list(meeting.items.all())
    page = browser.get(address("meeting_item", meeting.pk, items[1].pk))
    manager = meeting.attendees.get(user=place.manager).pk
    sent = PROPOSAL | {
        "version": "0", "QNT_view": "AGREE", "QNT_by": manager, "PROVIDER_view": "DISAGREE", "PROVIDER_by": sam.pk,
        "PROVIDER_note": "We had two incidents.",
    }  # fmt: skip
    faulty = browser.post(address("meeting_item", meeting.pk, items[1].pk), sent | {"PROVIDER_by": ""})
    done = browser.post(address("meeting_item", meeting.pk, items[1].pk), sent)
    put_off = browser.post(address("meeting_item", meeting.pk, items[0].pk), {"put_off": "The lead was ill", "version": "0"})
    closing = browser.post(address("meeting_close", meeting.pk), follow=True)

    assert called["Location"] == address("meeting_agenda", meeting.pk)
    assert "0 of 2 done" in text_of(chosen)
    assert [item.self_report_id for item in items] == [second.pk, first.pk]
    assert f"{place.board.name} was not present. It will be asked by" in text_of(page)
    assert f">{place.service.name}</h1>" in page.content.decode()
    assert "Select who gave this position" in text_of(faulty)
    assert "We had two incidents." in text_of(faulty)
    assert done["Location"] == address("meeting_item", meeting.pk, items[0].pk)
    assert put_off["Location"] == address("meeting_close", meeting.pk)
    assert "Meeting recorded" in text_of(closing)
    assert "0 in force, 1 waiting for a position, 1 put off" in text_of(closing)
    decision = text_of(browser.get(address("decision_detail", SurveillanceDecision.objects.get().pk)))
    assert "Given in the meeting by Sam Lee on" in decision


def test_clash_keeps_the_text(place: Place, signed_in: SignIn) -> None:
    meeting = meet(place, make_report(place, met=4))
    item = meeting.items.get()
    meetings.put_off_item(item_id=item.pk, note="Next month", by=place.manager)

    response = signed_in(place.manager).post(address("meeting_item", meeting.pk, item.pk), PROPOSAL | {"version": "0"})

    assert response.status_code == 409
    assert "Why these options?: All is well." in text_of(response)
    assert "Put off: Next month" in text_of(response)


def test_proposal_on_the_agenda_asks_for_positions_only(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place, report=make_report(place, met=4))
    make_action(place, decision_id=decision.pk)
    meeting = meet(place, SelfReport.objects.get())
    people = attend(meeting, place, "PROVIDER", "COMMISSIONER")
    item, browser = meeting.items.get(), signed_in(place.manager)

    page = browser.get(address("meeting_item", meeting.pk, item.pk))
    sent = {f"{party}_{part}": value for party, pk in people.items() for part, value in (("view", "AGREE"), ("by", pk))}
    browser.post(address("meeting_item", meeting.pk, item.pk), sent | {"version": "0"})

    assert "Why these options?" not in text_of(page)
    decision.refresh_from_db()
    assert decision.status == "IN_FORCE"


def test_officer_reads_and_does_not_record(place: Place, signed_in: SignIn) -> None:
    meeting = meet(place, make_report(place, met=4))
    item, browser = meeting.items.get(), signed_in(place.officer)

    page = browser.get(address("meeting_item", meeting.pk, item.pk))
    refused = browser.post(address("meeting_item", meeting.pk, item.pk), PROPOSAL | {"version": "0"})

    assert (page.status_code, "Save and next" in text_of(page), refused.status_code) == (200, False, 403)


def test_meeting_of_another_hub_does_not_exist(place: Place, signed_in: SignIn) -> None:
    meeting = meet(place, make_report(place, met=4))
    other = make_place()
    foreign = meet(other, make_report(other, met=4))
    browser = signed_in(other.manager)

    codes = [browser.get(address("meeting_detail", meeting.pk)).status_code]
    codes.append(browser.get(address("meeting_item", foreign.pk, meeting.items.get().pk)).status_code)
    codes += [signed_in(user).get(address("meeting_detail", meeting.pk)).status_code for user in (place.lead, place.executive)]

    assert codes == [404, 404, 404, 404]


@pytest.mark.parametrize("row_count", [1, 3])
def test_pages_take_the_same_queries(place: Place, signed_in: SignIn, django_assert_num_queries: Callable, row_count: int) -> None:
    reports = [make_report(make_place(region=place.service.region), met=3) for _ in range(row_count)]
    meeting = meet(place, *reports)
    for report in reports[1:]:
        meet(place, report)
    browser = signed_in(place.manager)
    browser.get(address("meeting_list"))

    for name, arguments, count in (("meeting_list", [], 5), ("meeting_detail", [meeting.pk], 11), ("meeting_agenda", [meeting.pk], 8)):
        with django_assert_num_queries(count):
            response = browser.get(address(name, *arguments))
        assert response.status_code == 200


@pytest.mark.parametrize("row_count", [1, 3])
def test_deciding_about_one_service_takes_the_same_queries(
    place: Place, signed_in: SignIn, django_assert_num_queries: Callable, row_count: int
) -> None:
    """The screen of a meeting and the proposal page: with one late action, older decision's action and attendee, or with three."""
    report = make_report(place, met=3)
    meeting = meet(place, report, *(make_report(make_place(region=place.service.region)) for _ in range(row_count)))
    for number in range(row_count):
        action = make_action(place, what=f"Action {number}")
        Action.objects.filter(pk=action.pk).update(status="IN_PROGRESS", due_date=timezone.localdate() - dt.timedelta(days=9))
        meetings.add_attendee(meeting_id=meeting.pk, name=f"Person {number}", organisation_id=place.service.provider_id, by=place.manager)
    browser, item = signed_in(place.manager), meeting.items.get(self_report=report)
    pages = ((address("meeting_item", meeting.pk, item.pk), 27), (reverse("surveillance:self_report_decision", args=[report.pk]), 19))
    browser.get(pages[0][0])

    for path, count in pages:
        with django_assert_num_queries(count):
            response = browser.get(path)
        assert response.status_code == 200
