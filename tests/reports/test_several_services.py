"""A report on several services: each is named so that nobody takes it for another, on the cover, in words and in charts."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from peerreview.models import ReviewService
from reports import content, printing
from reports.blocks import block_data
from reports.papers.summary import MEASURES, summary_html
from reports.services.versions import freeze
from tests.factories import reports as scenes
from tests.factories.accounts import OrganisationFactory
from tests.factories.surveillance import ServiceFactory

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def scene() -> scenes.Scene:
    """Two services of one name in two trusts."""
    made = scenes.make_scene()
    first = made.place.service
    first.__class__.objects.filter(pk=first.pk).update(name="Renal services")
    first.provider.__class__.objects.filter(pk=first.provider_id).update(name="North Trust")
    trust = OrganisationFactory(region=first.region, name="South Trust")
    other = ServiceFactory(provider=trust, region=first.region, name="Renal services", specification=first.specification)
    ReviewService.objects.create(review=made.review, service=other, position=2)
    return made


def test_cover_pairs_each_service_with_its_trust(scene: scenes.Scene, signed_in: SignedIn) -> None:
    report = scenes.draft(scene)
    version = freeze(report, purpose="FINAL", by=scene.place.officer)

    lines, facts = printing.cover_lines(version, content.content_of(version))
    page = signed_in(scene.place.officer).get(reverse("reports:report_read", args=[report.pk])).content.decode()

    named = "Renal services, North Trust; Renal services, South Trust"
    assert lines == ["Renal services, North Trust", "Renal services, South Trust", "Full report"]
    assert facts[0] == ("Services", named)
    assert [label for label, _ in facts if label == "Trust"] == []
    assert (named in page, named in summary_html(version, MEASURES[0])) == (True, True)


def test_drafted_words_and_figures_tell_them_apart(scene: scenes.Scene) -> None:
    report = scenes.draft(scene)

    texts = [report.sections.get(code=code).text for code in ("summary", "introduction")]
    where = "Renal services at North Trust and Renal services at South Trust"
    assert [where in text for text in texts] == [True, True]
    named = ["Renal services, North Trust", "Renal services, South Trust"]
    for block in ("overview", "scores"):
        assert [service["name"] for service in block_data(block, scene.review)["services"]] == named


def test_one_service_is_named_as_before() -> None:
    made = scenes.make_scene()
    report = scenes.draft(made)

    cover = content.cover_facts(report)

    assert "places" not in cover
    assert [label for label, _ in content.services_facts(cover)] == ["Service", "Trust"]
    assert [service["name"] for service in block_data("overview", made.review)["services"]] == [made.place.service.name]
