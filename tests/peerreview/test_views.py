"""Views of patients and carers: given without an account, read by the hub, shared with the team, never seen by the service."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from html import unescape
from itertools import product

import pytest
from django.core import mail, signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from accounts.permissions import Role
from peerreview.models import PatientView, Review, ViewsLink
from peerreview.queries.patient_views import counts_of, may_hold_nhs_number, shared_views, usual_closes_date
from peerreview.queries.waiting_views import views_items
from peerreview.services import views_links
from peerreview.services.patient_views import Said, TooManyViews, give_view, hold_back_view, record_view, share_view
from peerreview.views.patient_form import SALT
from tests.factories.accounts import person
from tests.factories.peerreview import Visit, make_review, make_visit
from work import jobs
from work.items import work_items
from work.jobs import run_pending
from work.models import Job
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
CANARY = "canary-of-a-view"
NUMBER = "943 476 5919"  # passes Modulus 11
DAY = dt.timedelta(days=1)


def make_link(visit: Visit, **fields: object) -> ViewsLink:
    """An open link of the visit's service."""
    today = timezone.localdate()
    chosen: dict[str, object] = {
        "service_id": visit.scene.service.pk, "opens_date": today, "closes_date": today + DAY, "pals_contact": "PALS on 01632 960 100",
        "formats_contact": "the ward on 01632 960 101",
    }  # fmt: skip
    return views_links.make_link(review_id=visit.review.pk, by=visit.manager, **(chosen | fields))  # type: ignore[arg-type]


@pytest.fixture
def visit() -> Visit:
    """A visit under way without its team: cheap, for what needs nobody else."""
    made = make_visit()
    made.review = make_review("VISITING", made, starts_date=timezone.localdate(), ends_date=timezone.localdate() + 5 * DAY)
    return made


@pytest.fixture
def team_visit() -> Visit:
    """A visit under way with its team."""
    made = make_visit()
    made.carry("VISITING")
    return made


@pytest.fixture
def link(visit: Visit) -> ViewsLink:
    return make_link(visit)


def give(link: ViewsLink, **said: str) -> PatientView:
    return give_view(link_id=link.pk, client_id=uuid.uuid4(), said=Said(**(said or {"good": "The nurses"})))


def fields_of(html: str) -> dict[str, str]:
    """The hidden fields of the page's last form."""
    form = html[html.rindex("<form method") :]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


class Patient:
    """A browser without cookies that fills in the form page by page."""

    def __init__(self, link: ViewsLink) -> None:
        self.client, self.path = Client(), f"/views/{link.token}/"
        self.answer = self.client.get(self.path)

    @property
    def text(self) -> str:
        return unescape(self.answer.content.decode())

    def post(self, go: str = "next", **typed: str) -> str:
        self.answer = self.client.post(self.path, fields_of(self.answer.content.decode()) | typed | {"go": go})
        return self.text

    def fill_in(self, **answers: str) -> str:
        """From the start page to the check page."""
        self.post()
        for name in ("who", "good", "better", "unsafe"):
            self.post(**{name: answers.get(name, "")})
        return self.text


# The public form ------------------------------------------------------------------------------------------------------
def test_start_page_says_who_reads_it_and_where_help_is_and_sets_no_cookie(link: ViewsLink) -> None:
    patient = Patient(link)

    text = re.sub(r"\s+", " ", patient.text)
    assert f"Tell us about your care at {link.service.name}" in text
    assert "If you need help now" in text
    assert (
        "If someone is in danger, call 999. For urgent medical help, use 111. To complain, or for advice, contact "
        "PALS on 01632 960 100. We cannot reply to what you write here."
    ) in text
    assert "Ask for large print, Easy Read or another language: the ward on 01632 960 101" in text
    headers = patient.answer.headers
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert "Sign in" not in text
    assert "Set-Cookie" not in headers
    assert patient.client.cookies == {}


