"""What follows a visit, in the browser: both sides learn, pledge and exchange; a survey without an account; a review released."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from tests.journeys.person import Person
from tests.journeys.site import Site

LEAD, REVIEWER, OFFICER = "service.lead6", "reviewer3", "hub.officer22"


def test_each_side_writes_what_it_learnt_and_makes_a_pledge(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    review = site.one("review", purpose="IMPROVEMENT", status="REPORTING")
    told["review"] = f"/reviews/{review['pk']}/"
    lead, reviewer = person(LEAD), person(REVIEWER)
    lead.visit(told["review"])
    lead.follow("Learning", nth=0)
    lead.follow("Add what your side learnt")
    lead.press("Save what you learnt")
    assert lead.reads("Enter what your side learnt")
    lead.fill("What did your side learn?", "Our day team and our night team mean different things by “stable”.")
    lead.tick("Something else")
    lead.press("Save what you learnt")
    assert lead.reads("Saved: what your side learnt")
    lead.shoot("learning-service")

    reviewer.visit(f"{told['review']}learning/")
    assert "Our day team and our night team" in reviewer.text()
    assert reviewer.page.get_by_role("link", name="Change “Our day team").count() == 0
    reviewer.follow("Make a pledge")
    reviewer.fill("What will you do in your own service?", "Ask both of our teams what they mean by “stable”.")
    reviewer.press("Save pledge")
    assert reviewer.reads("Pledge saved")
    reviewer.follow("Open your pledge", nth=-1)
    assert reviewer.reads("You will be asked what came of it")
    reviewer.shoot("pledge")


def test_a_host_asks_for_a_call_and_it_takes_place(person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead, reviewer = person(LEAD), person(REVIEWER)
    lead.visit(f"{told['review']}learning/")
    lead.follow("Ask a reviewer for a return visit")
    lead.press("Ask")
    assert lead.reads("Select a reviewer")
    reviewer.visit("/home/")
    lead.tick(reviewer.own_name)
    lead.tick("A call")
    lead.fill("What would you like to see, hear or have?", "How you brief the night team.")
    lead.press("Ask")
    assert lead.reads("Request sent")

    reviewer.visit("/home/")
    reviewer.follow("Answer a request: a call")
    reviewer.tick("Yes, I agree")
    reviewer.fill("How and when can it be?", "Thursday at 3pm")
    reviewer.press("Send your answer")
    today = dt.date.today()  # noqa: DTZ011 (the browser's day)
    reviewer.fill_date("When did it take place?", today.day, today.month, today.year)
    reviewer.press("Record that it took place")
    assert reviewer.reads("Nothing more: it took place")
    reviewer.shoot("exchange")


def test_a_survey_is_answered_without_an_account_once(site: Site, person: Callable[..., Person]) -> None:
    anyone = person()
    address = f"/survey/{site.objects['survey'][-1]['token']}/"
    anyone.visit(address)
    anyone.press("Send your answers")
    assert anyone.reads("Answer at least one question")
    group = anyone.page.get_by_role("group", name=re.compile("^I trusted the other side"))
    group.get_by_label("4", exact=True).check()
    anyone.fill("About how many hours did this take you?", "9")
    anyone.shoot("survey")
    anyone.press("Send your answers")
    assert anyone.reads("Thank you")
    anyone.visit(address)
    assert anyone.reads("This link does not work again")
    anyone.shoot("survey-done")


def test_the_hub_reads_a_review_when_its_service_released_it(person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead, officer = person(LEAD), person(OFFICER)
    officer.visit(told["review"], status=404)
    lead.visit(f"{told['review']}learning/")
    lead.follow("Release this review to the hub")
    assert lead.reads("It cannot be taken back")
    lead.shoot("release")
    lead.press("Release this review")
    assert lead.reads("Review released to the hub")

    officer.visit(f"{told['review']}learning/")
    assert "Our day team and our night team" in officer.text()
    assert "Ask both of our teams" not in officer.text()
    officer.visit("/reviews/surveys/")
    assert officer.reads("A figure is shown when 5 or more people of a side answered.")
    officer.shoot("survey-results")
    lead.visit(f"{told['review']}leave/")
    assert lead.reads("nobody has to say why")
