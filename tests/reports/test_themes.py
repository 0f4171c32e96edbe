"""Themes: of one track and three services, offered outside the providers, accepted, answered for; and who may be named."""

import datetime as dt
from itertools import product

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from reports.models import LearningCard, Theme, ThemeFinding
from reports.queries.themes import Seen, owner_places, seen_in, shown_themes, theme_items
from reports.services import cards, themes
from reports.services.cards import CardText
from surveillance.services.clash import SomeoneElseChanged
from tests.factories import reports as scenes
from tests.factories.accounts import OrganisationFactory, person
from work import jobs
from work.models import DigestEntry
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
Status = Theme.Status
ONE = (("CONCERN", "No cover at weekends.", "Agree a rota.", "PROVIDER"),)
SYSTEMIC = "Rotas need more trusts than one"


class Story:
    """A national lead with visited reviews of three services, and a commissioner who may own a theme."""

    def __init__(self, count=3, purpose="COMPLIANCE", **marks):
        self.scenes = [scenes.make_scene(findings=ONE) for _ in range(count)]
        self.national = self.scenes[0].national
        self.board = OrganisationFactory(board=True, region=self.scenes[0].place.service.region)
        self.owner = person(Role.COMMISSIONER, self.board)
        if purpose == "IMPROVEMENT":
            for scene in self.scenes:
                type(scene.review).objects.filter(pk=scene.review.pk).update(
                    purpose=purpose, origin="REQUEST", decision=None, released_at=timezone.now(), released_by=scene.place.lead
                )
        self.theme = themes.write_theme(title="Weekend cover", systemic=SYSTEMIC, purpose=purpose, region=None, by=self.national)
        themes.add_findings(theme_id=self.theme.pk, finding_ids=self.finding_ids, by=self.national)

    @property
    def finding_ids(self):
        return [scene.review.findings.get().pk for scene in self.scenes]

    def offer(self, **changes):
        fields = {"owner_id": self.owner.pk, "organisation_id": self.board.pk, "due_date": timezone.localdate() + dt.timedelta(days=90)}
        return themes.offer_theme(theme_id=self.theme.pk, by=self.national, **fields | changes)

    def accept(self):
        self.offer()
        return themes.answer_offer(theme_id=self.theme.pk, accepts=True, by=self.owner)


def test_journey_from_findings_to_what_was_done(signed_in):
    story = Story()
    Theme.objects.all().delete()
    national, owner = signed_in(story.national), signed_in(story.owner)

    national.post("/learning/themes/new/", {"title": "Cover", "systemic": SYSTEMIC, "purpose": "COMPLIANCE"})
    theme = Theme.objects.get()
    address = f"/learning/themes/{theme.pk}/"
    offered_early = national.get(address).content.decode()
    found = national.get(f"{address}findings/", {"words": "weekends", "category": "CONCERN"}).content.decode()
    national.post(f"{address}findings/", {"selected": story.finding_ids})
    place = next(one for one in owner_places(theme) if one.user_id == story.owner.pk)
    day = timezone.localdate() + dt.timedelta(days=90)
    due = {"due_date_day": day.day, "due_date_month": day.month, "due_date_year": day.year}
    national.post(f"{address}offer/", {"owner": place.pk, "version": Theme.objects.get().version} | due)
    jobs.run_pending()
    waits = [item.task for item in theme_items(User.objects.get(pk=story.owner.pk))]
    owner.post(f"{address}answer/", {"accepts": "YES"})
    owner.post(f"{address}done/", {"done": "A network rota began in May"})

    theme.refresh_from_db()
    reader = signed_in(scenes.make_scene().place.lead).get(address).content.decode()
    assert "Choose who takes it on" not in offered_early
    assert found.count("No cover at weekends.") >= 3
    assert waits == ["Accept or decline the theme “Cover”"]
    assert [(message.to, message.subject.split(" by ")[0]) for message in mail.outbox] == [
        ([story.owner.email], "Accept or decline a theme")
    ]
    assert "Cover" not in mail.outbox[0].body + mail.outbox[0].subject
    assert (theme.status, theme.done) == (Status.DONE, "A network rota began in May")
    assert all(words in reader for words in (SYSTEMIC, "A network rota began in May", "Seen in 3 services, 3 findings."))


