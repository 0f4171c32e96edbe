"""Pages of procedures: who opens them, forms and their words, two editors, the list's sentences, query counts, a race."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import Procedure
from peerreview.procedure_parts import FIXED_MILESTONES, MILESTONES, ROW_PARTS, SURVEY
from peerreview.services import procedure_consultation as consultation
from peerreview.services import procedures as services
from peerreview.services.procedure_publishing import publish_procedure
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.peerreview import make_visit
from tests.surveillance.test_decisions_together import together

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def national() -> User:
    return person(Role.NATIONAL_LEAD, OrganisationFactory(national=True), name="Nat Lead")


@pytest.fixture
def published() -> Procedure:
    return Procedure.objects.get(code="SMALL_NETWORK")


@pytest.fixture
def draft(published: Procedure, national: User) -> Procedure:
    return services.make_new_version(procedure_id=published.pk, by=national)


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def text_of(response: object) -> str:
    """The words of a page, without tags, without the labels of stacked tables, with single spaces."""
    words = re.sub(r'<span class="nhsuk-table__heading"[^>]*>.*?</span>', " ", response.content.decode())
    words = re.sub(r"<[^>]+>", " ", words)
    return re.sub(r"\s+", " ", words).replace("&#x27;", "'").replace("&amp;", "&")


def opened_in(response: object) -> str:
    """The mark that a form carries."""
    return re.search(r'name="opened" value="(\w+)"', response.content.decode()).group(1)


# Reading --------------------------------------------------------------------------------------------------------------
def test_list_says_what_is_in_use_and_what_is_being_written(signed_in, national, draft):
    visit = make_visit()
    visit.open()
    consultation.open_consultation(procedure_id=draft.pk, last_date=in_days(10), by=national)
    rapid = services.make_new_version(procedure_id=Procedure.objects.get(code="RAPID").pk, by=national)

    page = text_of(signed_in(national).get("/procedures/"))
    theirs = text_of(signed_in(visit.lead).get("/procedures/"))

    assert "Version 2 of Small clinical network In consultation" in page
    assert f"Version {rapid.version} of Rapid review Draft" in page
    assert page.count("Our default. To be confirmed.") == 5
    assert "Version 2 of Small clinical network In consultation" in theirs
    assert "of Rapid review" not in theirs

    publish_procedure(procedure_id=draft.pk, change_note="Why", by=national)
    page, theirs = text_of(signed_in(national).get("/procedures/")), text_of(signed_in(visit.lead).get("/procedures/"))
    assert "Version 2 Confirmed" in page
    assert "1 review keeps version 1; new reviews use version 2." in page
    assert "1 review keeps" not in theirs
    assert "New reviews use version 2." in theirs


def test_navigation_names_procedures_for_the_national_lead_alone(signed_in, national):
    visit = make_visit()

    assert "Indicators Procedures People" in text_of(signed_in(national).get("/procedures/"))
    assert "Procedures People" not in text_of(signed_in(visit.manager).get("/procedures/"))


def test_a_version_shows_everything(signed_in, published, draft, national):
    page = text_of(signed_in(person(Role.REVIEWER)).get(f"/procedures/{published.pk}/"))
    own = text_of(signed_in(national).get(f"/procedures/{published.pk}/"))

    for words in (
        "Notice to the service Hub 50 working days before the visit",
        "Lead reviewer (clinical) Lead reviewer Doctor, nurse, allied health professional or scientist or pharmacist 1 person",
        "Concern A shortfall that affects quality or outcomes and needs action.",
        "Worked there in the last 3 years Bars the reviewer",
        "Work in the same network or region Declared, and the hub decides",
        "Lunch together Day 1 45 minutes Informal exchange",
        "Our own short form, not a validated instrument.",
        "It felt collegial, not a test. Collegial learning without sanction 1 to 5",
        "At most 5",
        "At least 90 minutes",
        "Version 1 Published Came with the service",
    ):
        assert words in page, words
    assert page.count("Our default. To be confirmed.") == 1 + 7
    assert "Make a new version" not in page
    assert "A published version cannot be changed. Make a new version." in own
    assert "Version 2 is a draft already" in own


@pytest.mark.parametrize("path", ["", "comments/", "parts/team/", "general/", "publish/"])
def test_a_draft_is_not_there_for_others(signed_in, draft, path):
    assert signed_in(person(Role.REVIEWER)).get(f"/procedures/{draft.pk}/{path}").status_code == 404


def test_others_read_but_do_not_write(signed_in, published):
    client = signed_in(person(Role.HUB_MANAGER))

    assert client.post(f"/procedures/{published.pk}/new-version/").status_code == 403
    assert client.get(f"/procedures/{published.pk}/publish/").status_code == 403
    assert client.get(f"/procedures/{published.pk}/consultation/").status_code == 403


# Writing --------------------------------------------------------------------------------------------------------------
def test_national_lead_makes_a_new_version_once(signed_in, published, national):
    client = signed_in(national)

    first = client.post(f"/procedures/{published.pk}/new-version/")
    again = client.post(f"/procedures/{published.pk}/new-version/")
    made = Procedure.objects.get(code=published.code, version=2)

    assert [first["Location"], again["Location"]] == [f"/procedures/{made.pk}/"] * 2
    assert "Version 2 of this procedure is a draft already. This is it." in text_of(client.get(again["Location"]))


@pytest.mark.parametrize("status", ["IN_CONSULTATION", "PUBLISHED", "RETIRED"])
def test_forms_of_what_is_no_draft_say_why(signed_in, national, draft, status):
    Procedure.objects.filter(code=draft.code).exclude(pk=draft.pk).update(status="RETIRED")
    Procedure.objects.filter(pk=draft.pk).update(status=status)
    client, sentence = signed_in(national), {
        "IN_CONSULTATION": "This version is in consultation. Its text can change again when it is back in draft.",
        "PUBLISHED": "A published version cannot be changed. Make a new version.",
        "RETIRED": "This version is retired, so its text cannot change.",
    }[status]  # fmt: skip

    for path in ("general/", "parts/team/", "parts/team/new/", "parts/team/rows/PLACE_2/", "parts/team/rows/PLACE_2/remove/"):
        assert sentence in text_of(client.get(f"/procedures/{draft.pk}/{path}")), path
    posted = client.post(f"/procedures/{draft.pk}/parts/team/rows/PLACE_2/", {"label": "Kept words", "role": "MEMBER", "count": "2"})
    assert f"{sentence} Your text is below and was not saved." in text_of(posted)
    assert "Kept words" in posted.content.decode()


ADDED = {
    "milestones": {"label": "Card read", "holder": "Hub", "count": "10", "unit": "DAYS", "side": "BEFORE", "anchor": "VISIT"},
    "team": {"label": "Nurse", "role": "MEMBER", "count": "2", "professions": ["NURSE", "AHP"]},
    "conflicts": {"label": "sit on its board", "ruling": "BAR", "years": "2"},
    "timetable": {"title": "Dinner", "day": "2", "minutes": "90", "is_informal": "on"},
    "survey": {"text": "I would come again.", "about": "TRUST", "answer": "SCALE"},
}
STORED = {
    "milestones": {"label": "Card read", "holder": "Hub", "anchor": "VISIT", "working_days": -10},
    "team": {"role": "MEMBER", "label": "Nurse", "count": 2, "professions": ["NURSE", "AHP"]},
    "conflicts": {"label": "sit on its board", "ruling": "BAR", "years": 2},
    "timetable": {"day": 2, "title": "Dinner", "minutes": 90, "is_informal": True},
    "survey": {"text": "I would come again.", "about": "TRUST", "answer": "SCALE"},
}


@pytest.mark.parametrize("part", sorted(ADDED))
def test_a_row_of_each_part_is_added_and_removed(signed_in, national, draft, part):
    client, address = signed_in(national), f"/procedures/{draft.pk}/parts/{part}/"

    refused = client.post(f"{address}new/", {})
    added = client.post(f"{address}new/", ADDED[part])
    draft.refresh_from_db()
    row = getattr(draft, ROW_PARTS[part].column)[-1]
    asked = client.get(f"{address}rows/OWN_1/remove/")
    removed = client.post(f"{address}rows/OWN_1/remove/", {"opened": opened_in(asked)})

    assert refused.status_code == 200
    assert "There is a problem" in text_of(refused)
    assert added["Location"] == removed["Location"] == address
    assert row == {"code": "OWN_1"} | STORED[part]
    assert "This goes from the draft" in text_of(asked)
    draft.refresh_from_db()
    assert "OWN_1" not in {row["code"] for row in getattr(draft, ROW_PARTS[part].column)}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"side": "BEFORE", "anchor": "FINAL"}, "Only the visit has milestones before it. Select after"),
        ({"side": "BEFORE", "unit": "MONTHS"}, "Before the visit, days are counted in working days"),
        ({"side": "AFTER", "unit": "MONTHS", "count": "61"}, "How many: enter a whole number from 1 to 60 months"),
        ({"count": "0"}, "How many: enter a whole number from 1 to 260"),
        ({"count": "99999999999999999999"}, "How many: enter a whole number from 1 to 260"),
        ({"anchor": "LETTER"}, "Select a valid choice"),
    ],
)
def test_a_milestone_that_no_review_could_work_out_is_refused(signed_in, national, draft, sent, sentence):
    response = signed_in(national).post(f"/procedures/{draft.pk}/parts/milestones/new/", ADDED["milestones"] | sent)

    assert sentence in text_of(response)
    draft.refresh_from_db()
    assert draft.revision == 1


@pytest.mark.parametrize("code", sorted(FIXED_MILESTONES))
def test_fixed_milestones_change_words_holder_and_number_alone(signed_in, national, draft, code):
    before = next(row for row in draft.milestones if row["code"] == code)
    sent = {"label": "Other words", "holder": "Executive", "count": "7", "side": "BEFORE", "unit": "MONTHS", "anchor": "DRAFT"}

    signed_in(national).post(f"/procedures/{draft.pk}/parts/milestones/rows/{code}/", sent)

    draft.refresh_from_db()
    when = {"months": 7} if "months" in before else {"working_days": -7 if before["working_days"] < 0 else 7}
    row = next(row for row in draft.milestones if row["code"] == code)
    assert row == {"code": code, "label": "Other words", "holder": "Executive", "anchor": before["anchor"]} | when
    assert "cannot be removed" in text_of(signed_in(national).get(f"/procedures/{draft.pk}/parts/milestones/rows/{code}/remove/"))


def test_rows_move_and_say_where_they_are(signed_in, national, draft):
    client, address = signed_in(national), f"/procedures/{draft.pk}/parts/survey/"

    moved = client.post(address, {"down": "LEARNT_SELF"})
    page = client.get(moved["Location"].split("#")[0])

    assert moved["Location"] == f"{address}?moved=LEARNT_SELF#down-LEARNT_SELF"
    assert "I learnt something that I will use is now 2 of 15" in text_of(page)
    assert client.post(address, {"up": "NOBODY"}).status_code == 200
    assert client.post(address, {}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["parts/nothing/", "parts/general/", "parts/team/rows/NOBODY/", "parts/team/rows/NOBODY/remove/", "parts/categories/new/",
     "parts/nothing/comment/"],
)  # fmt: skip
def test_parts_and_rows_that_are_not_there(signed_in, national, draft, path):
    assert signed_in(national).get(f"/procedures/{draft.pk}/{path}").status_code == 404


def test_name_purpose_and_numbers_are_changed(signed_in, national, draft):
    client, address = signed_in(national), f"/procedures/{draft.pk}/general/"
    sent = {
        "name": "Small network",
        "purpose": "For small ones",
        "topics_max_count": "3",
        "informal_minutes": "100",
        "day_starts_at": "9am",
        "survey_after_days": "8",
        "survey_after_months": "5",
        "pledge_after_months": "7",
    }

    wrong = client.post(address, sent | {"day_starts_at": "early", "topics_max_count": "6", "name": "", "pledge_after_months": "0"})
    saved = client.post(address, sent)

    for sentence in (
        "Enter name",
        "Focus topics at most: enter a whole number from 1 to 5",
        "When a day begins must be a time, like 9:30am",
        "Pledges are asked about after: enter a whole number from 1 to 60",
    ):
        assert sentence in text_of(wrong)
    assert saved["Location"] == f"/procedures/{draft.pk}/"
    draft.refresh_from_db()
    assert (draft.name, draft.topics_max_count, draft.informal_minutes, draft.day_starts_at) == ("Small network", 3, 100, dt.time(9, 0))
    assert (draft.survey_after_days, draft.survey_after_months, draft.pledge_after_months) == (8, 5, 7)
    assert "8 working days after the visit" in text_of(client.get(f"/procedures/{draft.pk}/"))


# Two editors ----------------------------------------------------------------------------------------------------------
def test_two_editors_of_one_row_see_both_texts_and_choose(signed_in, national, draft):
    address = f"/procedures/{draft.pk}/parts/team/rows/PLACE_2/"
    first, second = signed_in(national), signed_in(person(Role.NATIONAL_LEAD, name="Other Lead"))
    mark = opened_in(first.get(address))
    second.post(address, {"label": "Theirs", "role": "MEMBER", "count": "3", "opened": mark})

    clash = first.post(address, {"label": "Mine", "role": "MEMBER", "count": "4", "opened": mark})

    assert clash.status_code == 409
    for words in ("Someone else changed this", "Saved now, by Other Lead", "Theirs", "Mine", "How many: 3 people", "How many: 4 people"):
        assert words in text_of(clash), words
    kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', clash.content.decode().split("<main", 1)[-1]))
    saved = first.post(address, {name: value for name, value in kept.items() if name != "csrfmiddlewaretoken"})
    draft.refresh_from_db()
    assert saved.status_code == 302
    assert next(row for row in draft.roles_required if row["code"] == "PLACE_2")["label"] == "Mine"


def test_two_editors_of_the_numbers_see_both(signed_in, national, draft):
    address = f"/procedures/{draft.pk}/general/"
    client = signed_in(national)
    mark = opened_in(client.get(address))
    sent = {"name": "A", "purpose": "P", "topics_max_count": "3", "informal_minutes": "100", "day_starts_at": "9am", "opened": mark}
    sent |= {"survey_after_days": "10", "survey_after_months": "6", "pledge_after_months": "6"}
    client.post(address, sent)

    clash = client.post(address, sent | {"name": "B"})

    assert clash.status_code == 409
    assert "Yours, not saved" in text_of(clash)
    draft.refresh_from_db()
    assert draft.name == "A"


def test_a_row_removed_meanwhile_keeps_what_was_typed(signed_in, national, draft):
    address = f"/procedures/{draft.pk}/parts/survey/rows/MORE/"
    client = signed_in(national)
    mark = opened_in(client.get(address))
    services.remove_row(procedure_id=draft.pk, part=SURVEY, code="MORE", by=national)

    response = client.post(address, {"text": "Typed words", "about": "OPEN", "answer": "TEXT", "opened": mark})

    assert "Someone else removed this. Your text is below and was not saved." in text_of(response)
    assert "Typed words" in response.content.decode()


def test_a_row_changed_meanwhile_is_not_removed(signed_in, national, draft):
    address = f"/procedures/{draft.pk}/parts/survey/rows/MORE/remove/"
    client = signed_in(national)
    mark = opened_in(client.get(address))
    facts = {"text": "Changed words", "about": "OPEN", "answer": "TEXT"}
    services.change_row(procedure_id=draft.pk, part=SURVEY, code="MORE", facts=facts, by=national)

    page = text_of(client.post(address, {"opened": mark}))

    assert "Nat Lead changed this question after you opened this page. This is how it is now." in page
    assert "Changed words" in page


# Consultation and publishing ------------------------------------------------------------------------------------------
def last_day(day: dt.date) -> dict[str, str]:
    return {"last_date_day": str(day.day), "last_date_month": str(day.month), "last_date_year": str(day.year)}


def test_from_draft_through_consultation_to_published(signed_in, national, draft):
    client, path = signed_in(national), f"/procedures/{draft.pk}"
    reviewer = person(Role.REVIEWER, name="Rita Reviewer")
    theirs = signed_in(reviewer)

    assert "Enter the last day for comments" in text_of(client.post(f"{path}/consultation/", {}))
    opened = client.post(f"{path}/consultation/", last_day(in_days(10)))
    commented = theirs.post(f"{path}/parts/timetable/comment/", {"text": "More time to talk."})
    whole = theirs.post(f"{path}/comment/", {"text": "Good in all."})
    page = text_of(theirs.get(f"{path}/comments/"))
    comment = draft.comments.get(part="timetable")
    reply = client.post(f"{path}/comments/{comment.pk}/reply/", {"reply": "Added."})
    unanswered = text_of(client.get(f"{path}/comments/?show=unanswered"))
    preview = text_of(client.get(f"{path}/publish/"))
    refused = text_of(client.post(f"{path}/publish/", {"revision": "1"}))
    done = client.post(f"{path}/publish/", {"revision": "1", "change_note": "As asked.", "is_read": "1"})

    assert [one["Location"] for one in (opened, commented, whole, reply)] == [f"{path}/comments/"] * 4
    assert "What happens next People comment on the procedure Who holds it Services, hubs and reviewers By when Due" in page
    assert "Rita Reviewer, reviewer" in page
    assert "2 comments, 1 not answered" in unanswered
    assert "Added." not in unanswered
    assert "Check this: 1 comment is not answered" in preview
    assert "Nothing changes since version 1." in preview
    assert "Enter what changed and why" in refused
    assert "Tick the box to say that you have read what this changes" in refused
    assert done["Location"] == f"{path}/"
    shown = text_of(client.get(f"{path}/"))
    assert "Confirmed: published after consultation" in shown
    assert "Nat Lead published it on" in text_of(client.get(f"{path}/publish/"))
    assert Procedure.objects.get(code=draft.code, version=1).status == "RETIRED"


def test_publish_page_says_faults_and_a_change_meanwhile(signed_in, national, draft):
    client, path = signed_in(national), f"/procedures/{draft.pk}/publish/"
    row = next(one for one in draft.milestones if one["code"] == "FINAL")
    facts = {name: value for name, value in row.items() if name != "code"}
    services.change_row(procedure_id=draft.pk, part=MILESTONES, code="FINAL", facts=facts | {"working_days": 45}, by=national)

    clash = client.post(path, {"revision": "1", "change_note": "My words", "is_read": "1"})
    services.change_row(procedure_id=draft.pk, part=MILESTONES, code="FINAL", facts=facts | {"working_days": 5}, by=national)
    page = text_of(client.get(path))

    assert "Someone else changed this draft after you opened the page." in text_of(clash)
    assert "My words" in clash.content.decode()
    assert "It cannot be published yet: The final report is due 5 working days after the visit" in page
    draft.refresh_from_db()
    assert draft.status == "DRAFT"


def test_who_may_comment_and_what_a_closed_consultation_says(signed_in, national, draft):
    consultation.open_consultation(procedure_id=draft.pk, last_date=in_days(1), by=national)
    executive = person(Role.EXECUTIVE)
    path = f"/procedures/{draft.pk}"

    assert signed_in(executive).get(f"{path}/comments/").status_code == 200
    assert signed_in(executive).get(f"{path}/comment/").status_code == 403
    Procedure.objects.filter(pk=draft.pk).update(consultation_from_date=in_days(-9), consultation_to_date=in_days(-1))
    late = signed_in(person(Role.REVIEWER)).post(f"{path}/comment/", {"text": "Late words"})
    assert "Comments closed on" in text_of(late)
    assert "Late words" in late.content.decode()
    assert "Answer the comments and publish Who holds it Nat Lead" in text_of(signed_in(national).get(f"{path}/comments/"))


# How much is asked of the database ------------------------------------------------------------------------------------
def test_pages_ask_the_same_number_of_statements(signed_in, national, draft):
    consultation.open_consultation(procedure_id=draft.pk, last_date=in_days(9), by=national)
    client, counts = signed_in(national), []
    paths = ("/procedures/", f"/procedures/{draft.pk}/", f"/procedures/{draft.pk}/comments/", f"/procedures/{draft.pk}/publish/")
    others = (f"/procedures/{draft.pk}/comment/",)
    for path in (*paths, *others):  # what is asked once a minute is asked now
        client.get(path)
    for count in (1, 12):
        for n in range(count):
            by = person(Role.REVIEWER, name=f"Reviewer {count} {n}")
            made = consultation.add_comment(procedure_id=draft.pk, part="team", text=f"Remark {count} {n}", by=by)
            consultation.reply_to_comment(comment_id=made.pk, procedure_id=draft.pk, reply="Yes.", by=national)
            Procedure.objects.create(
                code=f"ZZ{count}_{n}", name=f"Illustrative {count} {n}", status="PUBLISHED", milestones=draft.milestones, categories=[]
            )
        counts.append([statements(client, path) for path in (*paths, *others)])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


# Two at once ----------------------------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_make_one_new_version_and_publish_once():
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL")
    national = person(Role.NATIONAL_LEAD, OrganisationFactory(national=True))
    days = dict.fromkeys(FIXED_MILESTONES, 5) | {"NOTICE": -50, "FINAL": 40}
    milestones = [{"code": code, "label": code, "holder": "Hub", "anchor": "VISIT", "working_days": n} for code, n in days.items()]
    team = [{"code": role, "role": role, "label": role, "count": 1} for role in ("LEAD", "PATIENT_REVIEWER")]
    old = Procedure.objects.create(
        code="ZZ", name="Illustrative", status="PUBLISHED", milestones=milestones, roles_required=team, categories=[], informal_minutes=0
    )

    made = together(*(lambda: services.make_new_version(procedure_id=old.pk, by=national),) * 2)
    draft = Procedure.objects.get(code="ZZ", version=2)
    published = together(*(lambda: publish_procedure(procedure_id=draft.pk, change_note="Why", by=national),) * 2)

    assert made == ["NewerVersionExists", "done"]
    assert published == ["InvalidTransition", "done"]
    assert list(Procedure.objects.filter(code="ZZ").values_list("status", flat=True)) == ["PUBLISHED", "RETIRED"]
