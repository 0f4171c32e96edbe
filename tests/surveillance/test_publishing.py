"""Publishing a version and retiring one: what is refused, what is said, who is told, what a running round keeps."""

from itertools import product

import pytest

from accounts.models import AuditEvent
from surveillance.models import Indicator, IndicatorComment, IndicatorSet, InvalidTransition, RoundSet
from surveillance.services import consultation, publishing, rounds
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.surveillance import IndicatorFactory, IndicatorSetFactory, Scene, make_scene
from work.models import DigestEntry

pytestmark = pytest.mark.django_db
Status = IndicatorSet.Status
CONFIRMED = {"change_note": "Two indicators were out of date.", "is_read": "1"}


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def draft(scene: Scene) -> IndicatorSet:
    made = IndicatorSetFactory(
        code=scene.indicator_set.code, version=2, specification=scene.service.specification, status="DRAFT", name="Renal"
    )
    IndicatorFactory(indicator_set=made, number="10-1A-301", position=1)
    return made


def stored(indicator_set: IndicatorSet) -> str:
    return IndicatorSet.objects.values_list("status", flat=True).get(pk=indicator_set.pk)


def test_national_lead_publishes_a_version(scene, draft, signed_in):
    IndicatorSet.objects.filter(pk=scene.indicator_set.pk).update(published_at="2026-01-01T00:00:00Z")

    response = signed_in(scene.national).post(f"/indicators/{draft.pk}/publish/", CONFIRMED)

    draft.refresh_from_db()
    assert response["Location"] == f"/indicators/{draft.pk}/"
    assert (draft.status, draft.published_by, draft.change_note) == ("PUBLISHED", scene.national, "Two indicators were out of date.")
    assert draft.published_at is not None
    assert stored(scene.indicator_set) == "PUBLISHED"
    assert rounds.newest_sets()[draft.specification_id] == draft.pk


def test_what_changed_and_the_tick_are_asked_for(scene, draft, signed_in):
    page = signed_in(scene.national).post(f"/indicators/{draft.pk}/publish/", {}).content.decode()

    assert "Enter what changed and why" in page
    assert "Tick the box to say that you have read what this changes" in page
    assert stored(draft) == "DRAFT"


@pytest.mark.parametrize(("before", "after"), list(product(Status, [Status.PUBLISHED, Status.RETIRED])))
def test_only_allowed_moves_are_made(scene, draft, before, after):
    allowed = {(Status.DRAFT, Status.PUBLISHED), (Status.IN_CONSULTATION, Status.PUBLISHED), (Status.PUBLISHED, Status.RETIRED)}
    IndicatorSet.objects.filter(pk=draft.pk).update(status=before)
    acts = {
        Status.PUBLISHED: lambda: publishing.publish_indicator_set(set_id=draft.pk, change_note="Why", by=scene.national),
        Status.RETIRED: lambda: publishing.retire_indicator_set(set_id=draft.pk, reason="Why", by=scene.national),
    }

    if (before, after) in allowed:
        assert acts[after]().status == after
    else:
        with pytest.raises(InvalidTransition):
            acts[after]()
        assert stored(draft) == before


def test_an_empty_set_and_a_repeated_number_are_refused(scene, draft, signed_in):
    empty = IndicatorSetFactory(status="DRAFT")
    IndicatorFactory(indicator_set=draft, number="10-1a-301 ", position=2)
    client = signed_in(scene.national)

    pages = [client.get(f"/indicators/{one.pk}/publish/").content.decode() for one in (empty, draft)]
    posted = [client.post(f"/indicators/{one.pk}/publish/", CONFIRMED).content.decode() for one in (empty, draft)]

    assert "This set has no indicators" in pages[0]
    assert "Number 10-1a-301  is used twice" in pages[1]
    assert ["Two indicators were out of date." in page for page in posted] == [True, True]
    assert [stored(one) for one in (empty, draft)] == ["DRAFT", "DRAFT"]


def test_unanswered_comments_are_said_and_block_nothing(scene, draft, signed_in):
    consultation.open_consultation(set_id=draft.pk, last_date=scene.report.round.closes_date, by=scene.national)
    consultation.add_comment(set_id=draft.pk, text="Too many.", by=scene.lead)
    client = signed_in(scene.national)

    page = client.get(f"/indicators/{draft.pk}/publish/").content.decode()
    response = client.post(f"/indicators/{draft.pk}/publish/", CONFIRMED)

    assert "1 comment is not answered" in page
    assert "people can still comment until" in page
    assert response.status_code == 302
    assert stored(draft) == "PUBLISHED"


