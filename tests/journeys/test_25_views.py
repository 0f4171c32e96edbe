"""A carer says what they think without script or account; the hub reads it and shares it; the service counts it and never reads it."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.site import Site

BETTER = "The bus stops too far from the clinic for my father."


def test_a_carer_gives_a_view_without_script_account_or_cookie(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    link = site.one("views_link", status="OPEN")
    told["review"] = next(row["pk"] for row in site.objects["review"] if row["link_pk"] == link["pk"])
    carer = person(has_script=False)
    carer.visit(f"/views/{link['token']}/")
    assert carer.reads("If you need help now")
    carer.shoot("views-start")
    carer.press("Start now")
    carer.tick("A carer or family member")
    carer.press("Continue")
    carer.fill("What was good?", "They are kind. My number is 943 476 5919.")
    carer.press("Continue")
    assert carer.reads("This may include an NHS number. Remove it before you send.")
    carer.shoot("views-nhs-number")
    carer.fill("What was good?", "They are kind.")
    carer.press("Continue")
    carer.fill("What could be better?", BETTER)
    carer.page.get_by_role("button", name="Back").click()
    carer.look()
    expect(carer.page.get_by_label("What was good?")).to_have_value("They are kind.")
    carer.press("Continue")
    expect(carer.page.get_by_label("What could be better?")).to_have_value(BETTER)
    carer.press("Continue")
    carer.press("Continue")
    assert carer.heading == "Check your answers"
    carer.press(re.compile("^Change your answer to: What was good"), exact=False)
    carer.fill("What was good?", "They are kind and on time.")
    carer.press("Continue")
    carer.shoot("views-check")
    carer.press("Send my views")

    assert carer.heading == "Thank you"
    assert carer.reads("The report will say how people’s views were used.")
    carer.shoot("views-thanks")
    assert carer.context.cookies() == []


def test_the_hub_reads_it_and_shares_it(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    review = site.one("review", pk=told["review"])
    told["path"] = f"/reviews/{review['pk']}/views/"
    hub = person(next(email.split("@")[0] for email in review["team"] if email.startswith("hub.")))
    hub.visit("/home/")
    hub.page.locator(f"main a[href='{told['path']}']").first.click()
    hub.look()
    assert not hub.reads(BETTER)
    hub.shoot("views-hub")
    hub.page.get_by_role("row").filter(has_text="A carer or family member").get_by_role("link").first.click()
    hub.look()
    assert hub.reads(BETTER)
    hub.shoot("views-read")
    hub.press("Share with the team")
    assert hub.reads("View shared with the team")
    hub.visit(told["path"])
    assert hub.reads(BETTER)
    hub.follow("Poster with QR code")
    hub.shoot("views-poster")


def test_the_service_counts_it_and_does_not_read_it(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    service = site.one("review", pk=told["review"])["service"]
    lead = person(site.who("SERVICE_LEAD", services=service)["email"].split("@")[0])
    lead.visit(told["path"])

    assert lead.reads("You see how many there are, not what they say.")
    assert BETTER not in lead.text()
    assert lead.page.get_by_role("main").get_by_role("link", name="Poster with QR code").count() == 1
