"""A round put together at national size: its page, counting through the ORM, its lists, its export; over hand-written SQL."""

import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from qnt.bench.browser import Browser
from qnt.bench.measure import statements_of
from qnt.bench.national import FEW, Nation
from qnt.bench.registry import NATIONAL, Limits, Pair, Side, benchmark, on_both
from surveillance.models import Answer, Declaration, Round, SelfReport, Stage
from surveillance.queries import collation as queries
from surveillance.services.collation import count_round, counts_by_region

# Answers that count: of declared self-reports, but for suspended indicators (surveillance.suspension).
COUNTED = """
    FROM surveillance_answer an
    JOIN surveillance_selfreport r ON r.id = an.self_report_id
    JOIN surveillance_indicator i ON i.id = an.indicator_id
    JOIN surveillance_round ro ON ro.id = r.round_id
    JOIN surveillance_indicatorset st ON st.id = r.indicator_set_id
    {join}
    WHERE {rounds} AND r.declared_at IS NOT NULL AND st.is_counted
      AND (i.suspended_from IS NULL OR i.suspended_from > %(today)s
           OR (i.suspended_from > ro.check_by_date AND i.suspended_from > DATE(r.declared_at)))
"""
SERVICES = f"""
    WITH scores AS (
        SELECT r.id AS report, r.round_id, r.service_id, COUNT(CASE WHEN an.met THEN 1 END) AS met, COUNT(an.met) AS applicable,
               COUNT(CASE WHEN i.is_key AND NOT an.met THEN 1 END) AS keys
        {COUNTED.format(join="", rounds="r.round_id IN (%(this)s, %(last)s)")}
        GROUP BY r.id, r.round_id, r.service_id
    )
    SELECT s.region_id, sp.programme_id, COUNT(*), COUNT(r.declared_at),
           COUNT(CASE WHEN n.met < n.applicable THEN 1 END),
           COUNT(CASE WHEN n.met * 100 < st.threshold_percent * n.applicable THEN 1 END),
           COUNT(CASE WHEN n.met * 100 < st.visit_level_percent * n.applicable THEN 1 END),
           COUNT(CASE WHEN n.keys > 0 THEN 1 END),
           COUNT(CASE WHEN b.met * 1000 / NULLIF(b.applicable, 0) - n.met * 1000 / NULLIF(n.applicable, 0) >= 200 THEN 1 END),
           n.met * 1000 / NULLIF(n.applicable, 0)
    FROM surveillance_selfreport r
    JOIN surveillance_service s ON s.id = r.service_id
    JOIN surveillance_servicespecification sp ON sp.id = s.specification_id
    LEFT JOIN surveillance_indicatorset st ON st.id = r.indicator_set_id
    LEFT JOIN scores n ON n.report = r.id
    LEFT JOIN scores b ON b.service_id = r.service_id AND b.round_id = %(last)s
    WHERE r.round_id = %(this)s
    GROUP BY s.region_id, sp.programme_id, n.met * 1000 / NULLIF(n.applicable, 0)
"""  # noqa: S608 (no value of anybody's)
INDICATORS = f"""
    SELECT an.indicator_id, COUNT(CASE WHEN an.met THEN 1 END), COUNT(an.met)
    {COUNTED.format(join="", rounds="r.round_id = %(this)s")}
    GROUP BY an.indicator_id
    HAVING COUNT(CASE WHEN an.met THEN 1 END) < COUNT(an.met)
    ORDER BY COUNT(CASE WHEN an.met THEN 1 END) - COUNT(an.met), COUNT(an.met), an.indicator_id LIMIT 10
"""  # noqa: S608
ASSESSED = "LEFT JOIN surveillance_assessment v ON v.answer_id = an.id AND v.stage = 'VALIDATED'"
RESULT = "CASE WHEN v.id IS NOT NULL THEN v.met ELSE an.met END"
REACHED = "EXISTS (SELECT 1 FROM surveillance_score sc WHERE sc.self_report_id = r.id AND sc.stage = 'VALIDATED')"
BY_REGION = f"""
    SELECT s.region_id, an.indicator_id, COUNT(CASE WHEN {RESULT} THEN 1 END), COUNT({RESULT})
    {COUNTED.format(join=f"JOIN surveillance_service s ON s.id = r.service_id {ASSESSED}", rounds=f"r.round_id = %(this)s AND {REACHED}")}
    GROUP BY s.region_id, an.indicator_id
"""  # noqa: S608
LEAST_BYTES = 1_000_000
FIGURES = ("due", "declared", "below_100", "below_level", "below_visit", "key_not_met", "down")


def rows(sql: str, opened: Round) -> list[tuple[Any, ...]]:
    """What a statement gives for a round and the one before."""
    last = Round.objects.filter(year=opened.year - 1).values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(sql, {"this": opened.pk, "last": last, "today": timezone.localdate()})
        return cursor.fetchall()


