"""Writing indicator sets: who sees drafts, numbers, order, versions, two people's edits, pages and their statements."""

import datetime as dt
import re
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.permissions import Permission, Role
from surveillance.models import Indicator, IndicatorComment, IndicatorSet, InvalidTransition
from surveillance.services import indicator_sets as sets
from surveillance.services import indicators as services
from surveillance.services.clash import SomeoneElseChanged
from surveillance.views.indicator_clashes import saved_indicator
from tests.factories.accounts import person
from tests.factories.surveillance import IndicatorFactory, IndicatorSetFactory, RoundFactory, SelfReportFactory, SpecificationFactory

pytestmark = pytest.mark.django_db
Status = IndicatorSet.Status
QUERIES_OF_LIST, QUERIES_OF_DETAIL, QUERIES_OF_DRAFT, QUERIES_OF_REVIEW_DUE = 8, 5, 7, 6
FACTS: dict[str, Any] = {
    "number": "1", "title": "There is a lead", "description": "", "section": "Team", "type": "structure_and_function",
    "answer_kind": "YES_NO_NA", "target": None, "comparator": "", "is_key": False, "evidence_wanted": "", "guideline": "",
    "provenance": "", "review_by": None,
}  # fmt: skip
POSTED = {
    "number": "1", "title": "There is a lead", "section": "__new__", "new_section": "Team", "type": "structure_and_function",
    "answer_kind": "YES_NO_NA", "comparator_percentage": "AT_LEAST", "comparator_number": "AT_LEAST",
}  # fmt: skip


@pytest.fixture
def lead():
    return person(Role.NATIONAL_LEAD, name="Nat Lead")


@pytest.fixture
def national(lead, signed_in) -> Client:
    return signed_in(lead)


@pytest.fixture
def draft() -> IndicatorSet:
    return IndicatorSetFactory(status=Status.DRAFT, code="AO")


def text_of(response: Any) -> str:
    html = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "'").split())


def url(name: str, *pks: int) -> str:
    return reverse(f"surveillance:{name}", args=pks)


def order(draft: IndicatorSet) -> list[tuple[str, int]]:
    return list(draft.indicators.order_by("position").values_list("number", "position"))


def fill(draft: IndicatorSet, *numbers: str, section: str = "Team") -> list[Indicator]:
    first = draft.indicators.count() + 1
    return [IndicatorFactory(indicator_set=draft, number=n, position=first + k, section=section) for k, n in enumerate(numbers)]


# Who sees what --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", Role.values)
def test_drafts_exist_only_for_those_who_write_sets(role: str) -> None:
    made = {status: IndicatorSetFactory(status=status) for status in Status}
    user = person(role)

    seen = {one.status for one in IndicatorSet.objects.for_user(user, Permission.INDICATOR_SET_VIEW)}

    everything = {"DRAFT", "IN_CONSULTATION", "PUBLISHED", "RETIRED"}
    assert seen == {Role.NATIONAL_LEAD: everything, Role.REGULATOR: set()}.get(role, everything - {"DRAFT"})
    assert len(made) == 4


def test_list_counts_and_filters_leave_drafts_out_for_others(signed_in, national, draft) -> None:
    IndicatorSetFactory(name="Breast")
    officer = signed_in(person(Role.HUB_OFFICER))

    mine, theirs = (text_of(one.get(url("indicator_set_list"))) for one in (national, officer))

    assert (draft.name in mine, "Breast" in mine) == (True, True)
    assert (draft.name in theirs, "Breast" in theirs) == (False, True)
    assert "Showing" not in mine + theirs
    assert "Write a new set" not in theirs
    assert "Draft" not in theirs
    assert officer.get(url("indicator_set_detail", draft.pk)).status_code == 404