def test_under_three_services_nothing_is_offered_or_shown(signed_in):
    story = Story(count=3)
    story.accept()
    reader = scenes.make_scene().place.lead
    before = signed_in(reader).get(f"/learning/themes/{story.theme.pk}/").status_code
    story.scenes[0].review.findings.update(status="WITHDRAWN")

    page = signed_in(reader).get(f"/learning/themes/{story.theme.pk}/").status_code
    listed = list(shown_themes(story.national, "COMPLIANCE"))
    two = Story(count=2)

    assert (before, page, listed) == (200, 404, [])
    with pytest.raises(InvalidTransition, match="This one stands on 2"):
        two.offer()


def test_two_findings_of_one_service_count_once():
    story = Story(count=2)
    extra = story.scenes[0].review.findings.get()
    extra.pk, extra.client_id = None, None
    extra.save()
    themes.add_findings(theme_id=story.theme.pk, finding_ids=[extra.pk], by=story.national)

    with pytest.raises(InvalidTransition, match="stands on 2"):
        story.offer()


def test_tracks_never_mix(signed_in):
    compliance, learning = Story(), Story(purpose="IMPROVEMENT")
    compliance.accept()

    with pytest.raises(InvalidTransition, match="one track"):
        themes.add_findings(theme_id=learning.theme.pk, finding_ids=compliance.finding_ids, by=compliance.national)
    learning.accept()

    lists = [[theme.pk for theme in shown_themes(compliance.national, purpose)] for purpose in ("COMPLIANCE", "IMPROVEMENT")]
    pages = [signed_in(compliance.national).get("/learning/themes/", query).content.decode() for query in ({}, {"track": "learning"})]
    assert lists == [[compliance.theme.pk], [learning.theme.pk]]
    assert [[f"/learning/themes/{story.theme.pk}/" in page for story in (compliance, learning)] for page in pages] == [
        [True, False], [False, True],
    ]  # fmt: skip
    assert {entry.key for entry in DigestEntry.objects.filter(key__startswith="theme:")} == {
        f"theme:{compliance.theme.pk}:{Theme.objects.get(pk=compliance.theme.pk).version}"
    }


def test_findings_that_a_writer_may_not_read_are_refused():
    story = Story(count=1)
    region = story.scenes[0].place.service.region
    manager = person(Role.HUB_MANAGER, region)
    theme = themes.write_theme(title="Ours", systemic="S", purpose="COMPLIANCE", region=region, by=manager)
    foreign = scenes.make_scene(findings=ONE).review.findings.get()

    with pytest.raises(InvalidTransition):
        themes.add_findings(theme_id=theme.pk, finding_ids=[foreign.pk], by=manager)

    assert themes.add_findings(theme_id=theme.pk, finding_ids=story.finding_ids, by=manager) == 1
    assert themes.add_findings(theme_id=theme.pk, finding_ids=story.finding_ids, by=manager) == 0


def test_provider_is_named_only_from_a_published_report_that_prints_the_finding():
    story = Story()
    published, restricted, _ = story.scenes
    scenes.to_published(published)
    scenes.to_published(restricted, public=("summary",))

    seen = seen_in(Theme.objects.get(pk=story.theme.pk))

    address = published.report.address
    service = published.place.service
    assert [(one.words, one.url) for one in seen.named] == [(f"{service.name}, {service.holder.name}", f"/library/{address}/")]
    assert seen.unnamed_words == "2 more services are not named on this page: no published report shows their findings."


def test_words_and_table_agree_about_which_services_are_named(signed_in):
    story = Story()
    story.accept()

    page = signed_in(story.national).get(f"/learning/themes/{story.theme.pk}/").content.decode()

    assert [scene.place.service.name for scene in story.scenes if f"{scene.place.service.name}, " not in page] == []
    assert "3 services are named below only because you may read their findings: no published report shows them." in page
    assert "not named" not in page


def test_services_named_in_part_are_counted_in_two_sentences():
    assert Seen([], 3, 1).unnamed_words == (
        "1 service is named below only because you may read its findings: no published report shows them. "
        "2 more services are not named on this page: no published report shows their findings."
    )


def test_reader_without_a_right_to_the_findings_reads_no_service_and_no_finding(signed_in):
    story = Story()
    story.accept()
    reader = scenes.make_scene().place.lead

    page = signed_in(reader).get(f"/learning/themes/{story.theme.pk}/").content.decode()

    assert "3 services are not named on this page" in page
    assert [scene.place.service.name for scene in story.scenes if f"{scene.place.service.name}, " in page] == []
    assert "No cover at weekends." not in page