def test_view_is_given_page_by_page_without_any_cookie(link: ViewsLink) -> None:
    patient = Patient(link)

    text = patient.fill_in(who="CARER", good="They ask me\r\nas well.", unsafe="The bell")
    assert "Check your answers" in text
    assert "Do not include names" not in text
    patient.post("send")

    assert patient.answer.headers["Location"] == f"/views/{link.token}/thank-you/"
    assert patient.client.cookies == {}
    view = PatientView.objects.get()
    assert (view.who, view.good, view.better, view.unsafe, view.channel, view.status, view.entered_by) == (
        "CARER", "They ask me\nas well.", "", "The bell", "LINK", "WAITING", None,
    )  # fmt: skip
    thanks = patient.client.get(patient.answer.headers["Location"])
    assert "Thank you" in thanks.content.decode()
    assert "/library/</a> by about" in thanks.content.decode()
    assert thanks.headers["Clear-Site-Data"] == '"cache"'


def test_question_page_carries_the_hint_and_the_answers_before_it(link: ViewsLink) -> None:
    patient = Patient(link)

    patient.post()
    text = patient.post(who="PATIENT")

    assert "Do not include names, dates of birth, NHS numbers or contact details, yours or anyone else’s." in text
    assert '<input type="hidden" name="who" value="PATIENT">' in text
    assert "csrfmiddlewaretoken" not in text


def test_back_keeps_what_was_typed(link: ViewsLink) -> None:
    patient = Patient(link)
    patient.post()
    patient.post(who="PATIENT")

    first = patient.post("back", good="Half a sent")
    again = patient.post(who="CARER")

    assert "Who are you?" in first
    assert "Half a sent</textarea>" in again


def test_change_goes_back_to_the_check_page(link: ViewsLink) -> None:
    patient = Patient(link)
    patient.fill_in(good="The nurses", better="Parking")

    changing = patient.post("better")
    checked = patient.post(better="Waiting")

    assert "Parking</textarea>" in changing
    assert "Check your answers" in checked
    assert "Waiting" in checked
    assert "Parking" not in checked


def test_nhs_number_is_noticed_on_its_page_and_on_sending(link: ViewsLink) -> None:
    patient = Patient(link)
    patient.post()
    patient.post(who="PATIENT")

    refused = patient.post(good=f"I am {NUMBER}")
    sent = patient.client.post(patient.path, fields_of(patient.text) | {"better": f"I am {NUMBER}", "good": "x", "go": "send"})

    for text in (refused, unescape(sent.content.decode())):
        assert "This may include an NHS number. Remove it before you send." in text
        assert f"I am {NUMBER}</textarea>" in text
        assert "<title>Error: " in text
    assert PatientView.objects.count() == 0


def test_empty_view_is_refused(link: ViewsLink) -> None:
    patient = Patient(link)
    patient.fill_in(who="PATIENT")

    assert "Write something in at least 1 answer" in patient.post("send", good=" ")
    assert PatientView.objects.count() == 0


def test_double_post_makes_one_view_and_another_text_a_second(link: ViewsLink) -> None:
    patient = Patient(link)
    patient.fill_in(good="The nurses")
    sheet = fields_of(patient.text) | {"go": "send"}

    for text in ("The nurses", "The nurses", "Somebody else’s words on the same tablet"):
        patient.client.post(patient.path, sheet | {"good": text})

    assert sorted(PatientView.objects.values_list("good", flat=True)) == ["Somebody else’s words on the same tablet", "The nurses"]


