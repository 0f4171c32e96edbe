"""Steps, comments, baseline and trend of an action."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import FindingAction
from surveillance.facts import action_cause
from surveillance.models import Action, ActionStep, Answer, Assessment, Indicator
from surveillance.queries.indicator_years import indicator_chart, indicator_years
from surveillance.services import action_steps as services
from surveillance.services import actions
from surveillance.services.clash import AlreadyDone
from tests.factories.accounts import person
from tests.factories.decisions import Place, make_action, make_owned_action, make_place, make_report
from work.models import DigestEntry
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
STATEMENTS_OF_PAGE = 15


@pytest.fixture
def place() -> Place:
    return make_place()


@pytest.fixture
def action(place: Place) -> Action:
    return make_owned_action(place)


def text_of(response: object) -> str:
    html = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&amp;", "&").replace("&#x27;", "'").split())


def url(name: str, action: Action, *more: int) -> str:
    return reverse(f"surveillance:{name}", args=[action.pk, *more])


def history(action: Action) -> list[tuple[str, str]]:
    return list(action.events.values_list("what", "note"))


# Steps: the rules -----------------------------------------------------------------------------------------------------
def test_step_is_added_ticked_unticked_and_removed(place: Place, action: Action) -> None:
    day = timezone.localdate() + dt.timedelta(days=9)
    step = services.add_step(action_id=action.pk, what=" Advertise ", due_date=day, by=place.lead)
    ticked = services.tick_step(action_id=action.pk, step_id=step.pk, by=place.lead)
    seen = (step.what, step.due_date, ticked.done_by)
    services.untick_step(action_id=action.pk, step_id=step.pk, by=place.lead)
    services.remove_step(action_id=action.pk, step_id=step.pk, by=place.lead)

    assert seen == ("Advertise", day, place.lead)
    assert list(action.steps.all()) == []
    assert history(action)[-4:] == [
        ("Step added", "Advertise"), ("Step done", "Advertise"), ("Step not done after all", "Advertise"), ("Step removed", "Advertise"),
    ]  # fmt: skip


def test_step_is_ticked_once(place: Place, action: Action) -> None:
    step = services.add_step(action_id=action.pk, what="Advertise", by=place.lead)
    services.tick_step(action_id=action.pk, step_id=step.pk, by=place.lead)

    with pytest.raises(AlreadyDone, match=f"{place.lead.name} ticked this step at"):
        services.tick_step(action_id=action.pk, step_id=step.pk, by=place.contributor)


def test_tick_that_is_not_there_is_not_taken_back(place: Place, action: Action) -> None:
    step = services.add_step(action_id=action.pk, what="Advertise", by=place.lead)

    with pytest.raises(AlreadyDone, match="not ticked"):
        services.untick_step(action_id=action.pk, step_id=step.pk, by=place.lead)


@pytest.mark.parametrize("name", ["tick_step", "untick_step", "remove_step"])
def test_step_of_another_action_is_not_there(place: Place, action: Action, name: str) -> None:
    other = services.add_step(action_id=make_action(place).pk, what="Elsewhere", by=place.lead)

    with pytest.raises(InvalidTransition, match="no longer there"):
        getattr(services, name)(action_id=action.pk, step_id=other.pk, by=place.lead)


def test_steps_of_what_is_done_stand_still(place: Place, action: Action) -> None:
    step = services.add_step(action_id=action.pk, what="Advertise", by=place.lead)
    actions.mark_action_done(action_id=action.pk, by=place.lead, note="In post")

    with pytest.raises(InvalidTransition, match="done but not verified, so its steps cannot change"):
        services.tick_step(action_id=action.pk, step_id=step.pk, by=place.lead)
    with pytest.raises(InvalidTransition):
        services.add_step(action_id=action.pk, what="More", by=place.lead)


def test_steps_have_an_end(place: Place, action: Action) -> None:
    ActionStep.objects.bulk_create(ActionStep(action=action, what=f"Step {n}") for n in range(services.MOST_STEPS))

    with pytest.raises(InvalidTransition, match="at most 50 steps"):
        services.add_step(action_id=action.pk, what="One more", by=place.lead)


def test_database_refuses_half_a_tick(place: Place, action: Action) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionStep.objects.create(action=action, what="Advertise", done_at=timezone.now())


# Steps: the page ------------------------------------------------------------------------------------------------------
def test_owner_keeps_steps_on_the_page(place: Place, action: Action, signed_in: SignIn) -> None:
    browser = signed_in(place.lead)

    empty = browser.post(url("action_step_add", action), {"what": ""})
    added = browser.post(url("action_step_add", action), {"what": "Advertise the post"}, follow=True)
    step = action.steps.get()
    ticked = browser.post(url("action_step_tick", action, step.pk), follow=True)
    again = browser.post(url("action_step_tick", action, step.pk))
    back = browser.post(url("action_step_untick", action, step.pk), follow=True)
    removed = browser.post(url("action_step_remove", action, step.pk), follow=True)
    gone = browser.post(url("action_step_remove", action, step.pk))

    assert "Enter the step" in text_of(empty)
    assert b"<title>Error: " in empty.content
    assert re.search("Advertise the post .*No day set .*Not done Tick as done", text_of(added))
    assert f"Done by {place.lead.name} on" in text_of(ticked)
    assert "You do not need to do anything." in text_of(again)
    assert "Not done Tick as done" in text_of(back)
    assert "No steps yet." in text_of(removed)
    assert "someone removed it" in text_of(gone)


def test_steps_are_the_owners_and_the_leads(place: Place, signed_in: SignIn) -> None:
    action = make_action(place)
    actions.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead)
    actions.accept_action(action_id=action.pk, by=place.contributor)
    people = ("lead", "contributor", "executive", "commissioner", "manager", "officer")

    codes = {name: signed_in(getattr(place, name)).post(url("action_step_add", action), {"what": name}).status_code for name in people}

    assert codes == {"lead": 302, "contributor": 302, "executive": 403, "commissioner": 403, "manager": 403, "officer": 403}
    assert list(action.steps.values_list("what", flat=True)) == ["lead", "contributor"]


def test_steps_of_a_commissioner_action_are_not_the_leads(place: Place, signed_in: SignIn) -> None:
    action = make_action(place, addressed_to="COMMISSIONER", by=place.officer)
    actions.offer_action(action_id=action.pk, owner_id=place.commissioner.pk, by=place.officer)
    actions.accept_action(action_id=action.pk, by=place.commissioner)

    codes = [signed_in(user).post(url("action_step_add", action), {"what": "Ask"}).status_code for user in (place.lead, place.commissioner)]

    assert codes == [403, 302]


def test_step_of_a_foreign_action_is_missing(place: Place, action: Action, signed_in: SignIn) -> None:
    step = services.add_step(action_id=action.pk, what="Advertise", by=place.lead)

    codes = [signed_in(make_place().lead).post(url(f"action_step_{act}", action, step.pk)).status_code for act in ("tick", "remove")]

    assert codes == [404, 404]


@pytest.mark.parametrize("step_count", [1, 20])
def test_page_takes_the_same_queries(
    place: Place, action: Action, signed_in: SignIn, django_assert_max_num_queries: Callable, step_count: int
) -> None:
    for n in range(step_count):
        services.add_step(action_id=action.pk, what=f"Step {n}", by=place.lead)
    browser = signed_in(place.lead)
    browser.get(url("action_detail", action))

    with django_assert_max_num_queries(STATEMENTS_OF_PAGE) as statements:
        browser.get(url("action_detail", action))

    assert len(statements) == 10


# Comments -------------------------------------------------------------------------------------------------------------
def test_everyone_who_sees_the_action_may_comment(place: Place, action: Action, signed_in: SignIn) -> None:
    people = ("manager", "officer", "lead", "contributor", "executive", "commissioner")

    codes = [signed_in(getattr(place, name)).post(url("action_comment", action), {"text": name}).status_code for name in people]

    assert codes == [302] * 6
    assert [note for what, note in history(action) if what == "Comment"] == list(people)


def test_comment_is_news_for_owner_and_drafter_without_its_text(place: Place, signed_in: SignIn) -> None:
    action = make_action(place, by=place.officer)
    actions.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.officer)
    DigestEntry.objects.all().delete()

    services.comment_on_action(action_id=action.pk, text="Bed 4 is closed", by=place.lead)
    services.comment_on_action(action_id=action.pk, text="I know", by=place.contributor)

    said = [(entry.user, entry.sentence) for entry in DigestEntry.objects.select_related("user").order_by("pk")]
    first, second = (f"{who.name} commented on an action for {place.service}." for who in (place.lead, place.contributor))
    assert said == [(place.contributor, first), (place.officer, first), (place.officer, second)]


def test_empty_comment_and_foreign_action(place: Place, action: Action, signed_in: SignIn) -> None:
    empty = signed_in(place.lead).post(url("action_comment", action), {"text": " "})
    foreign = signed_in(make_place().lead).post(url("action_comment", action), {"text": "Mine"})

    assert "Enter your comment" in text_of(empty)
    assert foreign.status_code == 404


# Baseline and trend ---------------------------------------------------------------------------------------------------
def measured(place: Place, year: int, numerator: int, denominator: int, *, comparator: str = "AT_LEAST", target: str = "90") -> Indicator:
    """A share of this place's own, answered and declared in a year."""
    report = make_report(place, year=year, applicable=0, met=0)
    indicator = Indicator.objects.create(
        indicator_set=report.indicator_set, number="10-1A-400", position=9, title="Seen in time", section="S", type="clinical_outcome",
        answer_kind="PERCENTAGE", target=Decimal(target), comparator=comparator,
    )  # fmt: skip
    Answer.objects.create(
        self_report=report, indicator=indicator, numerator=numerator, denominator=denominator, saved_at=timezone.now(),
        saved_by=place.lead, met=numerator * 100 >= Decimal(target) * denominator,
    )  # fmt: skip
    return indicator


