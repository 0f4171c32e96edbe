"""Evidence: the library, filing once, several files, something already added, versions, links, removing, downloads."""

import datetime as dt
import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.permissions import Role
from qnt import integrity
from surveillance.models import Action, Answer, EvidenceItem, EvidenceVersion, InvalidTransition, Query
from surveillance.queries import evidence as queries
from surveillance.services import evidence, held
from surveillance.services import evidence_links as links
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.surveillance import AnswerFactory, IndicatorFactory, RoundFactory, SelfReportFactory, assign, make_scene
from tests.surveillance.upload_corpus import pdf

NUMBER = "943 476 5919"  # passes Modulus 11
JSON = {"accept": "application/json"}


@pytest.fixture
def scene(db):
    return make_scene()


@pytest.fixture
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return settings


def file(name="policy.txt", content=b"Text"):
    return SimpleUploadedFile(name, content)


def filed(scene, *, title="Operational policy", date=None, answers=(), by=None, **upload):
    return evidence.add_file(
        service_id=scene.service.pk, title=title, document_date=date, upload=file(**upload), by=by or scene.lead,
        answer_ids=[answer.pk for answer in answers],
    )  # fmt: skip


def date_fields(day):
    return {"document_date_day": day.day, "document_date_month": day.month, "document_date_year": day.year}


def form(scene, **fields):
    return {"service": scene.service.pk, "title": "Operational policy", "source": "FILE"} | date_fields(dt.date(2026, 5, 14)) | fields


def text(response):
    return response.content.decode().replace("&#x27;", "'")


def files_of(settings):
    return sorted(str(path.relative_to(settings.MEDIA_ROOT)) for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())


# Adding ---------------------------------------------------------------------------------------------------------------
def test_file_is_added_from_an_answer_and_leads_back_to_its_place(scene, signed_in):
    client, answer = signed_in(scene.lead), scene.answers[2]

    response = client.post(f"/evidence/add/?answer={answer.pk}", form(scene, file=file("policy.pdf", pdf()), answers=[answer.pk]))

    item = EvidenceItem.objects.get()
    assert response["Location"] == f"/self-reports/{scene.report.pk}/sections/2/#answer-{answer.pk}"
    assert (list(item.answers.all()), item.versions.get().document_date) == ([answer], dt.date(2026, 5, 14))


def test_next_round_that_is_made_and_not_open_yet_is_not_offered(scene, signed_in):
    dates = {"opens_date": in_days(200), "closes_date": in_days(260), "check_by_date": in_days(320)}
    following = SelfReportFactory(service=scene.service, round=RoundFactory(year=scene.report.round.year + 1, **dates))
    later = AnswerFactory(self_report=following, indicator=scene.answers[0].indicator)

    page = text(signed_in(scene.lead).get(f"/evidence/add/?answer={scene.answers[1].pk}"))

    assert f'name="answers" type="checkbox" value="{scene.answers[1].pk}" checked' in page
    assert f'name="answers" type="checkbox" value="{later.pk}"' not in page
    assert later not in queries.answers_open_to(scene.lead, service_id=scene.service.pk)


def in_days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


def test_answer_that_the_person_came_from_is_ticked(scene, signed_in):
    page = text(signed_in(scene.lead).get(f"/evidence/add/?answer={scene.answers[1].pk}"))

    assert page.count('type="checkbox" value=') == 4
    assert f'name="answers" type="checkbox" value="{scene.answers[1].pk}" checked' in page
    assert page.count("checked") == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Select a file"),
        ({"source": ""}, "Select a file, a link or something already added"),
        ({"source": "LINK"}, "Enter the address of the link"),
        ({"source": "LINK", "link": "javascript:alert(1)"}, "Enter an address in the correct format"),
        ({"title": ""}, "Enter what this document is"),
        ({"title": "x" * 201}, "What is this document must be 200 characters or less"),
        ({"document_date_year": "2999"}, "The date on the document must be today or in the past"),
        ({"document_date_month": "13"}, "The date on the document must be a real date"),
        ({"answers": ["9" * 30]}, "Select a valid choice"),
        ({"source": "EXISTING"}, "Select at least one document"),
        ({"service": "9" * 30}, "Select a valid choice"),
    ],
)
def test_form_words_its_faults_and_keeps_what_was_typed(scene, signed_in, fields, sentence):
    response = signed_in(scene.lead).post("/evidence/add/", form(scene, **fields))

    assert (response.status_code, sentence in text(response)) == (200, True)
    assert "<title>Error: " in text(response)
    assert not EvidenceItem.objects.exists()


