"""A visit where there is no signal: nothing is lost or doubled when the network, the tab, the session or the server goes."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys.person import PATIENCE_MS, Inspector, Person
from tests.journeys.site import Site
from tests.journeys.visit_site import PASSWORD, PHONE, VisitSite

SENT = re.compile(r"^All notes sent at (\d+(:\d\d)?[ap]m|midnight|midday)$")
READY = re.compile(r"^Ready to use without a signal\. Saved on this device at \S+\.$")
UNSENT = """() => new Promise(done => {
    const asked = indexedDB.open('qnt-visit')
    asked.onsuccess = () => {
        const all = asked.result.transaction('outbox').objectStore('outbox').count()
        all.onsuccess = () => { asked.result.close(); done(all.result) }
    }
})"""
KEPT = "async () => (await caches.keys()).filter(name => name === 'qnt-visit-pages').length"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[VisitSite]:
    made = VisitSite(tmp_path_factory.mktemp("visit"))
    try:
        made.site = made.start_visit(migrated)
        yield made
    finally:
        made.stop()


@pytest.fixture
def reviewer(server: VisitSite, chromium: Browser, inspector: Inspector) -> Iterator[Callable[..., Person]]:
    """``reviewer("member")``: that person at a device of their own, on which the visit was opened once with a connection."""
    people: list[Person] = []
    known = len(inspector.faults)

    def make(name: str = "member", *, opened: bool = True) -> Person:
        site: Site = server.site
        user = next(row for row in site.users if row["name"] == name)
        people.append(Person(chromium, site, inspector, user))
        if opened:
            people[-1].visit(address(server))
            expect(line(people[-1], "ready")).to_have_text(READY)
        return people[-1]

    yield make
    for somebody in people:
        somebody.close()
    if faults := inspector.faults[known:]:
        pytest.fail("\n".join(faults), pytrace=False)


def address(server: VisitSite, part: str = "visit/") -> str:
    return f"/reviews/{server.facts['review']}/{part}"


def line(person: Person, name: str) -> Any:
    """One sentence of the status line."""
    return person.page.locator(f"[data-visit-status] [data-line={name}]")


def all_sent(person: Person) -> None:
    """Wait until the page says so: a busy machine takes its time over 25 notes."""
    expect(line(person, "waiting")).to_have_text(SENT)


def write(person: Person, texts: list[str]) -> None:
    for text in texts:
        person.page.get_by_label("Note", exact=True).fill(text)
        person.page.get_by_role("button", name="Save note").click()
        expect(person.page.locator("[data-waiting=note] .app-note, [data-sent=note] .app-note").filter(has_text=text)).to_have_count(1)


def open_again(person: Person, path: str) -> None:
    """Another tab of the same browser, after the first was closed."""
    person.page.close()
    person.page = person.context.new_page()
    person.page.goto(path)


def numbered(words: str, count: int) -> list[str]:
    return [f"{words} {number:02}" for number in range(1, count + 1)]


def test_25_notes_survive_a_reload_and_a_closed_tab_and_arrive_once_in_order(server: VisitSite, reviewer: Callable[..., Person]) -> None:
    member, texts = reviewer(), numbered("Seen in the clinic", 25)
    member.context.set_offline(True)
    member.page.reload()
    write(member, texts[:1])
    expect(member.page.get_by_text("1 note waiting to send")).to_have_count(1)
    write(member, texts[1:12])
    member.page.reload()
    expect(member.page.get_by_text("12 notes waiting to send")).to_have_count(1)
    write(member, texts[12:])
    member.page.get_by_label("Note", exact=True).fill("Half a thought")
    member.shoot("no-signal")

    open_again(member, address(server))
    expect(member.page.get_by_text("25 notes waiting to send")).to_have_count(1)
    expect(member.page.get_by_label("Note", exact=True)).to_have_value("Half a thought")
    member.page.goto(address(server, "pack/"))
    expect(member.page.get_by_role("heading", name="Focus topics")).to_be_visible()
    open_again(member, address(server))
    assert server.notes("Seen") == []
    member.context.set_offline(False)

    all_sent(member)
    assert server.notes("Seen") == texts
    expect(member.page.locator("[data-sent=note] .app-note")).to_have_text(texts[::-1])
    expect(member.page.get_by_text("waiting to send")).to_have_count(0)
    member.page.reload()
    expect(member.page.locator("[data-sent=note] .app-note")).to_have_text(texts[::-1])
    member.look()
    assert member.page.evaluate(UNSENT) == 0


def test_session_that_ended_keeps_the_notes_until_the_writer_signs_in(server: VisitSite, reviewer: Callable[..., Person]) -> None:
    member, texts = reviewer(), numbered("While signed out", 3)
    member.context.set_offline(True)
    member.page.reload()
    write(member, texts)
    server.ask("DELETE FROM django_session")
    member.context.set_offline(False)

    sentence = "3 notes are safe on this device. Sign in to send them."
    expect(line(member, "waiting")).to_have_text(f"{sentence} Sign in")
    member.look()
    member.page.get_by_role("link", name="Sign in", exact=True).last.click()
    expect(member.page.get_by_text(sentence)).to_be_visible()
    sign_in(member, member.user["email"])

    all_sent(member)
    assert server.notes("While signed out") == texts


def sign_in(person: Person, email: str) -> None:
    person.page.get_by_label("Email address").fill(email)
    person.page.get_by_label("Password", exact=True).fill(PASSWORD)
    person.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    person.page.wait_for_url(re.compile(r"^((?!/login/).)*$"))


def test_server_killed_in_the_middle_of_sending_gets_each_note_once(server: VisitSite, reviewer: Callable[..., Person]) -> None:
    member, texts = reviewer(), numbered("Before the crash", 25)
    member.context.set_offline(True)
    member.page.reload()
    write(member, texts)
    with server.database() as lock:

        def pass_on(route: Route) -> None:
            is_note = route.request.method == "POST"
            saved = lock.execute("SELECT count(*) FROM peerreview_note WHERE text LIKE 'Before%'").fetchone()[0]
            if is_note and saved >= 5 and not lock.in_transaction:
                lock.execute("BEGIN IMMEDIATE")  # this note is under way, and cannot be saved
            route.continue_()

        member.page.route("**/visit/**", pass_on)
        member.context.set_offline(False)
        for _ in range(PATIENCE_MS // 20):
            if lock.in_transaction:
                break
            member.page.wait_for_timeout(20)
        member.page.wait_for_timeout(300)
        server.kill()
        lock.execute("ROLLBACK")
    arrived = len(server.notes("Before"))
    assert 5 <= arrived < 25
    open_again(member, address(server))
    expect(member.page.get_by_text(re.compile(r"^\d+ notes waiting to send$"))).to_have_count(1)
    server.serve()

    all_sent(member)
    assert server.notes("Before") == texts


def test_another_person_neither_reads_sends_nor_downloads_what_waits(server: VisitSite, reviewer: Callable[..., Person]) -> None:
    member = reviewer()
    member.context.set_offline(True)
    write(member, numbered("For nobody else", 3))
    left_open = member.page
    member.page = member.context.new_page()
    member.context.clear_cookies()
    member.context.set_offline(False)
    member.page.goto("/accounts/login/")
    expect(member.page.get_by_text("3 notes are safe on this device. Sign in to send them.")).to_be_visible()
    sign_in(member, next(row["email"] for row in server.facts["users"] if row["name"] == "lead"))

    sentence = "Someone else has signed in at this browser. Your notes are kept on this device until you sign in."
    expect(left_open.locator("[data-visit-status] [data-line=waiting]")).to_have_text(f"{sentence} Sign in")
    assert "For nobody else" not in left_open.locator("main").inner_text()
    expect(left_open.get_by_role("link", name="Download my notes")).to_have_count(0)
    left_open.close()
    member.page.goto(address(server))
    expect(line(member, "ready")).to_have_text(READY)
    sentence = "This device holds 3 notes by Max Member. Max Member must sign in to send or download them."
    expect(member.page.get_by_text(sentence)).to_be_visible()
    assert "For nobody else" not in member.page.content()
    expect(member.page.locator("[data-others]").get_by_role("button")).to_have_count(0)
    assert server.notes("For nobody else") == []
    member.look()
    member.shoot("no-signal-another-person")
    with member.page.expect_download() as asked:
        member.page.get_by_role("link", name="Download my notes").click()
    assert "For nobody else" not in asked.value.path().read_text()
    member.page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    member.page.wait_for_url("**/accounts/login/")
    assert member.page.evaluate(UNSENT) == 3
    sign_in(member, member.user["email"])
    member.page.goto(address(server))

    all_sent(member)
    assert server.notes("For nobody else") == numbered("For nobody else", 3)


def upload(person: Person, server: VisitSite, file: Path) -> None:
    person.visit(address(server, "visit/upload/"))
    person.page.locator("input[type=file]").set_input_files(file)
    person.press("Continue")


def test_chosen_sign_out_warns_and_wipes_the_device(server: VisitSite, reviewer: Callable[..., Person]) -> None:
    patient = reviewer("patient")
    page = patient.page
    page.context.set_offline(True)
    write(patient, numbered("Never sent", 3))
    sign_out = page.get_by_role("banner").get_by_role("button", name="Sign out")
    sentence = "3 notes have not been sent. If you sign out now they will be deleted from this device."

    sign_out.click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text(sentence)
    patient.inspector.run_axe(page)
    patient.shoot("no-signal-sign-out")
    page.get_by_role("button", name="Sign out and delete").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text(
        "You have no signal, so you cannot sign out now. Nothing was deleted."
    )
    page.get_by_role("button", name="Stay signed in").click()
    assert page.evaluate(UNSENT) == 3
    page.route("**/visit/token/", lambda route: route.abort())
    page.context.set_offline(False)
    sign_out.click()
    page.get_by_role("button", name="Sign out and delete").click()

    page.wait_for_url("**/accounts/login/")
    assert (page.evaluate(UNSENT), page.evaluate(KEPT)) == (0, 0)
    assert server.notes("Never sent") == []


def test_file_of_notes_comes_back_on_another_device_and_doubles_nothing(
    server: VisitSite, reviewer: Callable[..., Person], tmp_path: Path
) -> None:
    member, elsewhere = reviewer("patient"), reviewer("patient", opened=False)
    member.context.set_offline(True)
    texts = numbered("By a file", 2)
    write(member, texts)
    with member.page.expect_download() as asked:
        member.page.get_by_role("link", name="Download my notes").click()
    file = tmp_path / "notes.json"
    asked.value.save_as(file)
    assert json.loads(file.read_text())["person_name"] == "Pat Patient"

    upload(elsewhere, server, file)
    expect(elsewhere.page.get_by_role("heading", name="2 notes will be added")).to_be_visible()
    elsewhere.shoot("notes-from-a-file")
    elsewhere.press("Add these notes")
    expect(elsewhere.page.get_by_text("2 notes added")).to_be_visible()
    member.context.set_offline(False)

    all_sent(member)
    assert server.notes("By a file") == texts


def test_danger_judgement_and_pledge_wait_too_and_nothing_looks_sent_before_it_is(
    server: VisitSite, reviewer: Callable[..., Person]
) -> None:
    member = reviewer()
    page = member.page
    member.context.set_offline(True)
    page.reload()
    page.get_by_role("button", name="Report an immediate risk").click()
    page.get_by_label("What is the risk?").fill("The fire door is blocked")
    page.get_by_label("Where is it?").fill("Ward 4")
    page.get_by_label("Who have you told?").fill("The ward manager")
    page.get_by_role("button", name="Report immediate risk now").click()
    alarm = (
        f"This has NOT been sent: you have no signal. Tell {server.facts['visit_lead']} in person now, or call {PHONE}. "
        "It will be sent when the signal is back."
    )
    expect(page.get_by_text(alarm)).to_be_visible()
    page.get_by_label("What do you judge?").select_option(index=1)
    page.get_by_label("Not met").check()
    page.get_by_role("button", name="Save judgement").click()
    page.get_by_label("What will you do in your own service?").fill("Walk the ward at night")
    page.get_by_role("button", name="Save pledge").click()
    expect(page.get_by_text("1 judgement, 1 pledge and 1 immediate risk waiting to send")).to_have_count(1)
    member.look()
    member.shoot("no-signal-danger")
    page.reload()
    expect(page.get_by_text(alarm)).to_be_visible()
    member.context.set_offline(False)

    expect(page.get_by_text(re.compile(r"^Reported at \S+\. .* been told\.$"))).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text(alarm)).to_have_count(0)
    all_sent(member)
    expect(page.locator("[data-sent=judgement] li")).to_contain_text(["not met. Hidden until everyone has given theirs (1 of 3)"])
    expect(page.locator("[data-sent=pledge] .app-note")).to_have_text(["Walk the ward at night"])
    assert server.ask("SELECT what_was_seen FROM peerreview_finding") == [("The fire door is blocked",)]
    assert server.ask("SELECT value FROM peerreview_judgement") == [("NOT_MET",)]
    member.look()


def test_visit_form_works_without_javascript(server: VisitSite, reviewer: Callable[..., Person], chromium: Browser) -> None:
    plain = Person(chromium, server.site, Inspector(), server.site.users[0], has_script=False)
    plain.visit(address(server))
    plain.fill("Note", "By a plain form", exact=True)
    plain.press("Save note")

    assert plain.reads("Note saved")
    assert server.notes("By a plain form") == ["By a plain form"]
    plain.close()
