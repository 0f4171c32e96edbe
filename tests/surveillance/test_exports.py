"""The round's downloads: rows of a stage, filters of the address, formulas, memory, and the Excel file that a job makes."""

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from openpyxl import load_workbook

from accounts.permissions import Role
from surveillance import exporting
from surveillance.canonical import sha256_of
from surveillance.models import Answer, Assessment, Declaration, Indicator, ProgrammeOfCare, RoundSet, SelfReport, Stage
from surveillance.services import checking, self_reports
from surveillance.services.scores import write_score
from tests.factories.accounts import person
from tests.factories.surveillance import make_scene
from work import jobs
from work.models import Job

pytestmark = pytest.mark.django_db


def read(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def at(scene, name, **query):
    parts = "&".join(f"{key}={value}" for key, value in query.items())
    return f"/rounds/{scene.report.round.year}/{name}" + (f"?{parts}" if parts else "")


def assess(scene, place, stage, *, value, met):
    Assessment.objects.create(
        answer=scene.answers[place],
        stage=stage,
        value=value,
        met=met,
        reason="Seen",
        assessed_by=scene.officer,
        assessed_at=timezone.now(),
    )


def values(rows):
    return [(row["value"], row["met"]) for row in rows]


# Rows of a stage ------------------------------------------------------------------------------------------------------
def test_at_a_later_stage_an_answer_without_an_assessment_counts_as_at_the_stage_before(signed_in):
    scene = make_scene()
    scene.declare()
    where = {"self_report_id": scene.report.pk, "by": scene.officer}
    checking.change_value(answer_id=scene.answers[0].pk, raw={"value": "NO"}, why="No policy", **where)
    checking.accept_self_report(**where)
    assess(scene, 2, Stage.PEER_REVIEWED, value="8", met=True)
    write_score(scene.report, Stage.PEER_REVIEWED)
    client = signed_in(scene.officer)

    answers = {stage: values(read(client.get(at(scene, "answers.csv", stage=stage)))) for stage in Stage.values}
    services = {stage: read(client.get(at(scene, "services.csv", stage=stage)))[0] for stage in Stage.values}

    assert answers == {
        "SELF_ASSESSED": [("YES", "true"), ("", "true"), ("12", "false"), ("Written", "")],
        "VALIDATED": [("NO", "false"), ("", "true"), ("12", "false"), ("Written", "")],
        "PEER_REVIEWED": [("NO", "false"), ("", "true"), ("8", "true"), ("Written", "")],
    }
    assert {stage: (row["met"], row["applicable"], row["percent"]) for stage, row in services.items()} == {
        "SELF_ASSESSED": ("2", "3", "66.6"), "VALIDATED": ("1", "3", "33.3"), "PEER_REVIEWED": ("2", "3", "66.6"),
    }  # fmt: skip


def test_stage_that_is_not_reached_has_no_rows_and_no_score(signed_in):
    scene = make_scene()
    scene.declare()
    checking.agree_answer(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, by=scene.officer)
    client = signed_in(scene.officer)

    answers = {stage: len(read(client.get(at(scene, "answers.csv", stage=stage)))) for stage in Stage.values}
    scores = {stage: read(client.get(at(scene, "services.csv", stage=stage)))[0]["met"] for stage in Stage.values}

    assert answers == {"SELF_ASSESSED": 4, "VALIDATED": 0, "PEER_REVIEWED": 0}
    assert scores == {"SELF_ASSESSED": "2", "VALIDATED": "", "PEER_REVIEWED": ""}


def test_rows_are_what_was_declared_whatever_stands_in_the_answers_now(signed_in):
    scene = make_scene()
    scene.declare()
    Answer.objects.filter(pk=scene.answers[0].pk).update(value="NO", met=False)

    rows = read(signed_in(scene.officer).get(at(scene, "answers.csv")))

    assert values(rows)[0] == ("YES", "true")


def test_negative_number_of_the_hub_stays_a_number_and_a_text_is_no_formula(signed_in):
    scene = make_scene()
    scene.fill()
    Answer.objects.filter(pk=scene.answers[3].pk).update(value="=1+1")
    SelfReport.objects.filter(pk=scene.report.pk).update(status="IN_PROGRESS")
    declare_as_it_stands(scene)
    assess(scene, 2, Stage.VALIDATED, value="-5", met=True)
    write_score(scene.report, Stage.VALIDATED)

    rows = read(signed_in(scene.officer).get(at(scene, "answers.csv", stage="VALIDATED")))

    assert [row["value"] for row in rows] == ["YES", "", "-5", "'=1+1"]


def declare_as_it_stands(scene):
    self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)
    self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)


