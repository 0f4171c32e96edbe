"""Learning cards: written from good practice, shared only when the source agrees, taken up by others."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.permissions import Role
from reports.models import LearningCard, Uptake
from reports.queries.cards import card_items, next_step, uptake_words
from reports.services import cards
from reports.services.cards import CardText
from tests.factories.accounts import person
from tests.factories.reports import make_scene
from tests.factories.surveillance import make_scene as make_service
from work.items import day_words
from work.models import DigestEntry
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
Status = LearningCard.Status
CANARY = "canary-of-the-card"
TEXT = CardText(f"Plan {CANARY}", "A one-page plan", "Anyone", "Together, in 20 minutes", "The team's mailbox")


@pytest.fixture
def scene():
    return make_scene(
        findings=(("GOOD_PRACTICE", "Every patient held a plan.", "", "PROVIDER"), ("CONCERN", "No cover.", "Agree it.", "PROVIDER"))
    )


def praised(scene):
    return scene.review.findings.get(category="GOOD_PRACTICE")


def written(scene, *, reached="DRAFT", text=TEXT):
    card = cards.write_card(finding_id=praised(scene).pk, text=text, by=scene.place.officer)
    if reached != "DRAFT":
        cards.ask_to_share(card_id=card.pk, by=scene.place.officer)
    if reached in ("SHARED", "DECLINED"):
        cards.answer_ask(card_id=card.pk, agrees=reached == "SHARED", by=scene.place.lead, reason="Not yet")
    return LearningCard.objects.get(pk=card.pk)


def posted(**fields):
    return {"title": "A plan", "what": "A plan", "for_whom": "All", "how": "Together", "contact": "The team"} | fields


def other_lead():
    made = make_service()
    return made.lead, made.service


def test_hub_writes_asks_and_the_service_agrees(scene, signed_in):
    hub, lead = signed_in(scene.place.officer), signed_in(scene.place.lead)
    finding = praised(scene)

    offered = f"/findings/{finding.pk}/card/" in hub.get(f"/findings/{finding.pk}/").content.decode()
    hub.post(f"/findings/{finding.pk}/card/", posted())
    card = LearningCard.objects.get()
    asked = hub.post(f"/learning/{card.pk}/ask/", {})
    waits = [item.task for item in card_items(scene.place.lead)]
    answered = lead.post(f"/learning/{card.pk}/answer/", {"agrees": "YES"})

    card.refresh_from_db()
    assert (offered, asked.status_code, answered.status_code) == (True, 302, 302)
    assert waits == ["Say whether others may read the learning card “A plan”"]
    assert (card.status, card.answered_by, card.service) == (Status.SHARED, scene.place.lead, finding.service)
    assert list(DigestEntry.objects.values_list("user", flat=True)) == [scene.place.lead.pk]


@pytest.mark.parametrize("reached", ["DRAFT", "ASKED", "DECLINED", "SHARED"])
def test_nobody_else_reads_a_card_before_its_service_agrees(scene, signed_in, reached):
    card = written(scene, reached=reached)
    stranger, _ = other_lead()
    reviewer = person(Role.REVIEWER, scene.place.service.region)
    readers = [scene.place.officer, scene.lead_reviewer, scene.place.lead, stranger, reviewer, scene.place.executive]

    pages = [signed_in(user).get(f"/learning/{card.pk}/").status_code for user in readers]
    lists = [CANARY in signed_in(user).get("/learning/").content.decode() for user in readers[:-1]]

    own_lead = 404 if reached == "DRAFT" else 200
    others = 200 if reached == "SHARED" else 404
    assert pages == [200, 200, own_lead, others, others, 404]
    assert lists == [True, True, own_lead == 200, others == 200, others == 200]


def test_only_agreed_good_practice_makes_one_card(scene):
    concern = scene.review.findings.get(category="CONCERN")

    with pytest.raises(InvalidTransition, match="good practice that the team agreed"):
        cards.write_card(finding_id=concern.pk, text=TEXT, by=scene.place.officer)
    written(scene)
    with pytest.raises(InvalidTransition, match="already"):
        written(scene)


def test_changed_words_ask_the_service_anew_and_shared_words_stay(scene):
    card = written(scene, reached="ASKED")

    cards.change_card(card_id=card.pk, text=TEXT, by=scene.place.officer)
    card.refresh_from_db()
    again = (card.status, card.asked_at)
    cards.ask_to_share(card_id=card.pk, by=scene.place.officer)
    cards.answer_ask(card_id=card.pk, agrees=True, by=scene.place.lead)

    assert again == (Status.DRAFT, None)
    with pytest.raises(InvalidTransition, match="stay as the service agreed them"):
        cards.change_card(card_id=card.pk, text=TEXT, by=scene.place.officer)


def test_other_service_takes_a_card_up_and_the_source_reads_why(scene, signed_in):
    card = written(scene, reached="SHARED")
    stranger, service = other_lead()
    third, _ = other_lead()
    sent = {"service": service.pk, "step": "TRYING", "why": "We begin with one clinic"}

    first = signed_in(stranger).post(f"/learning/{card.pk}/", sent)
    signed_in(stranger).post(f"/learning/{card.pk}/", sent | {"step": "ADOPTED", "why": "It works here"})

    source = signed_in(scene.place.lead).get(f"/learning/{card.pk}/").content.decode()
    outside = signed_in(third).get(f"/learning/{card.pk}/").content.decode()
    assert first.status_code == 302
    assert list(Uptake.objects.values_list("service", "step", "why")) == [(service.pk, "ADOPTED", "It works here")]
    assert "1 service has adopted this." in source
    assert "It works here" in source
    assert "It works here" not in outside


def test_nobody_takes_up_for_a_service_that_is_not_theirs(scene, signed_in):
    card = written(scene, reached="SHARED")
    stranger, _ = other_lead()
    _, foreign = other_lead()

    page = signed_in(stranger).post(f"/learning/{card.pk}/", {"service": foreign.pk, "step": "TRYING"})

    assert page.status_code == 200
    assert not Uptake.objects.exists()
    with pytest.raises(InvalidTransition, match="own service"):
        cards.take_up(card_id=card.pk, service_id=scene.place.service.pk, step="TRYING", by=scene.place.lead)


def test_withdrawn_card_is_gone_for_others_at_once(scene, signed_in):
    card = written(scene, reached="SHARED")
    stranger, _ = other_lead()

    signed_in(scene.place.lead).post(f"/learning/{card.pk}/withdraw/", {"reason": "We stopped doing it"})

    assert signed_in(stranger).get(f"/learning/{card.pk}/").status_code == 404
    assert signed_in(scene.place.lead).get(f"/learning/{card.pk}/").status_code == 200


def test_card_of_a_review_for_learning_is_its_services_until_it_agrees(scene, signed_in):
    type(scene.review).objects.update(purpose="IMPROVEMENT", origin="REQUEST", decision=None, visit_lead=scene.place.manager)
    card = cards.write_card(finding_id=praised(scene).pk, text=TEXT, by=scene.place.manager)
    cards.ask_to_share(card_id=card.pk, by=scene.place.manager)

    seen = [signed_in(user).get(f"/learning/{card.pk}/").status_code for user in (scene.place.manager, scene.place.officer, scene.national)]

    assert seen == [200, 404, 404]
    assert not DigestEntry.objects.exists()  # no mail mixes the two tracks


ALLOWED = {
    ("DRAFT", "ASKED"), ("DRAFT", "WITHDRAWN"), ("ASKED", "SHARED"), ("ASKED", "DECLINED"), ("ASKED", "DRAFT"), ("ASKED", "WITHDRAWN"),
    ("DECLINED", "DRAFT"), ("DECLINED", "WITHDRAWN"), ("SHARED", "WITHDRAWN"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(Status.values, Status.values)))
def test_status_moves_by_its_table(before, after):
    card = LearningCard(status=before)

    if (before, after) in ALLOWED:
        card.check_may_become(after)
    else:
        with pytest.raises(InvalidTransition):
            card.check_may_become(after)


def test_database_refuses_what_does_not_go_together(scene):
    card, (stranger, service) = written(scene, reached="SHARED"), other_lead()
    cards.take_up(card_id=card.pk, service_id=service.pk, step="TRYING", by=stranger)
    bad = [
        lambda: LearningCard.objects.update(answered_by=None),
        lambda: LearningCard.objects.update(answered_by=None, answered_at=None),
        lambda: Uptake.objects.create(card=card, service=service, step="ADOPTED", said_by=stranger),
    ]

    for write in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


@pytest.mark.parametrize(
    ("trying", "adopted", "words"),
    [
        (0, 0, "No service has said yet what it does with this."),
        (1, 0, "1 service is trying this."),
        (0, 2, "2 services have adopted this."),
        (3, 1, "3 services are trying this, 1 has adopted it."),
    ],
)
def test_uptake_in_words(trying, adopted, words):
    assert uptake_words(trying, adopted) == words


def test_filters_find_by_domain_specification_and_words(scene, signed_in):
    card = written(scene, reached="SHARED")
    praised(scene).tags.create(domain="LATERAL", shows="Others can use it", tagged_by=scene.lead_reviewer)
    client = signed_in(scene.place.officer)
    asked = [
        {"domain": "LATERAL"}, {"domain": "SYSTEMIC"}, {"words": "one-page"}, {"words": "nothing like it"},
        {"specification": card.service.specification_id},
    ]  # fmt: skip

    found = [CANARY in client.get("/learning/", query).content.decode() for query in asked]

    assert found == [True, False, True, False, True]


@pytest.mark.parametrize("count", [1, 4])
def test_list_and_card_cost_the_same_for_any_number(count, signed_in, django_assert_num_queries):
    officer = None
    for _ in range(count):
        scene = make_scene(findings=(("GOOD_PRACTICE", "A plan.", "", "PROVIDER"),))
        card = written(scene, reached="SHARED")
        officer = officer or scene.place.officer
    for _ in range(count):
        stranger, service = other_lead()
        cards.take_up(card_id=card.pk, service_id=service.pk, step="TRYING", by=stranger)
    client = signed_in(officer)

    with django_assert_num_queries(14):
        client.get("/learning/")
    with django_assert_num_queries(8):
        client.get(f"/learning/{card.pk}/")


# What happens next ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reached", "what", "holder", "clock"),
    [("DRAFT", "Ask {service} to agree that others read this card", "{writer}", "No date is set"),
     ("ASKED", "{service} says whether others may read this card", "{lead}",
      "No date is set. Until the service agrees, nobody else reads the card."),
     ("DECLINED", "Change the card and ask again, or leave it", "{writer}", "Declined on {day}. No date is set."),
     ("SHARED", "Services that read it say what they do with it", "Each service for itself",
      "Shared on {day}. No date is set: it stays until somebody withdraws it.")],
)  # fmt: skip
def test_card_says_what_happens_next_and_who_holds_it(reached, what, holder, clock, scene, signed_in):
    card = written(scene, reached=reached)
    service, lead = scene.place.service, scene.place.lead
    words = {
        "service": service.name, "writer": f"{scene.place.officer.name}, {scene.review.region.name}",
        "lead": f"{lead.name}, service lead, {service.holder.name}", "day": day_words(timezone.localdate()),
    }  # fmt: skip

    response = signed_in(scene.place.officer).get(f"/learning/{card.pk}/")

    step = response.context["step"]
    assert (step.what, step.holder, step.clock_words) == tuple(text.format(**words) for text in (what, holder, clock))
    assert "What happens next" in response.content.decode()


def test_withdrawn_card_says_so_where_the_next_step_stands(scene):
    card = written(scene, reached="SHARED")
    cards.withdraw_card(card_id=card.pk, reason="Out of date", by=scene.place.officer)
    card.refresh_from_db()

    step = next_step(card)

    assert (step.what, step.clock_words) == ("Nothing: this card was withdrawn", "Withdrawn")


@pytest.mark.parametrize("page", ["change", "ask", "answer", "withdraw"])
def test_pages_that_act_on_a_card_say_what_happens_next(page, scene, signed_in):
    card = written(scene, reached="DRAFT" if page == "ask" else "ASKED")
    by = scene.place.lead if page == "answer" else scene.place.officer

    assert "What happens next" in signed_in(by).get(f"/learning/{card.pk}/{page}/").content.decode()