def test_list_filters_by_words_status_and_programme_in_the_address(national) -> None:
    wanted = IndicatorSetFactory(name="Acute oncology", code="AO", status=Status.DRAFT)
    other = IndicatorSetFactory(name="Breast", code="BR")
    other.specification.programme.__class__.objects.create(code="Z", name="Other")

    answers = [
        text_of(national.get(url("indicator_set_list"), filters))
        for filters in (
            {"words": "onco ao"},
            {"status": "DRAFT"},
            {"programme": wanted.specification.programme_id},
            {"programme": "x"},
            {"words": "nothing"},
        )
    ]

    assert [("Acute oncology" in text, "Breast" in text) for text in answers] == [
        (True, False),
        (True, False),
        (True, True),
        (True, True),
        (False, False),
    ]
    assert "No indicator sets match these filters" in answers[-1]


def test_key_requirements_stand_apart(national) -> None:
    key = IndicatorSetFactory(name="KR of something", is_counted=False)
    other = IndicatorSetFactory(name="Acute oncology")

    sets_page, key_page = (text_of(national.get(url("indicator_set_list"), {"show": show})) for show in ("", "key_requirements"))

    assert "Acute oncology" in sets_page
    assert (str(key.specification) in key_page, str(other.specification) in key_page) == (True, False)
    assert "Acute oncology" not in key_page


# Writing a set --------------------------------------------------------------------------------------------------------
SET = {"code": "NEW", "name": "A new set", "threshold_percent": "80", "visit_level_percent": "50", "jump_limit_points": "20"}


def test_set_is_begun_as_a_draft(national, lead) -> None:
    specification = SpecificationFactory()

    answer = national.post(url("indicator_set_new"), SET | {"specification": specification.pk, "is_nhs_england": "on"})

    made = IndicatorSet.objects.get()
    assert answer["Location"] == url("indicator_set_detail", made.pk)
    assert (made.status, made.version, made.drafted_by, made.is_nhs_england, made.is_illustrative) == ("DRAFT", 1, lead, True, False)
    assert AuditEvent.objects.filter(action="indicator_set.drafted", target_id=made.pk, by=lead).count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "ao"}, "Code ao is used already. Choose another code, or make a new version of that set"),
        ({"code": "A<b>"}, "Code must only include letters, numbers, spaces, full stops, slashes and hyphens"),
        ({"code": ""}, "Enter the code"),
        ({"threshold_percent": "101"}, "Good practice level must be a number from 0 to 100"),
        ({"threshold_percent": "1e9999"}, "Good practice level must be a number from 0 to 100"),
        ({"threshold_percent": "NaN"}, "Good practice level must be a number from 0 to 100"),
        ({"visit_level_percent": "90"}, "Visit level must be the same as or lower than the good practice level"),
        ({"jump_limit_points": "9" * 30}, "Jump limit must be a whole number from 1 to 100"),
        ({"specification": "9" * 30}, "Select a valid choice"),
        ({"specification": ""}, "Select a service specification, or part of one"),
        ({"is_illustrative": "on", "is_nhs_england": "on"}, "An illustrative set cannot be an official NHS England set"),
    ],
)  # fmt: skip
def test_faults_of_a_new_set_are_said_and_nothing_is_lost(national, draft, fields, sentence) -> None:
    answer = national.post(url("indicator_set_new"), SET | {"specification": draft.specification_id} | fields)

    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert 'value="A new set"' in answer.content.decode()
    assert IndicatorSet.objects.count() == 1


def test_facts_of_a_draft_change_and_raise_its_revision(draft, lead) -> None:
    saved = sets.change_set(set_id=draft.pk, facts={"name": "Other", "code": "AO2"}, by=lead, opened=sets.facts_mark(draft))

    assert (saved.name, saved.code, saved.revision) == ("Other", "AO2", 2)


def test_code_stays_when_there_is_an_earlier_version(draft, lead) -> None:
    IndicatorSet.objects.filter(pk=draft.pk).update(version=2)

    assert sets.change_set(set_id=draft.pk, facts={"code": "OTHER"}, by=lead).code == "AO"