def test_baseline_and_target_are_read_from_the_indicator(place: Place) -> None:
    measured(place, 2026, 30, 50)
    indicator = measured(place, 2027, 44, 50)

    read = make_action(place, indicator_id=indicator.pk)
    written = make_action(place, indicator_id=indicator.pk, baseline="40%", target="95% by May")
    without = make_action(place)

    assert [(one.baseline, one.target) for one in (read, written, without)] == [
        ("44 of 50 (88%) in 2027", "At least 90%"), ("40%", "95% by May"), ("", ""),
    ]  # fmt: skip


def test_validated_value_is_the_baseline(place: Place) -> None:
    indicator = measured(place, 2027, 44, 50)
    Assessment.objects.create(
        answer=Answer.objects.get(indicator=indicator), stage="VALIDATED", numerator=40, denominator=50, met=False, reason="Counted twice",
        assessed_by=place.officer, assessed_at=timezone.now(),
    )  # fmt: skip

    action = make_action(place, indicator_id=indicator.pk)

    assert action.baseline == "40 of 50 (80%) in 2027"
    assert [(year.answer, year.whose) for year in indicator_years(place.service, indicator)] == [("40 of 50 (80%)", "Validated by the hub")]


def test_yes_or_no_baseline(place: Place) -> None:
    report = make_report(place, met=3)
    indicator = report.indicator_set.indicators.get(position=3)

    action = make_action(place, indicator_id=indicator.pk)

    assert (action.baseline, action.target) == ("No in 2027", "Met")