def test_document_dated_today_is_taken_and_tomorrow_refused(scene, signed_in):
    client, today = signed_in(scene.lead), timezone.localdate()

    tomorrow = client.post(
        "/evidence/add/", form(scene, source="LINK", link="https://a.example/") | date_fields(today + dt.timedelta(days=1))
    )
    client.post("/evidence/add/", form(scene, source="LINK", link="https://a.example/") | date_fields(today))

    assert "must be today or in the past" in text(tomorrow)
    assert EvidenceVersion.objects.get().document_date == today


def test_foreign_service_answer_and_document_are_refused(scene, signed_in):
    other = make_scene()
    theirs, client = filed(other, by=other.lead), signed_in(scene.lead)
    link = {"source": "LINK", "link": "https://a.example/"}

    pages = [
        client.post("/evidence/add/", form(other, **link)),
        client.post(f"/evidence/add/?answer={scene.answers[0].pk}", form(scene, **link, answers=[other.answers[0].pk])),
        client.post(
            f"/evidence/add/?answer={scene.answers[0].pk}",
            form(scene, source="EXISTING", documents=[theirs.pk], answers=[scene.answers[0].pk]),
        ),
    ]

    assert ["<title>Error: " in text(page) for page in pages] == [True] * 3
    assert list(EvidenceItem.objects.all()) == [theirs]


def test_contributor_is_offered_only_answers_of_their_sections(scene, signed_in):
    scene.report.section_assignments.create(section="Clinical outcome", user=scene.contributor)

    page = text(signed_in(scene.contributor).get(f"/evidence/add/?answer={scene.answers[2].pk}"))

    offered = [answer.pk for answer in scene.answers if f'name="answers" type="checkbox" value="{answer.pk}"' in page]
    assert offered == [scene.answers[2].pk, scene.answers[3].pk]


# Several files --------------------------------------------------------------------------------------------------------
def test_several_files_are_each_kept_or_named(scene, signed_in):
    files = [file("operational-policy.txt"), file("setup.exe", b"MZ"), file("annual_report.txt")]

    page = text(
        signed_in(scene.lead).post(
            f"/evidence/add/?answer={scene.answers[0].pk}", form(scene, title="", file=files, answers=[scene.answers[0].pk])
        )
    )

    assert [(item.title, item.answers.count()) for item in EvidenceItem.objects.order_by("pk")] == [
        ("Operational policy", 1),
        ("Annual report", 1),
    ]
    assert "2 of 3 files added: Operational policy, Annual report." in page
    assert "setup.exe: The selected file must be a PDF" in page


def test_several_good_files_lead_back(scene, signed_in):
    response = signed_in(scene.lead).post("/evidence/add/", form(scene, title="Pack", file=[file("a.txt"), file("b.txt")]))

    assert response["Location"] == "/evidence/"
    assert sorted(EvidenceItem.objects.values_list("title", flat=True)) == ["Pack: a", "Pack: b"]


def test_more_files_than_at_a_time_are_refused_whole(scene, signed_in):
    page = text(signed_in(scene.lead).post("/evidence/add/", form(scene, file=[file(f"{n}.txt") for n in range(21)])))

    assert "Choose 20 files or fewer at a time" in page
    assert not EvidenceItem.objects.exists()


def test_script_sends_each_file_by_itself(scene, signed_in):
    client, address = signed_in(scene.lead), f"/evidence/add/?answer={scene.answers[0].pk}"

    added = [
        client.post(address, form(scene, title=f"Part {n}", file=file(), answers=[scene.answers[0].pk], so_far=n), headers=JSON).json()
        for n in (1, 2)
    ]
    refused = client.post(address, form(scene, file=file("a.txt", b"")), headers=JSON)
    after = text(client.get(added[1]["then"].partition("#")[0]))

    place = f"/self-reports/{scene.report.pk}/sections/1/#answer-{scene.answers[0].pk}"
    assert added == [{"title": "Part 1", "then": place}, {"title": "Part 2", "then": place}]
    assert (refused.status_code, refused.json()) == (422, {"errors": {"file": ["The selected file is empty"]}})
    assert ("2 documents added" in after, "1 document added" in after) == (True, False)


