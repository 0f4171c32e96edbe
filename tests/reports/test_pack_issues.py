"""Packs for a regulator: what they hold, that each issue is logged once, and who reads which."""

import hashlib
import json
import uuid
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.permissions import Role
from peerreview.models import Review
from reports.models import LightRule, PackIssue, Publication, ReportVersion
from reports.queries.issues import current_rule, pack_facts
from reports.services import drafting, issues, publication
from surveillance.services.clash import SomeoneElseChanged
from tests.factories import reports as scenes
from tests.factories.accounts import OrganisationFactory, person
from tests.pdf_gates import everything_in, faults_of, page_texts, unnumbered_pages
from tests.reports.test_version_documents import refreeze
from work import jobs
from work.models import DigestEntry, Job
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
CANARY = "CANARY-91bb03aa"


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.JOBS_RING_BELL = False


@pytest.fixture
def regulator():
    return OrganisationFactory(regulator=True, name="Illustrative regulator")


def issue(scene, regulator, *, by=None, client_id=None, region="own"):
    region_id = scene.review.region_id if region == "own" else region
    return issues.issue_pack(
        region_id=region_id, issued_to_id=regulator.pk, client_id=client_id or uuid.uuid4(), by=by or scene.place.manager
    )


def make_file(pack) -> PackIssue:
    job = Job.objects.get(kind="pack.pdf", key=str(pack.pk), status="QUEUED")
    done = jobs.run_job(job.pk, heartbeat=False)
    assert (done.status, done.error) == ("DONE", "")
    pack.refresh_from_db()
    return pack


def test_pack_gives_lights_with_words_from_published_findings(regulator, settings) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)

    pack = make_file(issue(scene, regulator))

    facts = json.loads(pack.content)
    path = Path(settings.MEDIA_ROOT, pack.path)
    words = " ".join(" ".join(page_texts(path)).split())
    assert [(line["light"], line["counts"]) for line in facts["services"]] == [("RED", [1, 1, 1])]
    assert [(one["holder"], one["light"]) for one in facts["providers"]] == [(scene.place.service.provider.name, "RED")]
    assert "Red: act now" in words
    assert "The rule, version 1" in words
    assert (faults_of(path), unnumbered_pages(path)) == ([], [])


def test_issue_logs_who_whom_when_rule_hash_and_reports(regulator, settings) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    reader = person(Role.REGULATOR, regulator)

    pack = make_file(issue(scene, regulator))

    file = Path(settings.MEDIA_ROOT, pack.path).read_bytes()
    assert (pack.issued_by, pack.issued_to, pack.rule.version, pack.region) == (scene.place.manager, regulator, 1, scene.review.region)
    assert pack.sha256 == hashlib.sha256(file).hexdigest()
    assert pack.hash == hashlib.sha256(pack.content.encode()).hexdigest()
    assert list(pack.publications.all()) == [Publication.objects.get()]
    assert list(DigestEntry.objects.filter(user=reader).values_list("sentence", flat=True)) == [
        f"Pack {pack.pk} about {scene.review.region.name} is issued to you."
    ]


def test_two_presses_issue_one_pack(regulator) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    client_id = uuid.uuid4()

    packs = [issue(scene, regulator, client_id=client_id) for _ in range(2)]

    assert (packs[0].pk, PackIssue.objects.count(), Job.objects.filter(kind="pack.pdf").count()) == (packs[1].pk, 1, 1)


def test_file_of_a_pack_is_made_once_when_its_job_runs_twice(regulator, settings) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    pack = make_file(issue(scene, regulator))
    first = (pack.path, pack.sha256, pack.made_at)

    issues.request_pack_file(issue_id=pack.pk, by=scene.place.manager)
    make_file(pack)

    assert (pack.path, pack.sha256, pack.made_at) == first
    assert [path.name for path in Path(settings.MEDIA_ROOT, "packs").iterdir()] == [Path(pack.path).name]


def test_pack_holds_nothing_restricted_unpublished_withdrawn_or_of_learning(regulator, settings) -> None:
    scene = scenes.make_scene()
    scene.review.findings.filter(addressed_to="COMMISSIONER").update(what_was_seen=CANARY, basis=CANARY, recommendation=CANARY)
    report = scenes.draft(scene, public=("summary", "findings"))
    drafting.save_section(section_id=report.sections.get(code="hub_notes").pk, text=CANARY, by=scene.place.officer)
    scenes.start_accuracy(scene)
    scenes.sign(scene)
    publication.publish_report(report_id=report.pk, by=scene.national)
    learning = scenes.make_scene(region=scene.review.region)
    scenes.to_published(learning)
    Review.objects.filter(pk=learning.review.pk).update(purpose="IMPROVEMENT", origin="REQUEST")
    withdrawn = scenes.make_scene(region=scene.review.region)
    scenes.to_published(withdrawn)
    publication.withdraw_report(report_id=withdrawn.report.pk, reason="Wrong", by=withdrawn.national)
    scenes.to_signed(scenes.make_scene(region=scene.review.region))

    pack = make_file(issue(scene, regulator))

    assert [line["service"] for line in json.loads(pack.content)["services"]] == [scene.place.service.name]
    assert CANARY not in pack.content
    assert CANARY.encode() not in everything_in(Path(settings.MEDIA_ROOT, pack.path))


def test_service_whose_findings_are_not_public_has_no_light(regulator) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene, public=("summary",))

    facts, _ = pack_facts(None, current_rule())

    assert [(line["service"], line["light"], line["counts"]) for line in facts["services"]] == [(scene.place.service.name, "NONE", None)]