def test_other_indicator_takes_its_own_figures(place: Place) -> None:
    report = make_report(place, met=3)
    first, last = report.indicator_set.indicators.filter(position__in=[0, 3])
    action = make_action(place, indicator_id=first.pk, target="Always")
    same = {"what": action.what, "due_date": action.due_date, "by": place.lead}

    changed = actions.change_draft(
        action_id=action.pk, indicator_id=last.pk, baseline=action.baseline, target="Always met", version=1, **same
    )

    assert (action.baseline, changed.baseline, changed.target) == ("Yes in 2027", "No in 2027", "Always met")


@pytest.mark.parametrize(
    ("comparator", "target", "sentence"),
    [
        ("AT_LEAST", "92.5", "44 of 50 (88%) in 2027, up from 30 of 50 (60%) in 2026. Target, at least 92.5%: not reached."),
        ("AT_MOST", "95", "44 of 50 (88%) in 2027, up from 30 of 50 (60%) in 2026. Target, at most 95%: reached."),
    ],
)
def test_trend_says_whether_the_target_is_reached(place: Place, comparator: str, target: str, sentence: str) -> None:
    measured(place, 2026, 30, 50, comparator=comparator, target=target)
    indicator = measured(place, 2027, 44, 50, comparator=comparator, target=target)

    chart = indicator_chart(indicator_years(place.service, indicator), indicator)

    assert chart.sentence == sentence
    assert (chart.header, chart.rows) == (("Year", "Counted", "Percent"), (("2026", "30 of 50", "60.0%"), ("2027", "44 of 50", "88.0%")))


def test_trend_leaves_out_what_is_no_share(place: Place) -> None:
    measured(place, 2026, 45, 40)
    indicator = measured(place, 2027, 0, 0)

    chart = indicator_chart(indicator_years(place.service, indicator), indicator)

    assert chart.sentence == "No year has a figure yet."
    assert [row[1] for row in chart.rows] == ["45 of 40 (112%)", "0 of 0"]


def test_page_shows_the_trend_and_the_table(place: Place, signed_in: SignIn) -> None:
    measured(place, 2026, 30, 50)
    action = make_action(place, indicator_id=measured(place, 2027, 44, 50).pk)

    page = signed_in(place.lead).get(url("action_detail", action))

    assert b"<svg" in page.content
    assert "Target, at least 90%: not reached." in text_of(page)
    assert re.search(r"2027 .*44 of 50 \(88%\) .*Self-assessed .*Not met", text_of(page))


# Where it comes from --------------------------------------------------------------------------------------------------
def test_action_without_a_cause_is_the_services_own(place: Place, action: Action, signed_in: SignIn) -> None:
    page = signed_in(place.lead).get(url("action_detail", action))

    assert action_cause(place.lead, action.pk) is None
    assert FindingAction.objects.count() == 0
    assert "From The service’s own plan" in text_of(page)


def test_hub_officer_elsewhere_sees_no_action(action: Action, signed_in: SignIn) -> None:
    elsewhere = person(Role.HUB_OFFICER, make_place().service.region)

    assert signed_in(elsewhere).get(url("action_detail", action)).status_code == 404
