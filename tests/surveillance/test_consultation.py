"""Consultation: who comments until when, who replies, what waits, and that drafts are nobody else's."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.permissions import Permission, Role
from surveillance.models import IndicatorComment, IndicatorSet, InvalidTransition
from surveillance.queries.waiting_indicators import indicator_items
from surveillance.services import consultation
from surveillance.services.clash import AlreadyDone
from tests.factories.accounts import person
from tests.factories.surveillance import IndicatorFactory, IndicatorSetFactory, Scene, make_scene

pytestmark = pytest.mark.django_db


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def draft(scene: Scene) -> IndicatorSet:
    return draft_of(scene)


def draft_of(scene: Scene) -> IndicatorSet:
    """The next version of the scene's set: two indicators, a draft."""
    made = IndicatorSetFactory(
        code=scene.indicator_set.code, version=2, specification=scene.service.specification, status="DRAFT", name="Renal"
    )
    IndicatorFactory(indicator_set=made, number="10-1A-301", title="There is a lead", position=1)
    IndicatorFactory(indicator_set=made, number="10-1A-302", title="There is a nurse", position=2)
    return made


@pytest.fixture
def consulted(draft: IndicatorSet, scene: Scene) -> IndicatorSet:
    """The same, in consultation for ten days."""
    return consultation.open_consultation(set_id=draft.pk, last_date=in_days(10), by=scene.national)


def comment(consulted: IndicatorSet, by: object, text: str = "Say which grade.") -> IndicatorComment:
    return consultation.add_comment(set_id=consulted.pk, indicator_id=consulted.indicators.first().pk, text=text, by=by)


def posted_day(day: dt.date) -> dict[str, str]:
    return {"last_date_day": str(day.day), "last_date_month": str(day.month), "last_date_year": str(day.year)}


def test_drafts_are_for_those_who_write_sets(scene, draft):
    view, manage = Permission.INDICATOR_SET_VIEW, Permission.INDICATOR_SET_MANAGE

    def found(user, permission):
        return sorted(IndicatorSet.objects.for_user(user, permission).values_list("status", flat=True))

    assert found(scene.national, view) == ["DRAFT", "PUBLISHED"]
    assert found(scene.lead, view) == ["PUBLISHED"]
    assert found(scene.lead, manage) == []
    assert found(person(Role.REGULATOR), view) == []


def test_national_lead_puts_a_draft_in_consultation_extends_it_and_takes_it_back(scene, draft, signed_in):
    client, path = signed_in(scene.national), f"/indicators/{draft.pk}/consultation/"

    opened = client.post(path, posted_day(in_days(10)))
    moved = client.post(path, posted_day(in_days(20)))
    dates = IndicatorSet.objects.values_list("status", "consultation_from_date", "consultation_to_date").get(pk=draft.pk)
    back = client.post(path, {"act": "take_back"})

    assert [opened["Location"], moved["Location"], back["Location"]] == [
        f"/indicators/{draft.pk}/comments/", f"/indicators/{draft.pk}/comments/", f"/indicators/{draft.pk}/",
    ]  # fmt: skip
    assert dates == ("IN_CONSULTATION", timezone.localdate(), in_days(20))
    draft.refresh_from_db()
    assert draft.status == "DRAFT"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Enter the last day for comments"),
        (posted_day(dt.date(2020, 1, 1)), "The last day for comments must be today or in the future"),
        ({"last_date_day": "99999999999999999999", "last_date_month": "x", "last_date_year": "\0"}, "must be a real date"),
    ],
)
def test_a_bad_last_day_is_said(scene, draft, signed_in, fields, sentence):
    response = signed_in(scene.national).post(f"/indicators/{draft.pk}/consultation/", fields)

    assert response.status_code in {200, 400}
    assert response.status_code == 400 or sentence in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == "DRAFT"


