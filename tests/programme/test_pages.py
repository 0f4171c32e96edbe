"""The pages of the programme: what they say, whose rows they show, how many statements they take."""

import datetime as dt
import uuid

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Role
from accounts.templatetags.qnt_tags import month_date
from peerreview.models import Procedure
from qnt.bench.programme import whole
from qnt.programme import services
from qnt.programme.choice import CACHE_KEY
from qnt.programme.measures import DEFINITIONS, NOT_COUNTED_BY
from qnt.programme.models import ContextNote
from qnt.programme.tables import TABLES
from tests.factories.accounts import person
from tests.factories.programme import YEAR, counted, fact, facts, held_review, hub, national, service_in
from work.models import Job

pytestmark = pytest.mark.django_db

PAGES = (
    "programme_domains", "programme_fidelity", "programme_reviews", "programme_lead_times", "programme_burden", "programme_logic_model",
    "programme_learning", "programme_spread", "programme_definitions",
)  # fmt: skip
MOST_STATEMENTS = 15


def text_of(response) -> str:
    """The page's words, spaces made even."""
    return " ".join(response.content.decode().split())


def fill(count: int, region, service, by) -> None:
    """``count`` rows of everything that pages list."""
    counted()
    for n in range(count):
        review = held_review(service, by=by, days_ago=3)
        for code in ("FID_NOTICE", "FID_FINAL", "STA_VIEWS", "LEARN_PLEDGES"):
            fact(code, region, n % 2, review=review, procedure=review.procedure, kind=review.kind)
        fact("LEAD_VISIT", region, 40 + n, review=review, procedure=review.procedure, kind="TARGETED", limit=50)
        for code in ("BURDEN_HOURS", "BURDEN_FILES"):
            fact(code, region, 10 + n, service=service)
        fact("SPREAD_OPTIONS", region, detail="80 to 89%", choice="Option 1", service=service)
        fact("SPREAD_CATEGORIES", region, detail="1 There is a lead", choice="Concern", review=review, service=service)
        fact("SURVEY_TRUST", region, 30, weight=8, side="TEAM", detail="FIRST TRUSTED", procedure=review.procedure)
        fact("DIR_ON_TIME", region, n % 2, service=service)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("is_national", [True, False], ids=["national", "hub"])
def test_page_takes_the_same_few_statements_for_1_row_and_for_many(name, is_national, signed_in, django_assert_max_num_queries):
    region = hub()
    service, lead = service_in(region), national()
    reader = lead if is_national else person(Role.HUB_MANAGER, region)
    client, address = signed_in(reader), reverse(name)
    taken = []
    for count in (1, 12):
        fill(count, region, service, lead)
        client.get(address)  # choices of filters are kept for a minute
        with django_assert_max_num_queries(MOST_STATEMENTS) as asked:
            response = client.get(address)
        assert response.status_code == 200
        taken.append(len(asked))

    assert taken[0] == taken[1]


FILES = (
    "/programme/rows/?measure=BURDEN_HOURS", "/programme/rows.csv", "/programme/rows.xlsx?measure=BURDEN_HOURS",
    "/programme/definitions.csv", *(f"/programme/figures.csv?page={page}" for page in TABLES),
    *(f"/programme/figures.xlsx?page={page}" for page in TABLES),
)  # fmt: skip


@pytest.mark.parametrize("address", FILES)
def test_file_takes_the_same_few_statements_for_1_row_and_for_many(address, signed_in, django_assert_max_num_queries):
    region = hub()
    service, lead = service_in(region), national()
    client, taken = signed_in(lead), []
    for count in (1, 12):
        fill(count, region, service, lead)
        whole(client.get(address))  # choices of filters are kept for a minute
        with django_assert_max_num_queries(MOST_STATEMENTS) as asked:
            response = client.get(address)
            assert (response.status_code, whole(response) > 0) == (200, True)
        taken.append(len(asked))

    assert taken[0] == taken[1]


@pytest.mark.parametrize("name", PAGES)
def test_page_without_any_row_says_so(name, signed_in):
    response = signed_in(national()).get(reverse(name))

    assert response.status_code == 200
    assert f"The figures of {YEAR} have not been counted yet." in text_of(response)