def from_answers(opened: Round) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The figures of the round page out of the answers, in two statements."""
    return rows(SERVICES, opened), rows(INDICATORS, opened)


def check_page(nation: Nation) -> None:
    """Raise unless the page's figures are those of the answers."""
    kept = queries.counted_ahead(nation.opened, {"stage": Stage.SELF_ASSESSED})
    if kept is None:
        raise RuntimeError("Nothing was counted ahead.")
    came, (services, indicators) = kept.came_in({}), from_answers(nation.opened)
    summed = {name: sum(row[2 + place] for row in services) for place, name in enumerate(FIGURES)}
    if summed != {name: came.total[name] for name in FIGURES}:
        raise RuntimeError(f"From answers {summed}, from scores {came.total}")
    spread = {int(percent * 10): count for percent, count in came.percents}
    of_answers: dict[int, int] = {}
    for row in services:
        if row[-1] is not None:
            of_answers[row[-1]] = of_answers.get(row[-1], 0) + row[2]
    counted = queries.counted_most_not_met(nation.opened, Stage.SELF_ASSESSED, {}, None)
    if spread != of_answers or [(one.indicator_id, one.met, one.applicable) for one in counted] != indicators:
        raise RuntimeError("The spread or the indicators most often not met are not those of the answers.")


@benchmark(
    "round_page_4000",
    subject="Round page, 4,000 services",
    floor="the same figures from the answers in hand-written SQL",
    needs=NATIONAL,
    limits=Limits(
        ratio=on_both(0.15),
        statements=15,
        peak_mib=8,
        because="Scores carry their own figures and a job counts indicators, so the page reads 4,000 rows and not 300,000 answers.",
    ),
)
def round_page_4000(nation: Nation) -> Pair:
    count_round(round_id=nation.opened.pk)
    check_page(nation)
    browser, address = Browser(nation.national), f"/rounds/{nation.opened.year}/"
    return Pair(lambda: browser.get(address), lambda: from_answers(nation.opened))


@benchmark(
    "collation_orm",
    subject="Counting every indicator by region, validated, through the ORM",
    floor="the same in hand-written SQL",
    needs=NATIONAL,
    pair_count=7,
    limits=Limits(
        ratio=on_both(1.3),
        statements=5,
        peak_mib=24,
        because="The statement is the same; rows become tuples, and reports whose answers are being edited are read apart.",
    ),
)
def collation_orm(nation: Nation) -> Pair:
    answers = Answer.objects.all()
    counted = counts_by_region(answers, nation.opened, Stage.VALIDATED)
    if counted != {row[:2]: row[2:] for row in rows(BY_REGION, nation.opened) if row[3]}:
        raise RuntimeError("The ORM and the hand-written SQL count differently.")
    return Pair(lambda: counts_by_region(answers, nation.opened, Stage.VALIDATED), lambda: rows(BY_REGION, nation.opened))


def list_of(address: str) -> Callable[[Nation], Pair]:
    """The same list for somebody of 4,000 services and of 400: no more statements, hardly more time."""

    def prepare(nation: Nation) -> Pair:
        many, few = Browser(nation.national), Browser(nation.hub)
        path = address.format(year=nation.opened.year)

        def of(browser: Browser) -> Side:
            return lambda: browser.get(path)

        counts = [statements_of(of(browser)) for browser in (many, few, many, few)][2:]
        if counts[0] > counts[1]:  # fewer: England's choices of filters are kept for a minute
            raise RuntimeError(f"{path} takes {counts[0]} statements for 4,000 services and {counts[1]} for {FEW}.")
        return Pair(of(many), of(few))

    return prepare


LISTS = {
    "round_list": ("List of a round's self-reports", "/rounds/{year}/self-reports/"),
    "round_list_below_100": ("List of services under 100%", "/rounds/{year}/self-reports/?look=below_100"),
    "service_list": ("List of services", "/services/"),
    "decision_list": ("List of decisions", "/decisions/"),
    "action_list": ("List of actions", "/actions/"),
    "action_counts": ("Actions counted by owner", "/actions/counts/?by=owner"),
}
for list_name, (words, list_address) in LISTS.items():
    benchmark(
        f"{list_name}_4000_to_400",
        subject=f"{words}, 4,000 services",
        floor=f"the same page, {FEW} services",
        needs=NATIONAL,
        limits=Limits(ratio=on_both(1.2), statements=15, peak_mib=8, because="A page of 50 is drawn either way; only the sorting grows."),
    )(list_of(list_address))


def declared_content(opened: Round) -> None:
    """Read what was declared, one self-report after the other."""
    newest = Declaration.objects.filter(self_report=OuterRef("pk")).order_by("-declared_at", "-pk")
    reports = SelfReport.objects.filter(round=opened, declared_at__isnull=False).order_by("service_id")
    for content in reports.values_list(Subquery(newest.values("content")[:1]), flat=True).iterator(chunk_size=200):
        json.loads(content)


@benchmark(
    "answers_csv_4000",
    subject="Answers of a round as CSV, 4,000 services",
    floor="reading what was declared",
    needs=NATIONAL,
    pair_count=7,
    limits=Limits(
        ratio=on_both(8),
        statements=60,
        peak_mib=24,
        because="200 self-reports at a time: two statements each, and memory for these alone, however many follow.",
    ),
)
def answers_csv_4000(nation: Nation) -> Pair:
    browser, address = Browser(nation.national), f"/rounds/{nation.opened.year}/answers.csv"

    def download() -> None:
        size = sum(len(part) for part in browser.get(address).streaming_content)
        if size < LEAST_BYTES:
            raise RuntimeError(f"Only {size} bytes came.")

    return Pair(download, lambda: declared_content(nation.opened))
