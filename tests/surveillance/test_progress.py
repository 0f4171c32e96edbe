"""One rule of progress: for one answer in Python, for many in the database, the same."""

from decimal import Decimal
from itertools import product

import factory
import pytest
from django.utils import timezone

from surveillance.models import Answer, Indicator
from surveillance.queries.self_reports import IS_ANSWERED, light_answers, pages_of, progress_of_reports, sections_of
from surveillance.services.self_reports import missing_answers
from tests.factories.surveillance import AnswerFactory, IndicatorFactory, make_scene

pytestmark = pytest.mark.django_db
VALUES, REASONS, NUMBERS = ("", "YES", "NA", "CANNOT", "12"), ("", "Because"), (None, Decimal(4))


def test_answered_is_the_same_for_the_database_and_for_one_answer():
    scene = make_scene()
    cases = list(product(VALUES, REASONS, NUMBERS, NUMBERS))
    indicators = IndicatorFactory.create_batch(len(cases), indicator_set=scene.indicator_set)
    for indicator, (value, reason, numerator, denominator) in zip(indicators, cases, strict=True):
        AnswerFactory(
            self_report=scene.report, indicator=indicator, value=value, reason=reason, numerator=numerator, denominator=denominator
        )

    counted = set(Answer.objects.filter(IS_ANSWERED).values_list("pk", flat=True))

    assert counted == {answer.pk for answer in Answer.objects.all() if answer.is_answered}
    assert len(counted) == 26  # 16 with Yes or 12, 8 with a code and its reason, 2 with both halves alone


def test_not_applicable_without_a_reason_is_not_answered_anywhere():
    scene = make_scene()
    scene.fill()
    Answer.objects.filter(pk=scene.answers[0].pk).update(value="NA", reason="")

    assert [answer.pk for answer in missing_answers(scene.report)] == [scene.answers[0].pk]
    assert [section.status for section in sections_of(scene.report)] == ["1 of 2 answered", "Completed"]
    assert progress_of_reports([scene.report.pk]) == {scene.report.pk: (3, 4)}


def test_suspended_indicator_is_not_asked():
    scene = make_scene()
    Indicator.objects.filter(pk=scene.answers[0].indicator_id).update(suspended_from=timezone.localdate())

    assert [section.total_count for section in sections_of(scene.report)] == [1, 2]
    assert len(missing_answers(scene.report)) == 3
    assert progress_of_reports([scene.report.pk]) == {scene.report.pk: (0, 3)}


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (30, [30]), (31, [15, 16]), (61, [20, 20, 21]), (300, [30] * 10)])
def test_pages_hold_at_most_thirty_and_about_as_many_each(count, sizes):
    scene = make_scene()
    indicators = IndicatorFactory.create_batch(count, indicator_set=scene.indicator_set, section="Long")
    AnswerFactory.create_batch(count, self_report=scene.report, indicator=factory.Iterator(indicators))

    pages = [page for page in pages_of(light_answers(scene.report)) if page.title == "Long"]

    assert [page.total_count for page in pages] == sizes
    assert [page.name for page in pages][-1] == ("Long" if len(sizes) == 1 else f"Long, {len(sizes)} of {len(sizes)}")
    assert [page.number for page in pages] == list(range(3, 3 + len(sizes)))