@pytest.mark.parametrize("signature", ["", "forged", "other link", "old"])
def test_form_without_our_fresh_signature_is_asked_to_be_sent_again(signature: str, link: ViewsLink) -> None:
    patient = Patient(link)
    patient.fill_in(good="The nurses")
    sheet = fields_of(patient.text)
    made = {"other link": {"link": link.pk + 1, "form": uuid.uuid4().hex}, "old": {"link": link.pk, "form": uuid.uuid4().hex}}
    sheet["form"] = signing.dumps(made[signature], salt=SALT) if signature in made else signature
    if signature == "old":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(signing.time, "time", lambda: 1_000_000_000)
            sheet["form"] = signing.dumps(made["old"], salt=SALT)

    first = patient.client.post(patient.path, sheet | {"go": "send"})
    text = unescape(first.content.decode())
    assert "This page was open for a long time. Check your answers and send them again." in text
    assert PatientView.objects.count() == 0

    patient.client.post(patient.path, fields_of(first.content.decode()) | {"go": "send"})
    assert PatientView.objects.get().good == "The nurses"


def test_limit_is_the_links_and_the_text_stays(visit: Visit, link: ViewsLink, settings) -> None:
    settings.VIEWS_LIMIT_COUNT = 2
    give(link)
    patient = Patient(link)
    patient.fill_in(good="The nurses")
    sheet = fields_of(patient.text) | {"go": "send"}
    patient.client.post(patient.path, sheet)

    again = patient.client.post(patient.path, sheet)
    busy = patient.client.post(patient.path, sheet | {"good": "More words"})

    assert again.status_code == 302
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "600")
    assert "We cannot take more answers for a few minutes. Your text is still here." in busy.content.decode()
    assert "More words" in busy.content.decode()
    PatientView.objects.update(given_at=timezone.now() - dt.timedelta(minutes=11))
    assert give(link).pk


def test_closed_link_says_when_and_whom_to_contact(link: ViewsLink) -> None:
    patient = Patient(link)
    patient.fill_in(good="The nurses")
    views_links.close_link(link_id=link.pk, by=link.made_by)

    text = re.sub(r"\s+", " ", patient.post("send"))

    assert f"This form closed on {timezone.localdate():%A} {timezone.localdate().day} " in text
    assert "You can still contact PALS on 01632 960 100." in text
    assert "The nurses" in text
    assert PatientView.objects.count() == 0


def test_link_is_closed_after_its_day_before_it_and_when_the_visit_is_over(visit: Visit, link: ViewsLink) -> None:
    today, path = timezone.localdate(), f"/views/{link.token}/"
    cases = {
        "This form closed on ": {"opens_date": today - 2 * DAY, "closes_date": today - DAY},
        "This form opens on ": {"opens_date": today + DAY, "closes_date": today + DAY},
        "This form is closed.": {"opens_date": today, "closes_date": today},
    }
    for words, dates in cases.items():
        ViewsLink.objects.filter(pk=link.pk).update(**dates)
        if words == "This form is closed.":
            Review.objects.filter(pk=visit.review.pk).update(status="REPORTING")
        assert words in Client().get(path).content.decode()
        with pytest.raises(InvalidTransition):
            give(link)


def test_unknown_token_is_not_found_and_capitals_are_the_same(link: ViewsLink) -> None:
    assert Client().get("/views/unknown/").status_code == 404
    assert Client().get("/views/unknown/thank-you/").status_code == 404
    assert Client().get(f"/views/{link.token.upper()}/").status_code == 200


