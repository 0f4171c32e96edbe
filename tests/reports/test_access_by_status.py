"""Who opens what of a report, in every status it can be in: one table, a block a status, a line a person.

Columns: d overview, r read, s a section, m marks, a accuracy check, c its record, w its Word copy, o sign-off, p publish, x withdraw,
i who was issued it, v correction, l list of versions, A accuracy PDF, F final PDF; then the library:
L the page, P its PDF, S found by search.

Codes: 2 page, f refused in scope (403), . not there (404), s to sign-in, g gone (410), y found, n not found, - no such version yet.
"""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from reports.models import Report, ReportVersion
from tests.factories import reports as scenes
from tests.factories.report_states import STATUSES, everybody

pytestmark = pytest.mark.django_db
CODES = {200: "2", 302: "s", 403: "f", 404: ".", 410: "g"}
PAGES = (
    "report_detail", "report_read", "report_section", "report_marks", "report_accuracy", "accuracy_record", "accuracy_word",
    "report_sign_off", "report_publish", "report_withdraw", "report_issue", "report_revision", "report_versions",
)  # fmt: skip

TABLE = """
DRAFT               drsmacwopxivlAFLPS
  national          2222222222222--..n
  manager           22222222ff222--..n
  officer           2222222fff222--..n
  other-region      .............--..n
  lead              .............--..n
  contributor       .............--..n
  executive         .............--..n
  other-trust       .............--..n
  network           .............--..n
  commissioner      .............--..n
  lead-reviewer     222f222fffff2--..n
  reviewer          222fffffffff2--..n
  regulator         .............--..n
  no-role           .............--..n
  nobody            sssssssssssss--..n
QUALITY_CHECK       drsmacwopxivlAFLPS
  national          2222222222222--..n
  manager           22222222ff222--..n
  officer           2222222fff222--..n
  other-region      .............--..n
  lead              .............--..n
  contributor       .............--..n
  executive         .............--..n
  other-trust       .............--..n
  network           .............--..n
  commissioner      .............--..n
  lead-reviewer     222f222fffff2--..n
  reviewer          222fffffffff2--..n
  regulator         .............--..n
  no-role           .............--..n
  nobody            sssssssssssss--..n
FACTUAL_ACCURACY    drsmacwopxivlAFLPS
  national          22222222222222-..n
  manager           22222222ff2222-..n
  officer           2222222fff2222-..n
  other-region      ..............-..n
  lead              22ff222fffff22-..n
  contributor       ..............-..n
  executive         22ff222fffff22-..n
  other-trust       ..............-..n
  network           ..............-..n
  commissioner      2fff222fffff2f-..n
  lead-reviewer     222f222fffff22-..n
  reviewer          222fffffffff22-..n
  regulator         ..............-..n
  no-role           ..............-..n
  nobody            ssssssssssssss-..n
SIGNED_OFF          drsmacwopxivlAFLPS
  national          222222222222222..n
  manager           22222222ff22222..n
  officer           2222222fff22222..n
  other-region      .................n
  lead              22ff222fffff222..n
  contributor       .................n
  executive         22ff222fffff222..n
  other-trust       .................n
  network           22ffffffffff2f2..n
  commissioner      22ff222fffff2f2..n
  lead-reviewer     .................n
  reviewer          .................n
  regulator         .................n
  no-role           .................n
  nobody            sssssssssssssss..n
EMBARGO             drsmacwopxivlAFLPS
  national          222222222222222..n
  manager           22222222ff22222..n
  officer           2222222fff22222..n
  other-region      .................n
  lead              22ff222fffff222..n
  contributor       .................n
  executive         22ff222fffff222..n
  other-trust       .................n
  network           22ffffffffff2f2..n
  commissioner      22ff222fffff2f2..n
  lead-reviewer     .................n
  reviewer          .................n
  regulator         .................n
  no-role           .................n
  nobody            sssssssssssssss..n
PUBLISHED           drsmacwopxivlAFLPS
  national          22222222222222222y
  manager           22222222ff2222222y
  officer           2222222fff2222222y
  other-region      ...............22y
  lead              22ff222fffff22222y
  contributor       ...............22y
  executive         22ff222fffff22222y
  other-trust       ...............22y
  network           22ffffffffff2f222y
  commissioner      22ff222fffff2f222y
  lead-reviewer     ...............22y
  reviewer          ...............22y
  regulator         ...............22y
  no-role           ...............22y
  nobody            sssssssssssssss22y
CORRECTION_OPEN     drsmacwopxivlAFLPS
  national          22222222222222222y
  manager           22222222ff2222222y
  officer           2222222fff2222222y
  other-region      ...............22y
  lead              22ff222fffff22222y
  contributor       ...............22y
  executive         22ff222fffff22222y
  other-trust       ...............22y
  network           22ffffffffff2f222y
  commissioner      22ff222fffff2f222y
  lead-reviewer     ...............22y
  reviewer          ...............22y
  regulator         ...............22y
  no-role           ...............22y
  nobody            sssssssssssssss22y
CORRECTION_SIGNED   drsmacwopxivlAFLPS
  national          22222222222222222y
  manager           22222222ff2222222y
  officer           2222222fff2222222y
  other-region      ...............22y
  lead              22ff222fffff22222y
  contributor       ...............22y
  executive         22ff222fffff22222y
  other-trust       ...............22y
  network           22ffffffffff2f222y
  commissioner      22ff222fffff2f222y
  lead-reviewer     ...............22y
  reviewer          ...............22y
  regulator         ...............22y
  no-role           ...............22y
  nobody            sssssssssssssss22y
CORRECTED           drsmacwopxivlAFLPS
  national          22222222222222222y
  manager           22222222ff2222222y
  officer           2222222fff2222222y
  other-region      ...............22y
  lead              22ff222fffff22222y
  contributor       ...............22y
  executive         22ff222fffff22222y
  other-trust       ...............22y
  network           22ffffffffff2f222y
  commissioner      22ff222fffff2f222y
  lead-reviewer     ...............22y
  reviewer          ...............22y
  regulator         ...............22y
  no-role           ...............22y
  nobody            sssssssssssssss22y
WITHHELD            drsmacwopxivlAFLPS
  national          222222222222222..n
  manager           22222222ff22222..n
  officer           2222222fff22222..n
  other-region      .................n
  lead              22ff222fffff222..n
  contributor       .................n
  executive         22ff222fffff222..n
  other-trust       .................n
  network           22ffffffffff2f2..n
  commissioner      22ff222fffff2f2..n
  lead-reviewer     .................n
  reviewer          .................n
  regulator         .................n
  no-role           .................n
  nobody            sssssssssssssss..n
WITHDRAWN           drsmacwopxivlAFLPS
  national          222222222222222ggn
  manager           22222222ff22222ggn
  officer           2222222fff22222ggn
  other-region      ...............ggn
  lead              22ff222fffff222ggn
  contributor       ...............ggn
  executive         22ff222fffff222ggn
  other-trust       ...............ggn
  network           22ffffffffff2f2ggn
  commissioner      22ff222fffff2f2ggn
  lead-reviewer     ...............ggn
  reviewer          ...............ggn
  regulator         ...............ggn
  no-role           ...............ggn
  nobody            sssssssssssssssggn
"""


