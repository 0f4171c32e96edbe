"""What is kept and what is refused: the corpus of ``upload_corpus``, pictures as they are kept, names, sizes."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image

from surveillance.models import EvidenceItem, EvidenceVersion
from surveillance.services import evidence
from surveillance.uploads import UploadRefused, check_upload, read_upload
from tests.factories.surveillance import make_scene
from tests.surveillance.upload_corpus import (
    BAD,
    GOOD,
    NAMES,
    animated,
    content_of,
    pdf,
    picture,
    see_through_palette,
    two_in_one,
    with_exif,
)

MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize(("name", "make"), GOOD, ids=[name for name, _ in GOOD])
def test_allowed_file_is_kept(name, make):
    assert check_upload(name=name, content=content_of(make)).content


@pytest.mark.parametrize(("name", "make", "sentence"), BAD, ids=[f"{n}-{name}-{words}" for n, (name, _, words) in enumerate(BAD)])
def test_bad_file_is_refused_with_a_sentence(name, make, sentence):
    with pytest.raises(UploadRefused, match=sentence):
        check_upload(name=name, content=content_of(make))


@pytest.mark.parametrize(("name", "clean"), NAMES)
def test_name_for_the_download_is_clean(name, clean):
    assert check_upload(name=name, content=b"Text").name == clean


# Pictures -------------------------------------------------------------------------------------------------------------
def kept(name, content):
    return Image.open(io.BytesIO(check_upload(name=name, content=content).content))


def test_picture_loses_its_exif_and_is_turned_upright():
    content = check_upload(name="a.jpg", content=with_exif(orientation=6)).content

    assert b"secret place" not in content
    assert (Image.open(io.BytesIO(content)).size, dict(Image.open(io.BytesIO(content)).getexif())) == ((30, 40), {})


def test_palette_picture_stays_see_through():
    image = kept("a.png", see_through_palette())

    assert (image.mode, image.getpixel((0, 0))) == ("RGBA", (255, 0, 0, 0))


def test_picture_for_print_becomes_one_for_screens():
    assert kept("a.jpg", picture("JPEG", "CMYK")).mode == "RGB"


def test_animation_keeps_its_first_picture():
    image = kept("a.png", animated())

    assert (getattr(image, "n_frames", 1), image.convert("RGB").getpixel((0, 0))) == (1, (255, 0, 0))


def test_second_picture_and_second_file_are_gone():
    assert kept("a.jpg", two_in_one()).format == "JPEG"
    assert b"PK\x03\x04" not in check_upload(name="a.png", content=picture("PNG") + b"PK\x03\x04 more").content


# Size -----------------------------------------------------------------------------------------------------------------
class Stream:
    """An upload that counts what is read from it and says nothing about its size."""

    size, name = None, "a.txt"

    def __init__(self, length):
        self.left, self.asked = length, []

    def read(self, count=-1):
        self.asked.append(count)
        given = min(count, self.left)
        self.left -= given
        return b"a" * given


def test_stream_over_the_limit_is_never_read_beyond_it(settings):
    stream = Stream(30 * MEBIBYTE)

    with pytest.raises(UploadRefused, match="smaller than 25MB"):
        read_upload(stream)

    assert (stream.asked, stream.left) == ([settings.UPLOAD_MAX_BYTES + 1], 5 * MEBIBYTE - 1)


def test_file_that_says_it_is_too_large_is_not_read_at_all():
    upload = TemporaryUploadedFile("a.txt", "text/plain", 30 * MEBIBYTE, None)
    upload.file.close()

    with pytest.raises(UploadRefused, match="smaller than 25MB"):
        read_upload(upload)


def test_file_of_exactly_the_limit_is_kept(settings):
    settings.UPLOAD_MAX_BYTES = MEBIBYTE

    assert check_upload(name="a.txt", content=b"a" * MEBIBYTE).content
    with pytest.raises(UploadRefused, match="smaller than 1MB"):
        check_upload(name="a.txt", content=b"a" * (MEBIBYTE + 1))


# Through the page -----------------------------------------------------------------------------------------------------
@pytest.fixture
def scene(db):
    return make_scene()


def small(position):
    """Bad files that are quickly made."""
    return [row for row in BAD[position::4] if len(content_of(row[1])) < MEBIBYTE]


@pytest.mark.parametrize("position", range(4))
def test_every_bad_file_is_a_sentence_for_the_script(scene, signed_in, own_media, position):
    """Through the address that the page's script sends to: never a 500, nothing kept."""
    client = signed_in(scene.lead)
    fields = {"service": scene.service.pk, "title": "Operational policy", "source": "FILE"}

    for name, make, sentence in small(position):
        response = client.post(
            "/evidence/add/", fields | {"file": SimpleUploadedFile(name, content_of(make))}, headers={"accept": "application/json"}
        )
        assert (name, response.status_code) == (name, 422)
        assert re.search(sentence, response.json()["errors"]["file"][0])

    assert (EvidenceItem.objects.exists(), stored(own_media)) == (False, [])