def test_script_is_told_that_nobody_is_signed_in(client, scene):
    response = client.post("/evidence/add/", form(scene, file=file()), headers=JSON)

    assert (response.status_code, response.json()) == (401, {"errors": {"": ["Sign in to continue."]}})


# Something already added ----------------------------------------------------------------------------------------------
def test_something_already_added_supports_further_answers(scene, signed_in):
    items = [filed(scene, title="Policy"), filed(scene, title="Report", answers=[scene.answers[1]])]

    response = signed_in(scene.lead).post(
        f"/evidence/add/?answer={scene.answers[0].pk}",
        {
            "service": scene.service.pk,
            "source": "EXISTING",
            "documents": [item.pk for item in items],
            "answers": [a.pk for a in scene.answers[:2]],
        },
    )

    assert response["Location"].endswith(f"#answer-{scene.answers[0].pk}")
    assert [set(item.answers.all()) for item in items] == [set(scene.answers[:2])] * 2
    assert EvidenceItem.objects.count() == 2


def test_search_keeps_what_is_ticked_and_what_was_typed(scene, signed_in):
    chosen, found, other = (filed(scene, title=title) for title in ("Chosen", "Annual report 2025", "Work programme"))

    page = text(signed_in(scene.lead).post(
        f"/evidence/add/?answer={scene.answers[0].pk}",
        form(scene, source="EXISTING", search="1", words="report annual", documents=[chosen.pk], answers=[scene.answers[1].pk]),
    ))  # fmt: skip

    assert [title in page for title in ("Chosen, ", "Annual report 2025, no date on it", "Work programme")] == [True, True, False]
    assert f'name="documents" type="checkbox" value="{chosen.pk}" checked' in page
    assert f'name="answers" type="checkbox" value="{scene.answers[1].pk}" checked' in page
    assert ("<title>Error: " in page, 'value="Operational policy"' in page) == (False, True)


def test_enter_in_a_field_of_a_file_is_no_search(scene, signed_in):
    """The search is the first button of the form, so Enter in any field presses it."""
    response = signed_in(scene.lead).post("/evidence/add/", form(scene, search="1", file=file()))

    assert (response.status_code, EvidenceItem.objects.count()) == (302, 1)


# NHS numbers ----------------------------------------------------------------------------------------------------------
def hidden(page):
    """Name and value of every hidden field of the question, as a browser sends them."""
    fields = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page):
        fields.setdefault(name, []).append(value)
    return {name: values for name, values in fields.items() if name != "csrfmiddlewaretoken"}


def test_nhs_number_in_a_title_is_asked_about_and_the_file_is_not_lost(scene, signed_in, own_media):
    client, address = signed_in(scene.lead), f"/evidence/add/?answer={scene.answers[0].pk}"

    page = text(client.post(address, form(scene, title=f"Letter {NUMBER}", file=file("a.txt", b"Bytes"), answers=[scene.answers[0].pk])))
    assert ("This may contain an NHS number" in page, EvidenceItem.objects.exists()) == (True, False)
    back = text(client.post(address, hidden(page) | {"go_back": "1"}))
    assert ("a.txt is kept for an hour" in back, f'value="Letter {NUMBER}"' in back, "<title>Error" in back) == (True, True, False)
    response = client.post(address, hidden(page) | {"title": "Letter"})

    item = EvidenceItem.objects.get()
    assert (response.status_code, item.title, list(item.answers.all())) == (302, "Letter", [scene.answers[0]])
    assert (own_media.MEDIA_ROOT / item.versions.get().file_path).read_bytes() == b"Bytes"
    assert files_of(own_media) == [item.versions.get().file_path]


def test_what_is_no_nhs_number_is_kept(scene, signed_in, own_media):
    client = signed_in(scene.lead)
    page = text(client.post("/evidence/add/", form(scene, file=file(f"{NUMBER}.txt"))))

    client.post("/evidence/add/", hidden(page) | {"keep": "on"})

    assert EvidenceVersion.objects.get().file_name == f"{NUMBER}.txt"


