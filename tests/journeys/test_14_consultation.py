"""A set from draft to published with the people who answer it; an indicator challenged, upheld, and out of the score."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from tests.journeys.person import Person
from tests.journeys.site import Site

NATIONAL, COMMENTING, CHALLENGING, OFFICER = "national.lead1", "service.lead4", "service.lead10", "hub.officer11"
NUMBER = "ILL-MTC-007"


def test_national_lead_puts_a_draft_in_consultation(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    national = person(NATIONAL)
    told["set"] = f"/indicators/{trauma_draft(site)}/"
    national.visit(told["set"])
    national.shoot("consult-set")
    national.follow("Put in consultation")
    national.press("Put in consultation")
    assert national.reads("Enter the last day for comments")
    national.shoot("consult-open-error")
    last = dt.date.today() + dt.timedelta(days=14)  # noqa: DTZ011 (the browser's day)
    national.fill_date("Last day for comments", last.day, last.month, last.year)
    national.press("Put in consultation")

    assert national.path == f"{told['set']}comments/"
    assert national.reads("People can comment until")


def trauma_draft(site: Site) -> int:
    """The pk of the demonstration's draft: the set with the lowest number among drafts that have no comments."""
    return int(next(row["pk"] for row in site.objects["indicator_set"] if row["status"] == "DRAFT" and row["comment_pk"] is None))


def test_lead_of_the_specification_is_asked_and_comments(person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead = person(COMMENTING)
    lead.visit("/home/")
    lead.shoot("consult-home-lead")
    lead.page.locator(f"main a[href='{told['set']}comments/']").click()
    lead.look()
    assert lead.path == f"{told['set']}comments/"
    lead.page.get_by_role("main").get_by_role("link", name=f"Comment on {NUMBER}").click()
    lead.look()
    lead.press("Save comment")
    assert lead.reads("Enter your comment")
    lead.shoot("comment-error")
    lead.fill("Your comment", "48 hours is right for weekdays. Say what counts at the weekend.")
    lead.press("Save comment")
    assert lead.reads("48 hours is right for weekdays. Say what counts at the weekend.")
    lead.visit("/home/")
    assert lead.page.locator(f"main a[href='{told['set']}comments/']").count() == 0


def test_national_lead_replies_reads_the_bridge_and_publishes(person: Callable[..., Person], told: dict[str, Any]) -> None:
    national = person(NATIONAL)
    national.visit("/home/")
    assert national.reads(re.compile("Answer 1 comment on "))
    national.visit(f"{told['set']}publish/")
    assert national.reads("1 comment is not answered")
    national.shoot("publish-check")
    national.visit(f"{told['set']}comments/?show=unanswered")
    national.page.get_by_role("main").get_by_role("link", name=re.compile("^Reply to ")).click()
    national.look()
    national.fill("Your reply", "Also at the weekend: we shall say so.")
    national.shoot("reply")
    national.press("Save reply")
    national.shoot("comments")

    national.visit(f"{told['set']}bridge/")
    assert re.search(r"13 carried, 1 to confirm, 0 new, 0 withdrawn\. Touches 2 services and \d+ answers from \d{4}\.", national.text())
    assert national.page.locator("ins").count() >= 1
    national.shoot("bridge")
    national.follow("Publish version 2")
    national.press("Publish version 2")
    assert national.reads("Enter what changed and why")
    national.shoot("publish-error")
    national.fill("What changed and why?", "Rehabilitation starts earlier, as services asked.")
    national.tick(re.compile("^I have read what this changes"), exact=False)
    national.press("Publish version 2")
    assert "Published" in national.text()
    assert national.reads(re.compile("^Version 2 of .* is published$"))


def test_lead_challenges_an_indicator(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead = person(CHALLENGING)
    told["report"] = trauma_report(site, lead)
    lead.visit(f"{told['report']}sections/1/")
    lead.shoot("section-with-challenge")
    lead.page.get_by_role("link", name=f"This indicator is out of date {NUMBER}").click()
    lead.look()
    lead.press("Send")
    assert lead.reads("Enter why it is out of date")
    lead.shoot("challenge-error")
    lead.fill("Why is it out of date?", "The standard was withdrawn in the spring.")
    lead.press("Send")

    assert lead.reads(re.compile("^Thank you. .* will answer before the next version. Your answer still counts.$"))
    lead.shoot("challenge-sent")


def trauma_report(site: Site, lead: Person) -> str:
    """The address of this lead's self-report that is accepted for this year."""
    mine = lead.user["services"]
    row = max(
        (r for r in site.objects["self_report"] if r["service"] in mine and r["status"] == "ACCEPTED"), key=lambda r: (r["year"], r["pk"])
    )
    return f"/self-reports/{row['pk']}/"


def test_national_lead_upholds_it_and_the_score_is_written_again(person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead, national = person(CHALLENGING), person(NATIONAL)
    lead.visit(told["report"])
    before = score_on(lead)
    national.visit("/home/")
    assert national.reads(re.compile(r"^Answer \d+ challenges of indicators"))
    national.visit("/indicators/challenges/?status=OPEN")
    national.shoot("challenges")
    national.page.get_by_role("link", name=f"Answer challenges of {NUMBER}").click()
    national.look()
    national.shoot("challenge-answer")
    national.press("Answer")
    assert national.reads("Select uphold, next version or keep")
    national.tick(re.compile("^Uphold and suspend"), exact=False)
    national.fill("Why is it suspended?", "The standard was withdrawn.")
    national.fill("Your reply", "You are right.")
    national.press("Answer")
    assert national.reads(re.compile("is suspended, and the scores are being written again"))
    national.shoot("challenge-answered")

    after = wait_for_other_score(lead, told["report"], before)
    assert after == (before[0] - 1, before[1] - 1)
    assert lead.reads(re.compile(f"Indicator {NUMBER} suspended from "))
    lead.shoot("score-rewritten")
    lead.visit(f"{told['report']}answers/")
    assert lead.reads(re.compile("^Suspended from .*: does not count$"))
    lead.visit("/indicators/challenges/mine/")
    assert lead.reads("You are right.")
    lead.shoot("challenges-mine")


def score_on(somebody: Person) -> tuple[int, int]:
    """Met and applicable as the page says them."""
    met, applicable = re.search(r"(\d+) of (\d+) met", somebody.text()).groups()
    return int(met), int(applicable)


def wait_for_other_score(somebody: Person, path: str, before: tuple[int, int]) -> tuple[int, int]:
    """The score once the worker has written it, two minutes at most."""
    for _ in range(240):
        somebody.visit(path)
        if score_on(somebody) != before:
            break
        somebody.page.wait_for_timeout(500)
    return score_on(somebody)


def test_pages_read_without_scripts(person: Callable[..., Person], told: dict[str, Any]) -> None:
    officer = person(OFFICER, has_script=False)
    officer.visit(f"{told['set']}comments/")

    assert officer.reads("Also at the weekend: we shall say so.")
    assert officer.page.get_by_role("link", name="Reply").count() == 0
