"""Whose the annual programme report is and by when, the mails, the draft PDF, and a new version after one was withdrawn."""

import datetime as dt
import json
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import LazySettings
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Role
from qnt.programme import services as years
from qnt.programme.annual import services
from qnt.programme.annual.models import AnnualPublication, AnnualReport
from qnt.programme.annual.paper import draft_html
from qnt.programme.annual.people import figures_due, report_due
from qnt.programme.annual.waiting import annual_items
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.programme import counted, facts
from tests.pdf_gates import faults_of, unnumbered_pages
from tests.programme.scene import LAST, Scene
from work import jobs
from work.models import DigestEntry, Job
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db

PUBLIC = f"/library/programme/{LAST}/"


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.JOBS_RING_BELL = False


def words(response) -> str:
    """The page's words, spaces made even."""
    return " ".join(response.content.decode().split())


def waiting(user) -> list[tuple[str, bool, str]]:
    """What waits: the task, whether it is this person's, who holds it."""
    return [(item.task, item.is_mine, item.holder) for item in annual_items(user)]


def run(kind: str) -> Job:
    """Run the newest job of a kind."""
    return jobs.run_job(Job.objects.filter(kind=kind).latest("pk").pk, heartbeat=False)


# Whose it is ----------------------------------------------------------------------------------------------------------
def test_figures_that_nobody_published_wait_for_the_national_team():
    scene = Scene(is_published=False)
    counted(LAST)

    [item] = annual_items(scene.lead)

    assert (item.task, item.is_mine, item.due) == (f"Publish the programme’s figures of {LAST}", True, figures_due(LAST))
    assert item.url == reverse("programme_year_publish", args=[LAST])
    assert annual_items(person(Role.HUB_MANAGER, scene.hubs[0])) == []


def test_each_step_has_its_holder():
    scene = Scene()
    lead, second = scene.lead, scene.second
    assert waiting(lead) == [(f"Draft the annual programme report on {LAST}", True, f"{lead.name}, national lead")]

    report = scene.draft()
    write = f"Write the annual programme report on {LAST}"
    assert waiting(lead) == [(write, True, f"{lead.name}, national lead")]
    assert waiting(second) == [(write, False, f"{lead.name}, national lead")]

    scene.offer(report)
    publish = f"Publish the annual programme report on {LAST}"
    assert waiting(lead) == [(publish, False, f"{second.name}, national lead")]
    assert waiting(second) == [(publish, True, f"{second.name}, national lead")]

    scene.publish()
    assert [waiting(user) for user in (lead, second)] == [[], []]


def test_a_report_whose_drafter_left_is_everybodys():
    scene = Scene()
    scene.draft()
    scene.lead.memberships.update(to_date=timezone.localdate() - dt.timedelta(days=1))

    assert waiting(scene.second) == [(f"Write the annual programme report on {LAST}", True, f"{scene.second.name}, national lead")]


def test_days_follow_the_settings(settings):
    settings.PROGRAMME_FIGURES_WORKING_DAYS, settings.PROGRAMME_REPORT_WORKING_DAYS = 3, 5
    end = dt.date(LAST, 12, 31)

    assert (figures_due(LAST), report_due(LAST)) == (add_working_days(end, 3), add_working_days(end, 5))


def test_it_stands_in_your_work_and_on_its_page(signed_in):
    scene = Scene()
    scene.draft()
    client = signed_in(scene.lead)

    home, page = words(client.get("/home/")), words(client.get(reverse("programme_report", args=[LAST])))

    assert f"Write the annual programme report on {LAST}" in home
    assert "Write the report and say when it is ready" in page
    assert f"{scene.lead.name}, who drafted it" in page


@pytest.mark.parametrize("report_count", [1, 3])
def test_what_waits_takes_as_many_statements_for_one_report_and_for_many(report_count, django_assert_num_queries):
    scene = Scene()
    scene.draft()
    for back in range(1, report_count):
        year = counted(LAST - back)
        AnnualReport.objects.create(year=year, drafted_by=scene.lead)
    user = scene.second
    assert user.roles

    with django_assert_num_queries(6):
        items = annual_items(user)

    assert len(items) == report_count


# Ready ----------------------------------------------------------------------------------------------------------------
def test_nobody_publishes_before_it_is_ready_and_a_change_undoes_that(signed_in):
    scene = Scene()
    report = scene.draft()
    with pytest.raises(InvalidTransition, match="not ready"):
        services.publish_report(report_id=report.pk, version=report.version, by=scene.second)
    scene.offer(report)

    section = report.sections.get(code="foreword")
    services.save_section(section_id=section.pk, text="New", version=section.version, by=scene.lead)

    report.refresh_from_db()
    assert report.offered_at is None
    with pytest.raises(InvalidTransition, match="not ready"):
        services.publish_report(report_id=report.pk, version=report.version, by=scene.second)
    assert "This report is not ready." in words(signed_in(scene.second).get(reverse("programme_report_publish", args=[LAST])))


