"""The annual programme report: drafted from frozen figures, written by some, published by another, public, withdrawn."""

import json
import subprocess
import uuid
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Role
from qnt import integrity
from qnt.programme import services as years
from qnt.programme.annual import services
from qnt.programme.annual.models import AnnualPublication, AnnualReport, AnnualSection
from qnt.programme.models import ProgrammeFact
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.programme import facts, held_review, published_year, service_in
from tests.pdf_gates import everything_in, faults_of, unnumbered_pages
from tests.programme.scene import LAST, Scene
from work import jobs
from work.models import Job
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db

PUBLIC = f"/library/programme/{LAST}/"


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.JOBS_RING_BELL = False


def save(scene: Scene, section: AnnualSection, text: str, version: int | None = None, by=None) -> AnnualSection:
    return services.save_section(section_id=section.pk, text=text, version=version or section.version, by=by or scene.lead)


def words(response) -> str:
    """The page's words, spaces made even."""
    return " ".join(response.content.decode().split())


# Drafting -------------------------------------------------------------------------------------------------------------
def test_a_report_is_drafted_once_from_published_figures():
    scene = Scene()

    report = scene.draft()

    assert list(report.sections.values_list("code", flat=True)) == [
        "foreword", "domains", "fidelity", "lead-times", "burden", "logic-model", "learning", "training", "context", "definitions",
    ]  # fmt: skip
    assert "1 of 8 domains have data." in report.sections.get(code="foreword").text
    with pytest.raises(InvalidTransition, match="drafted this report"):
        services.draft_report(year=LAST, by=scene.second)


def test_nothing_is_drafted_before_the_figures_are_published():
    scene = Scene(is_published=False)

    with pytest.raises(InvalidTransition, match="Publish the figures"):
        scene.draft()

    assert not AnnualReport.objects.exists()


def test_two_edits_of_a_section_keep_both_texts(signed_in):
    scene = Scene()
    section = scene.draft().sections.get(code="foreword")
    save(scene, section, "Theirs stays", by=scene.second)
    address = reverse("programme_report_section", args=[LAST, "foreword"])

    clash = signed_in(scene.lead).post(address, {"text": "Mine is kept", "version": section.version})
    section.refresh_from_db()

    page = words(clash)
    assert clash.status_code == 409
    assert ("Theirs" in page, "Mine" in page) == (True, True)
    assert section.text == "Theirs stays"
    assert signed_in(scene.lead).post(address, {"text": "Mine is kept", "version": section.version}).status_code == 302
    section.refresh_from_db()
    assert section.text == "Mine is kept"


def test_preview_saves_nothing(signed_in):
    scene = Scene()
    section = scene.draft().sections.get(code="foreword")
    address = reverse("programme_report_section", args=[LAST, "foreword"])

    page = words(signed_in(scene.lead).post(address, {"text": "**Bold** words", "version": 1, "preview": "1"}))

    assert "<strong>Bold</strong>" in page
    assert AnnualSection.objects.get(pk=section.pk).version == 1


def test_a_section_without_words_says_what_to_enter(signed_in):
    scene = Scene()
    scene.draft()

    page = words(signed_in(scene.lead).post(reverse("programme_report_section", args=[LAST, "foreword"]), {"text": " ", "version": 1}))

    assert "Enter the text of this section" in page


NUMBER = "Patient 943 476 5919"  # valid, of the range for tests
REFUSED = "This may include an NHS number. Remove it before you save."


def test_an_nhs_number_is_not_saved_in_a_section(signed_in):
    scene = Scene()
    scene.draft()
    section = AnnualSection.objects.get(code="foreword")

    page = words(
        signed_in(scene.lead).post(
            reverse("programme_report_section", args=[LAST, "foreword"]), {"text": NUMBER, "version": section.version}
        )
    )

    assert REFUSED in page
    assert AnnualSection.objects.get(pk=section.pk).text == section.text


def test_an_nhs_number_is_no_reason_for_withdrawing(signed_in):
    scene = Scene()
    scene.publish()

    page = words(signed_in(scene.lead).post(reverse("programme_report_withdraw", args=[LAST]), {"reason": NUMBER}))

    assert REFUSED in page
    assert AnnualReport.objects.get().status == "PUBLISHED"


def number_in_section(scene: Scene) -> str:
    AnnualSection.objects.filter(code="burden").update(text=NUMBER)
    return "The section “Burden” may include an NHS number. Remove it first."


def number_in_note(scene: Scene) -> str:
    years.write_note(client_id=uuid.uuid4(), year=LAST, region_id=None, domain="OUTER", text=NUMBER, by=scene.lead)
    return "A note on England, which the section “Context” prints, may include an NHS number. Remove it first."


