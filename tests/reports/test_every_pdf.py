"""Every kind of PDF that the service makes, with hostile text in every field of every row: each passes every gate, asks nothing, attaches
nothing; and over a limit each is a failed job with a sentence, after which the worker goes on."""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import Letter, Review
from qnt.programme.annual import services as annual
from qnt.programme.services import write_note
from rendering.pdf import Limits
from reports.queries import overview, overview_indicators, small_numbers
from reports.services import issues, publication
from surveillance.canonical import canonical_json
from surveillance.models import Declaration, SelfReport
from surveillance.services.self_reports import declaration_content
from surveillance.services.summaries import freeze_summary
from tests.factories import reports as scenes
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import make_decision
from tests.factories.programme import published_year
from tests.pdf_gates import everything_in, faults_of, unnumbered_pages, words_outside
from tests.rendering.test_pdf_hostile import listener
from work import jobs
from work.models import Job

__all__ = ["listener"]
pytestmark = pytest.mark.django_db
# Columns that people never write: what is frozen, hashes, places of files, addresses, codes.
NOT_WORDS = frozenset(
    {
        "content",
        "hash",
        "figures",
        "figures_hash",
        "content_hash",
        "path",
        "sha256",
        "file_path",
        "pdf_path",
        "pdf_sha256",
        "notice_pdf_path",
    }
    | {
        "notice_pdf_sha256",
        "address",
        "code",
        "email",
        "password",
        "token",
        "receipt_code",
        "number",
        "section",
        "type",
        "media_type",
        "key",
    }
    | {"scan_state", "block", "summary", "username", "domain", "previous_hash"}
)
TABLES = ("accounts.Organisation", "accounts.User", "surveillance", "peerreview", "reports")


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.JOBS_RING_BELL = False
    for part in (overview, overview_indicators, small_numbers):
        monkeypatch.setattr(part, "LEAST", 1)


def hostile(web: str) -> str:
    """Short enough for most fields: closes what is open, calls out, reads a file, attaches one, breaks the page."""
    return (
        f'"><img src="{web}/i"><link rel="attachment" href="file:///etc/passwd">]]></style><style>@page{{size:1mm;background:url({web}/b)}}'
        f'</style><svg><image href="{web}/s"/></svg><script>x</script>{{{{7*7}}}}{{% x %}}\u202e=1+1 {"w" * 90} https://example.org/ '
    )


def models_of(label: str) -> Iterator[type[models.Model]]:
    """One model, or all of an app, but for the earlier texts that simple-history keeps."""
    if "." in label:
        yield apps.get_model(label)
        return
    for model in apps.get_app_config(label).get_models():
        if not model.__name__.startswith("Historical") and model.__name__ != "BankHoliday":
            yield model


def fill_every_field(text: str) -> int:
    """Write ``text`` into every column of words that may hold it; gives how many columns did."""
    count = 0
    for model in (model for label in TABLES for model in models_of(label)):
        for field in model._meta.fields:
            is_words = isinstance(field, models.CharField | models.TextField) and not field.choices and not field.unique
            if is_words and field.name not in NOT_WORDS and not isinstance(field, models.SlugField | models.EmailField | models.UUIDField):
                with suppress(IntegrityError), transaction.atomic():  # a constraint may want it empty
                    count += bool(model._default_manager.update(**{field.name: text[: field.max_length]}))
    return count


