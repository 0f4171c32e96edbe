"""Cards named beside findings: by whom, which, where they show, and that nothing of them gets out with a public report."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import content
from reports.models import NamedCard
from reports.queries.named_cards import named_in_words
from reports.services import cards, naming
from reports.services.cards import CardText
from tests.factories import reports as scenes
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
TITLE = "A one-page plan that patients help to write"
PRAISED = (("GOOD_PRACTICE", "Every patient held a plan.", "", "PROVIDER"),)


def shared_card(title=TITLE, *, is_shared=True):
    source = scenes.make_scene(findings=PRAISED)
    card = cards.write_card(
        finding_id=source.review.findings.get().pk, text=CardText(title, "What", "Whom", "How", "The team"), by=source.place.officer
    )
    cards.ask_to_share(card_id=card.pk, by=source.place.officer)
    return cards.answer_ask(card_id=card.pk, agrees=is_shared, by=source.place.lead, reason="Not yet")


def concern_of(scene):
    return scene.review.findings.filter(category="CONCERN", addressed_to="PROVIDER").get()


def test_reviewer_finds_a_card_names_it_and_takes_it_away(signed_in):
    scene, card = scenes.make_scene(), shared_card()
    shared_card("Another thing")
    finding, client = concern_of(scene), signed_in(scene.reviewer)
    address = f"/findings/{finding.pk}/cards/"

    found = client.get(address, {"words": "one-page"}).content.decode()
    client.post(address, {"card": card.pk})
    client.post(address, {"card": card.pk})
    page = client.get(f"/findings/{finding.pk}/").content.decode()
    named = list(NamedCard.objects.values_list("finding", "card", "named_by"))
    client.post(address, {"take_away": card.pk})

    assert (TITLE in found, "Another thing" in found) == (True, False)
    assert named == [(finding.pk, card.pk, scene.reviewer.pk)]
    assert f"How others did it: {TITLE}" in page
    assert not NamedCard.objects.exists()


def test_only_those_who_work_on_the_review_name_cards(signed_in):
    scene, card = scenes.make_scene(), shared_card()
    address = f"/findings/{concern_of(scene).pk}/cards/"
    other = scenes.make_scene()
    people = [scene.place.officer, scene.reviewer, scene.place.lead, scene.place.executive, other.place.officer, other.reviewer]

    codes = [signed_in(person).post(address, {"card": card.pk}).status_code for person in people]

    assert codes == [302, 302, 403, 403, 404, 404]


def test_card_that_is_not_shared_or_of_the_same_service_is_refused():
    scene = scenes.make_scene()
    finding = concern_of(scene)
    own = cards.write_card(
        finding_id=scene.review.findings.get(category="GOOD_PRACTICE").pk, text=CardText(*"abcde"), by=scene.place.officer
    )
    cards.ask_to_share(card_id=own.pk, by=scene.place.officer)
    cards.answer_ask(card_id=own.pk, agrees=True, by=scene.place.lead)

    for card, words in ((own, "same service"), (shared_card(is_shared=False), "not shared now")):
        with pytest.raises(InvalidTransition, match=words):
            naming.name_card(finding_id=finding.pk, card_id=card.pk, by=scene.reviewer)


def test_nothing_is_named_once_the_report_is_signed_off(signed_in):
    scene, card = scenes.make_scene(), shared_card()
    finding = concern_of(scene)
    scenes.to_signed(scene)

    with pytest.raises(InvalidTransition, match="signed off"):
        naming.name_card(finding_id=finding.pk, card_id=card.pk, by=scene.place.officer)

    assert "Name a card" not in signed_in(scene.place.officer).get(f"/findings/{finding.pk}/").content.decode()


def test_named_card_stands_in_the_report_and_never_in_its_public_version():
    scene, card = scenes.make_scene(), shared_card()
    naming.name_card(finding_id=concern_of(scene).pk, card_id=card.pk, by=scene.reviewer)
    report = scenes.to_published(scene)

    final = report.versions.get(purpose="FINAL")
    shown = "".join(section.html for section in content.shown_sections(content.content_of(final)))

    assert TITLE in shown
    assert TITLE not in scenes.public_version(report).content


def test_withdrawn_card_shows_beside_no_finding(signed_in):
    scene, card = scenes.make_scene(), shared_card()
    finding = concern_of(scene)
    naming.name_card(finding_id=finding.pk, card_id=card.pk, by=scene.reviewer)

    cards.withdraw_card(card_id=card.pk, reason="We stopped", by=scene.place.officer)

    assert TITLE not in signed_in(scene.reviewer).get(f"/findings/{finding.pk}/").content.decode()


def test_card_counts_only_the_findings_that_its_reader_may_read():
    card = shared_card()
    first, second = scenes.make_scene(), scenes.make_scene()
    for scene in (first, second):
        naming.name_card(finding_id=concern_of(scene).pk, card_id=card.pk, by=scene.reviewer)

    words = [named_in_words(person, card) for person in (first.national, first.place.officer, scenes.make_scene().place.officer)]

    assert words == ["Named in 2 findings that you can read.", "Named in 1 finding that you can read.", ""]


def test_page_costs_the_same_for_any_number_of_cards(signed_in):
    scene = scenes.make_scene()
    finding, client, counts = concern_of(scene), signed_in(scene.place.officer), []
    client.get(f"/findings/{finding.pk}/cards/")  # the navigation is kept from here on

    for start, end in ((0, 1), (1, 3)):
        for n in range(start, end):
            naming.name_card(finding_id=finding.pk, card_id=shared_card(f"Named {n}").pk, by=scene.reviewer)
            shared_card(f"Free {n}")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/findings/{finding.pk}/cards/")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 15
