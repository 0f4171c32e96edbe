"""What reaches beyond one provider: themes and packs among the rows of a year, and their pages and files."""

import datetime as dt
from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone

from accounts.permissions import Role
from qnt.programme import services
from qnt.programme.models import ProgrammeFact
from reports.models import LightRule, PackIssue, Theme
from reports.services import themes
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.programme import YEAR, counted, fact, facts, hub, national
from tests.reports.test_themes import Story

pytestmark = pytest.mark.django_db


def rows(measure: str) -> list[tuple[int, int | None, int]]:
    """Thing, region and value of each row of a measure."""
    services.count_year(year=YEAR)
    found = ProgrammeFact.objects.filter(measure=measure, year=YEAR).order_by("pk")
    return [(one.unit_id, one.region_id, int(one.value)) for one in found]


def test_a_theme_counts_once_it_is_accepted_and_says_when_something_was_done():
    story = Story()
    before = rows("THEMES_FOUND")
    story.accept()

    accepted = (rows("THEMES_FOUND"), rows("THEMES_DONE"))
    themes.report_done(theme_id=story.theme.pk, done="A rota began", by=story.owner)
    done = (rows("THEMES_FOUND"), rows("THEMES_DONE"))

    theme = story.theme.pk
    assert before == []
    assert accepted == ([(theme, None, 1)], [(theme, None, 0)])
    assert done == ([(theme, None, 1)], [(theme, None, 1)])


def test_a_theme_for_learning_is_no_row():
    story = Story(purpose="IMPROVEMENT", released_at=timezone.now())
    Theme.objects.filter(pk=story.theme.pk).update(
        status="ACCEPTED", owner=story.owner, owner_organisation=OrganisationFactory(), answer_due_date=timezone.localdate(),
        due_date=timezone.localdate(), answered_at=timezone.now(),
    )  # fmt: skip

    assert rows("THEMES_FOUND") == []


def test_a_theme_that_lost_a_service_is_no_row_any_more():
    story = Story()
    story.accept()
    finding = story.theme.theme_findings.first().finding

    type(finding).objects.filter(pk=finding.pk).update(status="WITHDRAWN")

    assert rows("THEMES_FOUND") == []


def test_a_pack_counts_when_its_file_was_made():
    region, by = hub(), national()
    regulator, rule = OrganisationFactory(regulator=True), LightRule.objects.first()
    packs = [
        PackIssue.objects.create(
            issued_to=regulator, region=region, issued_by=by, rule=rule, content="{}", hash="0" * 64, client_id=f"{n:032x}",
            **({"path": "p.pdf", "sha256": "0" * 64, "made_at": timezone.now()} if n else {}),
        )
        for n in range(2)
    ]  # fmt: skip

    assert rows("SYS_PACKS") == [(packs[1].pk, region.pk, 1)]


def test_themes_of_england_stand_on_the_national_page_and_not_on_a_hub_s(signed_in):
    own = hub("Illustrative own hub")
    counted()
    facts("THEMES_FOUND", None, [1] * 6)

    pages = [
        " ".join(signed_in(reader).get(address).content.decode().split())
        for reader in (national(), person(Role.HUB_MANAGER, own))
        for address in ("/programme/learning/", "/programme/rows/?measure=THEMES_FOUND", "/programme/")
    ]

    assert ["6 themes" in page for page in pages] == [True, True, True, False, False, False]
    assert "England" in pages[1]


def test_every_part_leads_to_training(signed_in):
    page = signed_in(national()).get("/programme/fidelity/").content.decode()

    assert 'href="/programme/training/"' in page


@pytest.mark.parametrize(("address", "count"), [("?measure=FID_NOTICE", 2), ("", 3)])
def test_rows_are_a_workbook_with_definitions(address, count, signed_in):
    own, other = hub(), hub()
    counted()
    facts("FID_NOTICE", own, [1, 0])
    facts("FID_NOTICE", other, [1])
    fact("FID_FINAL", own, 1, day=dt.date(YEAR, 2, 1))

    response = signed_in(person(Role.HUB_MANAGER, own)).get(f"/programme/rows.xlsx{address}")

    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    about = {row[0] for row in book["About this workbook"].iter_rows(values_only=True)}
    assert [sheet.title for sheet in book] == ["Rows", "About this workbook"]
    assert book["Rows"].max_row == count + 1
    assert {"FID_NOTICE, version 1 since 2024", "value, weight"} <= about