# Filters --------------------------------------------------------------------------------------------------------------
def two_services():
    """Two declared self-reports of one hub, of two programmes."""
    one = make_scene()
    one.declare()
    other = make_scene(opened=one.report.round)
    other.service.region = one.service.region
    other.service.save()
    programme = ProgrammeOfCare.objects.create(code="E", name="Women and children")
    other.service.specification.programme = programme
    other.service.specification.save()
    for scene in (one, other):
        RoundSet.objects.create(round=one.report.round, specification=scene.service.specification, indicator_set=scene.report.indicator_set)
    other.declare()
    return one, other, programme


@pytest.mark.parametrize("name", ["services.csv", "answers.csv"])
def test_filters_of_the_address_narrow_the_file_and_its_name_says_so(signed_in, name):
    one, other, programme = two_services()
    client = signed_in(one.officer)

    everything, some = client.get(at(one, name)), client.get(at(one, name, programme=programme.pk, stage="SELF_ASSESSED"))

    assert {row["service_id"] for row in read(everything)} == {str(one.service.pk), str(other.service.pk)}
    assert {row["service_id"] for row in read(some)} == {str(other.service.pk)}
    stem, year = name.removesuffix(".csv"), one.report.round.year
    assert everything["Content-Disposition"] == f'attachment; filename="{stem}-{year}.csv"'
    assert some["Content-Disposition"] == f'attachment; filename="{stem}-{year}-programme-women-and-children.csv"'


def test_name_of_a_file_says_the_stage():
    assert exporting.name_of("answers", 2027, "VALIDATED", []) == "answers-2027-validated"