def test_everybody_who_commented_is_told_once(scene, draft):
    consultation.open_consultation(set_id=draft.pk, last_date=scene.report.round.closes_date, by=scene.national)
    for somebody in (scene.lead, scene.lead, scene.officer):
        consultation.add_comment(set_id=draft.pk, text=f"Remark {IndicatorComment.objects.count()}", by=somebody)
    publishing.publish_indicator_set(set_id=draft.pk, change_note="Why", by=scene.national)

    lines = DigestEntry.objects.order_by("pk")
    assert {line.user for line in lines} == {scene.lead, scene.officer}
    assert [line.sentence for line in lines] == ["Version 2 of Renal is published. You commented on it."] * 2


def test_version_of_a_running_round_is_not_retired(scene, draft, signed_in):
    RoundSet.objects.create(round=scene.report.round, specification=draft.specification, indicator_set=scene.indicator_set)
    client, year = signed_in(scene.national), scene.report.round.year

    page = client.get(f"/indicators/{draft.pk}/publish/").content.decode()
    client.post(f"/indicators/{draft.pk}/publish/", CONFIRMED | {"retire": str(scene.indicator_set.pk)})
    refused = client.post(f"/indicators/{scene.indicator_set.pk}/retire/", {"reason": "A new one."}).content.decode()

    assert f"The {year} round is open and keeps version 1" in page
    assert "Retire version 1 now" not in page
    assert f"The {year} round is open and asks this version" in refused
    assert "A new one." in refused
    assert stored(scene.indicator_set) == "PUBLISHED"


def test_version_before_is_retired_in_the_same_act_where_no_round_asks_it(scene, draft, signed_in):
    client = signed_in(scene.national)

    page = client.get(f"/indicators/{draft.pk}/publish/").content.decode()
    client.post(f"/indicators/{draft.pk}/publish/", CONFIRMED | {"retire": str(scene.indicator_set.pk)})

    assert "Retire version 1 now" in page
    assert [stored(one) for one in (scene.indicator_set, draft)] == ["RETIRED", "PUBLISHED"]
    assert rounds.newest_sets() == {draft.specification_id: draft.pk}


def test_a_foreign_set_is_not_retired_by_a_made_up_field(scene, draft, signed_in):
    foreign = IndicatorSetFactory()

    response = signed_in(scene.national).post(f"/indicators/{draft.pk}/publish/", CONFIRMED | {"retire": str(foreign.pk)})

    assert response.status_code == 200
    assert [stored(foreign), stored(draft)] == ["PUBLISHED", "DRAFT"]


def test_retiring_keeps_the_reason_on_the_set(scene, signed_in):
    response = signed_in(scene.national).post(f"/indicators/{scene.indicator_set.pk}/retire/", {"reason": "No service has it now."})

    scene.indicator_set.refresh_from_db()
    assert response.status_code == 302
    assert scene.indicator_set.status == "RETIRED"
    assert "No service has it now." in scene.indicator_set.change_note
    assert AuditEvent.objects.filter(action="indicator_set.retired", reason="No service has it now.").count() == 1


def test_a_draft_that_changed_since_is_not_published_unseen(scene, draft, signed_in):
    Indicator.objects.filter(indicator_set=draft).update(title="Changed meanwhile")
    IndicatorSet.objects.filter(pk=draft.pk).update(revision=2)
    client = signed_in(scene.national)

    page = client.post(f"/indicators/{draft.pk}/publish/", CONFIRMED | {"revision": "1"}).content.decode()

    assert "Someone else changed this draft" in page
    assert "Two indicators were out of date." in page
    assert 'name="revision" value="2"' in page
    assert stored(draft) == "DRAFT"
    with pytest.raises(SomeoneElseChanged):
        publishing.publish_indicator_set(set_id=draft.pk, change_note="Why", revision=1, by=scene.national)


def test_publishing_is_for_those_who_write_sets(scene, draft, signed_in):
    codes = [signed_in(user).post(f"/indicators/{draft.pk}/publish/", CONFIRMED).status_code for user in (scene.lead, scene.officer)]

    assert codes == [404, 404]
    assert signed_in(scene.officer).post(f"/indicators/{scene.indicator_set.pk}/retire/", {"reason": "x"}).status_code == 403
    assert stored(draft) == "DRAFT"