def test_edit_of_an_indicator_is_no_clash_with_the_facts(draft, lead) -> None:
    opened = sets.facts_mark(draft)
    services.add_indicator(set_id=draft.pk, facts=FACTS, by=lead)

    assert sets.change_set(set_id=draft.pk, facts={"name": "Other"}, by=lead, opened=opened).name == "Other"


# Indicators -----------------------------------------------------------------------------------------------------------
def test_indicators_are_written_one_a_page(national, draft) -> None:
    new = url("indicator_new", draft.pk)

    first = national.post(new, POSTED)
    again = national.post(new, POSTED | {"number": "2", "section": "Team", "new_section": "", "again": "1"})
    kpi = {
        "number": "3",
        "new_section": "Outcome",
        "answer_kind": "PERCENTAGE",
        "target_percentage": "92.5",
        "comparator_percentage": "AT_MOST",
    }
    national.post(new, POSTED | kpi | {"review_by_day": "31", "review_by_month": "3", "review_by_year": "2029", "target_number": "7"})

    rows = list(draft.indicators.values_list("number", "section", "position", "answer_kind", "target", "comparator", "review_by"))
    assert rows == [
        ("1", "Team", 1, "YES_NO_NA", None, "", None),
        ("2", "Team", 2, "YES_NO_NA", None, "", None),
        ("3", "Outcome", 3, "PERCENTAGE", Decimal("92.500"), "AT_MOST", dt.date(2029, 3, 31)),
    ]
    assert first["Location"].endswith(f"#indicator-{draft.indicators.get(number='1').pk}")
    assert again["Location"] == f"{new}?section=Team"
    draft.refresh_from_db()
    assert draft.revision == 4


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"number": ""}, "Enter the number"),
        ({"number": "10-1A-301"}, "Number 10-1A-301 is used twice"),
        ({"title": "x" * 301}, "Title must be 300 characters or less"),
        ({"new_section": ""}, "Enter the name of the section"),
        ({"type": "other"}, "Select a valid choice"),
        ({"answer_kind": "PERCENTAGE", "target_percentage": "101"}, "Target must be a number from 0 to 100"),
        ({"answer_kind": "NUMBER", "target_number": "1e12"}, "Target must be a number"),
        ({"review_by_day": "31", "review_by_month": "2", "review_by_year": "2029"}, "The review-by date must be a real date"),
    ],
)  # fmt: skip
def test_faults_of_an_indicator_are_said_and_nothing_is_lost(national, draft, fields, sentence) -> None:
    fill(draft, "10-1A-301")

    answer = national.post(url("indicator_new", draft.pk), POSTED | {"description": "Kept text"} | fields)

    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert "Error: Add an indicator" in answer.content.decode()
    assert "Kept text" in answer.content.decode()
    assert draft.indicators.count() == 1


def test_number_that_an_earlier_version_gave_up_is_not_used_again(lead) -> None:
    first = IndicatorSetFactory(code="AO", status=Status.RETIRED)
    second = IndicatorSetFactory(code="AO", version=2)
    third = IndicatorSetFactory(code="AO", version=3, status=Status.DRAFT)
    fill(first, "withdrawn", "kept", "retired")
    fill(second, "kept", "retired")
    second.indicators.filter(number="retired").update(retired_on=dt.date(2027, 5, 3))

    def refusal(number: str) -> str:
        with pytest.raises(services.NumberRefused) as refused:
            services.add_indicator(set_id=third.pk, facts=FACTS | {"number": number}, by=lead)
        return str(refused.value)

    assert refusal("withdrawn") == "Number withdrawn was last used in version 1 and is not used again. Choose another number"
    assert refusal("retired") == "Number retired was retired on 3 May 2027 and is not used again. Choose another number"
    assert services.add_indicator(set_id=third.pk, facts=FACTS | {"number": "kept"}, by=lead).number == "kept"