def test_owner_is_outside_the_providers():
    story = Story()
    place = story.scenes[0].place
    both = person(Role.COMMISSIONER, story.board)
    person(Role.EXECUTIVE, place.service.provider)
    both.memberships.create(organisation=place.service.provider, role=Role.EXECUTIVE, from_date=timezone.localdate())

    offered = {one.user_id for one in owner_places(story.theme)}

    assert story.owner.pk in offered
    assert not offered & {both.pk, place.executive.pk, place.lead.pk, story.national.pk}
    with pytest.raises(InvalidTransition, match="Choose a commissioner"):
        story.offer(owner_id=place.executive.pk, organisation_id=place.service.provider_id)


def test_declined_or_unanswered_offer_comes_back_to_its_writer():
    story = Story()
    story.offer()
    with pytest.raises(InvalidTransition, match="Enter a reason"):
        themes.answer_offer(theme_id=story.theme.pk, accepts=False, by=story.owner)
    themes.answer_offer(theme_id=story.theme.pk, accepts=False, reason="Not ours", by=story.owner)
    declined = [item.task for item in theme_items(story.national)]
    story.offer()

    lapsed = themes.lapse_offers(today=Theme.objects.get().answer_due_date + dt.timedelta(days=1))

    theme = Theme.objects.get()
    assert declined == ["Choose another owner for the theme “Weekend cover”"]
    assert (lapsed, theme.status, theme.reason) == (1, Status.DECLINED, "No answer by the day that was asked for.")
    assert themes.lapse_offers(today=theme.answer_due_date + dt.timedelta(days=1)) == 0


def test_nobody_else_answers_and_only_the_owner_says_what_was_done(signed_in):
    story = Story()
    story.offer()
    other = person(Role.COMMISSIONER, OrganisationFactory(board=True, region=story.board.region))

    before = [
        signed_in(user).get(f"/learning/themes/{story.theme.pk}/answer/").status_code for user in (story.owner, other, story.national)
    ]
    themes.answer_offer(theme_id=story.theme.pk, accepts=True, by=story.owner)
    after = [signed_in(user).get(f"/learning/themes/{story.theme.pk}/done/").status_code for user in (story.owner, other, story.national)]

    assert (before, after) == ([200, 404, 403], [200, 403, 403])
    with pytest.raises(InvalidTransition, match="somebody else"):
        themes.report_done(theme_id=story.theme.pk, done="It", by=other)


def test_clash_keeps_what_was_typed_and_shows_what_stands_there(signed_in):
    story = Story()
    opened = Theme.objects.get().version
    themes.change_theme(theme_id=story.theme.pk, title="Their title", systemic="Their words", by=story.national, version=opened)

    answer = signed_in(story.national).post(
        f"/learning/themes/{story.theme.pk}/change/", {"title": "My title", "systemic": "My words", "version": opened}
    )

    body = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in body for words in ("Someone else changed this.", "My words", "Their words"))
    assert Theme.objects.get().title == "Their title"
    with pytest.raises(SomeoneElseChanged):
        story.offer(version=opened)


def test_accepted_theme_keeps_its_words_and_findings():
    story = Story()
    story.accept()
    acts = [
        lambda: themes.change_theme(theme_id=story.theme.pk, title="New", systemic="New", by=story.national),
        lambda: themes.add_findings(theme_id=story.theme.pk, finding_ids=[], by=story.national),
        lambda: themes.remove_finding(theme_id=story.theme.pk, finding_id=story.finding_ids[0], by=story.national),
    ]

    for act in acts:
        with pytest.raises(InvalidTransition, match="stays as it is"):
            act()