@pytest.mark.parametrize("put", [number_in_section, number_in_note])
def test_a_report_that_holds_an_nhs_number_is_not_ready_and_not_published(put, signed_in):
    scene = Scene()
    report = scene.draft()
    scene.offer(report)
    sentence = put(scene)

    page = words(signed_in(scene.second).get(reverse("programme_report_publish", args=[LAST])))
    with pytest.raises(InvalidTransition, match=sentence):
        services.publish_report(report_id=report.pk, version=report.version, by=scene.second)
    AnnualReport.objects.update(offered_at=None, offered_by=None)
    answer = signed_in(scene.lead).post(reverse("programme_report_ready", args=[LAST]), {"version": report.version}, follow=True)

    assert sentence in page
    assert sentence in words(answer)
    assert AnnualReport.objects.get().offered_at is None
    assert not AnnualPublication.objects.exists()


# Two people -----------------------------------------------------------------------------------------------------------
def test_who_drafted_or_wrote_in_it_does_not_publish_it():
    scene = Scene()
    report = scene.draft()
    with pytest.raises(InvalidTransition, match="Another person"):
        services.publish_report(report_id=report.pk, version=report.version, by=scene.lead)
    save(scene, report.sections.first(), "Words", by=scene.second)
    report.refresh_from_db()
    with pytest.raises(InvalidTransition, match="Another person"):
        services.publish_report(report_id=report.pk, version=report.version, by=scene.second)
    third = person(Role.NATIONAL_LEAD, OrganisationFactory(national=True))
    scene.offer(report)

    services.publish_report(report_id=report.pk, version=report.version, by=third)

    assert AnnualPublication.objects.get().published_by == third


def test_words_that_changed_after_they_were_read_are_not_published(signed_in):
    scene = Scene()
    report = scene.draft()
    save(scene, report.sections.first(), "New words")
    scene.offer(AnnualReport.objects.get())

    with pytest.raises(SomeoneElseChanged):
        services.publish_report(report_id=report.pk, version=report.version, by=scene.second)
    response = signed_in(scene.second).post(reverse("programme_report_publish", args=[LAST]), {"version": report.version})

    assert response.status_code == 409
    assert "The report changed after you opened this page." in words(response)
    assert not AnnualPublication.objects.exists()


def test_published_words_do_not_change_and_a_second_press_publishes_nothing():
    scene = Scene()
    publication = scene.publish()
    section = publication.report.sections.first()

    with pytest.raises(InvalidTransition):
        save(scene, section, "Later")
    with pytest.raises(InvalidTransition):
        scene.publish()

    assert AnnualPublication.objects.count() == 1


# What the public reads ------------------------------------------------------------------------------------------------
def test_journey_from_draft_to_library(signed_in, client):
    scene = Scene()
    lead, second = signed_in(scene.lead), signed_in(scene.second)

    lead.post(reverse("programme_report", args=[LAST]))
    before = client.get(PUBLIC).status_code
    lead.post(reverse("programme_report_ready", args=[LAST]), {"version": 1})
    page = words(second.get(reverse("programme_report_publish", args=[LAST])))
    second.post(reverse("programme_report_publish", args=[LAST]), {"version": AnnualReport.objects.get().version})
    scene.make_pdf()

    public, listed = client.get(PUBLIC), words(client.get("/library/"))
    pdf = client.get(f"{PUBLIC}report.pdf")
    assert before == 404
    assert "Everybody can then read the words and figures" in page
    assert f"Peer review programme: annual report {LAST}" in words(public)
    assert "Actions done on time: 3 of 5 (60%)." in words(public)
    assert "Full report (PDF," in words(public)
    assert f'href="{PUBLIC}"' in listed
    assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
    assert "Set-Cookie" not in public.headers
    assert b"".join(pdf).startswith(b"%PDF")


def test_answers_are_asked_for_anew_by_their_etag(client):
    scene = Scene()
    scene.publish()
    scene.make_pdf()

    for address in (PUBLIC, f"{PUBLIC}report.pdf"):
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304)
        assert "no-cache" in first["Cache-Control"]
        assert b"".join(first)  # read to its end, which closes the file


def test_a_withdrawn_report_is_gone_and_says_why(signed_in, client):
    scene = Scene()
    scene.publish()
    scene.make_pdf()

    signed_in(scene.lead).post(reverse("programme_report_withdraw", args=[LAST]), {"reason": "A figure was wrong."})

    answers = [client.get(PUBLIC), client.get(f"{PUBLIC}report.pdf")]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert "A figure was wrong." in words(answers[0])
    assert PUBLIC not in words(client.get("/library/"))


def test_no_hub_no_small_group_and_nothing_of_learning_is_in_it(client):
    canary = f"canary {uuid.uuid4()}"
    scene = Scene(few=True)
    review = held_review(service_in(scene.hubs[0]), by=scene.lead, purpose="IMPROVEMENT", title=canary)
    facts("LEARN_PLEDGES", scene.hubs[0], [1] * 9, year=LAST, is_learning=True, review=review)
    years.write_note(client_id=uuid.uuid4(), year=LAST, region_id=scene.hubs[0].pk, domain="INNER", text=canary, by=scene.lead)
    years.write_note(client_id=uuid.uuid4(), year=LAST, region_id=None, domain="OUTER", text="A cold winter", by=scene.lead)

    scene.publish()

    page = words(client.get(PUBLIC))
    assert canary not in page
    assert [region.name for region in scene.hubs if region.name in page] == []
    assert "A cold winter" in page
    cards = next(part for part in json.loads(AnnualPublication.objects.get().content)["sections"] if part["code"] == "learning")
    figures = {row[0]: row[2] for block in cards["blocks"] for row in block["rows"] if len(row) > 2}
    assert figures["Learning cards shared"] == "Fewer than 5: not shown"
    assert figures["Pledges kept"] == "No data"  # 9 pledges of one review for learning stand nowhere
    fidelity = next(part for part in json.loads(AnnualPublication.objects.get().content)["sections"] if part["code"] == "fidelity")
    assert fidelity["blocks"][0]["rows"] == [
        ["Notice given in time", "7 of 9 (77%)", *["Too few hubs"] * 3, "0"]  # one hub's 3 would follow from the other's 6
    ]  # fmt: skip


