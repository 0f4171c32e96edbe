"""The report of a review for learning: checked and signed by its team, published by its service alone, and read by nobody else before."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from peerreview.models import Finding, Review
from peerreview.queries.milestones import milestones_of
from peerreview.services import leaving
from qnt.your_work import new_reports
from reports.models import Consent, LibraryEntry, Publication, QualityCheck, Report
from reports.queries.clocks import clocks_of
from reports.queries.people import checker_candidates
from reports.queries.steps import report_next_step
from reports.queries.waiting import report_items
from reports.services import accuracy, checking, consents, publication, signing
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.learning import Learning, learning_report, make_learning, say_everywhere
from tests.factories.peerreview import make_review, make_visit
from tests.factories.report_states import second_service
from work import jobs
from work.items import work_items
from work.models import DigestEntry
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
S = Report.Status
SECRET = "quokka-kept"


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def made_report(to: str = "SIGNED_OFF") -> tuple[Learning, Report]:
    made = make_learning()
    say_everywhere(made, "We saw handovers at the bedside.")
    return made, learning_report(made, to=to)


def tasks(user: User) -> list[str]:
    """What waits for a person about the report, apart from reading it."""
    return [item.task.split(" on ")[0] for item in report_items(fresh(user))]


# Checked and signed by its own people ---------------------------------------------------------------------------------
def test_the_team_checks_and_its_lead_signs_by_pages_and_nobody_else_is_told(signed_in: SignedIn) -> None:
    made, report = made_report(to="DRAFT")
    visit, pk = made.visit, report.pk
    manager, lead = signed_in(visit.manager), signed_in(visit.lead)
    jobs.run_pending()
    mail.outbox.clear()

    page = manager.get(f"/reports/{pk}/checkers/").content.decode()
    chosen = {"checkers": [visit.member.pk, visit.patient.pk], "reason": "The team met today"}
    assert manager.post(f"/reports/{pk}/checkers/", chosen).status_code == 302
    for user in (visit.member, visit.patient):
        assert tasks(user) == ["Check the quality of the report"]
        answer = {"criteria": list(checking.CRITERIA), "outcome": "PASS", "note": "", "read_hash": ""}
        assert signed_in(user).get(f"/reports/{pk}/quality-check/").status_code == 200
        assert signed_in(user).post(f"/reports/{pk}/quality-check/", answer).status_code == 302
    due = Report.objects.get(pk=pk).accuracy_due_date
    accuracy.lapse_accuracy(today=due + dt.timedelta(days=1))

    assert "Choose 2 members of the team" in page
    assert {user.pk for user in checker_candidates(report)} == {visit.lead.pk, visit.member.pk, visit.patient.pk}
    assert (tasks(visit.lead), tasks(visit.manager), tasks(visit.member)) == (["Sign off the report"], [], [])
    assert report_next_step(Report.objects.get(pk=pk)).holder == "Lin Lead, lead reviewer"
    assert [signed_in(user).get(f"/reports/{pk}/sign-off/").status_code for user in (visit.member, visit.scene.lead)] == [403, 403]
    assert "You drafted this report" in manager.get(f"/reports/{pk}/sign-off/").content.decode()
    assert "Sign off" in lead.get(f"/reports/{pk}/").content.decode()
    lead.post(f"/reports/{pk}/sign-off/", {"prepare": "1"})
    version = Report.objects.get(pk=pk).versions.filter(purpose="FINAL").get()
    signed = lead.post(f"/reports/{pk}/sign-off/", {"version": version.number}, follow=True)
    assert (signed.status_code, signed.redirect_chain[-1][0]) == (200, "/home/")  # with sign-off the lead's access has ended
    assert "Report signed off" in signed.content.decode()
    assert Report.objects.get(pk=pk).sign_offs.get().signed_by == visit.lead
    jobs.run_pending()
    on_it = {user.email for user in made.on_it()}
    assert {address for message in mail.outbox for address in message.to} <= on_it
    assert not DigestEntry.objects.filter(sentence__contains=report.title).exists()


def test_checks_of_hub_and_nation_are_refused_as_they_do_not_read_it() -> None:
    made, report = made_report(to="DRAFT")

    for outsider in (made.visit.scene.officer, made.visit.scene.national):
        with pytest.raises(InvalidTransition, match="nobody else reads this report"):
            checking.ask_for_quality_check(
                report_id=report.pk, checker_ids=[outsider.pk, made.visit.member.pk], by=made.visit.manager, without_team_reason="Met"
            )
    assert not QualityCheck.objects.exists()


def test_visit_lead_signs_what_somebody_else_drafted_and_others_never() -> None:
    made, report = made_report(to="FACTUAL_ACCURACY")
    visit = made.visit
    accuracy.lapse_accuracy(today=report.accuracy_due_date + dt.timedelta(days=1))
    version = signing.prepare_final(report_id=report.pk, by=visit.manager)
    refused = [
        (visit.manager, "You drafted"), (visit.member, "The lead reviewer signs"), (visit.scene.national, "The lead reviewer signs"),
        (visit.scene.lead, "The lead reviewer signs"),
    ]  # fmt: skip

    for user, sentence in refused:
        with pytest.raises(InvalidTransition, match=sentence):
            signing.sign_off_report(report_id=report.pk, version_number=version.number, by=fresh(user))
    Report.objects.filter(pk=report.pk).update(drafter=visit.lead)
    assert (tasks(visit.lead), tasks(visit.manager)) == ([], ["Sign off the report"])
    assert report_next_step(Report.objects.get(pk=report.pk)).holder.startswith("Mo Manager, hub manager")
    signing.sign_off_report(report_id=report.pk, version_number=version.number, by=fresh(visit.manager))

    assert Report.objects.get(pk=report.pk).status == S.SIGNED_OFF


def test_everything_in_the_accuracy_check_is_for_the_service() -> None:
    made = make_learning()
    say_everywhere(made, "Seen")
    Finding.objects.filter(review=made.review).update(addressed_to="COMMISSIONER")

    report = learning_report(made, to="FACTUAL_ACCURACY")

    assert set(report.accuracy_points.values_list("party", flat=True)) == {"SERVICE"}


def test_clocks_of_publication_name_the_service_and_no_day() -> None:
    made, report = made_report()

    clocks = {clock.label: clock for clock in clocks_of(report)}
    milestones = {row.code: row for row in milestones_of(Review.objects.get(pk=made.review.pk))}

    assert (clocks["Publication decision"].holder, clocks["Publication decision"].words) == ("Service", "No date is set")
    assert (milestones["PUBLICATION"].holder, milestones["PUBLICATION"].due) == ("Service", None)
    assert report.publication_due_date is None
    step = report_next_step(report)
    assert (step.what, step.due, step.clock_words) == (
        "The service says whether the report may be published", None, "No date is set. While nothing is said, nothing is published.",
    )  # fmt: skip


# Published by its service ---------------------------------------------------------------------------------------------
def test_the_service_publishes_by_pages_takes_it_back_and_publishes_again(signed_in: SignedIn) -> None:
    made, report = made_report()
    host, pk, anyone = signed_in(made.host), report.pk, Client()
    restricted = report.sections.filter(visibility="RESTRICTED", block="").first()
    assert tasks(made.host) == ["Say whether the report"]
    assert tasks(made.visit.scene.executive) == ["Say whether the report"]

    page = host.get(f"/reports/{pk}/consent/").content.decode()
    empty = host.post(f"/reports/{pk}/consent/", {}).content.decode()
    sent = {"answer": "PUBLISH", "reason": "", "version": report.version}
    done = host.post(f"/reports/{pk}/consent/", sent, follow=True).content.decode()
    jobs.run_pending()

    assert "The public version" in page
    assert restricted is None or f'id="{restricted.code}"' not in page
    assert "Select what you want to do with this report" in empty
    assert "Report published" in done
    report = Report.objects.get(pk=pk)
    live = Publication.objects.public().get(report=report)
    assert (report.status, live.decided_by, live.version.purpose, bool(live.version.pdf_path)) == ("PUBLISHED", made.host, "PUBLIC", True)
    assert (tasks(made.host), tasks(made.visit.scene.executive)) == ([], [])
    library = anyone.get(f"/library/{report.address}/")
    assert (library.status_code, "Review for learning" in library.content.decode()) == (200, True)
    assert LibraryEntry.objects.public().filter(publication=live).exists()
    assert report.title in anyone.get("/library/").content.decode()
    assert new_reports(fresh(made.visit.scene.commissioner)) == []  # no list of compliance names it
    assert host.post(f"/reports/{pk}/withdraw/", {"reason": ""}).status_code == 200
    assert host.post(f"/reports/{pk}/withdraw/", {"reason": "We moved"}).status_code == 302
    gone = anyone.get(f"/library/{report.address}/")
    assert (gone.status_code, "We moved" in gone.content.decode()) == (410, True)
    assert Consent.objects.get(report=pk).answer == "KEEP"
    assert tasks(made.host) == []
    consents.answer_consent(report_id=pk, agrees=True, by=made.visit.scene.executive)
    assert anyone.get(f"/library/{report.address}/").status_code == 200


def test_mail_of_the_published_report_goes_to_its_people_and_to_no_summary() -> None:
    made, report = made_report()
    jobs.run_pending()
    mail.outbox.clear()

    consents.answer_consent(report_id=report.pk, agrees=True, by=made.host)
    jobs.run_pending()

    told = {address for message in mail.outbox for address in message.to}
    assert told == {user.email for user in made.on_it()} - {made.visit.manager.email}
    assert DigestEntry.objects.filter(sentence__contains=report.title).count() == 0


def test_every_service_agrees_before_anything_is_published() -> None:
    made = make_learning()
    say_everywhere(made, "Seen")
    _, other = second_service(made)
    report = learning_report(made)

    first = consents.answer_consent(report_id=report.pk, agrees=True, by=made.host)
    with pytest.raises(InvalidTransition, match="only with its consent"):
        publication.publish_report(report_id=report.pk, by=made.host)
    waiting = (Report.objects.get(pk=report.pk).status, tasks(made.host), tasks(other))
    second = consents.answer_consent(report_id=report.pk, agrees=True, by=fresh(other))

    assert (first, waiting) == (None, (S.SIGNED_OFF, [], ["Say whether the report"]))
    assert second == Publication.objects.public().get()
    assert second.decided_by == other
    publication.withdraw_report(report_id=report.pk, reason="We changed our mind", by=made.host)
    assert consents.answer_consent(report_id=report.pk, agrees=True, by=fresh(other)) is None
    assert dict(Consent.objects.values_list("service__name", "answer"))[made.visit.scene.service.name] == "KEEP"


def test_kept_report_stays_signed_off_and_the_answer_is_its_peoples(signed_in: SignedIn) -> None:
    made, report = made_report()
    scene, pk = made.visit.scene, report.pk
    consents.answer_consent(report_id=pk, agrees=False, reason=SECRET, by=made.host)
    leaving.release_review(review_id=made.review.pk, by=made.host)  # the hub and the nation now read the signed report

    path = f"/reports/{pk}/"
    seen = {name: SECRET in signed_in(user).get(path).content.decode() for name, user in
            (("lead", made.host), ("executive", scene.executive), ("visit lead", made.visit.manager), ("officer", scene.officer),
             ("national", scene.national))}  # fmt: skip

    assert Report.objects.get(pk=pk).status == S.SIGNED_OFF
    assert seen == {"lead": True, "executive": True, "visit lead": True, "officer": False, "national": False}
    assert "Keep it to ourselves" not in signed_in(scene.officer).get(path).content.decode()
    assert (tasks(made.host), tasks(scene.executive), tasks(scene.national)) == ([], [], [])
    consents.answer_consent(report_id=pk, agrees=True, by=made.host)
    assert Report.objects.get(pk=pk).status == S.PUBLISHED


def test_nobody_of_hub_or_nation_publishes_withholds_or_withdraws(signed_in: SignedIn) -> None:
    made, report = made_report()
    visit, scene, pk = made.visit, made.visit.scene, report.pk
    leaving.release_review(review_id=made.review.pk, by=made.host)
    people = {"national": scene.national, "visit lead": visit.manager, "officer": scene.officer, "signer": visit.lead}
    soon = timezone.localdate() + dt.timedelta(days=9)

    for user in map(fresh, people.values()):
        acts = (
            lambda user=user: publication.publish_report(report_id=pk, by=user),
            lambda user=user: publication.withhold_report(report_id=pk, reason="No", review_date=soon, by=user),
            lambda user=user: consents.answer_consent(report_id=pk, agrees=True, by=user),
        )
        for act in acts:
            with pytest.raises(InvalidTransition, match="belongs to the service"):
                act()
    consents.answer_consent(report_id=pk, agrees=True, by=made.host)
    for user in map(fresh, people.values()):
        with pytest.raises(InvalidTransition, match="belongs to the service"):
            publication.withdraw_report(report_id=pk, reason="No", by=user)

    codes = {part: {name: signed_in(user).get(f"/reports/{pk}/{part}/").status_code for name, user in people.items()}
             for part in ("consent", "publish", "published", "withdraw")}  # fmt: skip
    refused = {"national": 403, "visit lead": 403, "officer": 403, "signer": 404}
    assert codes == dict.fromkeys(codes, refused)
    others = (scene.stranger, scene.commissioner, scene.contributor, visit.member)
    assert {signed_in(user).get(f"/reports/{pk}/consent/").status_code for user in others} == {404}
    assert "Withdraw the report" in signed_in(scene.executive).get(f"/reports/{pk}/").content.decode()
    assert "Withdraw the report" not in signed_in(scene.national).get(f"/reports/{pk}/").content.decode()


@pytest.mark.parametrize(("column", "sentence"), [("drafter", "You drafted"), ("signer", "You signed this off")])
def test_who_drafted_or_signed_it_does_not_publish_it(column: str, sentence: str) -> None:
    made, report = made_report()
    if column == "drafter":
        Report.objects.filter(pk=report.pk).update(drafter=made.host)
    else:
        report.sign_offs.update(signed_by=made.host)

    with pytest.raises(InvalidTransition, match=sentence):
        consents.answer_consent(report_id=report.pk, agrees=True, by=made.host)
    assert (tasks(made.host), tasks(made.visit.scene.executive)) == ([], ["Say whether the report"])


def test_two_answers_meet(signed_in: SignedIn) -> None:
    made, report = made_report()
    consents.answer_consent(report_id=report.pk, agrees=False, by=made.visit.scene.executive, version=report.version)

    with pytest.raises(SomeoneElseChanged):
        consents.answer_consent(report_id=report.pk, agrees=True, by=made.host, version=report.version)
    sent = {"answer": "PUBLISH", "reason": "", "version": report.version}
    clash = signed_in(made.host).post(f"/reports/{report.pk}/consent/", sent)
    text = clash.content.decode()

    assert clash.status_code == 409
    assert ("Keep it to ourselves: " in text, "Somebody answered after you opened this page" in text) == (True, True)
    assert f'value="{report.version + 1}"' in text
    assert Report.objects.get(pk=report.pk).status == S.SIGNED_OFF


def test_consent_is_asked_when_it_is_signed_and_has_something_public(signed_in: SignedIn) -> None:
    made = make_learning()
    say_everywhere(made, "Seen")
    early = learning_report(made, to="FACTUAL_ACCURACY")

    with pytest.raises(InvalidTransition):
        consents.answer_consent(report_id=early.pk, agrees=True, by=made.host)
    assert "nothing to decide now" in signed_in(made.host).get(f"/reports/{early.pk}/consent/").content.decode()
    early.sections.update(visibility="RESTRICTED")
    accuracy.lapse_accuracy(today=early.accuracy_due_date + dt.timedelta(days=1))
    version = signing.prepare_final(report_id=early.pk, by=made.visit.lead)
    signing.sign_off_report(report_id=early.pk, version_number=version.number, by=made.visit.lead)
    with pytest.raises(InvalidTransition, match="No section is marked public"):
        consents.answer_consent(report_id=early.pk, agrees=True, by=made.host)
    assert consents.answer_consent(report_id=early.pk, agrees=False, by=made.host) is None


def test_compliance_report_has_no_consent_and_a_service_answers_once() -> None:
    made, report = made_report()
    consents.answer_consent(report_id=report.pk, agrees=False, by=made.host)
    row = Consent.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(report=report, service=row.service, version=row.version, answer="KEEP", answered_by=made.host)
    Review.objects.filter(pk=made.review.pk).update(purpose="COMPLIANCE", origin="RISK")
    with pytest.raises(InvalidTransition, match="The national team decides"):
        consents.answer_consent(report_id=report.pk, agrees=True, by=made.host)


def test_item_of_consent_has_no_day_and_stands_under_learning() -> None:
    made, report = made_report()

    items = [item for item in work_items(fresh(made.host)) if item.reference == f"report:{report.pk}:consent"]

    assert [(item.due, item.is_learning, item.url) for item in items] == [(None, True, f"/reports/{report.pk}/consent/")]


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_costs_the_same_for_any_number_of_reports(count: int, django_assert_num_queries) -> None:
    visit, today = make_visit(), timezone.localdate()
    for number in range(count):
        review = make_review("FOLLOW_UP", visit, purpose="IMPROVEMENT")
        Report.objects.create(
            review=review, title=f"Report {number}", address=f"report-{number}", status="SIGNED_OFF", drafter=visit.manager,
            draft_due_date=today, final_due_date=today,
        )  # fmt: skip
    host = fresh(visit.scene.lead)
    report_items(host)

    with django_assert_num_queries(4):
        items = report_items(host)

    assert [item.kind for item in items] == ["report.consent"] * count
    assert report_items(fresh(visit.scene.stranger)) == []


@pytest.mark.parametrize(("count", "statements"), [(1, 14), (2, 13), (3, 13)])  # of one service its lead is named
def test_page_of_consent_costs_the_same_for_any_number_of_services(
    count: int, statements: int, signed_in: SignedIn, django_assert_num_queries
) -> None:
    made = make_learning()
    say_everywhere(made, "Seen")
    for position in range(2, count + 1):
        second_service(made, position=position)
    report = learning_report(made)
    host, path = signed_in(made.host), f"/reports/{report.pk}/consent/"
    host.get(path)

    with django_assert_num_queries(statements):
        host.get(path)
