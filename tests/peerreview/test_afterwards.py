"""What follows a visit: feedback, rounds of found, acted, re-checked, progress checks, impact evidence, plans, closing."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from peerreview.models import Finding, FindingRecheck, ImpactEvidence, ProgressCheck, Review
from peerreview.queries.feedback import heard_on_the_day
from peerreview.queries.milestones import milestones_of
from peerreview.queries.plans import plan_drafts
from peerreview.queries.waiting import review_items
from peerreview.queries.waiting_afterwards import afterwards_items
from peerreview.services import actions, feedback, progress, rechecks, reviews
from surveillance.facts import open_immediate_risks
from surveillance.models import Action, EvidenceItem
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from tests.factories.peerreview import Visit, make_visit
from tests.peerreview.test_agreements import cost, make_pathway
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
F = Finding.Status


@pytest.fixture
def visit() -> Visit:
    made = make_visit()
    made.carry("VISITING")
    return made


def follow_up(visit: Visit, *categories: str) -> list[Finding]:
    """Agreed findings of these categories, and the review in follow-up."""
    found = [visit.find(category, agreed=True) for category in categories]
    reviews.finish_visit(review_id=visit.review.pk, by=visit.manager)
    visit.review = reviews.begin_follow_up(review_id=visit.review.pk, by=visit.manager)
    return [Finding.objects.get(pk=finding.pk) for finding in found]


def date_parts(name: str, day: dt.date) -> dict[str, str]:
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def later() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=60)


def tasks(user: User) -> list[str]:
    return [item.task for item in afterwards_items(User.objects.get(pk=user.pk))]


# Feedback of the day --------------------------------------------------------------------------------------------------
def test_feedback_is_made_of_agreed_findings_good_practice_first(visit: Visit, signed_in: SignedIn) -> None:
    visit.find(agreed=True, what_was_seen="No cover at night", addressed_to="COMMISSIONER")
    visit.find("GOOD_PRACTICE", agreed=True, recommendation="", what_was_seen="A warm welcome")
    visit.find(what_was_seen="Still a draft")
    url = f"/reviews/{visit.review.pk}/feedback/"

    before = signed_in(visit.scene.lead).get(url).status_code
    read_out = signed_in(visit.lead).get(url).content.decode()
    given = signed_in(visit.lead).post(f"{url}given/", date_parts("heard_date", timezone.localdate()))
    heard = signed_in(visit.scene.lead).get(url)

    assert before == 403
    assert read_out.index("What works well") < read_out.index("A warm welcome") < read_out.index("What needs to change")
    assert "This is for the commissioner to act on." in read_out
    assert "1 finding is still to be agreed and is not shown here." in read_out
    assert "Still a draft" not in read_out
    assert given.status_code == 302
    assert (heard.status_code, "No cover at night" in heard.content.decode(), "Still a draft" in heard.content.decode()) == (
        200,
        True,
        False,
    )


def test_feedback_is_recorded_once_by_lead_or_hub_on_a_day_of_the_visit(visit: Visit, signed_in: SignedIn) -> None:
    pk = visit.review.pk
    with pytest.raises(InvalidTransition, match="No finding is agreed yet"):
        feedback.record_feedback_given(review_id=pk, by=visit.lead)
    visit.find(agreed=True)
    with pytest.raises(InvalidTransition, match="Only the lead reviewer and the hub"):
        feedback.record_feedback_given(review_id=pk, by=visit.member)
    with pytest.raises(InvalidTransition, match="between the first day of the visit and today"):
        feedback.record_feedback_given(review_id=pk, heard_date=timezone.localdate() - dt.timedelta(days=3), by=visit.lead)

    review = feedback.record_feedback_given(review_id=pk, by=visit.lead)

    assert heard_on_the_day(Review(**{"feedback_given_at": None})) is None
    review.starts_date = review.ends_date = timezone.localdate()
    assert heard_on_the_day(review) is True
    review.starts_date = review.ends_date = timezone.localdate() - dt.timedelta(days=1)
    assert heard_on_the_day(review) is False
    with pytest.raises(AlreadyDone, match="Lin Lead recorded feedback given on"):
        feedback.record_feedback_given(review_id=pk, by=visit.manager)
    assert signed_in(visit.member).get(f"/reviews/{pk}/feedback/given/").status_code == 403


# Found, acted, re-checked ---------------------------------------------------------------------------------------------
def test_service_acts_and_hub_checks_round_by_round(visit: Visit, signed_in: SignedIn) -> None:
    (finding,) = follow_up(visit, "CONCERN")
    item = EvidenceItem.objects.create(service=finding.service, title="New rota", added_by=visit.scene.lead)
    lead, manager, url = signed_in(visit.scene.lead), signed_in(visit.manager), f"/findings/{finding.pk}/"
    assert tasks(visit.scene.lead) == ["Say what you did about 1 finding"]

    acted = {"acted": "We hired a deputy", "source": "EXISTING", "documents": [item.pk], "version": finding.version}
    assert lead.post(f"{url}acted/", acted).status_code == 302
    assert tasks(visit.scene.lead) == []
    assert "Check whether a finding is put right (concern)" in [i.task for i in review_items(User.objects.get(pk=visit.manager.pk))]
    stale = manager.post(f"{url}recheck/", {"seen": "x", "outcome": "PUT_RIGHT", "version": finding.version})
    version = Finding.objects.get(pk=finding.pk).version
    not_yet = {"seen": "Two nights are open", "outcome": "NOT_YET", "version": version}
    undated = manager.post(f"{url}recheck/", not_yet).content.decode()
    assert manager.post(f"{url}recheck/", not_yet | date_parts("next_recheck_date", later())).status_code == 302
    finding.refresh_from_db()
    first = (finding.status, finding.recheck_date)
    assert lead.post(f"{url}acted/", {"acted": "A second deputy", "source": "NONE", "version": finding.version}).status_code == 302
    rechecks.recheck_finding(finding_id=finding.pk, is_put_right=True, reason="Every night is covered", by=visit.manager)

    page = lead.get(url).content.decode()
    assert stale.status_code == 409
    assert "Enter the date of the next check" in undated
    assert first == (F.OPEN, later())
    assert Finding.objects.get(pk=finding.pk).status == F.CLOSED
    order = [
        page.index(words) for words in ("We hired a deputy", "New rota", "Two nights are open", "A second deputy", "Every night is covered")
    ]
    assert order == sorted(order)


def test_due_finding_is_checked_also_when_the_service_said_nothing(visit: Visit) -> None:
    (finding,) = follow_up(visit, "SERIOUS_CONCERN")
    Finding.objects.filter(pk=finding.pk).update(recheck_date=timezone.localdate())

    assert rechecks.make_rechecks_due() == 1
    with pytest.raises(InvalidTransition, match="Enter what was done about it"):
        rechecks.recheck_finding(finding_id=finding.pk, is_put_right=True, reason="Seen", by=visit.manager)
    with pytest.raises(InvalidTransition, match="Enter the date of the next check"):
        rechecks.recheck_finding(finding_id=finding.pk, is_put_right=False, reason="Nothing", by=visit.manager)
    after = rechecks.recheck_finding(
        finding_id=finding.pk, is_put_right=False, reason="Nothing was done", next_recheck_date=later(), by=visit.manager
    )

    assert (after.status, after.recheck_date) == (F.OPEN, later())
    assert list(FindingRecheck.objects.values_list("acted", "outcome", "seen")) == [("", "NOT_YET", "Nothing was done")]


def test_immediate_risk_is_acted_on_and_checked_before_the_report(visit: Visit) -> None:
    risk, service = visit.find("IMMEDIATE_RISK", agreed=True), visit.scene.service.pk
    concern = visit.find(agreed=True)

    rechecks.record_acted(finding_id=risk.pk, acted="Locked it", by=visit.scene.lead)
    with pytest.raises(InvalidTransition, match="followed up after the report is signed off"):
        rechecks.record_acted(finding_id=concern.pk, acted="Agreed cover", by=visit.scene.lead)
    rechecks.recheck_finding(finding_id=risk.pk, is_put_right=True, reason="Seen locked", by=visit.manager)
    early = Finding.objects.get(pk=risk.pk).status
    open_now = open_immediate_risks([service])
    reviews.finish_visit(review_id=visit.review.pk, by=visit.manager)
    reviews.begin_follow_up(review_id=visit.review.pk, by=visit.manager)

    assert (early, open_now) == (F.AGREED, {})
    assert Finding.objects.get(pk=risk.pk).status == F.CLOSED
    assert Finding.objects.get(pk=concern.pk).status == F.OPEN
    with pytest.raises(InvalidTransition, match="found put right"):
        rechecks.record_acted(finding_id=risk.pk, acted="More", by=visit.scene.lead)


def test_saying_again_replaces_what_the_hub_has_not_checked(visit: Visit) -> None:
    (finding,) = follow_up(visit, "CONCERN")
    rechecks.record_acted(finding_id=finding.pk, acted="First words", by=visit.scene.lead, version=finding.version)

    with pytest.raises(SomeoneElseChanged):
        rechecks.record_acted(finding_id=finding.pk, acted="Second words", by=visit.scene.lead, version=finding.version)
    rechecks.record_acted(finding_id=finding.pk, acted="Second words", by=visit.scene.executive)

    assert list(FindingRecheck.objects.values_list("acted", "acted_by")) == [("Second words", visit.scene.executive.pk)]


def test_new_document_is_filed_on_the_way(visit: Visit, signed_in: SignedIn) -> None:
    (finding,) = follow_up(visit, "CONCERN")
    client, url = signed_in(visit.scene.lead), f"/findings/{finding.pk}/acted/"
    file = SimpleUploadedFile("rota.txt", b"Every night is covered.", content_type="text/plain")

    bare = client.post(url, {"acted": "Covered", "source": "FILE", "version": finding.version}).content.decode()
    done = client.post(url, {"acted": "Covered", "source": "FILE", "file": file, "file_title": "New rota", "version": finding.version})

    assert "Select a file" in bare
    assert "Enter what this file is" in bare
    assert done.status_code == 302
    assert [item.title for item in FindingRecheck.objects.get().evidence.all()] == ["New rota"]


def test_only_the_service_says_what_it_did_and_only_the_hub_checks(visit: Visit, signed_in: SignedIn) -> None:
    (finding,) = follow_up(visit, "CONCERN")
    people = {"lead": visit.scene.lead, "executive": visit.scene.executive, "manager": visit.manager, "member": visit.member}

    codes = {
        name: tuple(signed_in(user).get(f"/findings/{finding.pk}/{part}/").status_code for part in ("acted", "recheck"))
        for name, user in people.items()
    }

    assert codes == {"lead": (200, 403), "executive": (200, 403), "manager": (403, 200), "member": (404, 404)}


# Progress checks, impact evidence -------------------------------------------------------------------------------------
def test_progress_checks_come_one_after_the_other(visit: Visit, signed_in: SignedIn) -> None:
    follow_up(visit, "CONCERN")
    pk, url = visit.review.pk, f"/reviews/{visit.review.pk}/progress/"
    assert [task for task in tasks(visit.manager) if task.startswith("Record a progress check")] != []

    with pytest.raises(InvalidTransition, match="Record the earlier check first"):
        progress.record_progress_check(review_id=pk, milestone_code="PROGRESS_6", what_was_seen="x", by=visit.manager)
    empty = signed_in(visit.manager).post(url, {"milestone_code": "PROGRESS_3", "what_was_seen": ""}).content.decode()
    done = signed_in(visit.manager).post(url, {"milestone_code": "PROGRESS_3", "what_was_seen": "The rota holds"})
    with pytest.raises(AlreadyDone, match="Mo Manager recorded this check on"):
        progress.record_progress_check(review_id=pk, milestone_code="PROGRESS_3", what_was_seen="x", by=visit.manager)

    assert "Enter what you saw" in empty
    assert done.status_code == 302
    assert "The rota holds" in signed_in(visit.scene.lead).get(url).content.decode()
    assert signed_in(visit.scene.lead).post(url, {"milestone_code": "PROGRESS_6", "what_was_seen": "x"}).status_code == 403
    assert [row.is_done for row in milestones_of(Review.objects.get(pk=pk)) if row.code.startswith("PROGRESS_")] == [True, False, False]
    assert ProgressCheck.objects.count() == 1


def test_service_files_what_changed_under_a_domain(visit: Visit, signed_in: SignedIn) -> None:
    pk, lead = visit.review.pk, signed_in(visit.scene.lead)
    early = lead.post(f"/reviews/{pk}/impact/new/", _changed(visit)).content.decode()
    follow_up(visit, "CONCERN")

    empty = lead.post(f"/reviews/{pk}/impact/new/", {"service": visit.scene.service.pk, "source": "NONE"}).content.decode()
    done = lead.post(f"/reviews/{pk}/impact/new/", _changed(visit))

    assert "What changed is filed after the visit" in early
    assert "Select an impact domain" in empty
    assert done.status_code == 302
    assert list(ImpactEvidence.objects.values_list("domain", "what_changed", "filed_by")) == [
        ("RELATIONAL", "Two wards talk each day", visit.scene.lead.pk)
    ]
    for part in ("impact", "progress"):
        assert "Two wards talk each day" in signed_in(visit.manager).get(f"/reviews/{pk}/{part}/").content.decode()
    assert signed_in(visit.manager).get(f"/reviews/{pk}/impact/new/").status_code == 403


def _changed(visit: Visit) -> dict[str, object]:
    return {"service": visit.scene.service.pk, "domain": "RELATIONAL", "what_changed": "Two wards talk each day", "source": "NONE"}


def test_review_for_learning_stays_with_its_people(visit: Visit, signed_in: SignedIn) -> None:
    visit.find("GOOD_PRACTICE", agreed=True, recommendation="", what_was_seen="A warm welcome")
    Review.objects.filter(pk=visit.review.pk).update(purpose="IMPROVEMENT", origin="REQUEST", decision=None)
    feedback.record_feedback_given(review_id=visit.review.pk, by=visit.lead)
    reviews.finish_visit(review_id=visit.review.pk, by=visit.manager)
    parts, pk = ("feedback", "progress", "impact", "impact/new"), visit.review.pk

    codes = {
        user.name: [signed_in(user).get(f"/reviews/{pk}/{part}/").status_code for part in parts]
        for user in (visit.scene.national, visit.scene.officer, visit.scene.commissioner, visit.scene.lead)
    }

    assert set(map(tuple, list(codes.values())[:3])) == {(404, 404, 404, 404)}
    assert codes[visit.scene.lead.name] == [200, 200, 200, 200]
    page = signed_in(visit.scene.lead).get(f"/reviews/{pk}/feedback/").content.decode()
    assert "What we would like to take home" in page
    assert "What works well" not in page


# Plans, closing -------------------------------------------------------------------------------------------------------
def test_each_provider_of_a_pathway_gets_its_own_plan(visit: Visit, signed_in: SignedIn) -> None:
    review, (first, second, _) = make_pathway(visit)
    visit.find(agreed=True, recommendation="Cover the night")
    visit.find(agreed=True, recommendation="Fund cover", addressed_to="COMMISSIONER")
    visit.find(agreed=True, recommendation="Read the letters", service_id=second, indicator_id=None, topic_id=review.topics.get().pk)
    due = later()

    drafts = plan_drafts(review, list(review.services.all()))
    page = signed_in(visit.scene.lead).get(f"/reviews/{review.pk}/findings/actions/").content.decode()
    assert signed_in(visit.scene.lead).post(f"/reviews/{review.pk}/findings/actions/", date_parts("due_date", due)).status_code == 302
    own = set(Action.objects.values_list("service", "what", "addressed_to"))
    actions.draft_actions_from_findings(review_id=review.pk, due_date=due, by=visit.manager)

    assert [(draft.step.service.pk, len(draft.provider), len(draft.commissioner)) for draft in drafts] == [(first, 1, 1), (second, 1, 0)]
    assert "Read the letters" not in page
    assert own == {(first, "Cover the night", "PROVIDER"), (first, "Fund cover", "COMMISSIONER")}
    assert (second, "Read the letters", "PROVIDER") in set(Action.objects.values_list("service", "what", "addressed_to"))


def test_lead_of_one_step_drafts_no_action_of_another(visit: Visit, signed_in: SignedIn) -> None:
    review, (_, second, _) = make_pathway(visit)
    other = visit.find(agreed=True, service_id=second, indicator_id=None, topic_id=review.topics.get().pk)

    assert signed_in(visit.scene.lead).get(f"/findings/{other.pk}/action/").status_code == 403
    assert signed_in(visit.scene.lead).get(f"/findings/{other.pk}/acted/").status_code == 403


def test_review_closes_only_with_a_next_date_which_the_service_reads(visit: Visit, signed_in: SignedIn) -> None:
    follow_up(visit)
    url, day = f"/reviews/{visit.review.pk}/close/", dt.date(timezone.localdate().year + 3, 5, 12)

    refused = signed_in(visit.manager).post(url, {}).content.decode()
    done = signed_in(visit.manager).post(url, date_parts("next_review_date", day))

    assert "Set a next review date before you close this review" in refused
    assert done.status_code == 302
    assert f"12 May {day.year}" in signed_in(visit.scene.lead).get(f"/services/{visit.scene.service.pk}/").content.decode()


def _fill(visit: Visit, finding: Finding) -> None:
    """One more row of each kind: a round, a change, an action."""
    rechecks.record_acted(finding_id=finding.pk, acted="Done", by=visit.scene.lead)
    rechecks.recheck_finding(finding_id=finding.pk, is_put_right=False, reason="No", next_recheck_date=later(), by=visit.manager)
    ImpactEvidence.objects.create(
        review=visit.review, service=finding.service, domain="LATERAL", what_changed="More", filed_by=visit.scene.lead
    )
    due = later()
    actions.draft_action_from_finding(finding_id=finding.pk, what="Act", due_date=due, by=visit.manager)


def test_pages_and_work_cost_the_same_for_any_number_of_rows(visit: Visit, signed_in: SignedIn) -> None:
    found = follow_up(visit, *["CONCERN"] * 4)
    Finding.objects.exclude(pk=found[0].pk).update(status=F.WITHDRAWN)
    client, pk, costs = signed_in(visit.manager), visit.review.pk, []
    paths = (f"/reviews/{pk}/feedback/", f"/reviews/{pk}/progress/", f"/reviews/{pk}/impact/", f"/findings/{found[0].pk}/")

    for rows in ([found[0]], [found[0], *found[1:]]):
        Finding.objects.filter(pk__in=[finding.pk for finding in rows], status=F.WITHDRAWN).update(status=F.OPEN)
        for finding in rows:
            _fill(visit, finding)
        client.get(paths[0])
        costs.append([*(cost(client, path) for path in paths), _work_cost(visit.scene.lead), _work_cost(visit.manager)])

    assert costs[0] == costs[1]
    assert max(costs[1][:3]) <= 15


def _work_cost(user: User) -> int:
    person = User.objects.get(pk=user.pk)
    assert person.roles
    with CaptureQueriesContext(connection) as captured:
        assert len(afterwards_items(person)) == 1
    return len(captured)
