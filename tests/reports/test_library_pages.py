"""Pages and files of the public library: what stands on them, that they can be asked whether they changed, and set no cookie."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reports import public_documents
from reports.models import Publication, ReportVersion, VersionFile
from reports.public_documents import PublicDocument
from reports.services import consents, publication
from tests.factories import reports as scenes
from tests.factories.learning import learning_report, make_learning, say_everywhere
from tests.factories.library import make_published

pytestmark = pytest.mark.django_db


def streamed_text(response: object) -> str:
    return b"".join(response.streaming_content).decode()


def address_of(live: Publication) -> str:
    return live.report.address


def test_report_page_links_full_report_first_then_documents_and_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    report = scenes.to_published(scenes.make_scene())
    version = scenes.public_version(report)
    type(version).objects.filter(pk=version.pk).update(pdf_path="x.pdf", pdf_sha256="x", pdf_page_count=38, pdf_size_bytes=2_100_000)
    monkeypatch.setattr(
        public_documents, "_SOURCES", [lambda live: [PublicDocument("Summary (PDF)", f"/library/{live.report.address}/s.pdf")]]
    )

    page = Client().get(reverse("reports:library_report", args=[report.address])).content.decode()

    links = [part.split('"')[0] for part in page.split('href="')[1:]]
    files = [link for link in links if "pdf" in link or "csv" in link]
    assert files == [f"/library/{report.address}/{name}" for name in ("report.pdf", "s.pdf", "figures.csv")]
    assert "Get emails about reports like this" in page


def test_row_says_that_a_review_was_for_learning_and_of_others_nothing() -> None:
    make_published(title="Compliance of a service")
    made = make_learning()
    say_everywhere(made, "Seen at the bedside.")
    report = learning_report(made)
    consents.answer_consent(report_id=report.pk, agrees=True, by=made.host)

    rows = Client().get(reverse("reports:library")).content.decode().split("<h3")[1:]

    assert {("Compliance of a service" in row, "Review for learning." in row) for row in rows} == {(True, False), (False, True)}


def test_figures_are_counts_scores_and_compliance_of_public_sections() -> None:
    report = scenes.to_published(scenes.make_scene(), public=("summary", "overview", "scores"))

    rows = list(csv.DictReader(io.StringIO(streamed_text(Client().get(reverse("reports:library_figures", args=[report.address]))))))

    found = {(row["item"], row["value"], row["out_of"]) for row in rows if row["detail"] == "Findings"}
    assert ("Concerns", "2", "6") in found
    assert {row["section"] for row in rows} == {"Findings at a glance", "Compliance over the years"}


def test_report_without_public_figures_has_none() -> None:
    report = scenes.to_published(scenes.make_scene(), public=("summary",))

    page = Client().get(reverse("reports:library_report", args=[report.address])).content.decode()

    assert Client().get(reverse("reports:library_figures", args=[report.address])).status_code == 404
    assert "figures.csv" not in page


def test_public_answers_are_asked_for_anew_and_answer_304_while_nothing_changed(signed_in: object) -> None:
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    paths = [
        reverse("reports:library"), reverse("reports:catalogue_csv"), reverse("reports:catalogue_json"),
        *(reverse(f"reports:{name}", args=[report.address]) for name in ("library_report", "library_figures")),
    ]  # fmt: skip
    first = [Client().get(path) for path in paths]

    again = [Client().get(path, headers={"If-None-Match": answer["ETag"]}).status_code for path, answer in zip(paths, first, strict=True)]
    person = signed_in(scene.place.lead).get(paths[0])
    publication.withdraw_report(report_id=report.pk, reason="A wrong table", by=scene.national)
    changed = [Client().get(path, headers={"If-None-Match": answer["ETag"]}).status_code for path, answer in zip(paths, first, strict=True)]

    assert {answer["Cache-Control"] for answer in first} == {"private, no-cache"}
    assert [len(answer.cookies) for answer in first] == [0] * 5
    assert again == [304] * 5
    assert changed == [200, 200, 200, 410, 410]
    assert "no-store" in person["Cache-Control"]


def test_files_are_kept_by_no_shared_cache_and_withdrawn_with_the_report(tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path
    Path(tmp_path, "report.pdf").write_bytes(b"%PDF-1.7")
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    version = scenes.public_version(report)
    ReportVersion.objects.filter(pk=version.pk).update(pdf_path="report.pdf", pdf_sha256="1" * 64)
    made = {"path": "report.pdf", "sha256": "2" * 64, "size_bytes": 8, "page_count": 1, "made_at": timezone.now()}
    VersionFile.objects.create(version=version, kind=VersionFile.Kind.SUMMARY, **made)
    paths = [reverse(f"reports:{name}", args=[report.address]) for name in ("library_pdf", "library_summary")]

    first = [Client().get(path) for path in paths]
    bytes_read = [b"".join(answer.streaming_content) for answer in first]
    again = [Client().get(path, headers={"If-None-Match": answer["ETag"]}) for path, answer in zip(paths, first, strict=True)]
    publication.withdraw_report(report_id=report.pk, reason="A wrong table", by=scene.national)
    after = [Client().get(path, headers={"If-None-Match": answer["ETag"]}) for path, answer in zip(paths, first, strict=True)]

    assert bytes_read == [b"%PDF-1.7"] * 2
    assert [answer.status_code for answer in again + after] == [304, 304, 410, 410]
    assert {answer["Cache-Control"] for answer in [*first, *again, *after]} == {"private, no-cache"}
    assert all("A wrong table" in answer.content.decode() for answer in after)


def test_catalogue_gives_the_same_reports_as_csv_and_json_and_narrows_alike() -> None:
    live = [make_published(title, "A rota") for title in ("=Acute oncology", "Burns care")]

    rows = list(csv.DictReader(io.StringIO(streamed_text(Client().get(reverse("reports:catalogue_csv"))))))
    found = json.loads(Client().get(reverse("reports:catalogue_json")).content)
    fewer = json.loads(Client().get(reverse("reports:catalogue_json"), {"words": "burns"}).content)

    assert [row["address"] for row in rows] == [one["address"] for one in found["reports"]] == [address_of(one) for one in live]
    assert rows[0]["title"] == "'=Acute oncology"
    assert (found["count"], found["next"]) == (2, None)
    assert [one["title"] for one in fewer["reports"]] == ["Burns care"]
    assert found["reports"][1]["page"] == f"{settings.SITE_URL}/library/{address_of(live[1])}/"


def test_catalogue_as_json_goes_on_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.views.catalogue.JSON_PAGE_SIZE", 1)
    for title in ("Acute oncology", "Burns care"):
        make_published(title)

    first = json.loads(Client().get(reverse("reports:catalogue_json")).content)
    second = json.loads(Client().get(first["next"].removeprefix(settings.SITE_URL)).content)

    assert [[one["title"] for one in page["reports"]] for page in (first, second)] == [["Acute oncology"], ["Burns care"]]
    assert second["next"] is None


def test_code_of_the_library_never_looks_through_texts_one_by_one() -> None:
    root = Path(settings.BASE_DIR, "reports")
    sources = [path for path in root.rglob("*.py") if path.stem.startswith(("library", "catalogue", "search_", "subscriptions"))]

    assert [path.name for path in sources if "icontains" in path.read_text()] == []
    assert len(sources) >= 8