# Memory ---------------------------------------------------------------------------------------------------------------
def test_answers_of_many_services_stand_in_memory_a_batch_at_a_time(monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 5)
    scene = make_scene()
    scene.declare()
    many_declarations(scene, 60)
    reports, peaks = SelfReport.objects.filter(round=scene.report.round), []
    for some in (reports.filter(pk__in=list(reports.values_list("pk", flat=True)[:20])), reports):
        tracemalloc.start()
        count = sum(1 for _ in exporting.answer_rows(some, stage="SELF_ASSESSED"))
        peaks.append((count, tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()

    assert [count for count, _ in peaks] == [20 * 4, 61 * 4]
    assert peaks[1][1] < 1.3 * peaks[0][1]


def many_declarations(scene, count):
    """Declared self-reports with long texts, so that holding all of them would show."""
    content = Declaration.objects.get(self_report=scene.report).content
    for n in range(count):
        made = make_scene(opened=scene.report.round).report
        SelfReport.objects.filter(pk=made.pk).update(status="DECLARED", declared_at="2026-01-01T00:00:00Z", declared_by=scene.executive)
        text = content.replace("Written", "Written " * 4000)
        moment = {"declared_by": scene.executive, "declared_at": "2026-01-01T00:00:00Z"}
        Declaration.objects.create(self_report=made, content=text, hash=sha256_of(text), receipt_code=f"R{n}", **moment)


# The Excel file -------------------------------------------------------------------------------------------------------
def made_by(client, path):
    response = client.post(path)
    jobs.run_pending()
    job = Job.objects.get(kind="round.workbook")
    assert response["Location"] == f"/jobs/{job.pk}/"
    return job


def test_workbook_holds_services_answers_and_definitions(signed_in):
    one, other, programme = two_services()
    client = signed_in(one.officer)
    path = at(one, "workbook/", programme=programme.pk)

    seen = client.get(path).content.decode()
    job = made_by(client, path)
    book = load_workbook(Path(settings.MEDIA_ROOT, job.result_file))
    services, answers, about = (list(book[name].values) for name in book.sheetnames)

    assert "Programme: Women and children" in seen
    assert (job.status, job.progress_count, job.total_count, job.sentence) == ("DONE", 1, 1, "The file is ready.")
    assert job.result_name == f"round-{one.report.round.year}-programme-women-and-children.xlsx"
    assert book.sheetnames == ["Services", "Answers", "About this workbook"]
    assert services[0] == exporting.SERVICE_COLUMNS
    assert [row[0] for row in services[1:]] == [other.service.pk]
    assert services[1][9:13] == (2, 3, 66.6, 80)
    assert [row[1:] for row in answers] == [
        exporting.ANSWER_COLUMNS[1:],
        *((answer.indicator.number, "SELF_ASSESSED", *facts) for answer, facts in zip(other.answers, ROWS, strict=True)),
    ]
    assert ("Note", "Filters: Programme: Women and children") in about
    assert {row[0] for row in about} > {definition.term for definition in exporting.DEFINITIONS}


ROWS = [("YES", None, None, "true"), ("", 45, 50, "true"), (12, None, None, "false"), ("Written", None, None, "")]


def test_workbook_cells_are_no_formulas(signed_in):
    scene = make_scene()
    scene.fill()
    Answer.objects.filter(pk=scene.answers[3].pk).update(value="=HYPERLINK(1)")
    declare_as_it_stands(scene)

    job = made_by(signed_in(scene.officer), at(scene, "workbook/"))
    cell = load_workbook(Path(settings.MEDIA_ROOT, job.result_file))["Answers"]["D5"]

    assert (cell.value, cell.data_type) == ("'=HYPERLINK(1)", "s")


def test_workbook_run_again_leaves_one_file(signed_in):
    scene = make_scene()
    scene.declare()
    job = made_by(signed_in(scene.officer), at(scene, "workbook/"))
    Job.objects.filter(pk=job.pk).update(status="QUEUED", attempt_count=0)

    jobs.run_pending()

    files = sorted(Path(settings.MEDIA_ROOT, "exports").glob(f"{job.pk}-*"))
    assert [str(file.relative_to(settings.MEDIA_ROOT)) for file in files] == [Job.objects.get(pk=job.pk).result_file]


def test_workbook_of_somebody_who_lost_access_fails_in_words(signed_in):
    scene = make_scene()
    signed_in(scene.officer).post(at(scene, "workbook/"))
    scene.officer.is_active = False
    scene.officer.save()

    jobs.run_pending()

    assert Job.objects.get(kind="round.workbook").error == "The person who asked for this has no access any more."


def test_workbook_has_only_the_scope_of_the_person(signed_in):
    one, other, _ = two_services()
    foreign = make_scene(opened=one.report.round)
    foreign.declare()

    job = made_by(signed_in(person(Role.HUB_OFFICER, foreign.service.region)), at(one, "workbook/"))
    rows = list(load_workbook(Path(settings.MEDIA_ROOT, job.result_file))["Services"].values)

    assert [row[0] for row in rows[1:]] == [foreign.service.pk]


def test_suspended_indicator_is_neither_met_nor_not_met_in_the_workbook(signed_in):
    scene = make_scene()
    scene.declare()
    Indicator.objects.filter(pk=scene.answers[0].indicator_id).update(suspended_from="2020-01-01", suspended_reason="Withdrawn")

    job = made_by(signed_in(scene.officer), at(scene, "workbook/"))
    rows = list(load_workbook(Path(settings.MEDIA_ROOT, job.result_file))["Answers"].values)

    assert [row[6] for row in rows[1:]] == ["", "true", "false", ""]