def test_page_says_which_domains_are_empty_and_what_would_fill_them(signed_in):
    region = hub()
    counted()
    facts("DIR_ON_TIME", region, [1, 1, 1, 1, 0])

    page = text_of(signed_in(national()).get(reverse("programme_domains")))

    assert "Actions done on time: 4 of 5 (80%)." in page
    assert "No data for Systemic: nothing was recorded." in page
    assert "Lateral. What would fill it: Learning cards that other services take up, and exchanges after a visit." in page


def test_hub_reads_its_own_rows_and_nobody_else_s(signed_in):
    own, other = hub("Illustrative own hub"), hub("Illustrative other hub")
    counted()
    facts("DIR_ON_TIME", own, [1] * 5)
    facts("DIR_ON_TIME", other, [0] * 7)
    client = signed_in(person(Role.HUB_MANAGER, own))

    page = text_of(client.get(reverse("programme_domains")))
    rows = text_of(client.get(reverse("programme_rows"), {"measure": "DIR_ON_TIME", "region": other.pk}))
    lines = b"".join(client.get(reverse("programme_rows_csv"), {"region": other.pk}).streaming_content).decode().splitlines()

    assert "5 of 5 (100%)" in page
    assert "of 12" not in page + rows
    assert "Illustrative other hub" not in rows
    assert len(lines) == 1 + 5


def test_comparison_between_hubs_holds_back_what_a_hub_could_work_out(signed_in):
    own, other, third = hub(), hub(), hub()
    counted()
    facts("FID_NOTICE", own, [1] * 8)
    facts("FID_NOTICE", other, [0, 1, 1])
    facts("FID_NOTICE", third, [1] * 6 + [0] * 4)
    address = reverse("programme_figures_csv") + "?page=fidelity"

    def figures(user):
        lines = b"".join(signed_in(user).get(address).streaming_content).decode().splitlines()
        return sorted(line.split(",")[-1] for line in lines if line.startswith("Between hubs"))

    # 21 in all less 8 of its own and 10 of the third leaves the 3 of the other: so the third hub is held back for the total. The
    # national lead reads every row, but may hand the file on: there the smallest that is none of 5 goes.
    assert figures(person(Role.HUB_MANAGER, own)) == ["16 of 21 (76%)", "8 of 8 (100%)"]
    assert figures(national()) == ["16 of 21 (76%)", "6 of 10 (60%)"]


def test_hub_gets_no_comparison_that_a_filter_narrows(signed_in):
    own, other = hub(), hub()
    counted()
    facts("FID_NOTICE", own, [1] * 8)
    facts("FID_NOTICE", other, [1] * 6 + [0])
    address = reverse("programme_fidelity")

    page = text_of(signed_in(person(Role.HUB_MANAGER, own)).get(address, {"procedure": "SMALL_NETWORK"}))

    assert "Hubs are compared over a whole year only." in page
    assert "6 of 7" not in page


def test_filters_stand_in_the_address_and_narrow_the_figures(signed_in):
    region, lead = hub(), national()
    service, elsewhere = service_in(region), service_in(region)
    counted()
    facts("DIR_ON_TIME", region, [1] * 5, service=service)
    facts("DIR_ON_TIME", region, [0] * 5, service=elsewhere)
    for _ in range(5):
        review = held_review(service, by=lead)
        fact("STA_VIEWS", region, 2, review=review, procedure=review.procedure)
    client = signed_in(lead)

    def figures(**query):
        response = client.get(reverse("programme_figures_csv"), {"page": "domains"} | query)
        lines = b"".join(response.streaming_content).decode().splitlines()
        return {line.split(",")[2]: line.split(",")[-1] for line in lines if f",{YEAR}," in line and line.split(",")[-1][0].isdigit()}

    assert figures() == {"DIR_ON_TIME": "5 of 10 (50%)", "STA_VIEWS": "10 views (5 reviews)"}
    assert figures(specification=service.specification_id) == {"DIR_ON_TIME": "5 of 5 (100%)", "STA_VIEWS": "10 views (5 reviews)"}
    assert figures(procedure="SMALL_NETWORK") == {"STA_VIEWS": "10 views (5 reviews)"}
    assert figures(procedure="RAPID") == {}
    assert figures(year=YEAR - 1) == {}


