"""Key requirements as a set: one version for each wording, real questions, and never a percentage."""

import csv
import io
import re

import pytest

from accounts.models import AuditEvent
from accounts.permissions import Role
from surveillance.models import Answer, IndicatorSet, SelfReport
from surveillance.services import checking, rounds, self_reports
from surveillance.services.answers import save_answer
from surveillance.services.key_requirements import DEFAULT_REQUIREMENT, key_requirement_set, key_requirement_sets
from tests.factories.accounts import person
from tests.factories.surveillance import IndicatorSetFactory, SpecificationFactory, make_scene

pytestmark = pytest.mark.django_db
SENTENCE = "It reports against the key requirements of its specification, which do not count in percentages."


def questions(found: IndicatorSet) -> list[tuple[str, str, str]]:
    return list(found.indicators.order_by("position").values_list("number", "title", "answer_kind"))


def test_each_line_becomes_a_question():
    specification = SpecificationFactory(number="105-AO", key_requirements="There is a lead.\r\n\n  Patients   have a key worker. \n")

    found = key_requirement_set(specification)

    assert (found.code, found.version, found.status, found.is_counted) == ("KR-105-AO", 1, "PUBLISHED", False)
    assert found.name == f"Key requirements of {specification}"
    assert questions(found) == [("KR 1", "There is a lead.", "YES_NO_NA"), ("KR 2", "Patients have a key worker.", "YES_NO_NA")]


def test_no_lines_give_our_default_wording_and_say_so():
    found = key_requirement_set(SpecificationFactory())

    assert questions(found) == [("KR 1", DEFAULT_REQUIREMENT, "YES_NO_NA")]
    assert (found.is_nhs_england, found.indicators.get().provenance) == (False, "Our default wording")
    assert found.provenance.startswith("Our default wording, to be confirmed.")


def test_same_lines_keep_the_version_and_changed_lines_make_the_next():
    specification = SpecificationFactory(key_requirements="There is a lead.")
    first = key_requirement_set(specification)
    specification.key_requirements = " There is a  lead.\n"
    specification.save()
    again = key_requirement_set(specification)
    specification.key_requirements = "There is a lead.\nThere is a deputy."
    specification.save()

    changed = key_requirement_set(specification)

    assert (again.pk, changed.version) == (first.pk, 2)
    first.refresh_from_db()
    assert (first.status, questions(first)) == ("PUBLISHED", [("KR 1", "There is a lead.", "YES_NO_NA")])


def test_a_retired_version_is_not_used_again():
    specification = SpecificationFactory()
    first = key_requirement_set(specification)
    IndicatorSet.objects.filter(pk=first.pk).update(status="RETIRED")

    assert key_requirement_set(specification).version == 2


def test_a_long_line_is_cut_in_the_title_and_stands_whole_beneath():
    line = "word " * 100
    found = key_requirement_set(SpecificationFactory(name="n" * 250, key_requirements=line)).indicators.get()

    assert (len(found.title), found.title[-1], found.description) == (300, "…", line.strip())


@pytest.mark.parametrize("count", [1, 5])
def test_sets_that_are_there_cost_the_same_for_one_and_for_many(django_assert_num_queries, count):
    specifications = SpecificationFactory.create_batch(count)
    key_requirement_sets(specifications)

    with django_assert_num_queries(6):
        made = key_requirement_sets(specifications)

    assert len(made) == count


def test_newest_sets_and_proposals_leave_key_requirements_to_those_without_a_set():
    with_set, without = make_scene(), make_scene()
    IndicatorSet.objects.filter(pk=without.indicator_set.pk).update(status="DRAFT")
    key_requirement_set(with_set.service.specification)
    nobody = IndicatorSetFactory().specification

    proposed = rounds.proposed_sets()

    assert proposed[with_set.service.specification_id] == with_set.indicator_set.pk
    assert proposed[without.service.specification_id] == rounds.KEY_REQUIREMENTS
    assert isinstance(proposed[nobody.pk], int)
    assert SpecificationFactory().pk not in rounds.proposed_sets()


@pytest.fixture
def scene():
    """A service that reports against two key requirements, one of them not met, sent to its executive."""
    made = make_scene()
    specification = made.service.specification
    specification.key_requirements = "There is a lead.\nThere is a deputy."
    specification.save()
    made.report.answers.all().delete()
    found = key_requirement_set(specification)
    SelfReport.objects.filter(pk=made.report.pk).update(indicator_set=found)
    for indicator, value in zip(found.indicators.order_by("position"), ("YES", "NO"), strict=True):
        answer = Answer.objects.create(self_report=made.report, indicator=indicator)
        save_answer(answer_id=answer.pk, self_report_id=made.report.pk, raw={"value": value}, version=0, by=made.lead)
    self_reports.send_to_executive(self_report_id=made.report.pk, executive_id=made.executive.pk, by=made.lead)
    return made


def test_pages_say_that_key_requirements_do_not_count(signed_in, scene):
    at = f"/self-reports/{scene.report.pk}/"
    pages = {part: signed_in(scene.executive).get(at + part).content.decode() for part in ("", "declare/")}
    self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)
    checking.accept_self_report(self_report_id=scene.report.pk, by=scene.officer)
    pages |= {part: signed_in(scene.officer).get(at + part).content.decode() for part in ("validation/", "summary/")}

    assert [SENTENCE in page for page in pages.values()] == [True] * 4
    assert not any(re.search(r"Good practice level|\d met \(", page) for page in (pages[""], pages["declare/"], pages["validation/"]))
    assert "There is a deputy." in pages["summary/"]


def test_round_page_and_export_leave_percentages_empty(signed_in, scene):
    self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)
    client, year = signed_in(scene.officer), scene.report.round.year

    page = client.get(f"/rounds/{year}/self-reports/").content.decode()
    response = client.get(f"/rounds/{year}/services.csv")
    row = next(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))

    assert "Key requirements: not counted" in page
    assert [row[name] for name in ("threshold", "percent", "below_100", "below_threshold", "change_on_last_year")] == [""] * 5


def test_self_report_of_an_older_round_without_a_set_says_the_same(signed_in):
    scene = make_scene()
    scene.report.answers.all().delete()
    SelfReport.objects.filter(pk=scene.report.pk).update(indicator_set=None)

    page = signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/").content.decode()

    assert SENTENCE in page


def test_making_a_set_is_written_down():
    lead = person(Role.NATIONAL_LEAD)

    key_requirement_set(SpecificationFactory(), by=lead)

    assert AuditEvent.objects.get().action == "indicator_set.key_requirements_published"