def test_link_and_version_and_title_are_asked_about_too(scene, signed_in):
    client, item = signed_in(scene.lead), filed(scene)
    number = NUMBER.replace(" ", "")

    pages = [
        client.post("/evidence/add/", form(scene, source="LINK", link=f"https://a.example/{number}/")),
        client.post(f"/evidence/{item.pk}/versions/add/", {"source": "FILE", "file": file(f"{number}.txt")}),
        client.post(f"/evidence/{item.pk}/edit/", {"title": f"Letter {number}", "reason": "Why"}),
    ]
    for page, address in zip(pages, ("/evidence/add/", f"/evidence/{item.pk}/versions/add/", f"/evidence/{item.pk}/edit/"), strict=True):
        assert "This may contain an NHS number" in text(page)
        assert client.post(address, hidden(text(page)) | {"keep": "on"}).status_code == 302

    item.refresh_from_db()
    assert (item.title, item.versions.count(), EvidenceItem.objects.count()) == (f"Letter {number}", 2, 2)


def test_script_is_asked_too(scene, signed_in):
    client = signed_in(scene.lead)

    asked = client.post("/evidence/add/", form(scene, title=f"Letter {NUMBER}", file=file()), headers=JSON)
    kept = client.post("/evidence/add/", form(scene, title=f"Letter {NUMBER}", file=file(), keep="on"), headers=JSON)

    assert (asked.status_code, asked.json()) == (422, {"errors": {"title": ["This may contain an NHS number"]}, "asks": True})
    assert kept.status_code == 200


def test_of_several_files_one_with_an_nhs_number_is_named(scene, signed_in):
    page = text(signed_in(scene.lead).post("/evidence/add/", form(scene, title="", file=[file("a.txt"), file(f"{NUMBER}.txt")])))

    assert f"{NUMBER}.txt: this may contain an NHS number. Add it by itself" in page
    assert EvidenceItem.objects.get().title == "A"


def test_held_file_is_only_for_whoever_uploaded_it_and_for_an_hour(scene, signed_in, own_media, monkeypatch):
    client = signed_in(scene.lead)
    page = text(client.post("/evidence/add/", form(scene, title=NUMBER, file=file())))
    token = hidden(page)["held"][0]

    with pytest.raises(held.UploadRefused, match="for an hour only"):
        held.take_held(token, by=scene.contributor)
    forged = text(client.post("/evidence/add/", form(scene, title="Policy", held="x" * 40)))
    monkeypatch.setattr(held, "HELD_SECONDS", -1)
    too_late = text(client.post("/evidence/add/", form(scene, title="Policy", held=token)))

    assert ["Choose it again" in page for page in (forged, too_late)] == [True, True]
    assert not EvidenceItem.objects.exists()


def test_bad_file_is_refused_before_the_question(scene, signed_in, own_media):
    page = text(signed_in(scene.lead).post("/evidence/add/", form(scene, title=NUMBER, file=file("a.pdf", b"no"))))

    assert "not a PDF that can be opened" in page
    assert files_of(own_media) == []


def test_sweep_deletes_old_held_files_and_halves_only(scene, own_media, monkeypatch):
    kept = filed(scene).versions.get().file_path
    held.hold(evidence.read_upload(file()), by=scene.lead)
    half = own_media.MEDIA_ROOT / "evidence" / kept[9:11] / "x.part"
    half.write_bytes(b"half")

    assert held.sweep_uploads() == {"held": 0, "halves": 0, "removed": 0}
    later = time.time() + held.HELD_SECONDS + 60
    monkeypatch.setattr("surveillance.services.held.time.time", lambda: later)
    assert held.sweep_uploads() == {"held": 1, "halves": 1, "removed": 0}
    assert files_of(own_media) == [kept]


# The lock of the answers ----------------------------------------------------------------------------------------------
def test_documents_of_a_sent_answer_stay_as_they_are(scene, signed_in):
    item = filed(scene, answers=[scene.answers[0]])
    scene.send()

    with pytest.raises(InvalidTransition, match="self-report is now with executive, so its documents cannot be changed"):
        evidence.link_answers(evidence_id=item.pk, answer_ids=[], by=scene.lead)
    with pytest.raises(InvalidTransition, match="documents cannot be changed"):
        filed(scene, answers=[scene.answers[1]])
    page = text(signed_in(scene.lead).get(f"/evidence/add/?answer={scene.answers[0].pk}"))

    assert "The documents of this answer cannot be changed now" in page
    assert (list(item.answers.all()), EvidenceItem.objects.count()) == ([scene.answers[0]], 1)