def test_checklist_of_a_review_is_worked_out_from_its_record(signed_in):
    region, lead = hub(), national()
    review = held_review(service_in(region), by=lead)

    page = text_of(signed_in(person(Role.HUB_MANAGER, region)).get(reverse("programme_checklist", args=[review.pk])))

    assert "of 10 points met" not in page
    assert "The procedure asks for 50." in page
    assert "No view of a patient or carer reached the team." in page


def test_learning_review_has_no_row_no_checklist_and_no_figure_before_its_year_is_published(signed_in):
    region, lead = hub(), national()
    service = service_in(region)
    reviews = [held_review(service, by=lead, purpose="IMPROVEMENT", title=f"CANARY learning {n}") for n in range(6)]
    counted()
    for review in reviews:
        fact("LEARN_PLEDGES", region, 1, review=review, is_learning=True)
        fact("FID_NOTICE", region, 1, review=review, is_learning=True)
    client = signed_in(lead)
    addresses = [reverse(name) for name in PAGES]
    addresses += [f"{reverse('programme_rows')}?measure={code}" for code in ("LEARN_PLEDGES", "FID_NOTICE")]
    addresses += [reverse("programme_rows_csv"), *(f"{reverse('programme_figures_csv')}?page={page}" for page in ("learning", "fidelity"))]

    for address in addresses:
        response = client.get(address)
        text = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
        assert response.status_code == 200
        assert "CANARY" not in text
        assert "6 of 6" not in text
    assert client.get(reverse("programme_checklist", args=[reviews[0].pk])).status_code == 404


def test_learning_figures_of_a_published_year_need_5_reviews_and_take_no_filter(signed_in):
    region, lead = hub(), national()
    service = service_in(region)
    year = YEAR - 1
    state = counted(year)
    reviews = [held_review(service, by=lead, purpose="IMPROVEMENT", days_ago=400) for _ in range(6)]
    for n, review in enumerate(reviews):
        fact("LEARN_PLEDGES", region, n % 2, year=year, review=review, is_learning=True)
        fact("LEARN_EXCHANGES", region, 1, year=year, review=reviews[n % 2], is_learning=True)
    state.published_at, state.published_by, state.facts_hash = timezone.now(), lead, "0" * 64
    state.save()
    client, address = signed_in(lead), reverse("programme_learning")

    whole = text_of(client.get(address, {"year": year}))
    narrowed = text_of(client.get(address, {"year": year, "region": hub().pk, "procedure": "RAPID"}))

    assert "3 of 6 (50%)" in whole
    assert "3 of 6 (50%)" in narrowed
    assert "6 of 6" not in whole  # six exchanges of two reviews


# Filters that a measure is not counted by, and the rows behind ---------------------------------------------------------
def narrow(client, name: str, **query: object):
    """A page under filters, the choices of which are read anew."""
    caches["local"].delete(CACHE_KEY)
    return text_of(client.get(reverse(name), {"year": YEAR} | query))


def test_a_measure_that_a_filter_does_not_count_by_says_so_on_pages_and_in_files(signed_in):
    region = hub()
    service = service_in(region)
    for code in ("BURDEN_HOURS", "BURDEN_FILES", "SPREAD_OPTIONS"):
        facts(code, region, [3] * 6, service=service, detail="80 to 89%", choice="Option 1")
    facts("THEMES_FOUND", region, [1] * 6)
    client, by_procedure = signed_in(national()), {"procedure": "VIRTUAL"}

    burden = narrow(client, "programme_burden", **by_procedure)
    assert burden.count("Not counted by procedure") == 9  # four measures of two years, and the table beneath
    assert "No data" not in burden
    assert "Not counted by procedure. Remove that filter to see the rows." in narrow(
        client, "programme_rows", measure="BURDEN_HOURS", **by_procedure
    )
    assert "Not counted by procedure. Remove that filter to see the figures." in narrow(client, "programme_spread", **by_procedure)
    learning = narrow(client, "programme_learning", specification=service.specification_id)
    assert learning.count("Not counted by specification") == 4
    assert "3 hours" in narrow(client, "programme_burden", specification=service.specification_id)
    file = client.get(reverse("programme_figures_csv"), {"page": "burden", "year": YEAR} | by_procedure)
    lines = b"".join(file).decode().splitlines()[1:]
    assert [line.rsplit(",", 1)[1] for line in lines] == ["Not counted by procedure"] * 8


