"""Decisions whose figures moved: marked with why, decided again or kept with a reason, and told to the hub."""

import datetime as dt
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from surveillance.models import SelfReport, SurveillanceDecision
from surveillance.queries.older_figures import older_figures
from surveillance.services import checking, decisions, rounds
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.older_figures import keep_decision, mark_decisions
from surveillance.work_items_decisions import work_items_decisions
from tests.factories.decisions import Place, give_positions, make_decision, make_place, make_report
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
SOON = timezone.localdate() + dt.timedelta(days=20)


@pytest.fixture
def place() -> Place:
    return make_place()


def text_of(response: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def reopen(place: Place, report: SelfReport) -> None:
    rounds.reopen_self_report(self_report_id=report.pk, due_date=SOON, reason="Two answers were mixed up", by=place.manager)


def accept_again(place: Place, report: SelfReport, *, met: int) -> None:
    """Declare again with ``met`` of four, without the round's dates in the way, and accept."""
    report.refresh_from_db()
    blank = dict.fromkeys(("number", "title", "value", "numerator", "denominator", "reason", "comment"), "") | {"is_key": False}
    answers = [blank | {"id": answer.pk, "met": n < met} for n, answer in enumerate(report.answers.order_by("indicator__position"))]
    report.declarations.create(
        content=json.dumps({"answers": answers}), hash="1" * 64, declared_by=place.executive, declared_at=timezone.now(),
        receipt_code=f"X{report.pk}",
    )  # fmt: skip
    SelfReport.objects.filter(pk=report.pk).update(status="BEING_CHECKED", declared_at=timezone.now(), declared_by=place.executive)
    checking.accept_self_report(self_report_id=report.pk, by=place.officer)


def test_opening_again_marks_and_accepting_says_then_and_now(place: Place) -> None:
    report = make_report(place)
    decision = make_decision(place, report=report)
    version = decision.version

    reopen(place, report)
    decision.refresh_from_db()
    opened = (decision.is_on_older_figures, decision.older_figures_reason, older_figures(decision).sentence, decision.version)
    accept_again(place, report, met=2)
    decision.refresh_from_db()

    day = f"{timezone.localdate():%-d %B %Y}"
    why = f"The self-report was opened again on {day}: Two answers were mixed up"
    assert opened == (True, why, "The figures of this decision may change.", version + 1)
    assert older_figures(decision).sentence == "Made on older figures: 3 of 4 then, 2 of 4 now."
    assert older_figures(decision).why == f"The self-report was opened again on {day} and accepted again: Two answers were mixed up"


def test_accepting_the_same_figures_again_unmarks(place: Place) -> None:
    report = make_report(place)
    decision = make_decision(place, report=report)
    reopen(place, report)
    mark_decisions([SelfReport.objects.get()], {report.pk: list(report.scores.all())})
    decision.refresh_from_db()
    still = decision.is_on_older_figures

    accept_again(place, report, met=3)

    decision.refresh_from_db()
    assert (still, decision.is_on_older_figures, decision.older_figures_reason, older_figures(decision)) == (True, False, "", None)


def test_a_service_that_declares_after_all(place: Place) -> None:
    report = make_report(place, status="NOT_DECLARED")
    scores = list(report.scores.all())
    report.scores.all().delete()
    decision = make_decision(place, report=report)
    for score in scores:
        score.save(force_insert=True)

    assert older_figures(decision).sentence == "Made on older figures: not declared then, 3 of 4 now."


def moved(place: Place, *, is_in_force: bool = False) -> SurveillanceDecision:
    report = make_report(place, met=4)
    decision = make_decision(place, report=report, needs_provider_action=False, is_routine=True)
    if is_in_force:
        give_positions(place, decision)
        decision = decisions.bring_into_force(decision_id=decision.pk, by=place.manager)
    report.scores.update(met_count=2, reason="Indicator 10-1A-301 suspended from 1 May 2027: Withdrawn.")
    mark_decisions([report], {report.pk: list(report.scores.all())})
    decision.refresh_from_db()
    return decision


def test_marking_twice_does_nothing_more_and_a_kept_one_is_asked_about_for_a_new_reason_only(place: Place) -> None:
    decision = moved(place)
    report = SelfReport.objects.get()
    keep_decision(decision_id=decision.pk, reason="The same risk", by=place.manager)
    mark_decisions([report], {report.pk: list(report.scores.all())})
    decision.refresh_from_db()
    kept = (decision.kept_reason, decision.kept_by)

    report.scores.update(reason="Another indicator was suspended.")
    mark_decisions([report], {report.pk: list(report.scores.all())})

    decision.refresh_from_db()
    assert kept == ("The same risk", place.manager)
    assert (decision.kept_reason, decision.kept_by, decision.kept_at) == ("", None, None)


def test_keeping_is_refused_where_there_is_nothing_to_keep(place: Place) -> None:
    decision = make_decision(place)
    with pytest.raises(InvalidTransition, match="still those of the self-report"):
        keep_decision(decision_id=decision.pk, reason="x", by=place.manager)
    decisions.end_decision(decision_id=decision.pk, reason="x", by=place.manager)

    with pytest.raises(InvalidTransition, match="ended"):
        keep_decision(decision_id=decision.pk, reason="x", by=place.manager)


def test_keeping_meets_another_persons_change(place: Place) -> None:
    decision = moved(place)

    with pytest.raises(SomeoneElseChanged):
        keep_decision(decision_id=decision.pk, reason="x", by=place.manager, version=decision.version - 1)


@pytest.mark.parametrize("is_in_force", [False, True])
def test_the_hub_is_told_until_somebody_decides(place: Place, is_in_force: bool) -> None:
    decision = moved(place, is_in_force=is_in_force)

    def kinds() -> list[str]:
        return [item.kind for item in work_items_decisions(User.objects.get(pk=place.manager.pk)) if "figures" in item.kind]

    before = kinds()
    keep_decision(decision_id=decision.pk, reason="The same risk", by=place.manager)

    assert (before, kinds()) == (["decision.older_figures"], [])


# Pages ----------------------------------------------------------------------------------------------------------------
def test_page_offers_both_ways_to_the_manager_only(place: Place, signed_in: SignIn) -> None:
    decision = moved(place)
    address = reverse("surveillance:decision_detail", args=[decision.pk])

    shown, read = text_of(signed_in(place.manager).get(address)), text_of(signed_in(place.lead).get(address))

    sentence = "Made on older figures: 4 of 4 then, 2 of 4 now. Indicator 10-1A-301 suspended from 1 May 2027: Withdrawn."
    assert f"{sentence} Decide again or keep it with a reason." in shown
    assert sentence in read
    assert "Keep this decision" not in read


def test_keep_page_needs_a_reason_then_shows_it(place: Place, signed_in: SignIn) -> None:
    decision = moved(place)
    address, browser = reverse("surveillance:decision_keep", args=[decision.pk]), signed_in(place.manager)

    empty = browser.post(address, {"reason": "", "version": decision.version})
    clash = browser.post(address, {"reason": "My words", "version": "1"})
    done = browser.post(address, {"reason": "The same risk", "version": decision.version}, follow=True)

    assert "Enter a reason for keeping this decision" in text_of(empty)
    assert (clash.status_code, "My words" in text_of(clash)) == (409, True)
    assert f"{place.manager.name} kept this decision on" in text_of(done)
    assert "The same risk" in text_of(done)


def test_deciding_again_leads_to_the_next_proposal(place: Place, signed_in: SignIn) -> None:
    decision = moved(place)
    address = reverse("surveillance:decision_end", args=[decision.pk])

    response = signed_in(place.manager).post(f"{address}?again=1", {"reason": "New figures", "version": decision.version})

    assert response["Location"] == reverse("surveillance:self_report_decision", args=[SelfReport.objects.get().pk])


@pytest.mark.parametrize(
    ("who", "code"), [("manager", 200), ("officer", 403), ("lead", 403), ("contributor", 404), ("executive", 403), ("commissioner", 403)]
)
def test_keep_page_by_role(place: Place, signed_in: SignIn, who: str, code: int) -> None:
    address = reverse("surveillance:decision_keep", args=[moved(place).pk])

    assert signed_in(getattr(place, who)).get(address).status_code == code
    assert signed_in(getattr(make_place(), who)).get(address).status_code == 404