def test_ready_is_said_of_the_words_that_were_read(signed_in):
    scene = Scene()
    report = scene.draft()
    section = report.sections.get(code="foreword")
    services.save_section(section_id=section.pk, text="New", version=section.version, by=scene.lead)

    with pytest.raises(SomeoneElseChanged):
        services.offer_report(report_id=report.pk, version=report.version, by=scene.lead)
    answer = signed_in(scene.lead).post(reverse("programme_report_ready", args=[LAST]), {"version": report.version}, follow=True)

    assert "The report changed after you opened this page." in words(answer)
    assert AnnualReport.objects.get().offered_at is None


def test_ready_twice_is_ready_once():
    scene = Scene()
    report = scene.offer(scene.draft())

    again = scene.offer(report)

    assert again.offered_at == report.offered_at
    assert Job.objects.filter(kind=services.MAIL_READY).count() == 1


def test_the_database_refuses_half_of_ready_and_a_second_report_that_stands():
    report = Scene().draft()

    for columns in ({"offered_at": timezone.now()}, {"edition": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AnnualReport.objects.filter(pk=report.pk).update(**columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        AnnualReport.objects.create(year=report.year, edition=2, replaces=report, drafted_by=report.drafted_by)


# Mails ----------------------------------------------------------------------------------------------------------------
def test_the_team_is_asked_for_the_report_once_when_figures_are_published(mailoutbox):
    scene = Scene(is_published=False)
    years.publish_year(year=LAST, by=scene.lead)

    first = run(years.MAIL_TO_WRITE)
    job = jobs.enqueue(years.MAIL_TO_WRITE, key="again", year=LAST)
    jobs.run_job(job.pk, heartbeat=False)

    assert (first.status, first.error) == ("DONE", "")
    assert sorted(letter.to[0] for letter in mailoutbox) == sorted([scene.lead.email, scene.second.email])
    assert {letter.subject.split(" by ")[0] for letter in mailoutbox} == {f"Write the annual programme report on {LAST}"}
    assert all(reverse("programme_reports") in letter.body for letter in mailoutbox)


def test_those_who_wrote_nothing_are_asked_to_publish_once(mailoutbox):
    scene = Scene()
    report = scene.offer(scene.draft())

    run(services.MAIL_READY)
    job = jobs.enqueue(services.MAIL_READY, key="again", report_id=report.pk, version=report.version)
    jobs.run_job(job.pk, heartbeat=False)

    assert [letter.to for letter in mailoutbox] == [[scene.second.email]]
    assert mailoutbox[0].subject.startswith(f"Publish the annual programme report on {LAST} by ")


def test_a_report_that_changed_meanwhile_asks_nobody(mailoutbox):
    scene = Scene()
    report = scene.offer(scene.draft())
    section = report.sections.get(code="foreword")
    services.save_section(section_id=section.pk, text="New", version=section.version, by=scene.lead)

    assert run(services.MAIL_READY).status == "DONE"

    assert mail.outbox == []


def test_writers_read_in_their_summary_that_it_is_published():
    scene = Scene()

    scene.publish()

    assert list(DigestEntry.objects.values_list("user", "sentence")) == [
        (scene.lead.pk, f"The annual programme report on {LAST} is published: anyone can read it.")
    ]


# A draft on paper -----------------------------------------------------------------------------------------------------
def test_a_draft_is_marked_on_every_page_and_passes_every_gate(signed_in, settings):
    scene = Scene()
    scene.draft()
    client, address = signed_in(scene.lead), reverse("programme_report_draft_pdf", args=[LAST])

    client.post(address)
    done = run(services.DRAFT_KIND)
    page = words(client.get(reverse("programme_report", args=[LAST])))

    path = Path(settings.MEDIA_ROOT, done.result_file)
    pages = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.rstrip("\f").split("\f")
    assert (done.status, done.error) == ("DONE", "")
    assert [*faults_of(path), *unnumbered_pages(path)] == []
    assert [number for number, text in enumerate(pages, start=1) if "draft" not in text.lower()] == []
    assert ">DRAFT</text>" in unquote(draft_html(services.content_of(AnnualReport.objects.get()), day=timezone.localdate())[0])
    assert f"programme-report-{LAST}-draft.pdf" in page
    assert "programme-report" not in words(signed_in(scene.second).get(reverse("programme_report", args=[LAST])))


def test_no_draft_is_made_of_a_published_report_or_for_who_left(signed_in):
    scene = Scene()
    report = scene.draft()
    services.request_draft_pdf(report_id=report.pk, by=scene.lead)
    scene.lead.memberships.update(to_date=timezone.localdate() - dt.timedelta(days=1))
    assert run(services.DRAFT_KIND).error.startswith("You cannot read drafts of this report any more.")

    services.request_draft_pdf(report_id=report.pk, by=scene.second)
    scene.publish()

    assert run(services.DRAFT_KIND).error.startswith("This report is published")
    with pytest.raises(InvalidTransition):
        services.request_draft_pdf(report_id=report.pk, by=scene.second)
    answer = signed_in(scene.second).post(reverse("programme_report_draft_pdf", args=[LAST]), follow=True)
    assert "there is no draft of it" in words(answer)


# After a withdrawal ---------------------------------------------------------------------------------------------------
def withdrawn(scene: Scene) -> AnnualReport:
    """The first version, published with its PDF, then withdrawn."""
    scene.publish()
    scene.make_pdf()
    report = AnnualReport.objects.get()
    services.withdraw_report(report_id=report.pk, reason="A figure was misread.", by=scene.lead)
    return report


def test_a_new_version_keeps_words_and_names_the_old(signed_in, client, settings):
    scene = Scene()
    scene.draft()
    section = AnnualReport.objects.get().sections.get(code="foreword")
    services.save_section(section_id=section.pk, text="Kept words", version=1, by=scene.lead)
    old = withdrawn(scene)
    lead = signed_in(scene.lead)

    lead.post(reverse("programme_report", args=[LAST]))
    page = words(lead.get(reverse("programme_report", args=[LAST])))
    new = AnnualReport.objects.get(edition=2)
    scene.offer(new)
    new.refresh_from_db()
    services.publish_report(report_id=new.pk, version=new.version, by=scene.second)
    publication = scene.make_pdf()

    today = timezone.localdate()
    assert (new.replaces, new.sections.get(code="foreword").text) == (old, "Kept words")
    assert "It replaces version 1, which was withdrawn on" in page
    content = json.loads(publication.content)
    assert (content["edition"], content["replaces"]) == (
        2, {"edition": 1, "withdrawn_on": today.isoformat(), "reason": "A figure was misread."},
    )  # fmt: skip
    public, gone, gone_pdf = client.get(f"{PUBLIC}2/"), client.get(PUBLIC), client.get(f"{PUBLIC}report.pdf")
    assert "This is version 2." in words(public)
    assert "It replaces: Version 1, withdrawn on" in words(public)
    assert (gone.status_code, gone_pdf.status_code) == (410, 410)
    assert f'href="{PUBLIC}2/"' in words(gone)
    pdf = client.get(f"{PUBLIC}2/report.pdf")
    assert b"".join(pdf).startswith(b"%PDF")
    assert f'href="{PUBLIC}2/"' in words(client.get("/library/"))
    path = next(Path(settings.MEDIA_ROOT, "programme").glob(f"{publication.pk}-*.pdf"))
    assert "Version 1, withdrawn on" in " ".join(subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True).stdout.split())


def test_a_version_that_stands_is_not_begun_again_and_one_that_nobody_published_is_nowhere(client):
    scene = Scene()
    scene.publish()
    with pytest.raises(InvalidTransition, match="drafted this report"):
        scene.draft()
    services.withdraw_report(report_id=AnnualReport.objects.get().pk, reason="Wrong.", by=scene.lead)
    scene.draft()

    assert client.get(f"{PUBLIC}2/").status_code == 404
    assert f"{PUBLIC}2/" not in words(client.get(PUBLIC))
    with pytest.raises(InvalidTransition, match="drafted this report"):
        scene.draft()


def test_who_wrote_in_the_old_version_does_not_publish_the_new_one():
    scene = Scene()
    report = scene.draft()
    services.save_section(section_id=report.sections.first().pk, text="Theirs", version=1, by=scene.second)
    third = person(Role.NATIONAL_LEAD, OrganisationFactory(national=True))
    scene.offer(report)
    report.refresh_from_db()
    services.publish_report(report_id=report.pk, version=report.version, by=third)
    services.withdraw_report(report_id=report.pk, reason="Wrong.", by=third)

    new = scene.offer(services.draft_report(year=LAST, by=third))

    for writer in (scene.second, third):
        with pytest.raises(InvalidTransition, match="Another person"):
            services.publish_report(report_id=new.pk, version=new.version, by=writer)
    assert report_due(LAST, new) == add_working_days(timezone.localdate(), 10)
    services.publish_report(report_id=new.pk, version=new.version, by=scene.lead)
    assert AnnualPublication.objects.filter(withdrawn_at=None).get().report == new


def test_both_versions_stay_whole_and_their_figures_the_same():
    scene = Scene()
    withdrawn(scene)
    new = scene.offer(scene.draft())
    facts("LEARN_CARDS", scene.hubs[0], [1] * 9, year=LAST - 1)
    new.refresh_from_db()
    services.publish_report(report_id=new.pk, version=new.version, by=scene.second)

    first, second = (json.loads(one.content)["sections"] for one in AnnualPublication.objects.order_by("pk"))

    assert [part["blocks"] for part in first] == [part["blocks"] for part in second]