@pytest.mark.parametrize("status", ["IN_CONSULTATION", "PUBLISHED", "RETIRED"])
def test_only_a_draft_is_put_in_consultation(scene, draft, status):
    IndicatorSet.objects.filter(pk=draft.pk).update(
        status=status, consultation_from_date=timezone.localdate(), consultation_to_date=timezone.localdate()
    )

    with pytest.raises(InvalidTransition, match="cannot become in consultation"):
        consultation.open_consultation(set_id=draft.pk, last_date=in_days(3), by=scene.national)


def test_an_empty_set_is_not_put_in_consultation(scene):
    empty = IndicatorSetFactory(status="DRAFT")

    with pytest.raises(InvalidTransition, match="no indicators yet"):
        consultation.open_consultation(set_id=empty.pk, last_date=in_days(3), by=scene.national)


def test_services_hubs_and_reviewers_comment_and_all_see_who_said_what(scene, consulted, signed_in):
    indicator = consulted.indicators.first()
    people = [scene.lead, scene.contributor, scene.officer, person(Role.REVIEWER), person(Role.NETWORK_LEAD)]
    for n, somebody in enumerate(people):
        path = f"/indicators/{consulted.pk}/items/{indicator.pk}/comment/"
        assert signed_in(somebody).post(path, {"text": f"Remark {n}"}).status_code == 302
    whole = signed_in(scene.lead).post(f"/indicators/{consulted.pk}/comment/", {"text": "Too many in all."})

    page = signed_in(scene.commissioner).get(f"/indicators/{consulted.pk}/comments/").content.decode()

    assert whole["Location"] == f"/indicators/{consulted.pk}/comments/"
    assert all(f"Remark {n}" in page for n in range(len(people)))
    assert "Too many in all." in page
    assert f"Lee Lead, service lead, {scene.service.provider.name}" in page
    assert f"Hal Officer, hub officer, {scene.service.region.name}" in page
    assert "/comment/" not in page  # a commissioner reads


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.COMMISSIONER])
def test_others_read_and_do_not_comment(scene, consulted, signed_in, role):
    somebody = person(role)

    response = signed_in(somebody).post(f"/indicators/{consulted.pk}/comment/", {"text": "No."})

    assert response.status_code == 403
    assert not IndicatorComment.objects.exists()


def test_nobody_comments_on_a_draft_or_finds_it(scene, draft, signed_in):
    indicator = draft.indicators.first()
    paths = [
        f"/indicators/{draft.pk}/comments/",
        f"/indicators/{draft.pk}/comment/",
        f"/indicators/{draft.pk}/items/{indicator.pk}/comment/",
    ]

    assert [signed_in(scene.lead).get(path).status_code for path in paths] == [404, 404, 404]
    assert [signed_in(scene.national).get(path).status_code for path in paths] == [200, 200, 200]
    with pytest.raises(InvalidTransition, match="not in consultation"):
        comment(draft, scene.national)


def test_an_indicator_of_another_set_is_a_missing_one(scene, consulted, signed_in):
    other = scene.indicator_set.indicators.first()

    response = signed_in(scene.lead).post(f"/indicators/{consulted.pk}/items/{other.pk}/comment/", {"text": "No."})

    assert response.status_code == 404


def test_comments_close_at_midnight_uk_time_of_the_last_day(signed_in):
    with time_machine.travel("2027-06-01T12:00:00+01:00", tick=False):
        scene = make_scene()
        consulted = consultation.open_consultation(set_id=draft_of(scene).pk, last_date=dt.date(2027, 6, 11), by=scene.national)
    with time_machine.travel("2027-06-11T23:59:59+01:00", tick=False):
        comment(consulted, scene.lead, "In time.")
    with time_machine.travel("2027-06-12T00:00:00+01:00", tick=False):
        page = signed_in(scene.lead).post(f"/indicators/{consulted.pk}/comment/", {"text": "A second late."}).content.decode()
        listed = signed_in(scene.lead).get(f"/indicators/{consulted.pk}/comments/").content.decode()

    assert "Comments closed on Friday 11 June 2027." in page
    assert "A second late." in page  # the text is kept on the page
    assert "Comments closed on Friday 11 June 2027." in listed
    assert list(IndicatorComment.objects.values_list("text", flat=True)) == ["In time."]