def test_after_a_query_only_the_asked_answer_is_open(scene):
    scene.declare()
    Query.objects.create(
        answer=scene.answers[0], question="Where?", asked_by=scene.officer, asked_at=timezone.now(), due_date=timezone.localdate()
    )
    type(scene.report).objects.filter(pk=scene.report.pk).update(status="QUERIED")

    assert [answer.pk for answer in queries.answers_open_to(scene.lead, service_id=scene.service.pk)] == [scene.answers[0].pk]
    assert len(links.lock_answers(scene.service.pk, [scene.answers[0].pk])) == 1
    with pytest.raises(InvalidTransition, match=f"did not ask about {scene.answers[1].indicator.number}"):
        filed(scene, answers=scene.answers[:2])


# Versions and changes -------------------------------------------------------------------------------------------------
def test_newer_version_keeps_the_older_and_each_downloads(scene, signed_in, own_media):
    client, item = signed_in(scene.lead), filed(scene, name="one.txt", content=b"One")
    client.post(f"/evidence/{item.pk}/versions/add/", {"source": "FILE", "file": file("two.txt", b"Two")})
    client.post(f"/evidence/{item.pk}/versions/add/", {"source": "LINK", "link": "https://a.example/"})

    downloads = [client.get(f"/evidence/{item.pk}/file/?version={number}") for number in (1, 2)]

    assert list(item.versions.values_list("number", "file_name", "link")) == [
        (3, "", "https://a.example/"),
        (2, "two.txt", ""),
        (1, "one.txt", ""),
    ]
    assert [b"".join(download.streaming_content) for download in downloads] == [b"One", b"Two"]
    assert client.get(f"/evidence/{item.pk}/file/?version=3").status_code == 404


def test_page_says_which_declaration_named_which_version(scene, signed_in):
    item = filed(scene, answers=scene.answers[:1], date=dt.date(2020, 5, 14))
    scene.declare()
    evidence.add_version(evidence_id=item.pk, document_date=None, upload=file("two.txt"), by=scene.lead)

    page = text(signed_in(scene.lead).get(f"/evidence/{item.pk}/"))
    uses = queries.declared_uses(item)

    assert [(use.version, use.numbers) for use in uses] == [(1, (scene.answers[0].indicator.number,))]
    assert (page.count(f"{scene.report.round.year} self-report</a>, declared"), page.count("Not declared")) == (1, 1)


def test_answers_are_changed_without_undoing_somebody_elses_change(scene, signed_in):
    item, client = filed(scene, answers=scene.answers[:2]), signed_in(scene.lead)
    page = text(client.get(f"/evidence/{item.pk}/answers/"))
    evidence.link_answers(evidence_id=item.pk, answer_ids=[a.pk for a in (*scene.answers[:2], scene.answers[3])], by=scene.executive)

    client.post(f"/evidence/{item.pk}/answers/", {"opened": opened(page), "answers": [a.pk for a in scene.answers[1:3]]})

    assert set(item.answers.all()) == set(scene.answers[1:])


def opened(page):
    return re.search(r'name="opened" value="([^"]*)"', page).group(1)


def test_contributor_cannot_unlink_answers_of_other_sections(scene, signed_in):
    scene.report.section_assignments.create(section="Clinical outcome", user=scene.contributor)
    item, client = filed(scene, answers=scene.answers), signed_in(scene.contributor)

    page = text(client.get(f"/evidence/{item.pk}/answers/"))
    client.post(f"/evidence/{item.pk}/answers/", {"opened": opened(page)})

    assert set(item.answers.all()) == set(scene.answers[:2])
    assert str(scene.answers[0].indicator) in page


def test_title_and_date_are_corrected_with_a_reason(scene, signed_in):
    item = filed(scene, date=dt.date(2025, 5, 14))

    response = signed_in(scene.lead).post(
        f"/evidence/{item.pk}/edit/", {"title": "Policy 2026", "reason": "Typed wrongly"} | date_fields(dt.date(2026, 5, 14))
    )

    item.refresh_from_db()
    assert (response.status_code, item.title, item.versions.get().document_date) == (302, "Policy 2026", dt.date(2026, 5, 14))
    events = AuditEvent.objects.filter(target_type="surveillance.evidenceitem", reason="Typed wrongly")
    assert sorted(events.values_list("action", flat=True)) == ["evidence.date_corrected", "evidence.renamed"]


