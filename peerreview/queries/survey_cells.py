"""Answers to surveys in the smallest groups that may be shown: whatever adds up such groups shows nothing that they do not.

A group is one hub, procedure, track, half-year, side, survey and question, of 5 answers or more, by the rules of ``survey_results``.
Its parts by specification may be smaller: whoever shows them holds back what is.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from peerreview.models import Procedure, ReviewService, SurveyResponse
from peerreview.queries.survey_results import FEWEST, Half, are_enough, first_uncounted, half_of


@dataclass(frozen=True)
class SurveyPart:
    """The answers of a group about reviews under one specification; None: about reviews of services under several."""

    specification_id: int | None
    count: int
    total: Decimal
    review_count: int


@dataclass(frozen=True)
class SurveyCell:
    """So many answers to one question, added up. ``about`` is the principle, level or impact that the question asks about."""

    region_id: int
    procedure_id: int
    purpose: str
    half: Half
    side: str
    wave: str
    question: str
    about: str
    count: int
    total: Decimal
    parts: tuple[SurveyPart, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """How many answered surveys of a track are in no group that may be shown, by hub: their half-year is not over, or too few answered."""

    not_over: dict[int, int]
    too_few: dict[int, int]


Said = tuple[int, str, str, dict[str, object]]


def survey_cells(year: int, today: dt.date | None = None) -> list[SurveyCell]:
    """Every group of a calendar year that may be shown, in three statements; texts are never among them."""
    until = min(dt.date(year + 1, 1, 1), first_uncounted(today))
    given = SurveyResponse.objects.filter(answered_date__gte=dt.date(year, 1, 1), answered_date__lt=until).order_by("pk")
    columns = ("review__region", "review__procedure", "review__purpose", "review", "answered_date", "side", "wave", "answers")
    groups: dict[tuple[int, int, str, Half], list[Said]] = defaultdict(list)
    reviews: dict[tuple[int, int, str, Half], set[int]] = defaultdict(set)
    for region, procedure, purpose, review, day, side, wave, answers in given.values_list(*columns):
        key = (region, procedure, purpose, half_of(day))
        groups[key].append((review, side, wave, answers))
        reviews[key].add(review)
    surveys = dict(Procedure.objects.filter(pk__in={key[1] for key in groups}).values_list("pk", "survey"))
    specifications = _specifications({review for found in reviews.values() for review in found})
    found = []
    for key, said in groups.items():
        if are_enough(key[2], len(reviews[key])):
            found += _cells(key, said, surveys[key[1]], specifications)
    return found


def left_out(year: int, purpose: str, today: dt.date | None = None) -> LeftOut:
    """The answered surveys of a calendar year and a track that ``survey_cells`` leaves out whole, in one statement."""
    until = first_uncounted(today)
    given = SurveyResponse.objects.filter(answered_date__year=year, review__purpose=purpose).order_by("pk")
    not_over: dict[int, int] = defaultdict(int)
    groups: dict[tuple[int, int, Half], list[tuple[int, str, str]]] = defaultdict(list)
    columns = ("review__region", "review__procedure", "answered_date", "review", "side", "wave")
    for region, procedure, day, review, side, wave in given.values_list(*columns):
        if day >= until:
            not_over[region] += 1
        else:
            groups[region, procedure, half_of(day)].append((review, side, wave))
    too_few: dict[int, int] = defaultdict(int)
    for (region, _, _), said in groups.items():
        sides = Counter((side, wave) for _, side, wave in said)
        is_enough = are_enough(purpose, len({review for review, _, _ in said}))
        too_few[region] += sum(count for count in sides.values() if count < FEWEST or not is_enough)
    return LeftOut(dict(not_over), {region: count for region, count in too_few.items() if count})


def _specifications(review_ids: set[int]) -> dict[int, int | None]:
    """Review to the specification of its services; None where they are under several."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = ReviewService.objects.filter(review__in=review_ids).values_list("review", "service__specification")
    for review, specification in rows.order_by("pk"):
        found[review].add(specification)
    return {review: next(iter(ones)) if len(ones) == 1 else None for review, ones in found.items()}


def _cells(
    key: tuple[int, int, str, Half], said: list[Said], survey: list[dict[str, str]], specifications: dict[int, int | None]
) -> list[SurveyCell]:
    values: dict[tuple[str, str, str, str], list[tuple[int, Decimal]]] = defaultdict(list)
    for review, side, wave, answers in said:
        for question in survey:
            if question["answer"] != "TEXT" and question["code"] in answers:
                values[side, wave, question["code"], question["about"]].append((review, Decimal(str(answers[question["code"]]))))
    return [
        SurveyCell(*key, side, wave, code, about, len(given), _sum(given), tuple(_parts(given, specifications)))
        for (side, wave, code, about), given in sorted(values.items())
        if len(given) >= FEWEST
    ]


def _sum(given: list[tuple[int, Decimal]]) -> Decimal:
    return sum((number for _, number in given), Decimal(0))


def _parts(given: list[tuple[int, Decimal]], specifications: dict[int, int | None]) -> Iterator[SurveyPart]:
    """The answers of a group by specification: each answer is in one part."""
    apart: dict[int | None, list[tuple[int, Decimal]]] = defaultdict(list)
    for review, number in given:
        apart[specifications.get(review)].append((review, number))
    for specification in sorted(apart, key=lambda pk: (pk is None, pk or 0)):
        part = apart[specification]
        yield SurveyPart(specification, len(part), _sum(part), len({review for review, _ in part}))
