"""A published report is corrected by three people and names what it replaces; withdrawn, nothing of it remains but a sentence."""

import re
from collections.abc import Callable

from tests.journeys.person import Person
from tests.journeys.site import Row, Site

# The first service of a trust whose report no other journey reads or changes.
PROVIDER = "ZZP09"
OFFICER, MANAGER, PUBLISHER = "hub.officer31", "hub.manager3", "national.lead1"
WHAT, WHY = "The acknowledgements name the transport crews.", "The crews wrote to the hub."
NEW = "Zenobia and her transport crews drove the team to both hospitals."
FILES, FILE_SECONDS = ("report.pdf", "summary.pdf", "figures.csv"), 300
REASON = "Two services were confused with each other. A new review is arranged."


def published(site: Site) -> Row:
    """The report that is corrected, then withdrawn."""
    service = min(row["pk"] for row in site.objects["service"] if row["provider"] == PROVIDER)
    return site.one("library_report", status="PUBLISHED", service=service)


def test_hub_opens_a_correction_and_changes_a_section(site: Site, person: Callable[..., Person]) -> None:
    report, officer = published(site), person(OFFICER)
    officer.visit(f"/reports/{report['pk']}/")
    officer.follow("Correct the report, or add its action plan")
    officer.press("Start")
    assert officer.reads("Enter what changes")
    officer.tick("A correction")
    officer.fill("What changes?", WHAT)
    officer.fill("Why?", WHY, exact=True)
    officer.press("Start")
    assert officer.reads("Nothing differs yet. Change a section first.")

    officer.follow("Acknowledgements")
    officer.fill("Text", NEW, exact=True)
    officer.press("Save section")
    officer.visit(f"/reports/{report['pk']}/revision/")
    assert "Added: Zenobia" in officer.text()
    officer.shoot("correction")
    officer.press("Prepare the final version")
    assert officer.reads(re.compile(r"^Version \d+ is ready\. The hub manager is asked to sign it off\."))
    anyone = person()
    anyone.visit(f"/library/{report['address']}/")
    assert NEW not in anyone.text()


def test_another_person_signs_and_a_third_publishes(site: Site, person: Callable[..., Person]) -> None:
    report, manager, publisher = published(site), person(MANAGER), person(PUBLISHER)
    manager.visit(f"/reports/{report['pk']}/revision/")
    manager.follow("Sign off")
    manager.press(re.compile(r"^Sign off version \d+"), exact=False)
    assert manager.reads("Correction signed off. Those concerned were sent a link to it.")

    publisher.visit(f"/reports/{report['pk']}/revision/")
    publisher.follow("Decide on publishing")
    assert publisher.reads(re.compile("It takes the place of version .* which stays public until then"))
    publisher.tick("Publish now")
    publisher.press("Publish report")
    assert publisher.reads("Report published")


def test_public_page_names_the_version_that_it_replaces(site: Site, person: Callable[..., Person]) -> None:
    report, anyone = published(site), person(has_script=False)
    anyone.visit(f"/library/{report['address']}/")
    assert NEW in anyone.text()
    assert re.search(rf"This version takes the place of version {report['number']} of .+\.", anyone.text())
    anyone.shoot("corrected")
    anyone.follow("see what changed")
    assert f"It takes the place of version {report['number']}." in anyone.text()
    for words in (f"What changed: {WHAT}", f"Why: {WHY}"):
        assert words in anyone.text()
    assert anyone.reads(re.compile("^Replaced on "))
    anyone.visit(f"/library/{report['address']}/versions/{report['number']}/", status=410)
    assert anyone.heading == "This version was replaced"
    assert find(anyone, "Zenobia") == [f"/library/{report['address']}/"]


def find(anyone: Person, words: str) -> list[str]:
    """Search the library; the addresses of what it finds."""
    anyone.visit("/library/")
    anyone.fill("Search published reports", words)
    anyone.press("Search")
    return [link.get_attribute("href") for link in anyone.page.locator("main h3 a").all()]


def wait_for_files(anyone: Person, address: str) -> None:
    """Return when the worker has made every file of the new version."""
    for _ in range(FILE_SECONDS):
        if all(anyone.get(f"{address}{name}")[0] == 200 for name in FILES):
            return
        anyone.page.wait_for_timeout(1000)
    raise AssertionError(f"not every file of {address} is there within {FILE_SECONDS} seconds")


def test_withdrawn_report_leaves_a_sentence_and_nothing_else(site: Site, person: Callable[..., Person]) -> None:
    report, publisher, anyone = published(site), person(PUBLISHER), person()
    address = f"/library/{report['address']}/"
    wait_for_files(anyone, address)
    publisher.visit(f"/reports/{report['pk']}/")
    publisher.follow("Withdraw the report")
    publisher.press("Withdraw report")
    assert publisher.reads("Enter a reason for withdrawing the report")
    publisher.fill("Why is the report withdrawn?", REASON)
    publisher.press("Withdraw report")
    assert publisher.reads("Report withdrawn")

    for path in ("", "changes/", f"versions/{report['number']}/", *FILES):
        anyone.visit(f"{address}{path}", status=410)
        assert anyone.heading == "This report has been withdrawn"
        assert REASON in anyone.text()
        assert NEW not in anyone.text()
    anyone.shoot("withdrawn")
    assert find(anyone, "Zenobia") == []
    assert anyone.reads("No reports match Zenobia. Check the spelling or remove a filter.")
    for catalogue in ("catalogue.csv", "catalogue.json"):
        assert report["address"] not in anyone.get(f"/library/{catalogue}")[1].decode()