def test_measures_that_no_procedure_or_specification_counts_are_named():
    known = {one.code for one in DEFINITIONS}

    assert [name for name, codes in NOT_COUNTED_BY.items() if codes - known] == []


def test_rows_of_a_survey_say_question_and_half_year(signed_in):
    region = hub()
    procedure = Procedure.objects.get(code="VIRTUAL", status="PUBLISHED")
    question = next(one for one in procedure.survey if one["code"] == "DIFFICULT")
    fact("SURVEY_TRUST", region, 30, weight=8, side="TEAM", detail="FIRST DIFFICULT", procedure=procedure, half=2, day=dt.date(YEAR, 7, 1))

    page = narrow(signed_in(national()), "programme_rows", measure="SURVEY_TRUST")

    assert f"First survey: {question['text'].removesuffix('.')}" in page
    assert f"July to December {YEAR}" in page
    assert [gone for gone in ("DIFFICULT", "1 July", "Group of answers 1") if gone in page] == []


def test_survey_is_drawn_with_both_sides_of_the_newest_half_year_and_never_of_fewer_than_5(signed_in):
    region = hub()
    counted()
    for half, side, total, answers in ((1, "SERVICE", 30, 10), (1, "TEAM", 45, 10), (2, "TEAM", 12, 3)):
        fact("SURVEY_TRUST", region, total, weight=answers, side=side, detail="FIRST TRUSTED", half=half)

    page = narrow(signed_in(national()), "programme_logic_model")

    assert "Compliance reviews, January to June: both sides" in page
    assert "furthest apart on trust: the service 3.0, the visiting team 4.5." in page
    assert "Compliance reviews, July to December" not in page


@pytest.mark.parametrize(("days", "closes"), [(10, "closes"), (-10, "closed")])
def test_rows_of_a_round_say_when_it_closes(days, closes, signed_in):
    region, day = hub(), timezone.localdate() + dt.timedelta(days=days)
    fact("BURDEN_HOURS", region, 5, service=service_in(region), day=day)

    page = narrow(signed_in(national()), "programme_rows", measure="BURDEN_HOURS")

    assert f"Round of {YEAR}, which {closes} on {month_date(day)}" in page


# The way between pages ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("role", "shows"), [(Role.HUB_MANAGER, True), (Role.HUB_OFFICER, False)])
def test_training_has_the_way_between_pages_for_who_reads_the_programme(role, shows, signed_in):
    page = text_of(signed_in(person(role, hub())).get(reverse("peerreview:training_register")))

    assert ('aria-label="Parts of the programme evaluation"' in page) is shows
    assert (f'href="{reverse("programme_domains")}">Programme evaluation</a>' in page.split("<main")[0]) is shows


# Notes ----------------------------------------------------------------------------------------------------------------
def write(client, year=YEAR, **fields):
    """Send the form of a new note."""
    sent = {"domain": "OUTER", "text": "A cold winter.", "client_id": str(uuid.uuid4())} | fields
    return client.post(f"{reverse('programme_note_new')}?year={year}", sent)


def test_note_is_written_once_for_each_form_and_shown_with_its_year(signed_in):
    region = hub()
    client, same = signed_in(person(Role.HUB_MANAGER, region)), str(uuid.uuid4())

    for _ in range(2):
        assert write(client, client_id=same).status_code == 302

    note = ContextNote.objects.get()
    assert (note.year, note.region, note.domain) == (YEAR, region, "OUTER")
    assert "A cold winter." in text_of(client.get(reverse("programme_logic_model")))
    assert "A cold winter." not in text_of(client.get(reverse("programme_logic_model"), {"year": YEAR - 1}))
    assert "A cold winter." not in text_of(signed_in(person(Role.HUB_MANAGER, hub())).get(reverse("programme_logic_model")))