def test_date_is_fixed_for_others_and_once_declared(scene, signed_in):
    item = filed(scene, date=dt.date(2025, 5, 14), answers=scene.answers[:1])
    change = {"evidence_id": item.pk, "title": item.title, "document_date": dt.date(2026, 1, 1), "reason": "Why"}
    other = assign(scene.service, Role.SERVICE_LEAD)
    with pytest.raises(InvalidTransition, match="date of this version cannot be changed"):
        evidence.change_document(**change, by=other)
    scene.declare()

    with pytest.raises(InvalidTransition, match="date of this version cannot be changed"):
        evidence.change_document(**change, by=scene.lead)
    page = text(signed_in(scene.lead).get(f"/evidence/{item.pk}/edit/"))
    signed_in(scene.lead).post(f"/evidence/{item.pk}/edit/", {"title": "New title", "reason": "Why"})

    assert ("document_date_day" in page, "until it is declared" in page) == (False, True)
    item.refresh_from_db()
    assert (item.title, item.versions.get().document_date) == ("New title", dt.date(2025, 5, 14))


def test_two_people_change_one_title_and_neither_text_is_lost(scene, signed_in):
    item, client = filed(scene), signed_in(scene.lead)
    page = text(client.get(f"/evidence/{item.pk}/edit/"))
    evidence.change_document(evidence_id=item.pk, title="Theirs", document_date=None, reason="Why", by=scene.executive)

    clash = text(client.post(f"/evidence/{item.pk}/edit/", {"title": "Mine", "reason": "Why", "opened": opened(page)}))
    assert ("It is now “Theirs”" in clash, 'value="Mine"' in clash, EvidenceItem.objects.get().title) == (True, True, "Theirs")
    client.post(f"/evidence/{item.pk}/edit/", {"title": "Mine", "reason": "Why", "opened": opened(clash)})

    assert EvidenceItem.objects.get().title == "Mine"
    with pytest.raises(SomeoneElseChanged):
        evidence.change_document(evidence_id=item.pk, title="x", document_date=None, reason="y", by=scene.lead, opened=("Theirs", None))


# Removing -------------------------------------------------------------------------------------------------------------
def test_document_in_use_stays(scene, signed_in):
    item = filed(scene, answers=scene.answers[:3])
    action = Action.objects.create(service=scene.service, what="Do", drafted_by=scene.lead, due_date=timezone.localdate())
    action.evidence.add(item)

    page = text(signed_in(scene.lead).post(f"/evidence/{item.pk}/remove/"))

    assert "Used by 3 answers. Remove it from them first. It shows what was done for 1 action, so it stays." in page
    assert EvidenceItem.objects.kept().get() == item


def test_declared_document_stays_when_no_answer_uses_it_any_more(scene):
    item = filed(scene, answers=scene.answers[:1])
    scene.declare()
    item.answers.clear()

    with pytest.raises(InvalidTransition, match=f"It was declared with the {scene.report.round.year} self-report, so it stays on record"):
        evidence.remove_item(evidence_id=item.pk, by=scene.lead)


def test_removed_document_is_gone_everywhere(scene, signed_in, own_media, django_capture_on_commit_callbacks):
    own_media.UPLOAD_QUOTA_BYTES = 1024 * 1024
    item, client = filed(scene, content=b"a" * 1_000_000), signed_in(scene.lead)
    shown = text(client.get(f"/evidence/{item.pk}/remove/"))

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"/evidence/{item.pk}/remove/")

    assert ("This goes for good" in shown, "nhsuk-button--warning" in shown, response["Location"]) == (True, True, "/evidence/")
    assert files_of(own_media) == []
    parts = ("", "file/", "versions/add/", "answers/", "edit/", "remove/")
    assert [client.get(f"/evidence/{item.pk}/{part}").status_code for part in parts] == [404] * 6
    assert "Operational policy" not in text(client.get("/evidence/")).partition("removed")[2]
    filed(scene, title="Next", content=b"b" * 1_000_000)
    assert AuditEvent.objects.filter(action="evidence.removed", target_id=item.pk, by=scene.lead).count() == 1
    for act in (
        lambda: evidence.add_version(evidence_id=item.pk, document_date=None, link="https://a.example/", by=scene.lead),
        lambda: evidence.link_answers(evidence_id=item.pk, answer_ids=[], by=scene.lead),
        lambda: evidence.change_document(evidence_id=item.pk, title="x", document_date=None, reason="y", by=scene.lead),
        lambda: evidence.remove_item(evidence_id=item.pk, by=scene.lead),
    ):
        with pytest.raises(InvalidTransition, match="Someone removed this"):
            act()


