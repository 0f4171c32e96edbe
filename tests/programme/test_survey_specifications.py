"""Surveys by specification: whatever is shown with the filter, without it and between the two is of 5 answers or more."""

import datetime as dt
import re
from collections import Counter
from decimal import Decimal
from itertools import product

import pytest
import time_machine
from django.core.cache import caches
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.permissions import Role
from peerreview.models import Review, ReviewService, SurveyResponse
from peerreview.queries.survey_cells import SurveyCell, SurveyPart
from peerreview.queries.survey_results import half_of
from qnt.programme import services
from qnt.programme.counting.surveys import rows_of
from qnt.programme.models import ProgrammeFact
from tests.factories.accounts import person
from tests.factories.programme import YEAR, held_review, hub, national, service_in
from tests.programme.recomputing import number_of, read

pytestmark = pytest.mark.django_db

LAST = YEAR - 1
DAY = dt.date(LAST, 3, 2)


def answer(review: Review, count: int, value: int = 4) -> None:
    """So many members of the team who answered the same."""
    SurveyResponse.objects.bulk_create(
        SurveyResponse(review=review, wave="FIRST", side="TEAM", answers={"TRUSTED": value}, answered_date=DAY) for _ in range(count)
    )


def rows() -> list[tuple[str, int]]:
    """Specification and number of answers of each row that is kept."""
    found = ProgrammeFact.objects.filter(measure="SURVEY_TRUST").values_list("specification__number", "weight")
    return sorted((number or "", int(weight)) for number, weight in found)


def cell(purpose: str, parts: list[SurveyPart]) -> SurveyCell:
    """A group of these parts."""
    count, total = sum(part.count for part in parts), sum((part.total for part in parts), Decimal(0))
    return SurveyCell(1, 1, purpose, half_of(DAY), "TEAM", "FIRST", "TRUSTED", "TRUST", count, total, tuple(parts))


PART = st.tuples(st.integers(1, 14), st.integers(1, 5), st.integers(1, 3))


@settings(max_examples=300)
@given(st.lists(PART, min_size=1, max_size=6), st.booleans(), st.sampled_from(["COMPLIANCE", "IMPROVEMENT"]))
def test_a_group_is_taken_apart_into_rows_of_5_or_more_and_never_down_to_one_small_part(drawn, has_several, purpose):
    parts = [
        SurveyPart(None if has_several and n == len(drawn) - 1 else n, count, Decimal(count * value), min(reviews, count))
        for n, (count, value, reviews) in enumerate(drawn, start=0)
    ]
    whole = cell(purpose, parts)
    if whole.count < 5 or (purpose == "IMPROVEMENT" and sum(part.review_count for part in parts) < 2):
        return  # no group that is kept

    found = list(rows_of(whole))

    assert (sum(count for _, count, _ in found), sum(total for *_, total in found)) == (whole.count, whole.total)
    assert [count for _, count, _ in found if count < 5] == []
    apart = {pk for pk, *_ in found if pk is not None}
    rest = [part for part in parts if part.specification_id not in apart]
    few = [part for part in rest if part.count < 5 or (purpose == "IMPROVEMENT" and part.review_count < 2)]
    assert not few or len(rest) > 1
    if purpose == "IMPROVEMENT":
        assert [part for part in parts if part.specification_id in apart and part.review_count < 2] == []
        assert not rest or sum(part.review_count for part in rest) > 1


def test_a_small_specification_takes_the_next_with_it():
    region, lead = hub(), national()
    for count in (10, 6, 3):
        answer(held_review(service_in(region), by=lead), count)

    services.count_year(year=LAST)

    big = ProgrammeFact.objects.get(measure="SURVEY_TRUST", weight=10)
    assert rows() == [("", 9), (big.specification.number, 10)]


def test_a_review_of_several_specifications_is_under_none():
    region, lead = hub(), national()
    review = held_review(service_in(region), by=lead)
    ReviewService.objects.create(review=review, service=service_in(region))
    answer(review, 8)

    services.count_year(year=LAST)

    assert rows() == [("", 8)]


def test_one_review_for_learning_is_no_specification():
    region, lead = hub(), national()
    for count in (7, 8):
        answer(held_review(service_in(region), by=lead, purpose="IMPROVEMENT"), count)

    services.count_year(year=LAST)

    assert rows() == [("", 15)]


def test_the_page_and_its_file_show_one_specification(signed_in):
    region, lead = hub(), national()
    reviews = [held_review(service_in(region), by=lead) for _ in range(3)]
    for review, count, value in zip(reviews, (9, 6, 3), (4, 2, 1), strict=True):
        answer(review, count, value)
    services.count_year(year=LAST)
    caches["local"].clear()
    client = signed_in(lead)
    big, small = (reviews[n].services.get().specification_id for n in (0, 1))

    def trust(specification: int | None) -> list[str]:
        query = f"&specification={specification}" if specification else ""
        lines = read(client, f"/programme/figures.csv?page=logic-model&year={LAST}{query}")
        kept = [line for line in lines if line["measure"] == "SURVEY_TRUST" and line["table"] == "Survey: Compliance reviews" and line["n"]]
        exported = [row for row in read(client, f"/programme/rows.csv?year={LAST}{query}") if row["measure"] == "SURVEY_TRUST"]
        assert [line["number"] for line in kept] == ([number_of("SURVEY_TRUST", exported)] if kept else [])
        return [line["figure"] for line in kept]

    assert trust(None) == ["2.8 of 5 (18 answers)"]
    assert trust(big) == ["4.0 of 5 (9 answers)"]
    assert trust(small) == []
    page = client.get(reverse("programme_logic_model"), {"year": LAST, "specification": big}).content.decode()
    assert "4.0 of 5 (9 answers)" in page