def test_set_takes_at_most_300_indicators(draft, lead) -> None:
    Indicator.objects.bulk_create(Indicator(indicator_set=draft, number=str(n), position=n, title="t", section="s") for n in range(300))

    with pytest.raises(InvalidTransition, match="at most 300"):
        services.add_indicator(set_id=draft.pk, facts=FACTS | {"number": "one too many"}, by=lead)


def test_indicator_of_another_section_goes_to_its_end(draft, lead) -> None:
    one, *_ = [*fill(draft, "1", "2"), *fill(draft, "3", section="Outcome")]

    services.change_indicator(indicator_id=one.pk, facts=FACTS | {"section": "Outcome"}, by=lead, revision=1)

    assert order(draft) == [("2", 1), ("3", 2), ("1", 3)]


@pytest.mark.parametrize("status", [Status.IN_CONSULTATION, Status.PUBLISHED, Status.RETIRED])
def test_only_a_draft_can_be_written(national, draft, lead, status) -> None:
    one, _ = fill(draft, "1", "2")
    IndicatorSet.objects.filter(pk=draft.pk).update(status=status)
    before = list(Indicator.objects.values())

    for write in (
        lambda: sets.change_set(set_id=draft.pk, facts={"name": "x"}, by=lead),
        lambda: services.add_indicator(set_id=draft.pk, facts=FACTS | {"number": "3"}, by=lead),
        lambda: services.change_indicator(indicator_id=one.pk, facts=FACTS, by=lead),
        lambda: services.remove_indicator(indicator_id=one.pk, by=lead),
        lambda: services.move_indicator(indicator_id=one.pk, set_id=draft.pk, steps=1, by=lead),
        lambda: services.move_section(set_id=draft.pk, title="Team", steps=1, by=lead),
    ):
        with pytest.raises(InvalidTransition):
            write()
    pages = [
        url("indicator_set_change", draft.pk),
        url("indicator_new", draft.pk),
        url("indicator_change", draft.pk, one.pk),
        url("indicator_remove", draft.pk, one.pk),
        url("indicator_import", draft.pk),
    ]
    assert ["This version cannot be changed" in text_of(national.get(page)) for page in pages] == [True] * 5
    kept = national.post(url("indicator_change", draft.pk, one.pk), POSTED | {"title": "My text"})
    assert "Your text is below and was not saved." in text_of(kept)
    assert "My text" in kept.content.decode()
    assert list(Indicator.objects.values()) == before


def test_removal_says_what_goes_with_it(national, draft, lead) -> None:
    one, _ = fill(draft, "1", "2")
    IndicatorComment.objects.create(indicator_set=draft, indicator=one, text="Too broad", made_by=lead)

    page = text_of(national.get(url("indicator_remove", draft.pk, one.pk)))
    national.post(url("indicator_remove", draft.pk, one.pk), {"revision": "1"})

    assert "1 comment that people made on it in consultation" in page
    assert order(draft) == [("2", 1)]
    assert AuditEvent.objects.filter(action="indicator.removed", target_id=one.pk, reason="1").count() == 1


def test_removal_is_asked_again_when_the_text_changed(national, draft, lead) -> None:
    (one,) = fill(draft, "1")
    services.change_indicator(indicator_id=one.pk, facts=FACTS | {"title": "Newer"}, by=lead)

    answer = text_of(national.post(url("indicator_remove", draft.pk, one.pk), {"revision": "1"}))

    assert "Nat Lead changed this indicator after you opened this page" in answer
    assert "Newer" in answer
    assert draft.indicators.count() == 1


# Order ----------------------------------------------------------------------------------------------------------------
def test_indicator_moves_within_its_section_and_its_place_is_said(national, draft) -> None:
    first, second = fill(draft, "1", "2")
    fill(draft, "3", section="Outcome")
    move = url("indicator_move", draft.pk)

    answer = national.post(move, {"up": second.pk})
    again = national.post(move, {"up": second.pk})

    assert order(draft) == [("2", 1), ("1", 2), ("3", 3)]
    assert answer["Location"] == f"{url('indicator_set_detail', draft.pk)}?moved={second.pk}#up-{second.pk}"
    page = national.get(again["Location"].split("#")[0])
    assert '<p id="move-status" role="status">2 is now 1 of 2 in Team</p>' in page.content.decode()
    national.post(move, {"down": second.pk})
    assert [number for number, _ in order(draft)] == ["1", "2", "3"]
    assert first.number == "1"