def test_two_edits_of_a_note_that_met_show_both(signed_in):
    lead = national()
    client = signed_in(lead)
    write(client, region="0")
    note = ContextNote.objects.get()
    services.change_note(note_id=note.pk, domain="INNER", text="A warm winter.", version=1, by=lead)

    response = client.post(reverse("programme_note_change", args=[note.pk]), {"domain": "OUTER", "text": "A wet winter.", "version": 1})

    assert response.status_code == 409
    page = text_of(response)
    assert "Someone else changed this" in page
    assert "warm" in page
    assert "wet" in page


def test_hub_reads_notes_on_england_and_does_not_change_them(signed_in):
    write(signed_in(national()), region="0")
    note = ContextNote.objects.get()
    client = signed_in(person(Role.HUB_MANAGER, hub()))

    assert "A cold winter." in text_of(client.get(reverse("programme_logic_model")))
    assert client.post(reverse("programme_note_remove", args=[note.pk])).status_code == 403
    assert ContextNote.objects.filter(removed_at=None).count() == 1


def test_note_is_removed_by_a_person_and_keeps_who_did_it(signed_in):
    lead = national()
    client = signed_in(lead)
    write(client, region="0")
    note = ContextNote.objects.get()

    client.post(reverse("programme_note_remove", args=[note.pk]))

    assert ContextNote.objects.get().removed_by == lead
    assert "A cold winter." not in text_of(client.get(reverse("programme_logic_model")))
    assert client.get(reverse("programme_note_change", args=[note.pk])).status_code == 404


def test_note_with_an_nhs_number_is_not_saved(signed_in):
    page = text_of(write(signed_in(national()), region="0", text="Patient 943 476 5919 waited."))

    assert "This may include an NHS number. Remove it before you save." in page
    assert not ContextNote.objects.exists()


def test_note_without_words_says_what_to_enter(signed_in):
    response = write(signed_in(national()), text="", domain="")

    page = text_of(response)
    assert "Enter what happened" in page
    assert "Select what the note is about" in page
    assert not ContextNote.objects.exists()


# Years ----------------------------------------------------------------------------------------------------------------
def test_this_year_cannot_be_published_and_last_year_can_once(signed_in):
    client = signed_in(national())

    this = text_of(client.post(reverse("programme_year_publish", args=[YEAR])))
    last = client.post(reverse("programme_year_publish", args=[YEAR - 1]))
    again = text_of(client.post(reverse("programme_year_publish", args=[YEAR - 1])))

    assert "A year’s figures are published when the year is over." in this
    assert last.status_code == 302
    assert f"The figures of {YEAR - 1} are published. They do not change any more." in again


def test_refresh_asks_for_one_job(signed_in):
    client = signed_in(national())

    for _ in range(2):
        assert client.post(reverse("programme_count")).status_code == 302

    assert Job.objects.filter(kind=services.KIND, arguments={"year": YEAR}).count() == 1


def test_words_about_the_chart_of_hubs_name_a_box_only_where_one_is_drawn(signed_in):
    counted()
    client = signed_in(national())

    said = []
    for hubs in (3, 2):  # 3 hubs, then 5
        for _ in range(hubs):
            facts("FID_NOTICE", hub(), [1, 1, 0, 1, 0])
        said.append(text_of(client.get(reverse("programme_fidelity"))))

    assert ["the box holds half of them" in page for page in said] == [False, True]
    assert all("Each dot is a hub" in page for page in said)


def test_published_year_without_reviews_for_learning_says_so_in_a_sentence(signed_in):
    counted(YEAR - 1)
    services.publish_year(year=YEAR - 1, by=national())

    page = text_of(signed_in(national()).get(reverse("programme_fidelity") + f"?year={YEAR - 1}"))

    assert f"No data: no review for learning of {YEAR - 1} was counted." in page