def test_sweep_deletes_bytes_that_a_crash_left_behind(scene, own_media):
    item = filed(scene)
    evidence.remove_item(evidence_id=item.pk, by=scene.lead)  # its on_commit never runs in this test

    assert (held.sweep_uploads()["removed"], files_of(own_media)) == (1, [])


def test_integrity_misses_no_bytes_of_removed_documents(scene, own_media):
    kept, gone = filed(scene, title="Kept"), filed(scene, title="Gone")
    evidence.remove_item(evidence_id=gone.pk, by=scene.lead)
    held.sweep_uploads()
    assert [fault for fault in integrity.faults() if "file" in fault] == []

    (own_media.MEDIA_ROOT / kept.versions.get().file_path).unlink()

    assert len([fault for fault in integrity.faults() if "is missing" in fault]) == 1


# Downloads ------------------------------------------------------------------------------------------------------------
def test_download_is_an_attachment_in_a_sandbox_under_its_own_name(scene, signed_in):
    item = filed(scene, name="Naïve plan 😀.txt")

    download = signed_in(scene.lead).get(f"/evidence/{item.pk}/file/")

    assert download["Content-Disposition"] == "attachment; filename*=utf-8''Na%C3%AFve%20plan%20%F0%9F%98%80.txt"
    headers = ("Content-Type", "Content-Length", "X-Content-Type-Options", "Content-Security-Policy")
    assert [download[name] for name in headers] == ["text/plain", "4", "nosniff", "sandbox; default-src 'none'"]
    assert b"".join(download.streaming_content) == b"Text"


def test_head_answers_without_a_body(scene, signed_in):
    item = filed(scene)

    response = signed_in(scene.lead).head(f"/evidence/{item.pk}/file/")

    assert (response.status_code, response["Content-Length"], response.getvalue()) == (200, "4", b"")


@pytest.mark.parametrize("version", ["9", "x", "-1", "9" * 30, "²"])
def test_version_that_is_not_there_is_missing(scene, signed_in, version):
    item = filed(scene)

    assert signed_in(scene.lead).get(f"/evidence/{item.pk}/file/", {"version": version}).status_code == 404


def test_quarantined_version_is_never_served(scene, signed_in):
    item, client = filed(scene, content=b"Old"), signed_in(scene.lead)
    evidence.add_version(evidence_id=item.pk, document_date=None, upload=file("new.txt"), by=scene.lead)
    item.versions.filter(number=2).update(scan_state="QUARANTINED")

    newest = client.get(f"/evidence/{item.pk}/file/")
    page, library = text(client.get(f"/evidence/{item.pk}/")), text(client.get("/evidence/"))

    assert b"".join(newest.streaming_content) == b"Old"
    assert client.get(f"/evidence/{item.pk}/file/?version=2").status_code == 404
    assert ("new.txt: being checked for viruses" in page, "file/?version=2" in page) == (True, False)
    assert "Being checked for viruses. You can carry on." in page
    assert "Being checked for viruses" in library


def test_evidence_is_seen_only_in_scope(scene, signed_in):
    item = filed(scene)
    people = (scene.lead, scene.contributor, scene.executive, scene.officer, scene.commissioner, scene.stranger)
    parts = ("", "file/", "versions/add/", "answers/", "edit/", "remove/")

    answers = [[signed_in(one).get(f"/evidence/{item.pk}/{part}") for part in parts] for one in people]
    codes = ["".join(str(answer.status_code)[0:3] + " " for answer in row).split() for row in answers]
    for answer in sum(answers, []):
        answer.close()

    everything, reads, nothing = ["200"] * 6, ["200", "200", "403", "403", "403", "403"], ["404"] * 6
    assert codes == [everything, everything, reads, reads, nothing, nothing]


def test_extra_fields_change_nothing(scene, signed_in):
    fields = {"scan_state": "CLEAN", "file_path": "../../etc/passwd", "removed_at": "2026-01-01", "added_by": scene.officer.pk}

    signed_in(scene.lead).post("/evidence/add/", form(scene, file=file(), **fields))

    item = EvidenceItem.objects.get()
    assert (item.added_by, item.removed_at, item.versions.get().scan_state) == (scene.lead, None, "NOT_SCANNED")
    assert item.versions.get().file_path.startswith("evidence/")


# The library ----------------------------------------------------------------------------------------------------------
def old_and_new(scene):
    today = timezone.localdate()
    old = filed(scene, title="Annual report", date=today - dt.timedelta(days=367), answers=scene.answers[:2])
    new = filed(scene, title="Operational policy", date=today)
    return old, new


