"""The bridge: what becomes of each indicator, whom it touches, what the last version asked; the same statements for 3 and 300."""

from decimal import Decimal

import pytest

from surveillance.models import Answer, EvidenceItem, Indicator, IndicatorChallenge, IndicatorComment, IndicatorSet, SelfReport
from surveillance.queries.bridge import bridge_of, hours_words
from surveillance.queries.burden import Burden, pages_words, saved_words
from tests.factories.surveillance import (
    AnswerFactory,
    IndicatorFactory,
    IndicatorSetFactory,
    RoundFactory,
    Scene,
    SelfReportFactory,
    ServiceFactory,
    make_scene,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def next_version(old: IndicatorSet, *, of: list[Indicator], **fields: object) -> IndicatorSet:
    """A draft that copies these indicators."""
    made = IndicatorSetFactory(code=old.code, version=old.version + 1, specification=old.specification, name=old.name, status="DRAFT")
    for one in of:
        IndicatorFactory(
            indicator_set=made, number=one.number, position=one.position, title=one.title, answer_kind=one.answer_kind,
            target=one.target, comparator=one.comparator, section=one.section, **fields,
        )  # fmt: skip
    return made


def test_bridge_says_what_becomes_of_each_indicator_and_whom_it_touches(scene):
    scene.fill()
    other = ServiceFactory(specification=scene.service.specification)
    SelfReportFactory(service=other, round=scene.report.round, indicator_set=scene.indicator_set)
    for indicator in scene.indicator_set.indicators.all():
        AnswerFactory(self_report=other.self_reports.get(), indicator=indicator)
    kept, measured, number, text = scene.indicator_set.indicators.order_by("position")
    draft = next_version(scene.indicator_set, of=[kept, measured, number])
    draft.indicators.filter(number=measured.number).update(title="Half of patients are seen", target=Decimal("95.000"))
    draft.indicators.filter(number=number.number).update(answer_kind="TEXT", target=None, comparator="")
    IndicatorFactory(indicator_set=draft, number="NEW-1")

    bridge = bridge_of(draft)

    year = scene.report.round.year
    assert bridge.sentence == f"1 carried, 1 to confirm, 2 new, 1 withdrawn. Touches 2 services and 4 answers from {year}."
    assert [(row.indicator.number, row.change.value, row.service_count, row.answer_count) for row in bridge.rows] == [
        (text.number, "Withdrawn", 2, 1), (number.number, "New", 2, 1), ("NEW-1", "New", 0, 0),
        (measured.number, "To confirm", 2, 1), (kept.number, "Carried", 2, 1),
    ]  # fmt: skip
    changed = next(row for row in bridge.rows if row.change.value == "To confirm")
    marked = {part: [(piece.text.strip(), piece.change) for piece in pieces] for part, pieces in changed.differences}
    assert marked["Target"] == [("90", "Removed"), ("95", "Added")]
    assert ("Half of patients are seen", "Added") in marked["Title"]
    assert "Answered in another way: number before, text now." in [row.kind_change for row in bridge.rows]


def test_first_version_touches_the_services_of_its_specification(scene):
    draft = IndicatorSetFactory(specification=scene.service.specification, status="DRAFT")
    IndicatorFactory(indicator_set=draft)

    assert bridge_of(draft).sentence == (
        "0 carried, 0 to confirm, 1 new, 0 withdrawn. Touches 1 service; no version before was asked in a round."
    )


def test_retired_indicators_are_asked_of_nobody(scene):
    indicators = list(scene.indicator_set.indicators.order_by("position"))
    draft = next_version(scene.indicator_set, of=indicators)
    Indicator.objects.filter(indicator_set=draft, number=indicators[0].number).update(retired_on="2027-01-01")

    assert [row.change.value for row in bridge_of(draft).rows] == ["Withdrawn", "Carried", "Carried", "Carried"]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([], "None of 1 service said how long it took."),
        (["3"], "3 hours in all, 3 hours in the middle (median), said by 1 of 2 services."),
        (["3", "10.5"], "13.5 hours in all, 6.8 hours in the middle (median), said by 2 of 3 services."),
        (["1", "2", "400"], "403 hours in all, 2 hours in the middle (median), said by 3 of 4 services."),
    ],
)
def test_hours_are_summed_and_their_median_found(scene, hours, words):
    for said in hours:
        service = ServiceFactory(specification=scene.service.specification)
        SelfReportFactory(service=service, round=scene.report.round, indicator_set=scene.indicator_set, hours_spent=Decimal(said))

    assert hours_words(bridge_of(next_version(scene.indicator_set, of=[])).hours) == words


