"""What follows a visit: a lead says what the service did, the hub checks it and the progress, what changed is filed."""

import re
from collections.abc import Callable

from tests.journeys.person import Person
from tests.journeys.site import Row, Site


def followed_up(site: Site) -> tuple[Row, str, str]:
    """The review whose report was withdrawn, its service's lead and the officer who arranges it: nobody else's journey."""
    service = site.one("report", status="WITHDRAWN")["service"]
    review = site.one("review", status="FOLLOW_UP", service=service, purpose="COMPLIANCE")
    lead = site.who("SERVICE_LEAD", services=service)["email"].split("@")[0]
    officer = next(email for email in review["team"] if email.startswith("hub.officer")).split("@")[0]
    return review, lead, officer


def test_service_says_what_it_did_and_the_hub_checks_it(site: Site, person: Callable[..., Person]) -> None:
    review, lead_name, officer_name = followed_up(site)
    lead, officer, url = person(lead_name), person(officer_name), f"/reviews/{review['pk']}/"
    lead.visit(f"{url}progress/")
    lead.shoot("progress")
    lead.page.locator("main a[href^='/findings/']").first.click()
    lead.look()
    finding = lead.path
    lead.follow(re.compile("what you did"))
    lead.page.get_by_label("What did you do?").fill("")
    lead.press("Save what you did")
    assert lead.reads("Enter what you did")
    lead.shoot("acted-error")
    lead.fill("What did you do?", "Both weekends now have a named deputy.")
    lead.tick("Add a link")
    lead.fill("Address of the link", "https://intranet.illustrative.example/weekends")
    lead.fill("What is behind this link?", "Rota of the weekends")
    lead.press("Save what you did")
    assert "Both weekends now have a named deputy." in lead.text()
    assert "Not yet checked by the hub." in lead.text()

    officer.visit(finding)
    officer.follow("Check whether this is put right")
    assert "Rota of the weekends" in officer.text()
    officer.tick("Not yet put right")
    officer.fill("What did you see?", "Every weekend is covered.")
    officer.press("Save the check")
    assert officer.reads("Enter the date of the next check")
    officer.shoot("recheck-error")
    officer.tick("Put right", exact=True)
    officer.press("Save the check")
    lead.visit(finding)
    assert "Every weekend is covered." in lead.text()
    lead.shoot("rounds")


def test_hub_records_a_progress_check_and_the_service_what_changed(site: Site, person: Callable[..., Person]) -> None:
    review, lead_name, officer_name = followed_up(site)
    lead, officer, url = person(lead_name), person(officer_name), f"/reviews/{review['pk']}/"
    officer.visit(f"{url}progress/")
    officer.press("Record this check")
    assert officer.reads("Enter what you saw")
    officer.fill("What did you see?", "The new rota holds since the spring.")
    officer.press("Record this check")
    assert "The new rota holds since the spring." in officer.text()

    lead.visit(f"{url}impact/")
    lead.follow("File what changed")
    lead.press("File what changed")
    assert lead.reads("Select an impact domain")
    lead.tick("Lateral")
    lead.fill("What changed?", "Two wards share one rota.")
    lead.press("File what changed")
    assert "Two wards share one rota." in lead.text()
    lead.shoot("impact")
    lead.visit(f"{url}feedback/")
    assert "What works well" in lead.text()
    lead.shoot("feedback")
