"""Every figure of the programme's files follows from the rows that can be taken away, by arithmetic that is not the site's."""

import io
from collections import Counter, defaultdict

import openpyxl
import pytest
from django.core.cache import caches
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.permissions import Role
from tests.factories.accounts import person
from tests.factories.programme import YEAR, counted, fact, held_review, hub, national, service_in
from tests.programme.recomputing import KINDS, REVIEW_KINDS, check_every_figure, read

pytestmark = pytest.mark.django_db

PLAIN = [code for code, kind in KINDS.items() if kind != "Spread"]
ROW = st.tuples(
    st.sampled_from(PLAIN), st.integers(0, 1), st.integers(0, 2), st.sampled_from(sorted(REVIEW_KINDS.values())), st.integers(0, 90),
    st.integers(5, 40), st.sampled_from((1, 2)), st.sampled_from(("SERVICE", "TEAM")),
)  # fmt: skip


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(ROW, min_size=1, max_size=60))
def test_every_figure_follows_from_the_exported_rows(signed_in, drawn):
    with transaction.atomic():
        caches["local"].clear()  # the hubs of the example before
        regions, lead = [hub(f"Hub {letter}") for letter in "ABC"], national()
        services = [service_in(region) for region in regions]
        reviews = [held_review(service, by=lead) for service in services]
        counted()
        for code, back, place, kind, value, weight, half, side in drawn:
            is_share, is_mean = KINDS[code] == "Share", KINDS[code] == "Mean"
            columns = {"weight": weight if is_mean or code == "BURDEN_SAVED" else 1, "year": YEAR - back, "half": half}
            columns |= {"side": side} if is_mean else {"kind": kind, "review": reviews[place]} if code.startswith("LEAD") else {}
            columns |= {"service": services[place]} if code.startswith("BURDEN") else {}
            shown = min(value, columns["weight"]) if is_share else value
            fact(code, regions[place], shown, procedure=reviews[place].procedure, **columns)

        check_every_figure(signed_in(lead), YEAR)
        transaction.set_rollback(True)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.integers(0, 12), min_size=3, max_size=3), st.lists(st.booleans(), min_size=40, max_size=40))
def test_no_hub_can_work_a_small_group_of_another_out(signed_in, counts, met):
    """Everything that a hub manager can take away about other hubs: no difference of England and parts is a group under 5."""
    with transaction.atomic():
        caches["local"].clear()  # the hubs of the example before
        regions = [hub(f"Hub {letter}") for letter in "ABC"]
        counted()
        values = iter(met)
        for region, count in zip(regions, counts, strict=True):
            for _ in range(count):
                fact("FID_NOTICE", region, int(next(values)))
        reader = person(Role.HUB_MANAGER, regions[0])
        lines = [line for line in read(signed_in(reader), "/programme/figures.csv?page=fidelity") if line["measure"] == "FID_NOTICE"]
        shown = {line["group"]: int(line["n"] or 0) for line in lines if line["table"] == "Between hubs"}

        others = Counter(count for group, count in shown.items() if group.startswith("Other hub"))
        hidden = Counter(counts[1:]) - others
        assert not others - Counter(counts[1:])
        assert all(count >= 5 for count in others)
        assert not {region.name for region in regions[1:]} & set(shown)
        if shown.get("England"):
            held_back = [count for count in hidden.elements() if count]
            assert not held_back or sum(held_back) >= 5
            held_from_anybody = Counter(counts) - Counter(shown[group] for group in shown if group != "England")
            assert not sum(held_from_anybody.elements()) or sum(held_from_anybody.elements()) >= 5
        transaction.set_rollback(True)


def test_spread_follows_from_the_exported_rows(signed_in):
    region, client = hub(), signed_in(national())
    counted()
    for n in range(7):
        fact("SPREAD_OPTIONS", region, detail="80 to 89%", choice="Option 1" if n < 4 else "Option 2")
    for _ in range(3):
        fact("SPREAD_OPTIONS", region, detail="90 to 99%", choice="Option 3")

    counts: dict[str, int] = defaultdict(int)
    for row in read(client, "/programme/rows.csv"):
        counts[f"{row['detail']}: {row['choice']}"] += 1
    lines = {line["group"]: line["figure"] for line in read(client, "/programme/figures.csv?page=spread")}

    assert lines == {"80 to 89%: Option 1": "4 of 7", "80 to 89%: Option 2": "3 of 7", "90 to 99%": "Fewer than 5: not shown"}
    assert (counts["80 to 89%: Option 1"], counts["80 to 89%: Option 2"]) == (4, 3)


def test_figures_of_a_known_year_are_all_compared(signed_in):
    region, lead = hub("Hub A"), national()
    review = held_review(service_in(region), by=lead)
    counted()
    for n in range(6):
        held = review if n == 0 else held_review(service_in(region), by=lead)
        fact("FID_NOTICE", region, n % 2, review=held, unit_id=held.pk)
        fact("LEAD_FINAL", region, 20 + n, kind="TARGETED", review=review)
        fact("SURVEY_TRUST", region, 30, weight=7, side="TEAM", half=2)

    # Fidelity with its hub and England and as a point of each review, a lead time with both, trust in its half-year, in its domain and
    # in its column.
    assert check_every_figure(signed_in(lead), YEAR) == 3 + 6 + 3 + 3


def test_workbook_holds_a_sheet_for_each_table_and_the_definitions(signed_in):
    region, client = hub(), signed_in(national())
    counted()
    for n in range(6):
        fact("FID_NOTICE", region, n % 2)

    response = client.get("/programme/figures.xlsx?page=fidelity")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))

    assert book.sheetnames == ["Fidelity", "Between hubs", "About this workbook"]
    lines = [
        dict(zip([cell.value for cell in book["Fidelity"][1]], [cell.value for cell in row], strict=True))
        for row in book["Fidelity"].iter_rows(min_row=2)
    ]
    notice = next(line for line in lines if line["measure"] == "FID_NOTICE" and line["year"] == YEAR)
    assert (notice["n"], notice["number"], notice["figure"], notice["definition_version"]) == (6, 50, "3 of 6 (50%)", 1)
    terms = [row[0].value for row in book["About this workbook"].iter_rows(min_row=2)]
    assert "FID_NOTICE, version 1 since 2024" in terms


def test_definitions_are_a_file_too(signed_in):
    lines = read(signed_in(national()), "/programme/definitions.csv")

    notice = next(line for line in lines if line["code"] == "FID_NOTICE")
    assert (notice["title"], notice["kind"], notice["version"]) == ("Notice given in time", "Share", "1")
    assert len(lines) == len(KINDS)
