"""The factual accuracy check: documents with an answer, two people at one item, the record to print, the Word copy, reminders once."""

import datetime as dt
import html
import io
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Review
from peerreview.queries.milestones import milestones_of
from reports import periodic
from reports.blocks.findings import numbered_findings
from reports.models import AccuracyPoint, Report
from reports.queries.accuracy import points_seen
from reports.queries.clocks import clocks_of
from reports.queries.steps import report_facts
from reports.services import accuracy
from surveillance.models import EvidenceItem, EvidenceVersion
from surveillance.queries.evidence import why_it_stays
from surveillance.services import evidence
from tests.factories import reports as scenes
from work import jobs
from work.items import day_words
from work.models import Job
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
RESTRICTED = "CANARY-hub-notes-51c0"


def disputed(report: Report) -> AccuracyPoint:
    return report.accuracy_points.get(finding__what_was_seen__startswith="No consultant")


def filed(scene: scenes.Scene, title: str = "Rota of April") -> EvidenceItem:
    return evidence.add_link(
        service_id=scene.place.service.pk, title=title, document_date=None, link="https://rota.example.nhs.uk/april", by=scene.place.lead
    )


def say(client: Client, point: AccuracyPoint, **data: object) -> object:
    url = reverse("reports:accuracy_point", args=[point.report_id, point.pk])
    return client.post(url, {"answer": "NOT_CORRECT", "what_is_wrong": "Saturday is covered.", "version": point.version} | data)


def word_text(response: object) -> str:
    document = Document(io.BytesIO(b"".join(response.streaming_content)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells, document.sections[0].header.paragraphs[0].text])


def send_everything(scene: scenes.Scene, point: AccuracyPoint) -> None:
    """Answer every other item as correct and send them for both parties."""
    report = scene.report
    for other in report.accuracy_points.exclude(pk=point.pk):
        by = scene.place.commissioner if other.party == "COMMISSIONER" else scene.place.lead
        accuracy.answer_point(point_id=other.pk, by=by, is_correct=True)
    for by in (scene.place.lead, scene.place.commissioner):
        accuracy.send_accuracy_answers(report_id=report.pk, by=by)


@pytest.mark.parametrize("who", ["lead", "executive"])
def test_answer_names_a_document_that_is_filed(signed_in: SignedIn, who: str) -> None:
    scene = scenes.make_scene()
    point, item = disputed(scenes.to_accuracy(scene)), filed(scene)

    say(signed_in(getattr(scene.place, who)), point, source="EXISTING", documents=[item.pk])

    point.refresh_from_db()
    assert (point.answer, list(point.evidence.all())) == ("NOT_CORRECT", [item])


def test_answer_files_a_new_document_in_the_library_of_the_service(signed_in: SignedIn, tmp_path, settings) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path
    scene = scenes.make_scene()
    point = disputed(scenes.to_accuracy(scene))
    upload = SimpleUploadedFile("rota.csv", b"day,cover\nSaturday,yes\n", content_type="text/csv")

    say(signed_in(scene.place.lead), point, source="FILE", file=upload, file_title="Rota of May")

    item = point.evidence.get()
    assert (item.title, item.service, item.added_by) == ("Rota of May", scene.place.service, scene.place.lead)
    assert EvidenceVersion.objects.get(item=item).file_name == "rota.csv"


