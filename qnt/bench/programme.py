"""The programme evaluation at national size: every page and download of it, over the same figures or rows in hand-written SQL."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from accounts.permissions import Role
from peerreview.models import AUDIENCE_OF_ROLE, Review
from qnt.bench.browser import Browser
from qnt.bench.national import Nation
from qnt.bench.registry import NATIONAL, Limits, Pair, Side, benchmark, on_both
from qnt.programme.definitions import Group, Kind
from qnt.programme.measures import DEFINITIONS
from qnt.programme.models import ProgrammeFact, ProgrammeYear
from qnt.programme.services import count_year
from qnt.programme.tables import MODEL

SUMS = """
    SELECT measure, year, {by}, COUNT(*), SUM(value), SUM(weight)
    FROM qnt_programmefact
    WHERE year IN (%(this)s, %(last)s) AND NOT is_learning AND measure IN ({codes})
    GROUP BY measure, year, {by}
"""
VALUES = """
    SELECT measure, year, {by}, value
    FROM qnt_programmefact
    WHERE year IN (%(this)s, %(last)s) AND NOT is_learning AND measure IN ({codes})
"""
ROWS = """
    SELECT fact.measure, fact.definition_version, fact.year, fact.half, fact.unit_id, fact.day, region.code, followed.code,
        followed.version, fact.kind, fact.service_id, provider.code, specification.number, indicators.code, indicators.version, fact.side,
        fact.detail, fact.choice, fact.value, fact.weight, fact.allowed
    FROM (
        SELECT id, measure, definition_version, year, half, unit_id, day, region_id, procedure_id, kind, service_id, indicator_set_id, side,
            detail, choice, value, weight, "limit" AS allowed
        FROM qnt_programmefact
        WHERE {where} AND NOT is_learning
    ) AS fact
    LEFT JOIN accounts_organisation region ON region.id = fact.region_id
    LEFT JOIN peerreview_procedure followed ON followed.id = fact.procedure_id
    LEFT JOIN surveillance_service service ON service.id = fact.service_id
    LEFT JOIN accounts_organisation provider ON provider.id = service.provider_id
    LEFT JOIN surveillance_servicespecification specification ON specification.id = service.specification_id
    LEFT JOIN surveillance_indicatorset indicators ON indicators.id = fact.indicator_set_id
    ORDER BY fact.{order}
"""
TRAINED = """
    SELECT person.id, person.name, place.name, course.name, record.expires_date
    FROM accounts_membership held
    JOIN accounts_user person ON person.id = held.user_id
    JOIN accounts_organisation place ON place.id = held.organisation_id
    JOIN peerreview_trainingrecord record ON record.user_id = person.id
    JOIN peerreview_course course ON course.id = record.course_id
    WHERE held.role IN ({roles}) AND held.to_date IS NULL
    ORDER BY place.name, person.name
"""
FROZEN = """
    SELECT publication.content FROM qnt_annualpublication publication
    JOIN qnt_annualreport report ON report.id = publication.report_id
    JOIN qnt_programmeyear counted ON counted.id = report.year_id
    WHERE counted.year = %(before)s