def make_everything(text: str) -> list[Job]:
    """A scene full of ``text``, its report published, and a job of each kind of PDF asked for by the national lead."""
    scene = scenes.make_scene()
    place, by = scene.place, scene.national
    scenes.make_actions(scene)
    decision = make_decision(place, report=scene.self_report)
    place.service.decisions.update(status="IN_FORCE", in_force_at=timezone.now(), in_force_by=place.manager)
    decision.positions.update(note="Note")
    scene.self_report.answers.update(comment="Comment", reason="Reason")
    scene.review.findings.update(how_others_did_it="So")
    scenes.draft(scene)
    scene.report.sections.filter(block="").update(text="Words")
    letter = Letter.objects.create(
        finding=scene.review.findings.get(category="IMMEDIATE_RISK"), to_name="Chief executive", due_date=timezone.localdate(), text="Text",
        sent_at=timezone.now(), sent_by=place.manager,
    )  # fmt: skip
    Review.objects.filter(pk=scene.review.pk).update(notified_at=timezone.now(), help_needed="Help")
    assert fill_every_field(text) > 60
    report = SelfReport.objects.get(pk=scene.self_report.pk)
    content = canonical_json(declaration_content(report))
    Declaration.objects.filter(self_report=report).update(content=content, hash=hashlib.sha256(content.encode()).hexdigest())
    freeze_summary(report, by=place.officer, at=timezone.now())
    scenes.start_accuracy(scene)
    scenes.sign(scene)
    publication.publish_report(report_id=scene.report.pk, by=by)
    regulator = OrganisationFactory(regulator=True, name=text[:200])
    person(Role.REGULATOR, regulator)
    issues.issue_pack(region_id=None, issued_to_id=regulator.pk, client_id=uuid.uuid4(), by=by)
    _publish_programme(text, by)
    Job.objects.filter(kind__startswith="mail.").delete()
    year, programme, service = report.round.year, place.service.specification.programme_id, place.service.pk
    visit = scene.review.starts_date.year
    asked = {
        "report_summary.pdf": {"version_id": scenes.public_version(scene.report).pk},
        "annual_report.pdf": {"service_id": service, "year": year},
        "programme_overview.pdf": {"programme_id": programme, "first_year": visit, "last_year": visit},
        "region_pack.pdf": {"region_id": scene.review.region_id},
        "self_report.pdf": {"self_report_id": report.pk},
        "receipt.pdf": {"declaration_id": Declaration.objects.get(self_report=report).pk},
        "action_plan.pdf": {"service_id": service},
        "review.notice_pdf": {"review_id": scene.review.pk},
        "letter.pdf": {"letter_id": letter.pk},
    }
    for kind, arguments in asked.items():
        jobs.enqueue(kind, requested_by=by, **arguments)
    return list(Job.objects.filter(status="QUEUED").order_by("pk"))


def _publish_programme(text: str, by: User) -> None:
    """The annual programme report of last year, its words and notes all ``text``."""
    last = timezone.localdate().year - 1
    published_year(last, by)
    write_note(client_id=uuid.uuid4(), year=last, region_id=None, domain="OUTER", text=text, by=by)
    report = annual.draft_report(year=last, by=by)
    report.sections.update(text=text)
    second = person(Role.NATIONAL_LEAD, by.memberships.get().organisation)
    annual.offer_report(report_id=report.pk, version=report.version, by=by)
    annual.publish_report(report_id=report.pk, version=report.version, by=second)
    published_year(last - 1, by)
    draft = annual.draft_report(year=last - 1, by=by)
    draft.sections.update(text=text)
    annual.request_draft_pdf(report_id=draft.pk, by=by)


def test_every_kind_with_hostile_text_passes_every_gate_and_opens_nothing(listener, settings) -> None:
    web, asked = listener

    done = [jobs.run_job(job.pk, heartbeat=False) for job in make_everything(hostile(web))]

    files = sorted(Path(settings.MEDIA_ROOT).rglob("*.pdf"))
    made = {job.kind for job in done}
    kinds = {name for name in jobs._KINDS if "pdf" in name or name == "report_summary.public"}
    assert [(job.kind, job.error) for job in done if job.status != "DONE"] == []
    assert kinds - made == set()
    assert len(files) == len(done)
    faults = {
        str(path.relative_to(settings.MEDIA_ROOT)): found
        for path in files
        if (found := [*faults_of(path), *unnumbered_pages(path), *words_outside(path)])
    }
    assert faults == {}
    assert asked == []
    assert [path.name for path in files if b"root:" in everything_in(path)] == []


def test_every_kind_over_a_limit_fails_with_a_sentence_and_the_worker_goes_on(monkeypatch, settings) -> None:
    asked = make_everything("Words. ")
    with monkeypatch.context() as patched:
        patched.setattr("rendering.pdf.process.Limits", lambda: Limits(page_count=0))
        patched.setattr("reports.handlers_documents.PAGE_COUNT", 0)
        failed = {job.kind: jobs.run_job(job.pk, heartbeat=False).error for job in asked}

    first = next(job for job in asked if job.requested_by_id)
    again = jobs.retry_job(job_id=first.pk, by=first.requested_by)
    done = jobs.run_job(again.pk, heartbeat=False)

    sentences = {
        "The report is too long: more than 0 pages",
        "The summary does not fit on two pages. Shorten the title or the names of the services.",
    }
    assert [kind for kind, sentence in failed.items() if sentence not in sentences] == []
    assert list(Path(settings.MEDIA_ROOT).rglob("*.pdf")) != []
    assert (done.status, done.error) == ("DONE", "")