def test_section_moves_whole(national, draft) -> None:
    fill(draft, "1", "2")
    fill(draft, "3", section="Outcome & more")

    answer = national.post(url("indicator_move", draft.pk), {"section_up": "Outcome & more"})

    assert [number for number, _ in order(draft)] == ["3", "1", "2"]
    assert "Outcome &amp; more is now section 1 of 2" in national.get(answer["Location"].split("#")[0]).content.decode()


@pytest.mark.parametrize("fields", [{"up": "9" * 40}, {"up": "x"}, {"down": "0"}, {"section_up": "No such section"}])
def test_move_of_what_is_not_there_is_not_found(national, draft, fields) -> None:
    fill(draft, "1")
    foreign = IndicatorFactory()

    codes = [national.post(url("indicator_move", draft.pk), one).status_code for one in (fields, {"up": foreign.pk}, {})]

    assert codes == [404, 404, 302]


# Versions -------------------------------------------------------------------------------------------------------------
def test_new_version_copies_what_is_asked(national, lead) -> None:
    published = IndicatorSetFactory(code="AO", jump_limit_points=15, provenance="From somewhere", change_note="Old note")
    kept, suspended, retired = fill(published, "1", "2", "3")
    Indicator.objects.filter(pk=suspended.pk).update(suspended_from=dt.date(2027, 5, 3), suspended_reason="Out of date")
    Indicator.objects.filter(pk=retired.pk).update(retired_on=dt.date(2027, 5, 3))

    answer = national.post(url("indicator_set_new_version", published.pk), follow=True)

    made = IndicatorSet.objects.get(version=2)
    assert (made.status, made.code, made.jump_limit_points, made.change_note, made.drafted_by) == ("DRAFT", "AO", 15, "", lead)
    assert list(made.indicators.values_list("number", "suspended_from", "suspended_reason", "revision")) == [
        ("1", None, "", 1),
        ("2", None, "", 1),
    ]
    assert made.indicators.get(number="1").title == kept.title
    assert published.indicators.count() == 3
    assert "suspended from 3 May 2027: Out of date" in text_of(answer)


def test_only_one_version_is_written_at_a_time(national, lead) -> None:
    published = IndicatorSetFactory(code="AO")
    first = sets.make_new_version(set_id=published.pk, by=lead)

    again = national.post(url("indicator_set_new_version", published.pk))
    IndicatorSet.objects.filter(pk=first.pk).update(status=Status.IN_CONSULTATION)
    third = national.post(url("indicator_set_new_version", published.pk), follow=True)

    assert again["Location"] == url("indicator_set_detail", first.pk)
    assert "Version 2 of this set is in consultation already. This is it." in text_of(third)
    assert IndicatorSet.objects.count() == 2


@pytest.mark.parametrize(("status", "newer"), list(product(Status, [None, Status.PUBLISHED, Status.RETIRED])))
def test_new_version_is_made_only_of_the_newest_published_one(lead, status, newer) -> None:
    first = IndicatorSetFactory(code="AO", status=status)
    if newer:
        IndicatorSetFactory(code="AO", version=2, status=newer)

    try:
        version = sets.make_new_version(set_id=first.pk, by=lead).version
    except InvalidTransition:
        version = None

    assert version == (2 if (status, newer) == (Status.PUBLISHED, None) else None)


def test_key_requirements_get_no_new_version_by_hand(national) -> None:
    requirements = IndicatorSetFactory(is_counted=False)

    answer = national.post(url("indicator_set_new_version", requirements.pk))

    assert "Key requirements come from the service specification" in text_of(answer)
    assert IndicatorSet.objects.count() == 1