def test_only_the_last_round_counts_and_removed_documents_do_not(scene):
    before = SelfReportFactory(
        service=scene.service, round=RoundFactory(year=scene.report.round.year - 1), indicator_set=scene.indicator_set, hours_spent=900
    )
    AnswerFactory(self_report=before, indicator=scene.answers[0].indicator, value="YES")
    for title, removed_at in (("Policy", None), ("Old policy", "2027-01-01T00:00:00Z")):
        item = EvidenceItem.objects.create(
            service=scene.service, title=title, added_by=scene.lead, removed_at=removed_at, removed_by=scene.lead if removed_at else None
        )
        item.answers.add(scene.answers[0], scene.answers[1])

    bridge = bridge_of(next_version(scene.indicator_set, of=list(scene.indicator_set.indicators.all())))

    assert (bridge.year, bridge.answer_count, bridge.hours.total) == (scene.report.round.year, 0, None)
    assert (bridge.document_count, bridge.link_count) == (1, 2)
    assert sorted(row.document_count for row in bridge.rows) == [0, 0, 1, 1]


def test_comments_and_challenges_stand_beside_their_indicator(scene, signed_in):
    old = scene.answers[0].indicator
    draft = next_version(scene.indicator_set, of=[old])
    IndicatorComment.objects.create(indicator_set=draft, indicator=draft.indicators.get(), text="Which?", made_by=scene.lead)
    facts = {"indicator": old, "reason": "Old", "made_by": scene.lead}
    IndicatorChallenge.objects.create(service=scene.service, **facts)
    answered = {"status": "NEXT_VERSION", "reply": "Yes", "replied_by": scene.national, "replied_at": scene.report.round.opened_at}
    IndicatorChallenge.objects.create(service=ServiceFactory(), **facts, **answered)

    page = signed_in(scene.national).get(f"/indicators/{draft.pk}/bridge/").content.decode()

    assert "1 comment, 1 open challenge, 1 challenge kept for this version" in page
    assert "Publish version 2" in page
    assert f'href="/indicators/{draft.pk}/publish/"' in page


def test_bridge_is_for_those_who_write_sets(scene, signed_in):
    draft = next_version(scene.indicator_set, of=[])

    assert [signed_in(user).get(f"/indicators/{draft.pk}/bridge/").status_code for user in (scene.lead, scene.officer)] == [404, 404]
    assert signed_in(scene.lead).get(f"/indicators/{scene.indicator_set.pk}/bridge/").status_code == 403


@pytest.mark.parametrize("count", [3, 300])
def test_bridge_takes_the_same_statements_for_3_and_300(scene, signed_in, django_assert_num_queries, count):
    old = IndicatorSetFactory(specification=scene.service.specification)
    draft = IndicatorSetFactory(code=old.code, version=2, specification=scene.service.specification, status="DRAFT")
    facts = {"section": "Structure", "type": "structure_and_function"}
    for indicator_set, title in ((old, "Seen within a week"), (draft, "Seen within two weeks")):
        Indicator.objects.bulk_create(
            Indicator(indicator_set=indicator_set, number=f"Q{n}", position=n, title=title if n % 3 == 0 else "Same", **facts)
            for n in range(count)
        )
    report = SelfReport.objects.get(pk=scene.report.pk)
    SelfReport.objects.filter(pk=report.pk).update(indicator_set=old)
    Answer.objects.bulk_create(Answer(self_report=report, indicator=one, value="YES") for one in old.indicators.all())
    client = signed_in(scene.national)
    client.get("/home/")

    with django_assert_num_queries(17):
        page = client.get(f"/indicators/{draft.pk}/bridge/?show=TO_CONFIRM")

    assert f"{count - count // 3:,} carried, {count // 3:,} to confirm, 0 new, 0 withdrawn" in page.content.decode()


@pytest.mark.parametrize(
    ("burden", "pages", "saved"),
    [
        (Burden(), "0 pages in 0 new files.", "No evidence was tied to an answer."),
        (Burden(uses=5, new_files=2, known_count=1, pages=12), "12 pages in 1 of 2 new files; the pages of the others are not known.",
         "3 of 5 uses (60%) needed no new file."),
        (Burden(uses=1, new_files=1, known_count=1, pages=1), "1 page in 1 new file.", "0 of 1 uses (0%) needed no new file."),
        (Burden(uses=1, new_files=1), "The pages of 1 new file are not known.", "0 of 1 uses (0%) needed no new file."),
    ],
)  # fmt: skip
def test_bridge_says_what_the_evidence_cost_and_saved(burden, pages, saved):
    assert (pages_words(burden), saved_words(burden)) == (pages, saved)
