"""The two tracks: what a review for learning holds reaches nobody who is not on it, by no page, list, file, mail or feed.

Everything that such a review can hold says one word. Each person who is not on it then opens, from "Your work" on, every page
that a link leads to, and the files: the word stands nowhere, and every address of the review answers like a missing one.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator

import pytest
from django.core import mail
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, Role
from peerreview.models import Finding, Review
from peerreview.queries.impact import actions_of
from peerreview.queries.visits import visit_counts
from peerreview.services import actions, leaving
from qnt.route_list import routes
from reports.queries.library import Asked, Choice, choices
from reports.services import consents, drafting
from surveillance.models import Action, EvidenceItem, NetworkMember
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.learning import Learning, addresses, learning_report, make_learning, say_everywhere
from tests.factories.peerreview import make_visit, reviewer
from work import jobs
from work.items import work_items
from work.models import DigestEntry
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
CANARY, TITLE = "quokka-volunteered", "quokka-title"
MOST_OF_A_ROUTE = 2  # pages of one kind are built alike
LINK = re.compile(r'(?:href|action)="(/[^"#]*)"')
NOT_FOLLOWED = ("/static/", "/accounts/", "/session/")


@pytest.fixture
def made() -> Learning:
    """A review for learning with the word in every field, beside a compliance review of the same service."""
    visit = make_visit(accepted=True)
    visit.carry("VISITING")
    visit.find(agreed=True)
    found = make_learning(text=CANARY, title=TITLE, visit=visit)
    say_everywhere(found, CANARY)
    report = drafting.start_report(review_id=found.review.pk, by=visit.manager)
    section = report.sections.filter(block="").first()
    drafting.save_section(section_id=section.pk, text=CANARY, by=visit.manager, version=section.version)
    jobs.run_pending()
    return found


def outsiders(made: Learning) -> dict[str, User]:
    """One person of each role who is not on the review, as near to it as the role can be."""
    scene, region = made.visit.scene, made.visit.scene.service.region
    network = OrganisationFactory(network=True, region=region, host=scene.stranger.memberships.get().organisation)
    NetworkMember.objects.create(network=network, service=scene.service, from_date=timezone.localdate())
    return {
        "national lead": scene.national,
        "hub officer": scene.officer,
        "other hub manager": person(Role.HUB_MANAGER, region),
        "manager of another hub": person(Role.HUB_MANAGER),
        "commissioner": scene.commissioner,
        "contributor": scene.contributor,
        "lead of another service": scene.stranger,
        "executive of another trust": person(Role.EXECUTIVE, OrganisationFactory(region=region)),
        "network lead": person(Role.NETWORK_LEAD, network),
        "other reviewer": reviewer(region),
        "regulator": person(Role.REGULATOR),
    }


def lists() -> list[str]:
    """Every address without an object: lists, counts, packs, downloads."""
    names = [route.name for route in routes() if not route.parameters and route.rule and "GET" in route.rule.methods]
    skipped = ("account_", "mfa_", "usersessions_", "component", "healthz", "readyz")
    return [reverse(name) for name in names if not name.startswith(skipped)]


def crawl(client: Client) -> Iterator[tuple[str, str]]:
    """Every page and file that this person reaches from the lists, at most a few of each route, filters apart: address and text."""
    waiting, seen, opened = deque(lists()), set(), Counter()
    while waiting:
        path = waiting.popleft()
        if path in seen or path.startswith(NOT_FOLLOWED):
            continue
        seen.add(path)
        try:
            match = resolve(path)
        except Resolver404:
            continue
        if opened[match.view_name] >= (MOST_OF_A_ROUTE if match.kwargs else 1):
            continue
        opened[match.view_name] += 1
        response = client.get(path)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        text = content.decode(errors="replace")
        yield path, text
        if response.headers.get("Content-Type", "").startswith("text/html"):
            waiting.extend(link.split("?")[0] for link in LINK.findall(text))


def test_nothing_of_a_review_for_learning_reaches_who_is_not_on_it(made: Learning, signed_in: SignedIn) -> None:
    leaks, opened = [], {}
    people = outsiders(made)

    for role, user in people.items():
        client = signed_in(user)
        pages = dict(crawl(client))
        opened[role] = len(pages)
        leaks += [f"{role}: {path}" for path, text in pages.items() if CANARY in text or TITLE in text]
        leaks += [f"{role}: {path} opens" for path in addresses(made) if client.get(path).status_code not in (403, 404)]
        leaks += [f"{role}: {item.task}" for item in work_items(user) if {CANARY, TITLE} & set(f"{item.task} {item.service}".split())]
    anyone = dict(crawl(Client(raise_request_exception=False)))
    leaks += [f"anyone: {path}" for path, text in anyone.items() if CANARY in text or TITLE in text]

    assert leaks == []
    assert opened["national lead"] > 30, opened
    assert any(CANARY in text for _, text in crawl(signed_in(made.host)))  # where it may stand, the search finds it
    assert [Client().get(path).status_code for path in addresses(made)[:3]] == [302, 302, 302]


def test_report_that_its_service_keeps_or_publishes_says_no_more_than_its_public_sections(made: Learning, signed_in: SignedIn) -> None:
    """Kept it reaches nobody who is not on the review; published, what was not marked public still reaches nobody."""
    report = learning_report(made, public=("acknowledgements",))
    consents.answer_consent(report_id=report.pk, agrees=False, reason=CANARY, by=made.host)
    people = {role: user for role, user in outsiders(made).items() if role in ("national lead", "hub officer", "commissioner")}
    leaks = []

    def search(told: tuple[str, ...], state: str) -> None:
        clients = {role: signed_in(user) for role, user in people.items()} | {"anyone": Client(raise_request_exception=False)}
        for role, client in clients.items():
            leaks.extend(f"{state}, {role}: {path}" for path, text in crawl(client) if any(word in text for word in told))
            if role != "anyone" and client.get(f"/reports/{report.pk}/").status_code != 404:
                leaks.append(f"{state}, {role}: the report opens")

    search((CANARY, TITLE), "kept")
    counts = [item.count for item in library_counts()]
    consents.answer_consent(report_id=report.pk, agrees=True, by=made.host)
    search((CANARY,), "published")

    assert leaks == []
    assert counts == []
    assert [item.count for item in library_counts()] == [1] * len(library_counts())
    page = Client().get(f"/library/{report.address}/").content.decode()
    assert ("Review for learning" in page, TITLE in page, CANARY in page) == (True, True, False)


def library_counts() -> list[Choice]:
    """Every facet value that the library counts reports by."""
    return [choice for found in choices(Asked()).values() for choice in found]


def test_review_page_is_missing_to_who_is_not_on_it_and_open_to_who_is(made: Learning, signed_in: SignedIn) -> None:
    page = f"/reviews/{made.review.pk}/"

    assert {signed_in(user).get(page).status_code for user in outsiders(made).values()} == {404}
    assert {signed_in(user).get(page).status_code for user in made.on_it()} == {200}
    for user in made.on_it():
        assert CANARY in signed_in(user).get(f"{page}learning/").content.decode()


def test_no_mail_feed_or_summary_says_what_was_volunteered(made: Learning, signed_in: SignedIn) -> None:
    on_it = {user.email for user in made.on_it()}

    for message in mail.outbox:
        assert CANARY not in message.subject + message.body
        assert TITLE not in message.subject + message.body or set(message.to) <= on_it
    assert [entry.sentence for entry in DigestEntry.objects.all() if CANARY in entry.sentence or TITLE in entry.sentence] == []
    for user in (made.host, made.visit.manager, made.visit.member):
        client = signed_in(user)
        page = client.post("/calendar/", follow=True).content.decode()
        for feed in re.findall(r"/calendar/[\w-]+\.ics", page):
            text = client.get(feed).content.decode()
            assert (CANARY in text, TITLE in text) == (False, False)


def test_a_review_for_learning_counts_nowhere_among_compliance(made: Learning) -> None:
    region, day = made.visit.scene.service.region_id, made.review.starts_date

    assert visit_counts([region], day, day) == {}
    assert not EvidenceItem.objects.of_compliance().filter(title=CANARY).exists()
    for user, is_open in ((made.visit.scene.officer, False), (made.visit.scene.contributor, False), (made.visit.member, True)):
        items = EvidenceItem.objects.for_user(User.objects.get(pk=user.pk), Permission.EVIDENCE_VIEW)
        assert items.filter(title=CANARY).exists() is is_open


def test_a_finding_of_a_review_for_learning_leads_to_no_action(made: Learning, signed_in: SignedIn) -> None:
    finding = Finding.objects.filter(review=made.review).exclude(category="GOOD_PRACTICE").get()
    lead = signed_in(made.host)

    with pytest.raises(InvalidTransition, match="leads to no action"):
        actions.draft_action_from_finding(finding_id=finding.pk, what="Act", due_date=timezone.localdate(), by=made.host)
    with pytest.raises(InvalidTransition, match="leads to no action"):
        actions.draft_actions_from_findings(review_id=made.review.pk, due_date=timezone.localdate(), by=made.host)

    assert lead.get(f"/findings/{finding.pk}/action/").status_code == 403
    assert lead.get(f"/reviews/{made.review.pk}/findings/actions/").status_code == 403
    assert "Draft an action" not in lead.get(f"/findings/{finding.pk}/").content.decode()
    assert (actions_of(made.review), Action.objects.count()) == ([], 0)


def test_nothing_of_compliance_is_in_a_review_for_learning(made: Learning, signed_in: SignedIn) -> None:
    """No score, declared answer, indicator or action of the service stands on its pages or in its report."""
    compliance = Finding.objects.exclude(review=made.review).get()
    service = made.visit.scene.service
    EvidenceItem.objects.create(service=service, title="wombat-compliance", added_by=made.host)
    Action.objects.create(
        service=service, what="wombat-compliance", due_date=timezone.localdate(), drafted_by=made.host, status="IN_PROGRESS",
        accepted_at=timezone.now(), owner=made.host,
    )  # fmt: skip
    Finding.objects.filter(pk=compliance.pk).update(what_was_seen="wombat-compliance", recommendation="wombat-compliance")
    member = signed_in(made.visit.member)
    report = made.review.report

    pages = [
        f"/reviews/{made.review.pk}/{part}" for part in ("", "topics/", "pack/", "evidence/", "visit/", "findings/", "impact/", "learning/")
    ]
    texts = {path: member.get(path) for path in [*pages, f"/reports/{report.pk}/read/"]}

    assert {path: response.status_code for path, response in texts.items()} == dict.fromkeys(texts, 200)
    for path, response in texts.items():
        text = response.content.decode()
        assert "wombat-compliance" not in text, path
        assert "Answers as declared" not in text, path
    assert {"actions", "scores", "compliance"} & set(report.sections.values_list("code", flat=True)) == set()
    assert "What the service learnt" in texts[f"/reports/{report.pk}/read/"].content.decode()


def test_lists_keep_the_tracks_apart(made: Learning, signed_in: SignedIn) -> None:
    page = signed_in(made.host).get("/reviews/").content.decode()
    compliance, learning = page.split("Reviews for learning", 1)
    service_page = signed_in(made.host).get(f"/services/{made.visit.scene.service.pk}/reviews/").content.decode()
    first, second = service_page.split('<h2 class="nhsuk-heading-m">Reviews for learning</h2>')

    assert (TITLE in compliance, TITLE in learning) == (False, True)
    assert ("Acute oncology review" in compliance, "Acute oncology review" in learning) == (True, False)
    assert (TITLE in first, TITLE in second, "Acute oncology review" in second) == (False, True, False)
    assert f"q={TITLE}" not in page


def test_words_of_a_title_find_nothing_for_who_cannot_open_it(made: Learning, signed_in: SignedIn) -> None:
    def rows(user: User, words: str) -> int:
        return signed_in(user).get(f"/reviews/?words={words}").content.decode().count("Review for learning</")

    officer = made.visit.scene.officer
    assert rows(officer, TITLE) == 0
    assert "No reviews for learning match" in signed_in(officer).get(f"/reviews/?words={TITLE}").content.decode()
    assert TITLE in signed_in(made.host).get(f"/reviews/?words={TITLE}").content.decode()


def test_released_review_is_read_by_the_hub_and_stays_out_of_compliance(made: Learning, signed_in: SignedIn) -> None:
    officer, other = signed_in(made.visit.scene.officer), signed_in(person(Role.HUB_MANAGER))
    pk = made.review.pk
    leaving.release_review(review_id=pk, by=made.host)

    page = officer.get(f"/reviews/{pk}/learning/").content.decode()
    readable = {part: officer.get(f"/reviews/{pk}/{part}").status_code for part in ("", "topics/", "team/", "findings/", "impact/")}

    assert set(readable.values()) == {200}
    assert page.count(CANARY) >= 2
    assert "The service released this review to its hub on" in page
    assert "Open your pledge" not in page
    assert made.visit.member.name not in page
    assert {officer.get(f"/reviews/{pk}/{part}").status_code for part in ("pack/", "visit/", "dates/", "evidence/")} == {403}
    assert {officer.post(f"/reviews/{pk}/{part}").status_code for part in ("leave/", "release/", "learning/new/", "pledges/new/")} == {403}
    assert other.get(f"/reviews/{pk}/").status_code == 404
    assert signed_in(made.visit.scene.commissioner).get(f"/reviews/{pk}/").status_code == 404
    assert signed_in(made.visit.scene.national).get(f"/reviews/{pk}/").status_code == 200
    assert Review.objects.for_user(made.visit.scene.officer, Permission.REVIEW_PLAN).filter(pk=pk).count() == 0
