"""Learning: good practice becomes a card that its service agrees to and another tries; tags of three services become a theme."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator

from tests.journeys.person import Person
from tests.journeys.site import Site

YEAR = dt.date.today().year  # noqa: DTZ011 (the browser's day)
# A trust of the South Region whose good practice has no card yet, and its neighbour.
PROVIDER, OFFICER, SOURCE, NEIGHBOUR = "ZZP10", "hub.officer31", "service.lead10", "service.lead11"
WRITER, OWNER = "national.lead1", "commissioner3"
CARD, THEME = "Three incidents on one page", "Time set aside to learn"
WHY = "We begin on the night shift."


def test_hub_writes_a_card_of_good_practice_and_asks_the_service(site: Site, person: Callable[..., Person], told: dict[str, Any]) -> None:
    finding, officer, neighbour = site.one("finding", provider=PROVIDER, status="AGREED"), person(OFFICER), person(NEIGHBOUR)
    officer.visit(f"/findings/{finding['pk']}/")
    assert officer.heading == "Good practice"
    officer.follow("Write a learning card from this")
    officer.press("Save card")
    assert officer.reads("Enter how it was done")
    officer.fill("Title", CARD)
    officer.fill("For whom?", "Wards with three shifts a day.")
    officer.fill("How was it done?", "The sister writes it on Fridays; each shift begins with it.")
    officer.fill("Who can others ask?", "The ward's shared mailbox")
    officer.press("Save card")
    told["card"] = officer.path
    assert re.fullmatch(r"/learning/\d+/", officer.path)
    assert "has not agreed yet. Only the review team can see this card." in officer.text()
    officer.follow("Ask the service to agree")
    officer.press(re.compile("^Ask .+ to agree"), exact=False)

    neighbour.visit(told["card"], status=404)
    neighbour.visit("/learning/")
    assert CARD not in neighbour.text()


def test_source_agrees_from_its_work_list(person: Callable[..., Person], told: dict[str, Any]) -> None:
    source = person(SOURCE)
    source.visit("/home/")
    source.follow(f"Say whether others may read the learning card “{CARD}”")
    source.press("Save answer")
    assert source.reads("Select whether others may read it")
    source.shoot("card-answer")
    source.tick("Yes, share it")
    source.press("Save answer")

    assert source.path == told["card"]
    assert source.reads("No service has said yet what it does with this.")


def test_another_service_tries_it_and_the_source_reads_why(person: Callable[..., Person], told: dict[str, Any]) -> None:
    neighbour, source, other = person(NEIGHBOUR), person(SOURCE), person("service.lead12", has_script=False)
    neighbour.visit("/learning/")
    neighbour.follow(CARD)
    assert neighbour.path == told["card"]
    neighbour.press("Save")
    assert neighbour.reads("Select what your service does with this")
    neighbour.page.get_by_label("Which service do you answer for?").select_option(index=1)
    neighbour.tick("Trying")
    neighbour.fill("Why? (one line)", WHY)
    neighbour.press("Save")
    assert neighbour.reads("1 service is trying this.")
    neighbour.shoot("card-trying")

    source.visit(told["card"])
    assert WHY in source.text()
    other.visit(told["card"])
    assert "1 service is trying this." in other.text()
    assert WHY not in other.text()


def test_tags_of_three_services_become_a_theme(person: Callable[..., Person], told: dict[str, Any]) -> None:
    writer, reader = person(WRITER), person(SOURCE)
    writer.visit("/learning/themes/")
    writer.follow("Write a theme")
    writer.fill("Title", THEME)
    writer.fill("What is systemic?", "Staff learn on every shift where time is set aside. No rota of the region pays for it.")
    writer.tick(re.compile("^Compliance"), exact=False)
    writer.press("Save theme")
    told["theme"] = writer.path.removesuffix("findings/")
    writer.tick("Organisational")
    writer.press("Apply filters")
    take_in(writer, 2)
    writer.visit(told["theme"])
    assert "A theme is offered and shown to others only when it is seen in three or more services." in writer.text()
    assert writer.page.get_by_role("link", name="Choose who takes it on").count() == 0

    writer.follow("Add or remove findings")
    writer.tick("Organisational")
    writer.press("Apply filters")
    take_in(writer, 1)
    assert "Seen in 3 services, 3 findings." in writer.text()
    writer.shoot("theme-findings")
    reader.visit(told["theme"], status=404)


def take_in(writer: Person, count: int) -> None:
    """Add one finding of each of so many services that the theme does not have yet."""
    taken = {service for service, _ in rows_of(writer, "In this theme", column=1)}
    for service, row in rows_of(writer, "Findings to add", column=2):
        if count and service not in taken:
            row.get_by_role("checkbox").check()
            taken.add(service)
            count -= 1
    writer.press("Add to this theme")
    assert writer.reads(re.compile("findings? added"))


def rows_of(writer: Person, name: str, *, column: int) -> list[tuple[str, Locator]]:
    """Each row of a table with its service, which stands in this column beside the row's heading; none where there is no table."""
    rows = writer.page.get_by_role("table", name=name).locator("tbody").get_by_role("row").all()
    return [(row.get_by_role("cell").nth(column).inner_text(), row) for row in rows]


def test_somebody_outside_the_providers_takes_the_theme(person: Callable[..., Person], told: dict[str, Any]) -> None:
    writer, owner = person(WRITER), person(OWNER)
    writer.visit(told["theme"])
    writer.follow("Choose who takes it on")
    writer.press("Offer this theme")
    assert writer.reads("Select who takes it on")
    choices = writer.page.get_by_label("Who takes it on?").inner_text()
    assert owner.own_name in choices
    assert " NHS Trust: " not in choices
    writer.choose("Who takes it on?", owner.own_name)
    writer.fill_date("By when do they say what was done?", 30, 9, YEAR + 1)
    writer.press("Offer this theme")
    assert writer.reads("The theme is offered")

    owner.visit("/home/")
    owner.follow(f"Accept or decline the theme “{THEME}”")
    owner.shoot("theme-answer")
    owner.tick("Yes, I accept it")
    owner.press("Save answer")
    owner.follow("Say what was done")
    owner.fill("What was done?", "The board pays for an hour a week from April.")
    owner.press("Save")

    reader = person(SOURCE)
    reader.visit("/learning/themes/")
    reader.follow(THEME)
    for words in ("The board pays for an hour a week from April.", owner.own_name, "Nothing: the owner said what was done"):
        assert words in reader.text()
    reader.shoot("theme-done")