def test_bad_file_of_each_kind_is_a_sentence_on_the_page(scene, signed_in, own_media):
    """What was typed is still there."""
    client, seen = signed_in(scene.lead), set()
    fields = {"service": scene.service.pk, "title": "Operational policy", "source": "FILE"}

    for name, make, sentence in BAD:
        if name in seen or len(content_of(make)) > MEBIBYTE:
            continue
        seen.add(name)
        response = client.post("/evidence/add/", fields | {"file": SimpleUploadedFile(name, content_of(make))})
        page = response.content.decode()
        assert (name, response.status_code, bool(re.search(sentence, page)), "Operational policy" in page) == (name, 200, True, True)

    assert (EvidenceItem.objects.exists(), stored(own_media)) == (False, [])


def test_file_name_of_a_path_or_none_is_a_sentence(scene, signed_in):
    """Django leaves a file out whose name is only a path; the form then says what is missing."""
    upload = SimpleUploadedFile("x", b"Text")
    upload._name = ".."
    fields = {"service": scene.service.pk, "title": "Policy", "source": "FILE"}

    response = signed_in(scene.lead).post("/evidence/add/", fields | {"file": upload})

    assert (response.status_code, "Select a file" in response.content.decode()) == (200, True)


# Storing --------------------------------------------------------------------------------------------------------------
def add(scene, **fields):
    upload = SimpleUploadedFile("a.txt", b"Text")
    return evidence.add_file(
        **{"service_id": scene.service.pk, "title": "Policy", "document_date": None, "upload": upload, "by": scene.lead} | fields
    )


def stored(settings):
    return sorted(path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file() and "evidence" in path.parts)


@pytest.fixture
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return settings


def test_quota_of_the_service_is_kept_in_words(scene, own_media):
    own_media.UPLOAD_QUOTA_BYTES = MEBIBYTE
    add(scene, upload=SimpleUploadedFile("a.txt", b"a" * 1_000_000))

    with pytest.raises(UploadRefused, match="This service has reached its limit of 1MB. Remove a file or add a link instead."):
        add(scene, upload=SimpleUploadedFile("b.txt", b"b" * 100_000))

    assert (EvidenceItem.objects.count(), len(stored(own_media))) == (1, 1)


def test_full_disk_leaves_no_row_and_no_file(scene, own_media, monkeypatch, signed_in):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("surveillance.services.files.os.fsync", full)

    with pytest.raises(UploadRefused, match="We could not keep this file"):
        add(scene)
    fields = {"service": scene.service.pk, "title": "Policy", "source": "FILE", "file": SimpleUploadedFile("a.txt", b"Text")}
    page = signed_in(scene.lead).post("/evidence/add/", fields).content.decode()

    assert "We could not keep this file" in page
    assert (EvidenceItem.objects.exists(), stored(own_media)) == (False, [])


def test_row_that_is_not_written_leaves_no_file(scene, own_media, monkeypatch):
    monkeypatch.setattr(EvidenceVersion, "save", lambda *arguments, **named: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        add(scene)

    assert (EvidenceItem.objects.exists(), stored(own_media)) == (False, [])


def test_stored_file_is_named_at_random(scene, own_media):
    version = add(scene, upload=SimpleUploadedFile("operational-policy.txt", b"Text")).versions.get()

    assert re.fullmatch(r"evidence/[0-9a-f]{2}/[0-9a-f]{40}", version.file_path)
    assert [str(path.relative_to(own_media.MEDIA_ROOT)) for path in stored(own_media)] == [version.file_path]


@pytest.mark.parametrize(
    ("name", "make", "pages"),
    [
        ("a.pdf", pdf, 1),
        ("three.pdf", lambda: pdf(lambda made: [made.add_blank_page() for _ in range(2)]), 3),
        ("a.txt", lambda: b"Text", None),
    ],
)
def test_pages_of_a_pdf_are_counted_and_those_of_a_text_are_not_known(name, make, pages):
    assert check_upload(name=name, content=make()).page_count == pages


def test_picture_is_one_page():
    assert check_upload(name="a.png", content=picture("PNG")).page_count == 1