def test_hubs_stand_as_a_distribution_without_names():
    scene = Scene()

    scene.publish()

    content = json.loads(AnnualPublication.objects.get().content)
    table, chart = next(part for part in content["sections"] if part["code"] == "fidelity")["blocks"]
    assert table["rows"] == [["Notice given in time", "7 of 11 (63%)", "60%", "61% and 65%", "66%", "2"]]
    assert chart["lines"] == [["Notice given in time", [60, 66]]]


@pytest.mark.parametrize("is_published", [True, False])
def test_the_year_before_stands_beside_only_where_it_is_published(is_published):
    scene = Scene(is_published=False)
    facts("DIR_ON_TIME", scene.hubs[0], [1] * 6, year=LAST - 1)
    if is_published:
        published_year(LAST - 1, scene.lead)
    published_year(LAST, scene.lead)

    scene.publish()

    assert ("6 of 6 (100%)" in AnnualPublication.objects.get().content) is is_published


def test_published_figures_are_those_of_the_day_of_publication():
    scene = Scene()
    before = scene.publish().content
    ProgrammeFact.objects.filter(measure="DIR_ON_TIME").update(value=0)

    after = AnnualPublication.objects.get()

    assert "3 of 5 (60%)" in before
    assert after.content == before


# The paper ------------------------------------------------------------------------------------------------------------
def test_the_pdf_passes_every_gate_and_holds_what_the_page_holds(settings):
    scene = Scene()
    report = scene.draft()
    save(scene, report.sections.first(), '"><script>x</script> <img src="http://127.0.0.1:9/i"> **Bold** words \u202e')
    scene.publish()

    publication = scene.make_pdf()

    path = Path(settings.MEDIA_ROOT, publication.path)
    assert [*faults_of(path), *unnumbered_pages(path)] == []
    assert publication.page_count > 3
    read = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    assert ("Notice given in time" in read, "3 of 5 (60%)" in read, "<script>" in read) == (True, True, True)
    assert b"/JavaScript" not in everything_in(path)
    assert list(integrity.faults()) == []
    jobs._KINDS[services.KIND].handler(None, publication_id=publication.pk)  # a second run does nothing
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_changed_content_makes_no_pdf_and_is_named():
    scene = Scene()
    publication = scene.publish()
    AnnualPublication.objects.filter(pk=publication.pk).update(content="{}")

    done = jobs.run_job(Job.objects.get(kind=services.KIND).pk, heartbeat=False)

    assert "not the one that was published" in done.error
    assert f"qnt.AnnualPublication {publication.pk} was changed after it was frozen." in list(integrity.faults())


def test_the_database_refuses_a_withdrawal_without_a_reason():
    publication = Scene().publish()

    with pytest.raises(IntegrityError), transaction.atomic():
        AnnualPublication.objects.filter(pk=publication.pk).update(withdrawn_at=timezone.now())


# Pages ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["programme_report", "programme_reports", "library_programme"])
def test_pages_take_the_same_few_statements_for_few_rows_and_for_many(name, signed_in, django_assert_max_num_queries):
    scene = Scene()
    scene.publish()
    client = signed_in(scene.lead)
    address = reverse(name, args=[] if name == "programme_reports" else [LAST])
    taken = []
    for _ in range(2):
        client.get(address)
        with django_assert_max_num_queries(MOST[name]) as asked:
            assert client.get(address).status_code == 200
        taken.append(len(asked))
        for region in scene.hubs:
            facts("FID_FINAL", region, [1] * 9, year=LAST)
        published_year(LAST - 1, scene.lead)
        years.write_note(client_id=uuid.uuid4(), year=LAST, region_id=None, domain="OUTER", text="Words", by=scene.lead)

    assert taken[0] == taken[1]


# A draft draws every figure of nine parts from the rows, which are read once, and training from the register.
MOST = {"programme_report": 15, "programme_reports": 15, "library_programme": 6}


def test_a_hub_reads_where_reports_stand_and_drafts_none(signed_in):
    scene = Scene()
    scene.publish()
    client = signed_in(person(Role.HUB_MANAGER, scene.hubs[0]))

    page = words(client.get(reverse("programme_reports")))

    assert "Read it in the library" in page
    assert "Open the report" not in page
    assert client.get(reverse("programme_report", args=[LAST])).status_code == 403