def test_library_says_what_is_old_and_what_is_used(scene, signed_in):
    old, _ = old_and_new(scene)
    evidence.remove_item(evidence_id=filed(scene, title="Withdrawn paper").pk, by=scene.lead)

    page = text(signed_in(scene.lead).get("/evidence/"))

    assert page.count(": over 12 months old") == 1
    assert f"2 answers, {scene.report.round.year}" in page
    assert (page.count("Not used yet</span>"), "Withdrawn paper" in page) == (1, False)
    assert f'href="/evidence/{old.pk}/#used-by"' in page


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Operational policy", "Annual report"]),
        ("age=old", ["Annual report"]),
        ("use=none", ["Operational policy"]),
        ("words=POLICY+oper", ["Operational policy"]),
        ("words=%25", []),
        ("age=old&use=none", []),
        ("service=" + "9" * 30, ["Operational policy", "Annual report"]),
        ("age=nonsense&page=nonsense", ["Operational policy", "Annual report"]),
    ],
)
def test_library_is_filtered_by_its_address(scene, signed_in, query, titles):
    old_and_new(scene)
    other = make_scene()
    filed(other, title="Foreign", by=other.lead)

    response = signed_in(scene.lead).get(f"/evidence/?{query}")

    assert [row["item"].title for row in response.context["rows"]] == titles
    assert ("No documents match these filters" in text(response)) == (not titles)


def test_empty_library_says_what_to_do(scene, signed_in):
    assert "No evidence yet. Add a document once and use it for many answers." in text(signed_in(scene.lead).get("/evidence/"))


def test_twelve_months_end_on_the_day():
    assert queries.old_before(dt.date(2026, 11, 27)) == dt.date(2025, 11, 27)
    assert queries.old_before(dt.date(2028, 2, 29)) == dt.date(2027, 2, 28)
    assert [queries.is_old(day, dt.date(2026, 11, 27)) for day in (None, dt.date(2025, 11, 27), dt.date(2025, 11, 26))] == [
        False,
        False,
        True,
    ]


# Statements -----------------------------------------------------------------------------------------------------------
def many(scene, count):
    for number in range(count):
        EvidenceVersion.objects.create(
            item=EvidenceItem.objects.create(service=scene.service, title=f"Paper {number}", added_by=scene.lead),
            link="https://a.example/", uploaded_by=scene.lead, document_date=dt.date(2020, 1, 1),
        ).item.answers.add(scene.answers[0])  # fmt: skip


@pytest.mark.parametrize("count", [1, 50])
@pytest.mark.parametrize("role", ["lead", "officer", "national"])
def test_library_takes_the_same_statements(scene, signed_in, django_assert_num_queries, count, role):
    many(scene, count)
    client = signed_in(getattr(scene, role))
    client.get("/evidence/")

    with django_assert_num_queries(LIBRARY):
        client.get("/evidence/?age=old&words=paper")


LIBRARY = 11


@pytest.mark.parametrize("count", [4, 300])
def test_adding_page_takes_the_same_statements(scene, signed_in, django_assert_num_queries, count):
    for number in range(count - 4):
        indicator = IndicatorFactory(indicator_set=scene.indicator_set, section=f"Section {number % 10}")
        AnswerFactory(self_report=scene.report, indicator=indicator)
    many(scene, 25 if count > 4 else 1)
    client, address = signed_in(scene.lead), f"/evidence/add/?answer={scene.answers[0].pk}"
    client.get(address)

    with django_assert_num_queries(ADDING):
        page = client.get(address)
    with django_assert_num_queries(CHANGING):
        client.get(f"/evidence/{EvidenceItem.objects.first().pk}/answers/")

    assert text(page).count('name="answers"') == Answer.objects.count() == count


ADDING, CHANGING = 10, 10


@pytest.mark.parametrize("count", [1, 6])
def test_document_takes_the_same_statements(scene, signed_in, django_assert_num_queries, count):
    item = filed(scene, answers=scene.answers)
    for _ in range(count - 1):
        evidence.add_version(evidence_id=item.pk, document_date=None, link="https://a.example/", by=scene.lead)
    client = signed_in(scene.lead)
    client.get(f"/evidence/{item.pk}/")

    with django_assert_num_queries(DOCUMENT):
        client.get(f"/evidence/{item.pk}/")


DOCUMENT = 15