def test_answer_with_a_refused_file_keeps_what_was_typed(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    point = disputed(scenes.to_accuracy(scene))
    upload = SimpleUploadedFile("rota.exe", b"MZ\x90\x00", content_type="application/octet-stream")

    response = say(signed_in(scene.place.lead), point, source="FILE", file=upload, file_title="Rota")

    body = response.content.decode()
    assert response.status_code == 200
    assert "There is a problem" in body
    assert "Saturday is covered." in body
    assert EvidenceItem.objects.count() == 0


def test_answer_cannot_name_a_document_of_another_service(signed_in: SignedIn) -> None:
    scene, other = scenes.make_scene(), scenes.make_scene()
    point, foreign = disputed(scenes.to_accuracy(scene)), filed(other)

    accuracy.answer_point(
        point_id=point.pk, by=scene.place.lead, is_correct=False, what_is_wrong="It is covered.", evidence_ids=[foreign.pk]
    )

    assert list(point.evidence.all()) == []


def test_document_of_an_answer_is_used_and_stays() -> None:
    scene = scenes.make_scene()
    point, item = disputed(scenes.to_accuracy(scene)), filed(scene)
    accuracy.answer_point(point_id=point.pk, by=scene.place.lead, is_correct=False, what_is_wrong="It is.", evidence_ids=[item.pk])

    assert why_it_stays(item) == ["A peer review of this service rests on it, so it stays."]


def boards(report: Report) -> AccuracyPoint:
    return report.accuracy_points.get(party="COMMISSIONER")


def board_files(scene: scenes.Scene, client: Client, title: str = "Contract of 2026") -> tuple[AccuracyPoint, EvidenceItem]:
    """The commissioner's answer to its item, with a file of its own."""
    point = boards(scene.report)
    upload = SimpleUploadedFile("contract.csv", b"clinic,paid\nOutreach,yes\n", content_type="text/csv")
    say(client, point, source="FILE", file=upload, file_title=title)
    point.refresh_from_db()
    return point, point.evidence.get()


def code_of(client: Client, url: str) -> int:
    """The code of an answer that may be a file."""
    response = client.get(url)
    assert response.streaming is False or b"".join(response.streaming_content)
    return response.status_code


@pytest.fixture
def own_media(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path


def test_commissioner_sees_no_documents_of_the_service_and_may_add_its_own(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    point = boards(scenes.to_accuracy(scene))
    filed(scene)

    body = signed_in(scene.place.commissioner).get(reverse("reports:accuracy_point", args=[point.report_id, point.pk])).content.decode()

    assert ("Rota of April" in body, "Add a file" in body, "Add a link" in body) == (False, True, True)


@pytest.mark.usefixtures("own_media")
def test_commissioner_files_a_document_of_its_own_with_its_answer(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    scenes.to_accuracy(scene)

    point, item = board_files(scene, signed_in(scene.place.commissioner))

    board = scene.place.commissioner.memberships.get().organisation
    assert (point.answer, item.title, item.service, item.commissioner) == ("NOT_CORRECT", "Contract of 2026", scene.place.service, board)
    assert EvidenceVersion.objects.get(item=item).file_name == "contract.csv"


def test_commissioner_names_a_link(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    point = boards(scenes.to_accuracy(scene))
    client, link = signed_in(scene.place.commissioner), "https://board.example.nhs.uk/contract"

    say(client, point, source="LINK", link=link, link_title="The contract")

    body = client.get(reverse("reports:accuracy_record", args=[point.report_id])).content.decode()
    assert point.evidence.get().commissioner is not None
    assert f'<a href="{link}" rel="noopener noreferrer">The contract</a>' in body


@pytest.mark.usefixtures("own_media")
def test_refused_file_of_a_commissioner_is_said_and_keeps_the_words(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    point = boards(scenes.to_accuracy(scene))
    upload = SimpleUploadedFile("contract.exe", b"MZ\x90\x00", content_type="application/octet-stream")

    body = say(signed_in(scene.place.commissioner), point, source="FILE", file=upload, file_title="Contract").content.decode()

    assert ("There is a problem" in body, "Saturday is covered." in body, EvidenceItem.objects.count()) == (True, True, 0)


@pytest.mark.usefixtures("own_media")
def test_document_of_a_commissioner_is_read_by_its_side_and_by_the_team_once_it_was_sent(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    scenes.to_accuracy(scene)
    point, item = board_files(scene, signed_in(scene.place.commissioner))
    place = scene.place
    people = [place.commissioner, place.officer, scene.lead_reviewer, scene.national, place.lead, place.executive, scene.reviewer]
    url = reverse("reports:accuracy_document", args=[point.report_id, point.pk, item.pk])
    before = [code_of(signed_in(user), url) for user in people]

    send_everything(scene, point)

    after = [code_of(signed_in(user), url) for user in people]
    assert before == [200, 404, 404, 404, 404, 404, 403]
    assert after == [200, 200, 200, 200, 404, 404, 403]


@pytest.mark.usefixtures("own_media")
def test_document_of_a_commissioner_stands_outside_the_documents_of_the_service(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    _, item = board_files(scene, signed_in(scene.place.commissioner))
    lead = signed_in(scene.place.lead)

    listed = lead.get(reverse("surveillance:evidence_list")).content.decode()
    form = lead.get(reverse("reports:accuracy_point", args=[report.pk, disputed(report).pk])).content.decode()
    pages = [signed_in(user).get(reverse("surveillance:evidence_detail", args=[item.pk])).status_code
             for user in (scene.place.lead, scene.place.officer, scene.place.commissioner)]  # fmt: skip

    assert ("Contract of 2026" in listed, "Contract of 2026" in form, pages) == (False, False, [404, 404, 404])


@pytest.mark.usefixtures("own_media")
def test_each_side_names_its_own_documents_alone(signed_in: SignedIn) -> None:
    scene, other = scenes.make_scene(), scenes.make_scene()
    report = scenes.to_accuracy(scene)
    scenes.to_accuracy(other)
    point, contract = board_files(scene, signed_in(scene.place.commissioner))
    _, foreign = board_files(other, signed_in(other.place.commissioner))
    rota = filed(scene)
    ids = [contract.pk, rota.pk, foreign.pk]

    for one, by in ((point, scene.place.commissioner), (disputed(report), scene.place.lead)):
        accuracy.answer_point(point_id=one.pk, by=by, is_correct=False, what_is_wrong="It is paid.", evidence_ids=ids)

    assert (list(point.evidence.all()), list(disputed(report).evidence.all())) == ([contract], [rota])


@pytest.mark.usefixtures("own_media")
def test_commissioner_chooses_again_what_it_filed(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    scenes.to_accuracy(scene)
    client = signed_in(scene.place.commissioner)
    point, contract = board_files(scene, client)
    say(client, point, source="NONE")
    point.refresh_from_db()
    without = list(point.evidence.all())

    say(client, point, source="EXISTING", documents=[contract.pk])

    assert (without, list(point.evidence.all())) == ([], [contract])


def test_items_and_documents_of_a_commissioner_cost_the_same(signed_in: SignedIn, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    costs = []
    for count in (1, 5):
        scene = scenes.make_scene(findings=scenes.FINDINGS + scenes.FINDINGS[-1:] * count)
        report, board = scenes.to_accuracy(scene), scene.place.commissioner
        for point in report.accuracy_points.filter(party="COMMISSIONER"):
            link = evidence.add_link(
                service_id=scene.place.service.pk, title=f"Contract {point.pk}", document_date=None, link="https://board.example.nhs.uk/",
                by=board, commissioner_id=board.memberships.get().organisation_id,
            )  # fmt: skip
            accuracy.answer_point(point_id=point.pk, by=board, is_correct=False, what_is_wrong="Paid.", evidence_ids=[link.pk])
        client, first = signed_in(board), report.accuracy_points.filter(party="COMMISSIONER").first()
        urls = [reverse("reports:accuracy_record", args=[report.pk]), reverse("reports:accuracy_point", args=[report.pk, first.pk])]
        client.get(urls[0])
        for url in urls:
            with django_assert_max_num_queries(25) as counted:
                client.get(url)
            costs.append(len(counted))

    assert costs[:2] == costs[2:]


def test_two_people_of_one_side_at_one_item_meet_on_the_choice_page(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    point = disputed(scenes.to_accuracy(scene))
    opened = point.version
    say(signed_in(scene.place.lead), point)

    clash = say(signed_in(scene.place.executive), point, version=opened, what_is_wrong="Both days are covered.")

    body = clash.content.decode()
    assert clash.status_code == 409
    assert "Saturday is covered." in body
    assert "Both days are covered." in body
    point.refresh_from_db()
    assert point.what_is_wrong == "Saturday is covered."


def test_keep_yours_after_a_clash_saves_it(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    point, item = disputed(scenes.to_accuracy(scene)), filed(scene)
    client, opened = signed_in(scene.place.executive), point.version
    say(signed_in(scene.place.lead), point)
    clash = say(client, point, version=opened, what_is_wrong="Both days.", source="EXISTING", documents=[item.pk])

    kept = clash.context["kept"]
    client.post(clash.context["keep_url"], {name: value for name, value in kept if name != "documents"} | {"documents": [item.pk]})

    point.refresh_from_db()
    assert (point.what_is_wrong, point.answered_by, list(point.evidence.all())) == ("Both days.", scene.place.executive, [item])


def test_two_deciders_of_one_item_meet_on_the_choice_page(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    point = disputed(scenes.to_accuracy(scene))
    accuracy.answer_point(point_id=point.pk, by=scene.place.lead, is_correct=False, what_is_wrong="Saturday is covered.")
    send_everything(scene, point)
    point.refresh_from_db()
    accuracy.keep_point(point_id=point.pk, reason="The team saw the rota.", by=scene.lead_reviewer, version=point.version)

    clash = signed_in(scene.place.officer).post(
        reverse("reports:accuracy_decision", args=[point.report_id, point.pk]),
        {"outcome": "ACCEPTED", "new_text": "No cover on Sundays.", "version": point.version},
    )

    assert clash.status_code == 409
    assert "The team saw the rota." in clash.content.decode()
    assert "No cover on Sundays." in clash.content.decode()


def test_accepted_difference_stands_in_words(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    point = disputed(scenes.to_accuracy(scene))
    accuracy.answer_point(point_id=point.pk, by=scene.place.lead, is_correct=False, what_is_wrong="Saturday is covered.")
    send_everything(scene, point)
    accuracy.accept_point(point_id=point.pk, new_text="No consultant covers the service on Sundays.", by=scene.lead_reviewer)

    client = signed_in(scene.place.executive)
    record = client.get(reverse("reports:accuracy_record", args=[point.report_id])).content.decode()
    item = client.get(reverse("reports:accuracy_point", args=[point.report_id, point.pk])).content.decode()

    assert "<p>1 accepted</p>" in record
    for body in (record, item):
        assert '<ins class="app-compare__added"><b class="app-compare__word">Added:</b> on Sundays.</ins>' in body
        assert '<del class="app-compare__removed"><b class="app-compare__word">Removed:</b> at weekends.</del>' in body


@pytest.mark.parametrize(
    ("parties", "who"),
    [
        (("SERVICE",), "the service"), (("COMMISSIONER",), "the commissioner"),
        (("SERVICE", "COMMISSIONER"), "the service and the commissioner"),
    ],
)  # fmt: skip
def test_pages_say_who_said_that_something_is_wrong(parties: tuple[str, ...], who: str, signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    people = {"SERVICE": scene.place.lead, "COMMISSIONER": scene.place.commissioner}
    wrong = {report.accuracy_points.filter(party=party).last().pk: party for party in parties}
    for point in report.accuracy_points.all():
        words = {"what_is_wrong": "It was a Sunday."} if point.pk in wrong else {}
        accuracy.answer_point(point_id=point.pk, by=people[point.party], is_correct=point.pk not in wrong, **words)
    for by in people.values():
        accuracy.send_accuracy_answers(report_id=report.pk, by=by)
    client = signed_in(scene.lead_reviewer)

    listed = client.get(reverse("reports:report_accuracy", args=[report.pk])).content.decode()
    record = client.get(reverse("reports:accuracy_record", args=[report.pk])).content.decode()

    assert f"The team accepts or keeps what {who} said is wrong" in listed
    for pk, party in wrong.items():
        decision = client.get(reverse("reports:accuracy_decision", args=[report.pk, pk])).content.decode()
        said = f"Not correct, said by {people[party].name} for the {party.lower()} on"
        assert (said in decision, said in record) == (True, True)


def test_record_shows_lists_as_the_report_does(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    report.accuracy_points.filter(section__code="summary").update(text="Good practice:\n\n- F1: cover")

    record = signed_in(scene.lead_reviewer).get(reverse("reports:accuracy_record", args=[report.pk])).content.decode()

    assert '<ul class="nhsuk-list nhsuk-list--bullet">' in record
    assert "- F1" not in record


def test_record_shows_each_party_its_own_items(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    url = reverse("reports:accuracy_record", args=[report.pk])

    found = {
        name: ("Nobody pays for the outreach clinic." in body, "No consultant covers" in body)
        for name, user in (("lead", scene.place.lead), ("board", scene.place.commissioner), ("hub", scene.place.officer))
        if (body := signed_in(user).get(url).content.decode())
    }

    assert found == {"lead": (False, True), "board": (True, False), "hub": (True, True)}


def test_record_hides_answers_from_the_team_until_they_are_sent(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    point = disputed(scenes.to_accuracy(scene))
    accuracy.answer_point(point_id=point.pk, by=scene.place.lead, is_correct=False, what_is_wrong="Not for the team yet.")

    body = signed_in(scene.place.officer).get(reverse("reports:accuracy_record", args=[point.report_id])).content.decode()

    assert "Not for the team yet." not in body


def test_record_costs_the_same_for_any_number_of_items(signed_in: SignedIn, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    costs = []
    for findings in (scenes.FINDINGS[1:3], scenes.FINDINGS):
        scene = scenes.make_scene(findings=findings)
        report, client = scenes.to_accuracy(scene), signed_in(scene.place.officer)
        client.get(reverse("reports:accuracy_record", args=[report.pk]))
        for url in ("accuracy_record", "report_accuracy"):
            with django_assert_max_num_queries(20) as counted:
                client.get(reverse(f"reports:{url}", args=[report.pk]))
            costs.append(len(counted))

    assert costs[:2] == costs[2:]


def test_word_copy_holds_what_each_may_read(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    report.sections.filter(code="hub_notes").update(text=RESTRICTED)
    scenes.start_accuracy(scene)
    url = reverse("reports:accuracy_word", args=[report.pk])

    found = {name: word_text(signed_in(user).get(url)) for name, user in (("lead", scene.place.lead), ("board", scene.place.commissioner))}

    assert all("ACCURACY CHECK" in text for text in found.values())
    assert "Findings at a glance" in found["lead"]
    assert "Nobody pays for the outreach clinic." in found["board"]
    assert ("Findings at a glance" in found["board"], RESTRICTED in found["board"], "No consultant" in found["board"]) == (False,) * 3


@pytest.mark.parametrize("name", ["accuracy_record", "accuracy_word"])
def test_record_and_copy_are_for_those_who_take_part(signed_in: SignedIn, name: str) -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    url = reverse(f"reports:{name}", args=[report.pk])

    found = [signed_in(user).get(url).status_code for user in (scene.lead_reviewer, scene.reviewer, scene.place.contributor)]

    assert found == [200, 403, 404]


def test_reminders_go_5_and_1_working_days_before_and_once(settings) -> None:  # type: ignore[no-untyped-def]
    settings.JOBS_RING_BELL = False
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    Job.objects.all().delete()
    sent = []

    for days_left in (6, 5, 5, 1, 1):
        due = add_working_days(timezone.localdate(), days_left)
        Report.objects.filter(pk=report.pk).update(accuracy_due_date=due)
        mail.outbox.clear()
        periodic.lapse_report_deadlines()
        for pk in Job.objects.filter(kind="mail.report_accuracy", status="QUEUED").values_list("pk", flat=True):
            jobs.run_job(pk, heartbeat=False)
        sent.append(sorted(message.to[0] for message in mail.outbox))

    people = sorted(user.email for user in (scene.place.lead, scene.place.executive, scene.place.commissioner))
    assert sent == [[], people, [], people, []]


def test_the_day_ends_the_check_also_before_the_job_has_run() -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    point, due = disputed(report), report.accuracy_due_date
    london = ZoneInfo("Europe/London")

    with time_machine.travel(dt.datetime.combine(due, dt.time(23, 59), tzinfo=london), tick=False):
        accuracy.answer_point(point_id=point.pk, by=scene.place.lead, is_correct=True)
    with time_machine.travel(dt.datetime.combine(due + dt.timedelta(days=1), dt.time(0, 1), tzinfo=london), tick=False):
        with pytest.raises(InvalidTransition, match="The check ended at 11:59pm"):
            accuracy.answer_point(point_id=point.pk, by=scene.place.lead, is_correct=False, what_is_wrong="Too late.")
        with pytest.raises(InvalidTransition, match="The check ended at 11:59pm"):
            accuracy.send_accuracy_answers(report_id=report.pk, by=scene.place.lead)
        accuracy.lapse_accuracy()

    point.refresh_from_db()
    assert (point.answer, point.sent_at is not None) == ("CORRECT", True)


def test_documents_of_a_learning_review_stay_with_its_people() -> None:
    scene = scenes.make_scene()
    point, item = disputed(scenes.to_accuracy(scene)), filed(scene)
    accuracy.answer_point(point_id=point.pk, by=scene.place.lead, is_correct=False, what_is_wrong="It is.", evidence_ids=[item.pk])
    Review.objects.filter(pk=scene.review.pk).update(purpose="IMPROVEMENT", origin="REQUEST", opened_at=item.added_at)

    seen = [
        EvidenceItem.objects.for_user(User.objects.get(pk=user.pk), Permission.EVIDENCE_VIEW).filter(pk=item.pk).exists()
        for user in (scene.national, scene.place.lead)
    ]

    assert seen == [False, True]


# What an item says of its finding --------------------------------------------------------------------------------------
def test_items_are_called_by_the_number_and_category_that_the_copy_prints() -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    printed = {finding.pk: f"{reference}: {finding.get_category_display()}" for reference, finding in numbered_findings(scene.review)}

    titles = {point.finding_id: point.title for point in points_seen(report) if point.finding_id}
    of_buyer = [point.title for point in points_seen(report).filter(party="COMMISSIONER")]

    assert titles == printed
    assert of_buyer == [printed[boards(report).finding_id]]


def test_pages_show_basis_indicator_and_recommendation_as_the_copy_prints_them(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    point = disputed(report)
    kept = {
        "basis": "Basis number 2.",
        "advice": "Set up a weekend rota with the neighbouring trust.",
        "name": str(point.finding.indicator),
    }
    title = next(one.title for one in points_seen(report) if one.pk == point.pk)
    type(point.finding).objects.filter(pk=point.finding_id).update(basis="Changed since.", recommendation="Changed since.")

    pages = [
        html.unescape(signed_in(user).get(reverse(f"reports:{route}", args=args)).content.decode())
        for user, route, args in (
            (scene.place.lead, "accuracy_point", [report.pk, point.pk]),
            (scene.lead_reviewer, "accuracy_decision", [report.pk, point.pk]),
            (scene.place.officer, "accuracy_record", [report.pk]),
        )
    ]

    for body in pages:
        assert [text in body for text in (title, *kept.values())] == [True] * 4
        assert "Changed since." not in body


# Silence ---------------------------------------------------------------------------------------------------------------
def step_words(report: Report) -> str:
    return next(clock.words for clock in clocks_of(Report.objects.get(pk=report.pk)) if "accuracy" in clock.label.lower())


def test_silence_is_acceptance_on_the_day_it_fell_due_and_is_not_late() -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    due = report.accuracy_due_date

    with time_machine.travel(dt.datetime.combine(due + dt.timedelta(days=40), dt.time(9), tzinfo=dt.UTC), tick=False):
        accuracy.lapse_accuracy()
        words, fact = step_words(report), report_facts([scene.review.pk])[scene.review.pk]
        row = next((row for row in milestones_of(scene.review) if row.code == "ACCURACY"), None)

    assert words == f"No answer by {day_words(due)}: accepted as written"
    assert fact.done["ACCURACY"] == due
    assert row is None or row.clock_words == words


def test_silence_about_some_items_says_about_how_many() -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    due, count = report.accuracy_due_date, report.accuracy_points.count()
    accuracy.answer_point(point_id=disputed(report).pk, by=scene.place.lead, is_correct=True)
    before = step_words(report)

    accuracy.lapse_accuracy(today=due + dt.timedelta(days=1))

    assert "No answer" not in before
    assert step_words(report) == f"Ended on {day_words(due)}: {count - 1} of {count} items had no answer and were accepted as written"


def two_disputed(scene: scenes.Scene) -> list[AccuracyPoint]:
    """Two items of the service that it says are not correct, sent to the team."""
    report = scenes.to_accuracy(scene)
    points = list(report.accuracy_points.filter(party="SERVICE").order_by("position")[:2])
    for point in points:
        accuracy.answer_point(point_id=point.pk, by=scene.place.lead, is_correct=False, what_is_wrong="Saturday is covered.")
    for other in report.accuracy_points.filter(party="SERVICE", answer="WAITING"):
        accuracy.answer_point(point_id=other.pk, by=scene.place.lead, is_correct=True)
    accuracy.send_accuracy_answers(report_id=report.pk, by=scene.place.lead)
    return list(report.accuracy_points.filter(pk__in=[point.pk for point in points]).order_by("position"))


def test_decider_goes_on_to_the_next_item_and_at_the_end_to_the_list(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    first, second = two_disputed(scene)
    client = signed_in(scene.lead_reviewer)
    pages = [reverse("reports:accuracy_decision", args=[point.report_id, point.pk]) for point in (first, second)]

    after = [
        client.post(page, {"outcome": "KEPT", "reason": "The team saw it.", "new_text": point.text, "version": point.version}).url
        for page, point in zip(reversed(pages), (second, first), strict=True)
    ]

    assert after == [pages[0], reverse("reports:report_accuracy", args=[first.report_id])]


def test_service_reads_in_its_list_what_became_of_what_it_said(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    first, second = two_disputed(scene)
    client, url = signed_in(scene.place.lead), reverse("reports:report_accuracy", args=[first.report_id])

    sent = client.get(url).content.decode()
    accuracy.keep_point(point_id=first.pk, reason="The team saw it.", by=scene.lead_reviewer)
    accuracy.accept_point(point_id=second.pk, new_text="Another text.", by=scene.lead_reviewer)
    decided = client.get(url).content.decode()

    assert [sent.count(words) for words in ("With the team", "Kept with a reason", "Accepted")] == [2, 0, 0]
    assert [decided.count(words) for words in ("With the team", "Kept with a reason", "Accepted")] == [0, 1, 1]
