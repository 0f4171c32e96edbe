"""Uploads: a corpus of good and bad files, made here."""

import io
import zipfile

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from surveillance.models import EvidenceItem, EvidenceVersion
from surveillance.services import evidence
from surveillance.uploads import EICAR, UploadRefused, check_upload
from tests.factories.surveillance import make_scene

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
MACRO_TYPES = TYPES.replace("<Types", '<Types macroEnabled="1"')
DOCUMENT = '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'


def office(main="word/document.xml", **members):
    content = {"[Content_Types].xml": TYPES, main: DOCUMENT} | {name.replace("__", "/"): text for name, text in members.items()}
    return zipped(content)


def zipped(content):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return made.getvalue()


def pdf(**options):
    made = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(made, **options)
    return made.getvalue()


def picture(kind, **options):
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "blue").save(made, kind, **options)
    return made.getvalue()


def with_exif():
    exif = Image.Exif()
    exif[0x010E] = "Ward 7, secret place"
    return picture("JPEG", exif=exif.tobytes())


OUTLOOK = bytes.fromhex("D0CF11E0A1B11AE1") + "__properties_version1.0".encode("utf-16-le") + bytes(2048 - 8 - 46)
GOOD = [
    ("a.pdf", pdf()), ("a.png", picture("PNG")), ("a.JPG", picture("JPEG")), ("a.docx", office()),
    ("a.xlsx", office("xl/workbook.xml")), ("a.pptx", office("ppt/presentation.xml")), ("a.csv", "a,b\n1,£\n".encode()),
    ("a.txt", "Naïve".encode("utf-16")), ("a.txt", "café".encode("cp1252")),
    ("a.eml", b"From: a@b.c\r\nSubject: Hi\r\n\r\nHello"), ("a.msg", OUTLOOK),
]  # fmt: skip
REMOTE = (
    '<Relationships xmlns="x"><Relationship Type="http://x/attachedTemplate" Target="http://evil/" TargetMode="External"/></Relationships>'
)
ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
BAD = [
    ("a.pdf", b"", "is empty"),
    ("a.exe", b"MZ", "must be a PDF, PNG"),
    ("noname", b"text", "must be a PDF, PNG"),
    ("a.pdf", b" " + pdf(), "not a PDF that can be opened"),
    ("a.pdf", b"%PDF-1.7 nothing more", "not a PDF that can be opened"),
    ("a.pdf", pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "is password protected"),
    ("a.pdf", picture("PNG"), "not a PDF that can be opened"),
    ("a.png", picture("JPEG"), "not a PNG that can be opened"),
    ("a.jpg", picture("JPEG")[:200], "not a JPG that can be opened"),
    ("a.jpg", b"<script>", "not a JPG that can be opened"),
    ("a.docx", b"PK\x03\x04 broken", "not a DOCX that can be opened"),
    ("a.docx", office("xl/workbook.xml"), "not a DOCX that can be opened"),
    ("a.docx", office(word__vbaProject_bin="x", **{"word__vbaProject.bin": "x"}), "contains macros"),
    ("a.docx", zipped({"[Content_Types].xml": MACRO_TYPES, "word/document.xml": DOCUMENT}), "contains macros"),
    ("a.docx", office(**{"word__evil.exe": "MZ"}), "something inside that is not allowed"),
    ("a.docx", office(**{"..__x.xml": "<x/>"}), "something inside that is not allowed"),
    ("a.docx", office(**{"word__x.xml": ENTITY}), "in a way that is not allowed"),
    ("a.docx", office(**{"word___rels__settings.xml.rels": REMOTE}), "in a way that is not allowed"),
    ("a.docx", office(**{"word__x.xml": "<x>"}), "is damaged"),
    ("a.docx", office(**{"word__media__x.png": EICAR}), "contains a virus"),
    ("a.docx", bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "is password protected"),
    ("a.txt", EICAR, "contains a virus"),
    ("a.csv", b"a,b\x00c", "not a CSV that can be opened"),
    ("a.eml", b"Hello", "not a EML that can be opened"),
    ("a.msg", b"From: a@b.c", "not a MSG that can be opened"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content"), GOOD)
def test_allowed_file_is_kept(name, content):
    assert check_upload(name=name, content=content).content


@pytest.mark.parametrize(("name", "content", "sentence"), BAD)
def test_bad_file_is_refused_with_a_sentence(name, content, sentence):
    with pytest.raises(UploadRefused, match=sentence):
        check_upload(name=name, content=content)


def test_too_large_a_file_is_refused(settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024

    with pytest.raises(UploadRefused, match="smaller than 1MB"):
        check_upload(name="a.txt", content=b"a" * (1024 * 1024 + 1))


def test_file_that_inflates_too_far_is_refused():
    bomb = office(**{"word__x.png": b"\0" * (201 * 1024 * 1024)})

    with pytest.raises(UploadRefused, match="grows too large"):
        check_upload(name="a.docx", content=bomb)


def test_picture_loses_its_exif():
    checked = check_upload(name="a.jpg", content=with_exif())

    assert b"secret place" not in checked.content
    assert dict(Image.open(io.BytesIO(checked.content)).getexif()) == {}


@pytest.mark.parametrize(
    ("name", "clean"),
    [("../../etc/passwd.txt", "passwd.txt"), ("a\r\nb.txt", "ab.txt"), (".txt.txt", "txt.txt"), ("x" * 300 + ".txt", "x" * 140 + ".txt")],
)
def test_name_for_the_download_is_clean(name, clean):
    assert check_upload(name=name, content=b"Text").name == clean


@pytest.fixture
def scene(db):
    return make_scene()


def form(scene, **fields):
    date = {"document_date_day": "14", "document_date_month": "5", "document_date_year": "2026"}
    return {"service": scene.service.pk, "title": "Operational policy", "source": "FILE"} | date | fields


def test_evidence_is_added_from_an_answer_and_downloaded(scene, signed_in, settings):
    client = signed_in(scene.lead)
    address = f"/evidence/add/?answer={scene.answers[0].pk}"

    response = client.post(address, form(scene, file=SimpleUploadedFile("policy.pdf", pdf()), answers=[scene.answers[0].pk]))
    item = EvidenceItem.objects.get()
    download = client.get(f"/evidence/{item.pk}/file/")

    assert response["Location"] == f"/self-reports/{scene.report.pk}/answers/{scene.answers[0].pk}/"
    assert list(item.answers.all()) == [scene.answers[0]]
    assert download["Content-Disposition"] == 'attachment; filename="policy.pdf"'
    assert (download["X-Content-Type-Options"], download["Content-Security-Policy"]) == ("nosniff", "sandbox; default-src 'none'")
    assert b"".join(download.streaming_content).startswith(b"%PDF-")
    assert "policy" not in EvidenceVersion.objects.get().file_path


def test_refused_file_is_a_sentence_on_the_page_and_keeps_the_rest(scene, signed_in):
    page = signed_in(scene.lead).post("/evidence/add/", form(scene, file=SimpleUploadedFile("policy.pdf", b"no"))).content.decode()

    assert "The selected file is not a PDF that can be opened" in page
    assert "Operational policy" in page
    assert not EvidenceItem.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({}, "Select a file"), ({"source": "LINK"}, "Enter the address of the link"), ({"title": ""}, "Enter what this document is")],
)
def test_evidence_form_words_its_faults(scene, signed_in, fields, sentence):
    page = signed_in(scene.lead).post("/evidence/add/", form(scene, **fields)).content.decode()

    assert sentence in page


def test_evidence_of_a_foreign_service_is_refused(scene, signed_in):
    other = make_scene()

    page = signed_in(scene.lead).post("/evidence/add/", form(other, source="LINK", link="https://example.nhs.uk/")).content.decode()

    assert "<title>Error: " in page
    assert not EvidenceItem.objects.exists()


def test_quota_of_the_service_is_kept(scene, settings):
    settings.UPLOAD_QUOTA_BYTES = 1024 * 1024
    add = {"service_id": scene.service.pk, "document_date": None, "by": scene.lead}
    evidence.add_file(**add, title="One", upload=SimpleUploadedFile("a.txt", b"a" * 1_000_000))

    with pytest.raises(UploadRefused, match="reached its limit of 1MB"):
        evidence.add_file(**add, title="Two", upload=SimpleUploadedFile("b.txt", b"b" * 100_000))

    assert EvidenceItem.objects.count() == 1


def test_newer_version_keeps_the_older(scene, signed_in):
    item = evidence.add_link(service_id=scene.service.pk, title="Policy", document_date=None, link="https://a.example/", by=scene.lead)

    signed_in(scene.lead).post(f"/evidence/{item.pk}/versions/add/", {"source": "FILE", "file": SimpleUploadedFile("b.txt", b"Text")})

    assert list(item.versions.values_list("number", "file_name", "link")) == [(2, "b.txt", ""), (1, "", "https://a.example/")]


def test_evidence_is_seen_only_in_scope(scene, signed_in):
    item = evidence.add_file(
        service_id=scene.service.pk, title="Policy", document_date=None, upload=SimpleUploadedFile("b.txt", b"x"), by=scene.lead
    )
    people = (scene.lead, scene.contributor, scene.executive, scene.officer, scene.commissioner, scene.stranger)

    answers = [[signed_in(one).get(f"/evidence/{item.pk}/{part}") for part in ("", "file/")] for one in people]
    codes = [[answer.status_code for answer in pair] for pair in answers]
    for answer in sum(answers, []):
        answer.close()

    assert codes == [[200, 200]] * 4 + [[404, 404]] * 2