def test_card_for_a_theme_waits_for_the_service_whose_practice_it_shows(signed_in):
    story = Story()
    scene = story.scenes[0]
    finding = scene.review.findings.get()
    text = {"title": "A shared rota", "what": "A rota", "for_whom": "All", "how": "Together", "contact": "The team"}

    signed_in(story.national).post(f"/findings/{finding.pk}/card/?theme={story.theme.pk}", text)
    card = LearningCard.objects.get()
    seen = [signed_in(user).get(f"/learning/{card.pk}/").status_code for user in (story.national, story.scenes[1].place.lead)]
    cards.ask_to_share(card_id=card.pk, by=story.national)
    cards.answer_ask(card_id=card.pk, agrees=True, by=scene.place.lead)

    assert (card.theme, card.service, card.status) == (story.theme, scene.place.service, "DRAFT")
    assert seen == [200, 404]
    assert signed_in(story.scenes[1].place.lead).get(f"/learning/{card.pk}/").status_code == 200
    outside = scenes.make_scene(findings=ONE).review.findings.get()
    with pytest.raises(InvalidTransition, match="one of its findings"):
        cards.write_card(finding_id=outside.pk, text=CardText(*"abcde"), by=story.national, theme_id=story.theme.pk)


def test_withdrawn_theme_is_gone_for_readers(signed_in):
    story = Story()
    story.accept()

    signed_in(story.national).post(f"/learning/themes/{story.theme.pk}/withdraw/", {"reason": "Merged into another"})

    codes = [
        signed_in(user).get(f"/learning/themes/{story.theme.pk}/").status_code for user in (story.national, scenes.make_scene().reviewer)
    ]
    assert codes == [200, 404]


ALLOWED = {
    ("DRAFT", "OFFERED"), ("DRAFT", "WITHDRAWN"), ("OFFERED", "ACCEPTED"), ("OFFERED", "DECLINED"), ("OFFERED", "WITHDRAWN"),
    ("DECLINED", "OFFERED"), ("DECLINED", "WITHDRAWN"), ("ACCEPTED", "DONE"), ("ACCEPTED", "WITHDRAWN"), ("DONE", "WITHDRAWN"),
}  # fmt: skip


def test_status_moves_by_its_table():
    moves = set()
    for before, after in product(Status.values, Status.values):
        try:
            Theme(status=before).check_may_become(after)
        except InvalidTransition:
            continue
        moves.add((before, after))

    assert moves == ALLOWED


def test_database_refuses_what_does_not_go_together():
    story = Story()
    bad = [
        lambda: Theme.objects.update(status="OFFERED"),
        lambda: Theme.objects.update(status="DONE"),
        lambda: ThemeFinding.objects.create(theme=story.theme, finding_id=story.finding_ids[0], added_by=story.national),
    ]

    for write in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_pages_cost_the_same_for_any_number_of_findings(signed_in):
    story = Story()
    client, counts = signed_in(story.national), []
    client.get("/learning/themes/")  # the navigation is kept from here on

    for more in (0, 3):
        extra = [scenes.make_scene(findings=ONE).review.findings.get().pk for _ in range(more)]
        themes.add_findings(theme_id=story.theme.pk, finding_ids=extra, by=story.national)
        for part in ("", f"{story.theme.pk}/", f"{story.theme.pk}/findings/"):
            with CaptureQueriesContext(connection) as asked:
                client.get(f"/learning/themes/{part}")
            counts.append(len(asked))

    assert counts[:3] == counts[3:]
    assert max(counts) <= 15


@pytest.mark.parametrize("page", ["", "findings/", "change/", "offer/", "withdraw/"])
def test_every_page_of_a_theme_says_what_happens_next(page, signed_in):
    story = Story()

    body = signed_in(story.national).get(f"/learning/themes/{story.theme.pk}/{page}").content.decode()

    assert all(
        words in body for words in ("What happens next", "Add findings of 3 or more services", story.national.name, "No date is set")
    )


def test_pages_of_the_owner_and_of_a_withdrawn_theme_say_it_too(signed_in):
    story = Story()
    story.offer()
    asked = signed_in(story.owner).get(f"/learning/themes/{story.theme.pk}/answer/").content.decode()
    themes.answer_offer(theme_id=story.theme.pk, accepts=True, by=story.owner)
    accepted = signed_in(story.owner).get(f"/learning/themes/{story.theme.pk}/done/").content.decode()
    themes.withdraw_theme(theme_id=story.theme.pk, reason="Two themes in one", by=story.national)
    withdrawn = signed_in(story.national).get(f"/learning/themes/{story.theme.pk}/").content.decode()

    assert f"{story.owner.name} accepts this theme or declines it" in asked
    assert "The owner says what was done" in accepted
    assert "Nothing: this theme was withdrawn" in withdrawn