# Two people -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def clash(national, draft, signed_in):
    """An indicator that Pat changed after Nat opened it; Nat's answer, and what Nat's page sends back."""
    (one,) = fill(draft, "1")
    mine = POSTED | {"title": "My title", "revision": "1", "section": "Team", "new_section": ""}
    pat = signed_in(person(Role.NATIONAL_LEAD, name="Pat Other"))
    pat.post(url("indicator_change", draft.pk, one.pk), mine | {"title": "Pat title"})
    answer = national.post(url("indicator_change", draft.pk, one.pk), mine)
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode()))
    return one, answer, {name: value for name, value in sent.items() if name != "csrfmiddlewaretoken"}


def title_of(indicator: Indicator) -> str:
    return Indicator.objects.get(pk=indicator.pk).title


def test_clash_shows_both_texts_and_the_choice(clash) -> None:
    one, answer, sent = clash

    text = text_of(answer)
    assert answer.status_code == 409
    assert "Someone else changed this indicator Pat Other saved it at" in text
    assert "Saved now, by Pat Other" in text
    assert "Yours, not saved" in text
    assert (title_of(one), sent["title"], sent["revision"]) == ("Pat title", "My title", "2")


@pytest.mark.parametrize(("keep", "title"), [("THEIRS", "Pat title"), ("MINE", "My title")])
def test_clash_is_settled_by_the_choice(national, draft, clash, keep, title) -> None:
    one, _, sent = clash

    answer = national.post(url("indicator_change", draft.pk, one.pk), sent | {"keep": keep})

    assert answer.status_code == 302
    assert title_of(one) == title


def test_clash_asks_again_without_a_choice_and_when_it_changed_once_more(national, draft, clash, lead) -> None:
    one, _, sent = clash
    page = url("indicator_change", draft.pk, one.pk)

    unanswered = national.post(page, sent)
    services.change_indicator(indicator_id=one.pk, facts=FACTS | {"title": "Third title"}, by=lead)
    late = national.post(page, sent | {"keep": "MINE"})

    assert "Select which text you want to keep" in text_of(unanswered)
    assert "My title" in unanswered.content.decode()
    assert "It changed again at" in text_of(late)
    assert title_of(one) == "Third title"


def test_one_is_written_from_both(national, draft, clash) -> None:
    one, _, sent = clash
    page = url("indicator_change", draft.pk, one.pk)

    form = national.post(page, sent | {"keep": "BOTH"})
    national.post(page, {name: value for name, value in sent.items() if name != "keep_asked"} | {"title": "From both"})

    assert "Pat title" in text_of(form)
    assert 'value="My title"' in form.content.decode()
    assert title_of(one) == "From both"


def test_facts_of_a_set_clash_as_well(national, draft, lead) -> None:
    opened, fields = sets.facts_mark(draft), SET | {"code": "AO", "specification": draft.specification_id}
    sets.change_set(set_id=draft.pk, facts={"name": "Their name"}, by=lead)
    page = url("indicator_set_change", draft.pk)

    answer = national.post(page, fields | {"name": "My name", "opened": opened})
    settled = national.post(
        page, fields | {"name": "My name", "opened": sets.facts_mark(IndicatorSet.objects.get()), "keep": "MINE", "keep_asked": "1"}
    )

    assert answer.status_code == 409
    assert ("Their name" in text_of(answer), "My name" in text_of(answer)) == (True, True)
    assert settled.status_code == 302
    assert IndicatorSet.objects.get().name == "My name"


def test_service_refuses_an_old_revision(draft, lead) -> None:
    (one,) = fill(draft, "1")

    with pytest.raises(SomeoneElseChanged):
        services.change_indicator(indicator_id=one.pk, facts=FACTS, by=lead, revision=7)