def test_an_empty_or_endless_comment_is_refused_with_its_text(scene, consulted, signed_in):
    client, path = signed_in(scene.lead), f"/indicators/{consulted.pk}/comment/"

    empty, endless = client.post(path, {"text": "  "}), client.post(path, {"text": "x" * 4001})

    assert "Enter your comment" in empty.content.decode()
    assert "Your comment must be 4000 characters or less" in endless.content.decode()
    assert "x" * 4001 in endless.content.decode()


def test_pressing_twice_makes_one_comment(scene, consulted):
    first, second = comment(consulted, scene.lead), comment(consulted, scene.lead)

    assert first == second
    assert IndicatorComment.objects.count() == 1


def test_national_lead_replies_once(scene, consulted, signed_in):
    made = comment(consulted, scene.lead)
    path = f"/indicators/{consulted.pk}/comments/{made.pk}/reply/"

    response = signed_in(scene.national).post(path, {"reply": "We name the grade now."})
    again = signed_in(person(Role.NATIONAL_LEAD)).post(path, {"reply": "Another reply."}).content.decode()
    page = signed_in(scene.lead).get(f"/indicators/{consulted.pk}/comments/").content.decode()

    assert response["Location"] == f"/indicators/{consulted.pk}/comments/"
    assert "Nat Lead replied at" in again
    assert "Another reply." in again
    assert "We name the grade now." in page
    assert "Reply: Nat Lead, national lead" in page
    with pytest.raises(AlreadyDone):
        consultation.reply_to_comment(comment_id=made.pk, set_id=consulted.pk, reply="Third", by=scene.national)


def test_people_of_the_specification_are_asked_until_they_comment_or_it_closes(scene, consulted):
    def asked(user):
        return [(item.task, item.due) for item in indicator_items(user) if item.kind == "indicator_set.comment"]

    expected = [("Comment on Renal, version 2", in_days(10))]
    assert [asked(user) for user in (scene.lead, scene.contributor)] == [expected, expected]
    assert [asked(user) for user in (scene.stranger, scene.officer, scene.executive)] == [[], [], []]
    comment(consulted, scene.lead)
    assert [asked(user) for user in (scene.lead, scene.contributor)] == [[], expected]
    with time_machine.travel(timezone.now() + dt.timedelta(days=11)):
        assert asked(scene.contributor) == []


def test_national_lead_is_asked_to_answer_until_every_comment_has_a_reply(scene, consulted):
    made = [comment(consulted, scene.lead), comment(consulted, scene.contributor, "And when?")]

    tasks = [item.task for item in indicator_items(scene.national)]
    for one in made:
        consultation.reply_to_comment(comment_id=one.pk, set_id=consulted.pk, reply="Done.", by=scene.national)

    assert tasks == ["Answer 2 comments on Renal"]
    assert indicator_items(scene.national) == []


@pytest.mark.parametrize("count", [1, 12])
def test_pages_and_items_cost_the_same_for_few_and_many(scene, consulted, signed_in, django_assert_num_queries, count):
    for n in range(count):
        indicator = IndicatorFactory(indicator_set=consulted, position=10 + n)
        for somebody in (scene.lead, scene.officer):
            made = consultation.add_comment(set_id=consulted.pk, indicator_id=indicator.pk, text=f"Remark {n}", by=somebody)
        consultation.reply_to_comment(comment_id=made.pk, set_id=consulted.pk, reply="Thanks", by=scene.national)
    client = signed_in(scene.national)
    client.get("/home/")

    with django_assert_num_queries(13):
        client.get(f"/indicators/{consulted.pk}/comments/")
    with django_assert_num_queries(3):
        assert len(indicator_items(scene.national)) == 1