"""
NOT_SEEDED = "The site has no such rows. Drop the database and seed it anew: make bench-national"


def years() -> dict[str, int]:
    """The year that is shown, the one before, and this one; SQL names its years by these."""
    year = timezone.localdate().year
    return {"this": year, "last": year - 1, "before": year - 2}


def asked(*statements: str) -> Callable[[], list[tuple[Any, ...]]]:
    """Runs the statements and reads all their rows."""

    def read() -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        with connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql, years())
                rows += cursor.fetchall()
        return rows

    return read


def listed(words: Any) -> str:
    """Codes as SQL lists them."""
    return ", ".join(f"'{word}'" for word in words)


def sums(codes: list[str], by: str) -> Callable[[], list[tuple[Any, ...]]]:
    """The sums of some measures of two years, and the single values of their medians, in two statements."""
    medians = [one.code for one in DEFINITIONS if one.kind is Kind.MEDIAN and one.code in codes]
    statements = [(SUMS, codes), (VALUES, medians)] if medians else [(SUMS, codes)]
    return asked(*(sql.format(by=by, codes=listed(wanted)) for sql, wanted in statements))


def rows_of(where: str, order: str = "year, fact.measure, fact.id") -> Callable[[], list[tuple[Any, ...]]]:
    """Rows behind figures with the codes that stand for what they point to."""
    return asked(ROWS.format(where=where, order=order))


def first_fifty() -> list[tuple[Any, ...]]:
    """How many rows one figure has, what they add up to, and the newest fifty of them."""
    where = "measure = 'BURDEN_HOURS' AND year = %(last)s"
    added = f"SELECT COUNT(*), SUM(value) FROM qnt_programmefact WHERE {where}"  # noqa: S608 (nobody's words)
    newest = ROWS.format(where=where, order="day DESC, fact.id DESC") + " LIMIT 50"
    return asked(added, newest)()


def frozen_content() -> list[Any]:
    """The published report as it is kept, read and parsed."""
    return [json.loads(content) for (content,) in asked(FROZEN)()]


CODES = {group: [one.code for one in DEFINITIONS if one.group is group] for group in Group}
OF_MODEL = [*CODES[Group.LOGIC_MODEL], *(code for codes in MODEL.values() for code in codes if not code.startswith("SURVEY_"))]
OF_DOMAINS = [one.code for one in DEFINITIONS if one.domain]
OF_LEARNING = [*CODES[Group.LEARNING], *CODES[Group.THEMES]]
EVERY = [one.code for one in DEFINITIONS]
TRAINEES = [*AUDIENCE_OF_ROLE, Role.NATIONAL_LEAD]
IN_SQL = "the sums and single values that it shows, in hand-written SQL"
ROWS_IN_SQL = "the same rows in hand-written SQL"
PEOPLE_IN_SQL = "people with their courses, in hand-written SQL"
COUNTED_AHEAD = "Rows are counted ahead; the page adds them up in the database and draws its tables and charts around that."
FEW_ROWS = "What it adds up is few rows, read in some milliseconds; the rest is drawing the page, with reviews for learning apart."


@dataclass(frozen=True)
class Page:
    """A page or a file for somebody who reads all of England; ``{last}`` and such in ``address`` are years, ``{review}`` a review."""

    words: str
    address: str
    floor: Callable[[], list[Any]]
    floor_words: str = IN_SQL
    ratio: float = 12
    peak_mib: float = 16
    because: str = COUNTED_AHEAD


PAGES = {
    "domains": Page("Eight domains", "/programme/?year={last}", sums(OF_DOMAINS, "is_learning")),
    "fidelity": Page("Fidelity", "/programme/fidelity/?year={last}", sums(CODES[Group.FIDELITY], "region_id"), ratio=24, because=FEW_ROWS),
    "reviews": Page("Reviews with their checklists", "/programme/fidelity/reviews/?year={last}", sums(CODES[Group.FIDELITY], "review_id")),
    "lead_times": Page("Lead times", "/programme/lead-times/?year={last}", sums(CODES[Group.LEAD_TIMES], "kind, region_id"), ratio=20),
    "burden": Page("Burden", "/programme/burden/?year={last}", sums(CODES[Group.BURDEN], "service_id")),
    "logic_model": Page("Logic model", "/programme/logic-model/?year={last}", sums(OF_MODEL, "half, side")),
    "learning": Page("Learning", "/programme/learning/?year={last}", sums(OF_LEARNING, "is_learning"), ratio=24, because=FEW_ROWS),
    "spread": Page("Spread of judgements", "/programme/spread/?year={last}", sums(CODES[Group.SPREAD], "detail, choice")),
    "rows": Page("Rows behind one figure", "/programme/rows/?measure=BURDEN_HOURS&year={last}", first_fifty, ROWS_IN_SQL),
    "training": Page(
        "Register of training", "/programme/training/", asked(TRAINED.format(roles=listed(TRAINEES))), PEOPLE_IN_SQL, ratio=50,
        because="Every person of every hub is read, since the counts by hub are of all; 50 lines of them are drawn.",
    ),
    "report_draft": Page(
        "Annual report, a draft", "/programme/reports/{last}/", sums(EVERY, "kind, region_id"),
        because="Nine parts show the same sums, which are read once; what is dear is drawing 160 kB of tables.",
    ),
    "report_public": Page(
        "Annual report in the library", "/library/programme/{before}/", frozen_content, "its frozen content, read and parsed", ratio=200,
        because="Drawing the page from frozen content is the work; the floor draws nothing.",
    ),
    "figures_csv": Page("Figures of burden as CSV", "/programme/figures.csv?page=burden&year={last}",
                        sums(CODES[Group.BURDEN], "service_id")),
    "figures_xlsx": Page("Figures of the logic model as Excel", "/programme/figures.xlsx?page=logic-model&year={last}",
                         sums(OF_MODEL, "half, side"), ratio=20, because="A workbook is written around the same sums."),
    "rows_csv": Page(
        "All rows of two years as CSV", "/programme/rows.csv?year={this}", rows_of("year IN (%(this)s, %(last)s)"), ROWS_IN_SQL, ratio=12,
        because="2,000 rows at a time, however many follow.",
    ),
    "training_csv": Page(
        "Register of training as CSV", "/programme/training/register.csv", asked(TRAINED.format(roles=listed(TRAINEES))), PEOPLE_IN_SQL,
        ratio=50, because="A line for each person in a role and each course.",
    ),
}  # fmt: skip


def pair_of(page: Page) -> Callable[[Nation], Pair]:
    """The page over its floor; years that nobody counted are counted first."""

    def prepare(nation: Nation) -> Pair:
        this = years()["this"]
        for missing in {this - 1, this} - set(ProgrammeYear.objects.filter(counted_at__isnull=False).values_list("year", flat=True)):
            count_year(year=missing)
        if not page.floor():
            raise RuntimeError(NOT_SEEDED)
        browser, address = Browser(nation.national), page.address.format(**years())
        return Pair(lambda: whole(browser.get(address)), page.floor)

    return prepare


def whole(response: Any) -> int:
    """How long an answer is, also where it comes in parts."""
    return sum(map(len, response.streaming_content)) if response.streaming else len(response.content)


for page_name, one in PAGES.items():
    benchmark(
        f"programme_{page_name}_national",
        subject=f"{one.words} of the programme, all of England",
        floor=one.floor_words,
        needs=NATIONAL,
        pair_count=7,
        limits=Limits(ratio=on_both(one.ratio), statements=15, peak_mib=one.peak_mib, because=one.because),
    )(pair_of(one))


@benchmark(
    "programme_checklist_national",
    subject="Checklist of one review of the programme",
    floor="counting the points of the same review in SQL",
    needs=NATIONAL,
    pair_count=7,
    limits=Limits(
        ratio=on_both(400),
        statements=15,
        peak_mib=8,
        because="It is worked out anew from the record, in a statement for each kind of row; the floor is one number.",
    ),
)
def programme_checklist_national(nation: Nation) -> Pair:
    newest = ProgrammeFact.objects.filter(measure="FID_NOTICE", is_learning=False).aggregate(review=Max("review"))["review"]
    review = Review.objects.get(pk=newest)
    browser, address = Browser(nation.national), f"/programme/fidelity/reviews/{review.pk}/"
    read: Side = asked(f"SELECT SUM(value), COUNT(*) FROM qnt_programmefact WHERE review_id = {review.pk} AND measure LIKE 'FID%%'")  # noqa: S608
    return Pair(lambda: browser.get(address), read)
