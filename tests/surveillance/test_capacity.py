"""A hub's room for visits, and what the service says to a proposal."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import Procedure, Review
from surveillance.models import DecisionComment
from surveillance.queries.capacity import capacity_of
from surveillance.services import decisions
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import Place, give_positions, make_decision, make_place, make_report
from work.models import DigestEntry

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LIST = reverse("surveillance:visit_capacity")


@pytest.fixture
def place() -> Place:
    return make_place()


def text_of(response: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def make_review(place: Place, *, decision: object = None, **facts: object) -> Review:
    day = dt.date(2028, 3, 1)
    columns = {
        "title": "Visit", "purpose": "COMPLIANCE", "status": "PLANNED", "decision": decision, "region": place.service.region,
        "procedure": Procedure.objects.get(code="SMALL_NETWORK"), "starts_date": day, "ends_date": day, "opened_by": place.manager,
    }  # fmt: skip
    return Review.objects.create(**(columns | facts))


def visit_decision(place: Place, **facts: object) -> object:
    near = make_place(region=place.service.region)
    return make_decision(near, needs_provider_action=False, needs_peer_review=True, **facts)


def test_capacity_counts_compliance_visits_of_the_year_only(place: Place) -> None:
    first = visit_decision(place)
    opened = first.round
    make_review(place)
    make_review(place, status="REPORTING")
    make_review(place, status="CANCELLED")
    make_review(place, status="POSTPONED")
    make_review(place, purpose="IMPROVEMENT", origin="REQUEST")
    make_review(place, starts_date=dt.date(2027, 9, 30), ends_date=dt.date(2027, 9, 30))
    make_review(make_place())

    found = capacity_of(place.service.region, opened)

    assert (found.from_date, found.to_date) == (dt.date(2027, 10, 1), dt.date(2028, 9, 29))
    assert (found.proposed, found.planned, found.held, found.possible, found.left) == (1, 1, 1, 57, 54)


def test_rows_come_by_risk_then_score_and_number_from_what_is_planned(place: Place, settings: object) -> None:
    settings.VISITS_A_YEAR_A_HUB = 2
    low = visit_decision(place, likelihood=1, consequence=1)
    high = visit_decision(place, likelihood=5, consequence=5)
    planned = visit_decision(place, likelihood=3, consequence=4)
    make_review(place, decision=planned)

    found = capacity_of(place.service.region, low.round)

    rows = [(row.decision.pk, row.state, row.number, row.is_beyond) for row in found.rows]
    assert rows == [(high.pk, "", 2, False), (planned.pk, "Planned for 1 March 2028", 2, False), (low.pk, "", 3, True)]
    assert found.left == -1


def test_page_shows_the_line_and_keeps_to_the_region(place: Place, signed_in: SignIn, settings: object) -> None:
    settings.VISITS_A_YEAR_A_HUB = 1
    visit_decision(place, likelihood=5, consequence=5)
    visit_decision(place, likelihood=1, consequence=1)
    visit_decision(make_place())

    page = text_of(signed_in(place.officer).get(LIST, {"year": "2027"}))
    foreign = signed_in(place.officer).get(LIST, {"region": "XX", "year": "x"})

    assert "2 proposed, 0 planned, 0 held. 1 is possible (our default). That is too many by 1." in page
    assert "Number 1 of 1" in page
    assert "No room this year , number 2 of 1" in page
    assert len(foreign.context["capacity"].rows) == 2
    assert signed_in(place.lead).get(LIST).status_code == 403
    empty = OrganisationFactory(hub=True, name="A hub without services")
    opened = signed_in(person(Role.NATIONAL_LEAD)).get(LIST)
    assert opened.status_code == 200
    assert opened.context["capacity"].rows
    assert empty.name in opened.content.decode()


@pytest.mark.parametrize("row_count", [1, 3])
def test_page_takes_the_same_queries(place: Place, signed_in: SignIn, django_assert_num_queries: Callable, row_count: int) -> None:
    for _ in range(row_count):
        make_review(place, decision=visit_decision(place))
    browser = signed_in(place.officer)
    browser.get(LIST)

    with django_assert_num_queries(8):
        response = browser.get(LIST)

    assert len(response.context["page_obj"].object_list) == row_count


def test_proposing_shows_the_room(place: Place, signed_in: SignIn) -> None:
    visit_decision(place)
    report = make_report(place)

    page = text_of(signed_in(place.officer).get(reverse("surveillance:self_report_decision", args=[report.pk])))

    assert "visits from 1 October 2027 to 29 September 2028: 1 proposed, 0 planned, 0 held. 57 are possible" in page


# Comments -------------------------------------------------------------------------------------------------------------
def test_lead_comments_and_three_parties_read_it(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place)
    address, detail = (reverse(f"surveillance:{name}", args=[decision.pk]) for name in ("decision_comment", "decision_detail"))

    empty = signed_in(place.lead).post(address, {"text": " "})
    done = signed_in(place.lead).post(address, {"text": "Two posts were filled in the spring."})

    assert "Enter your comment" in text_of(empty)
    assert done["Location"] == detail
    pages = [text_of(signed_in(user).get(detail)) for user in (place.manager, place.executive, place.commissioner, place.lead)]
    assert ["Two posts were filled in the spring." in page for page in pages] == [True] * 4
    assert ["Comment on this proposal" in page for page in pages] == [False, False, False, True]
    told = DigestEntry.objects.filter(key__startswith="decision_comment").values_list("user", "sentence")
    sentence = f"{place.lead.name} commented on the proposed decision for {place.service}."
    assert sorted(told) == sorted([(place.manager.pk, sentence), (place.officer.pk, sentence)])


def test_lead_hears_of_the_proposal(place: Place) -> None:
    decision = make_decision(place)

    entry = DigestEntry.objects.get(key=f"decision_proposed:{decision.pk}")

    assert (entry.user, "is proposed. Read it and comment by" in entry.sentence) == (place.lead, True)


def test_comment_after_force_keeps_the_text(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place, report=make_report(place, met=4))
    give_positions(place, decision)
    decisions.bring_into_force(decision_id=decision.pk, by=place.manager)

    response = signed_in(place.lead).post(reverse("surveillance:decision_comment", args=[decision.pk]), {"text": "Too late"})

    assert "takes no comments any more. Your text is below and was not saved." in text_of(response)
    assert "Too late" in text_of(response)
    assert DecisionComment.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "code"), [("manager", 403), ("officer", 403), ("lead", 200), ("contributor", 404), ("executive", 403), ("commissioner", 403)]
)
def test_comment_page_by_role(place: Place, signed_in: SignIn, who: str, code: int) -> None:
    address = reverse("surveillance:decision_comment", args=[make_decision(place).pk])

    assert signed_in(getattr(place, who)).get(address).status_code == code
    assert signed_in(getattr(make_place(), who)).get(address).status_code == 404