def addresses(scene: scenes.Scene) -> list[str]:
    """The address of each column; empty where there is no such version yet."""
    report = scene.report
    section = report.sections.get(code="hub_notes")
    found = [reverse(f"reports:{name}", args=[report.pk, section.pk] if name == "report_section" else [report.pk]) for name in PAGES]
    for purpose in ("ACCURACY", "FINAL"):
        version = report.versions.filter(purpose=purpose).first()
        found.append(reverse("reports:report_version_pdf", args=[report.pk, version.number]) if version else "")
    return found + [reverse(f"reports:{name}", args=[report.address]) for name in ("library_report", "library_pdf")]


def row(scene: scenes.Scene, user: User | None, urls: list[str]) -> str:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(User.objects.get(pk=user.pk))
    codes = ""
    for url in urls:
        response = client.get(url) if url else None
        codes += CODES.get(response.status_code, str(response.status_code)) if response else "-"
        if response and response.streaming:
            list(response.streaming_content)
    found = scene.report.address in client.get(reverse("reports:library"), {"words": "weekends"}).content.decode()
    return codes + ("y" if found else "n")


def wanted() -> dict[str, dict[str, str]]:
    """The table, by status and person."""
    found: dict[str, dict[str, str]] = {}
    for line in TABLE.split("\n"):
        words = line.split()
        if len(words) == 2 and words[0] in STATUSES:
            found[words[0]] = {}
        elif len(words) == 2:
            found[list(found)[-1]][words[0]] = words[1]
    return found


def test_table_has_every_status_of_a_report() -> None:
    assert list(wanted()) == list(STATUSES)
    assert set(STATUSES) >= set(Report.Status.values)


@pytest.mark.parametrize("state", STATUSES)
def test_who_opens_what_in_this_status(state: str, tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path
    Path(tmp_path, "report.pdf").write_bytes(b"%PDF-1.7")
    scene = scenes.make_scene()
    STATUSES[state](scene)
    ReportVersion.objects.update(pdf_path="report.pdf", pdf_sha256="0" * 64)
    urls = addresses(scene)

    found = {name: row(scene, user, urls) for name, user in everybody(scene).items()}

    assert found == wanted()[state]