def test_the_page_says_how_many_answers_stay_out_of_the_table(signed_in):
    big, small, lead = hub("Illustrative hub A"), hub("Illustrative hub B"), national()
    procedure = held_review(service_in(big), by=lead)
    for region, count in ((big, 9), (small, 3)):  # of last year: 9 make a group, 3 do not
        answer(held_review(service_in(region), by=lead), count)
    with time_machine.travel(dt.datetime(YEAR, 11, 2, tzinfo=dt.UTC), tick=False):
        SurveyResponse.objects.bulk_create(
            SurveyResponse(review=procedure, wave="FIRST", side="TEAM", answers={"TRUSTED": 4}, answered_date=dt.date(YEAR, 10, 1))
            for _ in range(7)
        )
        caches["local"].clear()
        client, manager = signed_in(lead), signed_in(person(Role.HUB_MANAGER, small))

        def words(reader, **query) -> str:
            page = reader.get(reverse("programme_logic_model"), query).content.decode()
            return re.findall(r"<p>((?:Not in this table|No survey|How many answered)[^<]*)</p>", page)[0]

        assert words(client, year=LAST) == "Not in this table: fewer than 5 answered surveys in groups of fewer than 5."
        assert words(client, year=LAST, region=big.pk) == f"No survey answered in {LAST} is left out of this table whole."
        assert words(manager, year=LAST) == "Not in this table: fewer than 5 answered surveys in groups of fewer than 5."
        assert words(client, year=YEAR) == f"Not in this table: 7 answered surveys in July to December {YEAR}, which is not over."
        assert words(client, year=YEAR, procedure=procedure.procedure.code).startswith(
            "How many answered surveys are left out is not counted"
        )


def test_how_many_stay_out_never_gives_a_small_group_away_as_a_difference(signed_in):
    lead = national()
    big, small = hub("Illustrative hub A"), hub("Illustrative hub B")
    for region, counts in ((big, (4, 4)), (small, (2,))):
        for count in counts:
            review = held_review(service_in(region), by=lead)
            side = "TEAM" if count == counts[0] and not SurveyResponse.objects.filter(review__region=region).exists() else "SERVICE"
            SurveyResponse.objects.bulk_create(
                SurveyResponse(review=review, wave="FIRST", side=side, answers={"TRUSTED": 4}, answered_date=DAY) for _ in range(count)
            )
    caches["local"].clear()
    client = signed_in(lead)

    shown = [
        client.get(reverse("programme_logic_model"), {"year": LAST} | extra).content.decode()
        for extra in ({}, {"region": big.pk}, {"region": small.pk})
    ]

    found = [re.findall(r"Not in this table: ([^<]*) answered surveys in groups", page)[0] for page in shown]
    assert found == ["10", "5 or more", "fewer than 5"]


DRAWN = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(1, 9), st.booleans()), min_size=1, max_size=12)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(DRAWN)
def test_no_filter_and_no_difference_of_filters_gives_fewer_than_5_answers(signed_in, drawn):
    """Everything that the national lead and a hub can take away, by hub and specification, against the answers themselves."""
    with transaction.atomic():
        regions, lead = [hub(f"Hub {letter}") for letter in "AB"], national()
        places = {(r, s): service_in(region) for r, region in enumerate(regions) for s in range(4)}
        for s in range(4):
            second = places[1, s]
            second.specification = places[0, s].specification
            second.save(update_fields=["specification"])
        for r, s, count, is_learning in drawn:
            answer(held_review(places[r, s], by=lead, purpose="IMPROVEMENT" if is_learning else "COMPLIANCE"), count)
        services.count_year(year=LAST)
        caches["local"].clear()
        specifications = [places[0, s].specification_id for s in range(4)]
        readers = {"": signed_in(lead), "own": signed_in(person(Role.HUB_MANAGER, regions[0]))}

        for client, region in product(readers.values(), ["", *(str(region.pk) for region in regions)]):
            asked = f"/programme/figures.csv?page=logic-model&year={LAST}&region={region}"
            whole, parts = counts(client, asked), Counter()
            for specification in specifications:
                narrowed = counts(client, f"{asked}&specification={specification}")
                assert [n for n in narrowed.values() if 0 < n < 5] == []
                parts.update(narrowed)
            for key, n in whole.items():
                assert n == 0 or n >= 5
                assert n - parts[key] == 0 or n - parts[key] >= 5
        transaction.set_rollback(True)


def counts(client, address: str) -> dict[tuple[str, str], int]:
    """How many answers each figure on trust is of: table and group to n."""
    lines = [line for line in read(client, address) if line["measure"] == "SURVEY_TRUST" and line["table"].startswith("Survey")]
    return {(line["table"], line["group"]): int(line["n"] or 0) for line in lines}