# Past their review-by date --------------------------------------------------------------------------------------------
def test_indicators_past_their_review_are_listed_with_their_use(national) -> None:
    published = IndicatorSetFactory(name="Acute oncology")
    late = IndicatorFactory(indicator_set=published, number="L-1", review_by=timezone.localdate() - dt.timedelta(days=1))
    for other in ({"review_by": timezone.localdate()}, {"review_by": dt.date(2020, 1, 1), "retired_on": dt.date(2021, 1, 1)}):
        IndicatorFactory(indicator_set=published, **other)
    IndicatorFactory(indicator_set=IndicatorSetFactory(status=Status.DRAFT), review_by=dt.date(2020, 1, 1))
    reports = [SelfReportFactory(round=RoundFactory(), indicator_set=published) for _ in range(2)]
    reports[0].answers.create(indicator=late, value="YES")
    reports[1].answers.create(indicator=late)

    page = text_of(national.get(url("indicator_review_due")))

    assert page.count("Acute oncology, version 1") == 1
    assert re.search(r"L-1 .*Acute oncology, version 1 .* Challenges open 0 Answers in \d{4} 1", page)
    assert "Indicators past their review-by date (1)" in text_of(national.get(url("indicator_set_list")))


# Statements -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("item_count", [1, 30])
def test_pages_ask_the_database_the_same_for_one_and_for_many(national, django_assert_num_queries, item_count) -> None:
    for _ in range(item_count):
        SelfReportFactory(indicator_set=IndicatorSetFactory(), round=RoundFactory())
    published = IndicatorSetFactory(code="Z")
    draft = IndicatorSetFactory(code="Z", version=2, status=Status.DRAFT)
    for number in range(item_count):
        IndicatorFactory(indicator_set=published, section=f"Section {number}", number=str(number), review_by=dt.date(2020, 1, 1))
        IndicatorFactory(indicator_set=draft, section=f"Section {number}", number=str(number))
    national.get(url("indicator_set_list"))

    for page, count in (
        (url("indicator_set_list"), QUERIES_OF_LIST),
        (url("indicator_set_detail", published.pk), QUERIES_OF_DETAIL),
        (url("indicator_set_detail", draft.pk), QUERIES_OF_DRAFT),
        (url("indicator_review_due"), QUERIES_OF_REVIEW_DUE),
    ):
        with django_assert_num_queries(count):
            national.get(page)


def test_reading_role_sees_no_way_to_write(signed_in, draft) -> None:
    published = IndicatorSetFactory(code="BR")
    IndicatorFactory(indicator_set=published)
    reader = signed_in(person(Role.HUB_OFFICER))

    page = text_of(reader.get(url("indicator_set_detail", published.pk)))

    assert "What you can do Download the indicators as XLSX or CSV" in page
    assert "Make a new version" not in page
    assert "Move up" not in page


def test_indicator_of_another_set_is_not_found(national, draft) -> None:
    foreign = IndicatorFactory(indicator_set=IndicatorSetFactory(status=Status.DRAFT))

    codes = [national.get(url(name, draft.pk, foreign.pk)).status_code for name in ("indicator_change", "indicator_remove")]

    assert codes == [404, 404]


@pytest.mark.parametrize(
    ("kind", "target", "comparator", "words"),
    [("PERCENTAGE", "90.000", "AT_LEAST", "at least 90%"), ("NUMBER", "1.500", "AT_MOST", "at most 1.5"),
     ("NUMBER", "100.000", "AT_LEAST", "at least 100"), ("YES_NO_NA", None, "", "")],
)  # fmt: skip
def test_target_in_words_has_its_unit(kind, target, comparator, words) -> None:
    indicator = Indicator(answer_kind=kind, target=target and Decimal(target), comparator=comparator)

    assert indicator.target_words == words


@pytest.mark.django_db
def test_clash_shows_the_target_with_its_unit() -> None:
    indicator = IndicatorFactory(answer_kind="PERCENTAGE", target=Decimal(90), comparator="AT_LEAST")

    assert dict(saved_indicator(indicator).facts)["Target"] == "at least 90%"
