"""Rounds: a service answers its key requirements and declares them; a service is taken out and put back; sections get people."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from tests.journeys.person import Person
from tests.journeys.site import Row, Site

YEAR = dt.date.today().year  # noqa: DTZ011 (the browser's day)
# The trust whose second service has no indicator set; nobody else's journey goes there.
TRUST = "ZZP12"
# The trust whose second service is being answered.
SHARED_TRUST = "ZZP08"


def key_requirement_report(site: Site) -> Row:
    """This year's self-report of the service without an indicator set."""
    service = max(row["pk"] for row in site.objects["service"] if row["provider"] == TRUST)
    return site.one("self_report", service=service, year=YEAR)


def lead_of(site: Site, service: int) -> str:
    """The address of the service's lead, without its domain."""
    return str(site.who("SERVICE_LEAD", services=service)["email"].split("@")[0])


def test_service_without_a_set_answers_its_key_requirements(site: Site, person: Callable[..., Person]) -> None:
    report = key_requirement_report(site)
    lead, path = person(lead_of(site, report["service"]), has_script=False), f"/self-reports/{report['pk']}/"
    lead.visit(path)
    assert "It reports against the key requirements of its specification, which do not count in percentages." in lead.text()
    lead.shoot("key-requirements")

    lead.visit(f"{path}sections/1/")
    lead.tick("Yes")
    lead.press(re.compile("^Save answer KR 1"), exact=False)
    lead.visit(f"{path}check/")
    lead.press(re.compile("^Send to "), exact=False)

    assert "You cannot change your answers unless you take the self-report back" in lead.text()


def test_executive_declares_from_the_list(site: Site, person: Callable[..., Person]) -> None:
    report = key_requirement_report(site)
    executive = person(site.who("EXECUTIVE", provider=TRUST)["email"].split("@")[0])
    executive.visit("/self-reports/")
    assert executive.reads(re.compile(r"\d+ self-reports? to declare"))
    executive.shoot("self-report-list")
    executive.follow("Declare the next one")
    executive.visit(f"/self-reports/{report['pk']}/declare/")
    assert "do not count in percentages" in executive.text()
    assert "Good practice level" not in executive.text()
    executive.shoot("key-requirements-declare")

    executive.tick(re.compile("^I declare that these answers"), exact=False)
    executive.press("Declare")

    assert executive.path == f"/self-reports/{report['pk']}/receipt/"


def untouched_service(site: Site) -> int:
    """A network's service that nobody has begun to answer for; other journeys answer for those of trusts."""
    reports = (row for row in site.objects["self_report"] if (row["year"], row["status"], row["provider"]) == (YEAR, "NOT_STARTED", None))
    return int(next(reports)["service"])


def test_national_lead_takes_a_service_out_and_puts_it_back(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    lead = person("national.lead1")
    lead.visit(f"/rounds/{YEAR}/")
    lead.follow("Services in this round")
    lead.shoot("round-services")
    lead.choose("Place in the round", "In the round")
    lead.press("Apply filters")
    lead.page.locator(f"main a[href='/rounds/{YEAR}/services/{untouched_service(site)}/take-out/']").click()
    lead.look()
    told["taken_out"] = lead.page.locator("h1 .nhsuk-caption-l, h1 .nhsuk-caption-xl").first.inner_text()
    lead.press("Take out of this round")
    assert lead.reads("Enter why this service does not report in this round")
    lead.shoot("round-take-out-error")

    lead.fill(re.compile("^Why does this service not report"), "It merges with its neighbour in the autumn.")
    lead.press("Take out of this round")
    lead.visit(f"/rounds/{YEAR}/services/?place=TAKEN_OUT")
    assert lead.reads(re.compile("Taken out: It merges with its neighbour"))
    lead.follow(re.compile("^Add to this round"))
    lead.shoot("round-add")
    lead.press("Add to this round")

    assert re.fullmatch(r"/self-reports/\d+/", lead.path)
    lead.visit(f"/rounds/{YEAR}/services/?place=TAKEN_OUT")
    assert lead.reads("No services match.")


def test_national_lead_sees_what_a_round_would_touch(person: Callable[..., Person]) -> None:
    lead = person("national.lead1", has_script=False)
    lead.visit("/rounds/open/")
    lead.shoot("round-open-folded")
    before = lead.page.get_by_text(re.compile(r"\d+ services? would report")).first.inner_text()

    lead.fill(re.compile("^Find a specification"), "renal")
    lead.press(re.compile("^Show"), exact=False)
    lead.shoot("round-open-filtered")
    lead.page.locator("select[name^=set_]").first.select_option("NOT_IN")
    lead.press("Count the services")

    assert lead.page.get_by_text(re.compile(r"\d+ services? would report")).first.inner_text() != before
    lead.page.get_by_label(re.compile("^All of ")).first.select_option("PROPOSED")
    lead.press("Count the services")
    assert lead.page.get_by_text(re.compile(r"\d+ services? would report")).first.inner_text() == before


def test_sections_are_given_and_a_clash_is_shown(site: Site, person: Callable[..., Person]) -> None:
    service = max(row["pk"] for row in site.objects["service"] if row["provider"] == SHARED_TRUST)
    report, name = site.one("self_report", service=service, year=YEAR), lead_of(site, service)
    one, other = person(name), person(name, has_script=False)
    path = f"/self-reports/{report['pk']}/people/"
    for somebody in (one, other):
        somebody.visit(path)
    one.shoot("section-people")

    one.page.get_by_role("checkbox").first.check()
    one.fill("Year", "2001")
    one.press("Save")
    assert one.reads(re.compile("The date for “.+” must be from"))
    one.shoot("section-people-error")
    one.fill("Year", str(YEAR))
    one.press("Save")
    assert one.path == f"/self-reports/{report['pk']}/"
    other.page.get_by_role("checkbox").last.check()
    other.press("Save")

    assert other.reads("Saved now")
    assert "Yours, not saved" in other.text()
    other.shoot("section-people-clash")
    other.press("Save")
    assert other.path == f"/self-reports/{report['pk']}/"