def test_section_with_an_unknown_mark_stops_the_issue(regulator) -> None:
    scene = scenes.make_scene()
    version = scenes.public_version(scenes.to_published(scene))
    refreeze(version, lambda frozen: frozen["sections"][0].update(visibility="EVERYBODY"))

    with pytest.raises(InvalidTransition, match="is not marked public"):
        issue(scene, regulator)

    assert PackIssue.objects.count() == 0


def test_nothing_published_issues_nothing(regulator) -> None:
    scene = scenes.make_scene()
    scenes.to_signed(scene)

    with pytest.raises(InvalidTransition, match="No published report stands behind a pack"):
        issue(scene, regulator)


@pytest.mark.parametrize("region", [None, "foreign"])
def test_hub_issues_for_its_own_region_alone(region, regulator) -> None:
    scene, foreign = scenes.make_scene(), scenes.make_scene()
    scenes.to_published(foreign)

    with pytest.raises(InvalidTransition, match="You cannot issue a pack for this place"):
        issue(scene, regulator, region=foreign.review.region_id if region else None)


def test_national_team_issues_for_england(regulator) -> None:
    first, second = scenes.make_scene(), scenes.make_scene()
    scenes.to_published(first)
    scenes.to_published(second)

    pack = issue(first, regulator, by=first.national, region=None)

    assert (pack.place, len(json.loads(pack.content)["services"])) == ("England", 2)


def test_regulator_reads_packs_issued_to_it_and_no_others(regulator, signed_in) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    reader, other = person(Role.REGULATOR, regulator), person(Role.REGULATOR, OrganisationFactory(regulator=True))
    waiting, pack = issue(scene, regulator), make_file(issue(scene, regulator))
    pages = [reverse("reports:pack_detail", args=[pack.pk]), reverse("reports:pack_file", args=[pack.pk])]

    def code(user, url: str) -> int:
        response = signed_in(user).get(url)
        if response.streaming:
            assert b"".join(response.streaming_content)[:5] == b"%PDF-"
        return response.status_code

    own = [code(reader, url) for url in [reverse("reports:pack_list"), *pages]]
    foreign = [code(other, url) for url in pages]
    early = code(reader, reverse("reports:pack_detail", args=[waiting.pk]))

    assert (own, foreign, early) == ([200, 200, 200], [404, 404], 404)


def test_pack_with_a_report_that_was_withdrawn_cannot_be_read_any_more(regulator, signed_in) -> None:
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    pack = make_file(issue(scene, regulator))
    reader = person(Role.REGULATOR, regulator)
    publication.withdraw_report(report_id=report.pk, reason="Wrong site", by=scene.national)

    page = signed_in(reader).get(reverse("reports:pack_detail", args=[pack.pk])).content.decode()
    file = signed_in(reader).get(reverse("reports:pack_file", args=[pack.pk]))

    assert "1 report in this pack was withdrawn since it was issued" in page
    assert file.status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_statements_for_one_pack_and_for_many(count, regulator, signed_in, django_assert_num_queries) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    for _ in range(count):
        issue(scene, regulator)
    client = signed_in(scene.place.manager)
    client.get(reverse("reports:pack_list"))

    with django_assert_num_queries(5):
        page = client.get(reverse("reports:pack_list")).content.decode()

    assert page.count("Illustrative regulator") == count


# The rule -------------------------------------------------------------------------------------------------------------
def next_rule(by, *, version=1, **changes):
    values = {"red_immediate_risks": 1, "amber_serious_concerns": 2, "amber_concerns": 5, "reason": "Asked for by the regulator."}
    return issues.write_rule(**values | changes, version=version, by=by)


def test_new_version_of_the_rule_leaves_issued_packs_as_they_are(regulator) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    before = issue(scene, regulator)

    next_rule(scene.national)
    after = issue(scene, regulator)

    before.refresh_from_db()
    assert (before.rule.version, after.rule.version) == (1, 2)
    assert [rule.version for rule in LightRule.objects.all()] == [2, 1]


def test_rule_that_someone_else_wrote_meanwhile_is_not_overwritten(signed_in) -> None:
    scene = scenes.make_scene()
    next_rule(scene.national)

    with pytest.raises(SomeoneElseChanged):
        next_rule(scene.national)
    form = {"version": 1, "red_immediate_risks": 4, "amber_serious_concerns": 2, "amber_concerns": 5, "reason": "Mine"}
    page = signed_in(scene.national).post(reverse("reports:light_rule"), form)

    assert page.status_code == 409
    assert 'value="4"' in page.content.decode()
    assert "Mine" in page.content.decode()


def test_rule_needs_a_reason_and_counts_from_one() -> None:
    scene = scenes.make_scene()

    with pytest.raises(InvalidTransition, match="Enter why the rule changes"):
        next_rule(scene.national, reason=" ")
    with pytest.raises(IntegrityError), transaction.atomic():
        next_rule(scene.national, amber_concerns=0)


def test_database_refuses_a_pack_file_without_its_hash(regulator) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    pack = issue(scene, regulator)

    with pytest.raises(IntegrityError), transaction.atomic():
        PackIssue.objects.filter(pk=pack.pk).update(path="packs/x.pdf")


def test_content_that_was_changed_after_the_issue_makes_no_file(regulator) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    pack = issue(scene, regulator)
    PackIssue.objects.filter(pk=pack.pk).update(content="{}")

    job = jobs.run_job(Job.objects.get(kind="pack.pdf").pk, heartbeat=False)

    assert (job.status, job.error) == ("FAILED", "The content of this pack is not the one that was issued, so nothing was made of it.")
    assert ReportVersion.objects.exists()