def test_public_form_is_taken_without_csrf_and_costs_the_same_however_many_came(
    link: ViewsLink, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client(enforce_csrf_checks=True)
    form = client.get(f"/views/{link.token}/").content.decode()

    for _ in range(2):
        with django_assert_num_queries(1):
            assert client.post(f"/views/{link.token}/", fields_of(form) | {"go": "next"}).status_code == 200
        give(link)


def test_event_of_an_anonymous_view_names_nobody_and_no_request(link: ViewsLink) -> None:
    patient = Patient(link)
    patient.fill_in(good="The nurses")
    patient.post("send")

    event = AuditEvent.objects.get(action="patient_view.given")
    assert (event.by, event.request_id) == (None, "")


# Links ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", list(Review.Status))
def test_link_is_made_from_the_notice_to_the_end_of_the_visit(status: str) -> None:
    visit = make_visit()
    visit.review = make_review(status, visit)

    if status in {"NOTIFIED", "PREPARING", "VISITING"}:
        assert re.fullmatch(r"[a-z2-9]{5}-[a-z2-9]{5}", make_link(visit).token)
    else:
        with pytest.raises(InvalidTransition):
            make_link(visit)


def test_link_of_a_service_is_one_and_closes_by_the_end_of_the_visit(visit: Visit) -> None:
    ends = visit.review.ends_date
    with pytest.raises(InvalidTransition, match="last day of the visit"):
        make_link(visit, closes_date=ends + DAY)
    assert usual_closes_date(visit.review) == ends - DAY
    link = make_link(visit, closes_date=ends)
    with pytest.raises(InvalidTransition, match="already"):
        make_link(visit)

    views_links.close_link(link_id=link.pk, by=visit.manager)
    with pytest.raises(InvalidTransition, match="was closed on"):
        views_links.close_link(link_id=link.pk, by=visit.manager)
    chosen = {"opens_date": link.opens_date, "closes_date": ends, "pals_contact": "PALS", "formats_contact": "The ward"}
    assert views_links.change_link(link_id=link.pk, by=visit.manager, **chosen).closed_at is None


def test_hub_makes_a_link_and_prints_its_poster(visit: Visit, signed_in: SignedIn) -> None:
    client, path = signed_in(visit.manager), f"/reviews/{visit.review.pk}/views/"
    day = timezone.localdate()
    date = {f"{name}_{part}": getattr(day, part) for name, part in product(("opens_date", "closes_date"), ("day", "month", "year"))}

    faulty = client.post(f"{path}links/new/", date | {"service": visit.scene.service.pk})
    made = client.post(f"{path}links/new/", date | {"service": visit.scene.service.pk, "pals_contact": "PALS", "formats_contact": "Ward"})

    assert "Enter where people can complain or get advice" in faulty.content.decode()
    assert made.headers["Location"] == path
    link = ViewsLink.objects.get()
    poster = signed_in(visit.scene.lead).get(f"{path}links/{link.pk}/poster/").content.decode()
    assert f"/views/{link.token}/" in poster
    assert "<svg" in poster
    assert "style=" not in poster[poster.index("<main") : poster.index("</main")]
    code = client.get(f"{path}links/{link.pk}/code.svg")
    assert code.headers["Content-Type"] == "image/svg+xml"
    assert code.content.startswith(b"<svg")


# Reading --------------------------------------------------------------------------------------------------------------
def test_hub_reads_shares_and_goes_to_the_next(visit: Visit, link: ViewsLink, signed_in: SignedIn) -> None:
    calm, urgent = give(link, good="Calm"), give(link, unsafe="The bell")
    client, path = signed_in(visit.manager), f"/reviews/{visit.review.pk}/views/"

    page = client.get(f"{path}{urgent.pk}/").content.decode()
    shared = client.post(f"{path}{urgent.pk}/")
    held = client.post(f"{path}{calm.pk}/hold-back/", {"reason": "It names a nurse"})

    assert "something felt unsafe" in page
    assert shared.headers["Location"] == f"{path}{calm.pk}/"
    assert held.headers["Location"] == path
    assert list(PatientView.objects.order_by("pk").values_list("status", "held_back_reason", "read_by")) == [
        ("HELD_BACK", "It names a nurse", visit.manager.pk), ("SHARED", "", visit.manager.pk),
    ]  # fmt: skip
    assert "shared this on" in client.post(f"{path}{urgent.pk}/").content.decode()


def test_held_back_view_leaves_its_findings(team_visit: Visit) -> None:
    visit, link = team_visit, make_link(team_visit)
    view, finding = give(link), visit.find(agreed=True)
    share_view(view_id=view.pk, by=visit.manager)
    finding.views.add(view)
    assert counts_of(visit.review).finding_count == 1

    hold_back_view(view_id=view.pk, reason="It names a nurse", by=visit.manager)

    assert list(finding.views.all()) == []
    assert counts_of(visit.review).finding_count == 0
    with pytest.raises(InvalidTransition, match="held back this on"):
        hold_back_view(view_id=view.pk, reason="Again", by=visit.manager)
    assert share_view(view_id=view.pk, by=visit.manager).held_back_reason == ""


@pytest.mark.parametrize(
    ("text", "marked"),
    [("94 34 76 59 19", True), ("9434765919", True), ("943.476.59-19", True), ("01632 960 100", False), ("94 34 76 59 18", False)],
)
def test_hub_is_told_of_numbers_that_the_form_let_pass(text: str, marked: bool) -> None:
    assert may_hold_nhs_number(PatientView(better=f"It is {text}, I think")) == marked


def sees(signed_in: SignedIn, visit: Visit, user: User) -> tuple[int, bool]:
    """What the page of views answers to a person, and whether it says the canary."""
    answer = signed_in(user).get(f"/reviews/{visit.review.pk}/views/")
    return answer.status_code, CANARY in answer.content.decode()


# status -> who reads the words: hub manager, officer, lead reviewer, patient reviewer, service lead, executive
READERS = {
    "WAITING": (False, False, False, False, False, False),
    "SHARED": (True, True, True, True, False, False),
    "HELD_BACK": (False, False, False, False, False, False),
}


@pytest.mark.parametrize("status", list(READERS))
def test_words_are_read_by_whom_the_status_says(status: str, team_visit: Visit, signed_in: SignedIn) -> None:
    visit, link = team_visit, make_link(team_visit)
    view, scene = give(link, good=CANARY), visit.scene
    if status == "SHARED":
        share_view(view_id=view.pk, by=visit.manager)
    if status == "HELD_BACK":
        hold_back_view(view_id=view.pk, reason="Why", by=visit.manager)
    officer = person(Role.HUB_OFFICER, scene.service.region)
    people = (visit.manager, officer, visit.lead, visit.patient, scene.lead, scene.executive)

    assert tuple(sees(signed_in, visit, user) for user in people) == tuple((200, reads) for reads in READERS[status])
    paths = (f"/reviews/{visit.review.pk}/", f"/reviews/{visit.review.pk}/pack/", "/home/")
    for user, path in product((visit.patient, scene.lead), paths):
        assert CANARY not in signed_in(user).get(path).content.decode()
    detail = f"/reviews/{visit.review.pk}/views/{view.pk}/"
    assert [signed_in(user).get(detail).status_code for user in people] == [200, 200, 403, 403, 403, 403]


def test_review_for_learning_shows_its_views_to_those_on_it_alone(signed_in: SignedIn) -> None:
    visit = make_visit()
    visit.review = make_review("PREPARING", visit, purpose="IMPROVEMENT", decision=None)
    link = make_link(visit)
    give(link, good=CANARY)
    officer = person(Role.HUB_OFFICER, visit.scene.service.region)
    national = person(Role.NATIONAL_LEAD)

    assert [sees(signed_in, visit, user) for user in (officer, national, visit.scene.lead)] == [(404, False), (404, False), (200, False)]
    assert [item.is_learning for item in views_items(visit.manager)] == [True]
    assert views_items(officer) == []
    thanks = Client().get(f"/views/{link.token}/thank-you/").content.decode()
    assert "The service decides whether everyone can read the report." in thanks


@pytest.mark.parametrize("count", [1, 4])
def test_page_of_views_costs_the_same_for_any_number(
    count: int, team_visit: Visit, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    visit, link = team_visit, make_link(team_visit)
    for _ in range(count):
        give(link)
        share_view(view_id=give(link).pk, by=visit.manager)
        hold_back_view(view_id=give(link).pk, reason="Why", by=visit.manager)
    for user, statements in ((visit.manager, 20), (visit.lead, 17), (visit.scene.lead, 14)):
        client = signed_in(user)
        with django_assert_num_queries(statements):
            client.get(f"/reviews/{visit.review.pk}/views/")


# Paper and interviews -------------------------------------------------------------------------------------------------
def test_team_records_an_interview_that_the_hub_reads_first(team_visit: Visit, signed_in: SignedIn) -> None:
    visit = team_visit
    client, path = signed_in(visit.patient), f"/reviews/{visit.review.pk}/views/"
    form = client.get(f"{path}record/").content.decode()
    client_id = re.search(r'name="client_id" value="([^"]+)"', form)[1]
    sent = {"client_id": client_id, "service": visit.scene.service.pk, "channel": "INTERVIEW", "who": "PATIENT", "good": CANARY}

    for _ in range(2):
        assert client.post(f"{path}record/", sent).headers["Location"] == path

    view = PatientView.objects.get()
    assert (view.channel, view.status, view.entered_by) == ("INTERVIEW", "WAITING", visit.patient)
    assert CANARY not in client.get(path).content.decode()
    assert "On paper" not in form


def test_paper_is_typed_in_by_the_hub_alone(team_visit: Visit) -> None:
    visit = team_visit
    said = {"review_id": visit.review.pk, "service_id": visit.scene.service.pk, "client_id": uuid.uuid4(), "said": Said(good="Clean")}

    for channel, by in (("PAPER", visit.patient), ("LINK", visit.manager), ("INTERVIEW", visit.scene.lead)):
        with pytest.raises(InvalidTransition):
            record_view(channel=channel, by=by, **said)
    assert record_view(channel="PAPER", by=visit.manager, **said).status == "WAITING"


# The hub is told ------------------------------------------------------------------------------------------------------
def unsafe_jobs() -> int:
    return Job.objects.filter(kind="mail.view_unsafe").count()


def test_unsafe_view_is_mailed_the_same_day_without_its_text(visit: Visit, link: ViewsLink) -> None:
    give(link, good="Calm")
    assert unsafe_jobs() == 0
    first = give(link, unsafe=CANARY)
    give(link, unsafe="While the first waits, no second mail")
    assert unsafe_jobs() == 1
    share_view(view_id=first.pk, by=visit.manager)
    PatientView.objects.filter(status="WAITING").delete()
    give(link, unsafe="After that it was read, one more")
    assert unsafe_jobs() == 2

    Job.objects.exclude(kind="mail.view_unsafe").delete()
    Job.objects.order_by("pk").last().delete()
    for _ in range(2):
        run_pending()
        jobs.enqueue("mail.view_unsafe", view_id=first.pk)

    (sent,) = mail.outbox
    assert sent.to == [visit.manager.email]
    assert sent.subject == f"Read a view of patients and carers of {visit.scene.service.name} today"
    assert CANARY not in sent.body


def test_views_to_read_wait_for_who_arranges(visit: Visit, link: ViewsLink) -> None:
    assert views_items(visit.manager) == []
    give(link)
    give(link, unsafe="The bell")

    (item,) = views_items(visit.manager)

    assert (item.task, item.reference, item.due) == (
        "Read 2 views of patients and carers", f"review:{visit.review.pk}:views", timezone.localdate(),
    )  # fmt: skip
    assert "bell" not in item.outside_words
    assert item in work_items(visit.manager)
    assert views_items(visit.lead) == []


# The database itself --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "fault",
    [{"good": ""}, {"status": "SHARED"}, {"channel": "PAPER"}],
    ids=["says nothing", "shared by nobody", "typed in by nobody"],
)
def test_database_refuses(fault: dict[str, str], visit: Visit) -> None:
    row = {"review": visit.review, "service": visit.scene.service, "channel": "LINK", "good": "Words"}
    with pytest.raises(IntegrityError), transaction.atomic():
        PatientView.objects.create(**(row | fault))


def test_too_many_is_raised_whoever_asks(link: ViewsLink, settings) -> None:
    settings.VIEWS_LIMIT_COUNT = 1
    give(link)
    with pytest.raises(TooManyViews):
        give(link)
    assert list(shared_views(link.review)) == []
