"""Pages of the spreadsheet: download, upload, the dry run, saving, and who may see what."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from surveillance.models import Answer, SectionAssignment, SpreadsheetUpload
from surveillance.services import answers as answer_services
from tests.factories.surveillance import AnswerFactory, IndicatorFactory, make_scene
from tests.surveillance.workbooks import edited, hand_in
from work import jobs
from work.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def scene():
    return make_scene()


def address(scene, *parts):
    return "/".join(["", "self-reports", str(scene.report.pk), "spreadsheet", *map(str, parts), ""])


def downloaded(client, scene, tmp_path):
    response = client.get(address(scene, "file"))
    path = tmp_path / "downloaded.xlsx"
    path.write_bytes(b"".join(response.streaming_content))
    return path


def upload(client, scene, path, **options):
    return client.post(address(scene), {"file": SimpleUploadedFile(path.name, path.read_bytes())}, **options)


def page_of(response):
    return " ".join(response.content.decode().split())


def test_download_is_a_workbook_to_keep(scene, signed_in):
    response = signed_in(scene.lead).get(address(scene, "file"))

    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert response["Content-Disposition"].startswith("attachment")
    assert (response["Content-Type"].rpartition(".")[2], book.sheetnames[0]) == ("sheet", "Read me")


def test_from_download_to_saved(scene, signed_in, tmp_path):
    client = signed_in(scene.lead)
    path = downloaded(client, scene, tmp_path)

    sent = upload(client, scene, edited(path, {(scene.answers[0], "value"): "Yes", (scene.answers[2], "value"): 7}))
    waiting = client.get(sent.url)
    jobs.run_pending()
    checked = client.get(sent.url)
    saved = client.post(sent.url, {"seen": checked.context["found"].seen}, follow=True)

    assert "Waiting to start" in page_of(waiting)
    assert "2 changes, 0 errors, 2 the same. Nothing has been saved." in page_of(checked)
    assert "Save 2 changes" in page_of(checked)
    assert "2 answers saved" in page_of(saved)
    assert list(Answer.objects.filter(self_report=scene.report).order_by("pk").values_list("value", flat=True)) == ["YES", "", "7", ""]
    assert "2 answers saved by Lee Lead" in page_of(client.get(sent.url))


def test_errors_stand_before_changes_and_nothing_can_be_saved(scene, signed_in, tmp_path):
    client = signed_in(scene.lead)
    cells = {(scene.answers[0], "value"): "Perhaps", (scene.answers[2], "value"): "lots", (scene.answers[3], "value"): "A text"}
    sent = upload(client, scene, edited(downloaded(client, scene, tmp_path), cells))
    jobs.run_pending()

    page = page_of(client.get(sent.url))
    refused = page_of(client.post(sent.url, {"seen": "x"}))

    assert "1 change, 2 errors, 1 the same. Nothing has been saved." in page
    assert page.index("I2: enter Yes, No or Not applicable") < page.index("I4: enter a number") < page.index("A text")
    assert ("Upload a corrected file" in page, "Save 1 change" in page) == (True, False)
    assert "Correct 2 errors before you save this" in refused


def test_untouched_file_makes_no_changes(scene, signed_in, tmp_path):
    client = signed_in(scene.lead)
    sent = upload(client, scene, downloaded(client, scene, tmp_path))
    jobs.run_pending()

    page = page_of(client.get(sent.url))

    assert "0 changes, 0 errors, 4 the same." in page
    assert "This file makes no changes." in page


def test_answers_of_others_are_chosen_one_by_one(scene, signed_in, tmp_path):
    SectionAssignment.objects.create(self_report=scene.report, section="Structure and function", user=scene.contributor)
    client = signed_in(scene.lead)
    path = downloaded(client, scene, tmp_path)
    theirs = {"value": "NO", "comment": "Theirs"}
    save = answer_services.save_answer
    save(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, raw=theirs, version=0, by=scene.contributor)
    sent = upload(client, scene, edited(path, {(scene.answers[0], "comment"): "Mine"}))
    jobs.run_pending()

    shown = client.get(sent.url)
    seen = shown.context["found"].seen
    unchosen = page_of(client.post(sent.url, {"seen": seen}))
    saved = client.post(sent.url, {"seen": seen, f"keep_{scene.answers[0].pk}": "MINE"})

    assert "1 answer was changed by Sam Contributor after you downloaded this. Choose which to keep." in page_of(shown)
    assert "Keep Sam Contributor&#x27;s" in page_of(shown)
    assert f"Select which answer to {scene.answers[0].indicator.number} you want to keep" in unchosen
    assert (saved.status_code, Answer.objects.get(pk=scene.answers[0].pk).comment) == (302, "Mine")


def test_change_while_looking_is_shown_and_nothing_saved(scene, signed_in, tmp_path):
    client = signed_in(scene.lead)
    sent = upload(client, scene, edited(downloaded(client, scene, tmp_path), {(scene.answers[0], "value"): "Yes"}))
    jobs.run_pending()
    seen = client.get(sent.url).context["found"].seen
    answer_services.save_answer(
        answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, raw={"value": "NO"}, version=0, by=scene.lead
    )

    answered = client.post(sent.url, {"seen": seen, f"keep_{scene.answers[0].pk}": "MINE"})

    assert (answered.status_code, "Answers changed while you looked at this page." in page_of(answered)) == (409, True)
    assert Answer.objects.get(pk=scene.answers[0].pk).value == "NO"


def test_file_of_another_service_is_refused_with_a_sentence(scene, signed_in, tmp_path):
    other = make_scene()
    path = downloaded(signed_in(other.lead), other, tmp_path)
    client = signed_in(scene.lead)
    sent = upload(client, scene, path)
    jobs.run_pending()

    page = page_of(client.get(sent.url))

    assert f"The selected file must be the spreadsheet for {scene.service.name}, {scene.report.round.year}." in page
    assert "Nothing has been saved." in page


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "Select a file"),
        (("a.xlsx", b""), "The selected file is empty"),
        (("a.xlsx", b"%PDF-1.7"), "The selected file is not an XLSX that can be opened"),
        (("a.txt", b"words"), "The selected file must be an Excel workbook (XLSX)"),
    ],
)
def test_wrong_file_is_refused_at_once(scene, signed_in, file, sentence):
    data = {"file": SimpleUploadedFile(*file)} if file else {}

    page = page_of(signed_in(scene.lead).post(address(scene), data))

    assert sentence in page
    assert "Error: " in page


def test_sent_self_report_takes_no_file(scene, signed_in, tmp_path):
    client = signed_in(scene.lead)
    path = downloaded(client, scene, tmp_path)
    scene.send()

    page = page_of(upload(client, scene, path))

    assert "This self-report is now with executive, so its answers cannot be changed." in page
    assert SpreadsheetUpload.objects.count() == 0


def test_upload_belongs_to_its_person_and_to_leads(scene, signed_in, tmp_path):
    own = hand_in(scene.report, scene.contributor, downloaded(signed_in(scene.contributor), scene, tmp_path))
    leads = hand_in(scene.report, scene.lead, downloaded(signed_in(scene.lead), scene, tmp_path))
    other = make_scene()

    codes = {
        name: [signed_in(user).get(address(scene, made.pk)).status_code for made in (own, leads)]
        for name, user in {
            "contributor": scene.contributor,
            "lead": scene.lead,
            "executive": scene.executive,
            "stranger": other.lead,
        }.items()
    }

    assert codes == {"contributor": [200, 404], "lead": [200, 200], "executive": [403, 403], "stranger": [404, 404]}
    assert signed_in(other.lead).get(address(other, own.pk)).status_code == 404


def test_finished_job_loads_the_page_anew(scene, signed_in, tmp_path):
    client = signed_in(scene.lead)
    sent = upload(client, scene, downloaded(client, scene, tmp_path))
    job = Job.objects.get(kind="self_report.spreadsheet")

    before = client.get(f"/jobs/{job.pk}/progress/?then=reload")
    waiting = page_of(client.get(sent.url))
    jobs.run_pending()
    after = client.get(f"/jobs/{job.pk}/progress/?then=reload")

    assert f"/jobs/{job.pk}/progress/?then=reload" in waiting
    assert ("HX-Refresh" in before, after["HX-Refresh"]) == (False, "true")


@pytest.mark.parametrize("count", [2, 40])
def test_pages_cost_the_same_for_any_number_of_changes(scene, signed_in, tmp_path, count, django_assert_num_queries):
    indicators = [IndicatorFactory(indicator_set=scene.indicator_set, position=100 + n) for n in range(40)]
    answers = [AnswerFactory(self_report=scene.report, indicator=indicator) for indicator in indicators]
    client = signed_in(scene.lead)
    path = edited(downloaded(client, scene, tmp_path), {(answer, "comment"): "Filled in" for answer in answers[:count]})
    sent = upload(client, scene, path)
    jobs.run_pending()

    with django_assert_num_queries(8):
        client.get(sent.url)
    with django_assert_num_queries(6):
        client.get(address(scene))
    with django_assert_num_queries(8):
        downloaded(client, scene, tmp_path)


def test_links_on_the_self_report(scene, signed_in):
    lead = page_of(signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/"))
    hub = page_of(signed_in(scene.officer).get(f"/self-reports/{scene.report.pk}/"))

    assert ("Work in a spreadsheet" in lead, "Work in a spreadsheet" in hub) == (True, False)
    assert "Print or download all answers (PDF)" in hub
