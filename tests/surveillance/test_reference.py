"""Reference files: loaded whole, or refused with every fault."""

import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation
from surveillance.models import Commissioning, Indicator, IndicatorSet, Service, ServiceSpecification
from surveillance.services.reference import SHIPPED, ReferenceFaults, load_reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the shipped files."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "data"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def faults_of(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(ReferenceFaults) as refused:
        load_reference(folder)
    assert not Organisation.objects.exists()
    return [(fault.file, fault.row, fault.column) for fault in refused.value.faults]


def test_shipped_files_load_and_a_second_time_change_nothing():
    first = load_reference(SHIPPED)

    assert set(load_reference(SHIPPED).values()) == {0}
    assert first["organisations"] == 248
    assert Organisation.objects.filter(kind="PROVIDER").count() == 199
    assert ServiceSpecification.objects.get(number="105-AO").part_of.number == "105"


def test_every_set_shows_where_it_comes_from():
    load_reference(SHIPPED)

    assert not IndicatorSet.objects.filter(is_nhs_england=True).exists()
    assert set(IndicatorSet.objects.filter(is_illustrative=True).values_list("code", flat=True)) >= {"ILL-ACC", "ILL-MTC", "ILL-SACT"}
    for place, code in (("Scotland", "BR-QPI"), ("Northern Ireland", "CRC-NI"), ("NICE", "ACC-REHAB"), ("2010", "AO")):
        assert place in IndicatorSet.objects.get(code=code).provenance


def test_missing_optional_columns_take_the_stated_defaults():
    load_reference(SHIPPED)

    indicator = Indicator.objects.get(number="10-1A-301")

    assert (indicator.section, indicator.answer_kind, indicator.target, indicator.is_key) == (
        "Structure and function",
        "YES_NO_NA",
        None,
        False,
    )


def test_changed_text_makes_a_draft_of_the_next_version(folder):
    load_reference(folder)
    edit(
        folder, "indicator_sets/acute_oncology.csv", "Declaration of the acute oncology service", "Statement of the acute oncology service"
    )

    counts = load_reference(folder)
    again = load_reference(folder)

    versions = list(IndicatorSet.objects.filter(code="AO").order_by("version").values_list("version", "status"))
    assert (counts["draft_versions"], again["draft_versions"]) == (1, 0)
    assert versions == [(1, "PUBLISHED"), (2, "DRAFT")]
    assert IndicatorSet.objects.get(code="AO", version=1).indicators.get(number="10-1A-301").title.startswith("Declaration")


def test_optional_columns_are_read(folder):
    (folder / "indicator_sets/illustrative_major_trauma.csv").write_text(
        "number,title,type,section,answer_kind,target,comparator,is_key,description\n"
        "X-1,Seen in time,clinical_outcome,Emergency,PERCENTAGE,90.5,AT_LEAST,yes,What is counted\n"
    )
    edit(folder, "indicator_sets/index.csv", ",72,,14,", ",72,,1,")

    load_reference(folder)

    indicator = Indicator.objects.get(number="X-1")
    assert (indicator.section, indicator.answer_kind, str(indicator.target), indicator.is_key) == (
        "Emergency",
        "PERCENTAGE",
        "90.500",
        True,
    )


def test_services_are_loaded_when_their_file_is_there(folder):
    (folder / "services.csv").write_text("provider_code,specification_number,commissioner_code\nR0A,105-AO,QOP\nR0A,105,QOP\n")

    counts = load_reference(folder)
    again = load_reference(folder)

    assert (counts["services"], again["services"]) == (2, 0)
    assert Service.objects.get(specification__number="105-AO").region.code == "Y62"
    assert list(Commissioning.objects.values_list("organisation__code", "is_lead")) == [("QOP", True), ("QOP", True)]


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("providers.csv", "ods_code,name,icb_code", "ods_code,name,icb", ("providers.csv", 1, "icb_code")),
        ("providers.csv", "\nR0A,", "\nG6V2S,", ("providers.csv", 3, "ods_code")),
        ("providers.csv", ",QMJ,Y56,", ",QMJ,Y99,", ("providers.csv", 2, "region_code")),
        ("providers.csv", ",QMJ,Y56,", ",QXX,Y56,", ("providers.csv", 2, "icb_code")),
        ("regions.csv", "Y56,London", "Y56,", ("regions.csv", 2, "name")),
        ("regions.csv", "Y56,London,E40000003", "Y56,London,E40000003,extra", ("regions.csv", 2, "")),
        ("prescribed_services.csv", "1,Adult ataxia telangiectasia services,D", "1,Adult ataxia telangiectasia services,Z",
         ("prescribed_services.csv", 2, "programme_code")),
        ("indicator_sets/index.csv", ",105,AO,31", ",9999,AO,31", ("indicator_sets/index.csv", 2, "service_number")),
        ("indicator_sets/index.csv", ",105,AO,31", ",105,AO,30", ("indicator_sets/index.csv", 2, "indicators")),
        ("indicator_sets/index.csv", "acute_oncology.csv", "missing.csv", ("indicator_sets/missing.csv", 0, "")),
        ("indicator_sets/index.csv", "acute_oncology.csv", "../../acute_oncology.csv", ("indicator_sets/index.csv", 2, "file")),
        ("indicator_sets/acute_oncology.csv", "10-1A-302", "10-1A-301", ("indicator_sets/acute_oncology.csv", 3, "number")),
        ("indicator_sets/acute_oncology.csv", ",structure_and_function,", ",structural,", ("indicator_sets/acute_oncology.csv", 2, "type")),
    ],
)  # fmt: skip
def test_bad_cell_is_named_by_file_row_and_column(folder, file, old, new, fault):
    edit(folder, file, old, new)

    assert fault in faults_of(folder)


def test_bad_dates_and_numbers_are_named(folder):
    (folder / "regions.csv").write_text("code,name,valid_from,valid_to,successor_code\nY56,London,1 May 2027,2027-13-01,Y99\n")
    (folder / "indicator_sets/acute_oncology.csv").write_text(
        "number,title,type,answer_kind,target,comparator,is_key\n"
        "A,One,clinical_outcome,PERCENTAGE,lots,,\n"
        "B,Two,clinical_outcome,YES_NO_NA,5,,maybe\n"
        "C,Three,clinical_outcome,NUMBER,NaN,,\n"
        "D,Four,clinical_outcome,MANY,,AT_LEAST,\n"
    )

    found = faults_of(folder)

    measures = "indicator_sets/acute_oncology.csv"
    assert [(measures, row, column) for _, row, column in found if _ == measures] == [
        (measures, 2, "target"), (measures, 3, "is_key"), (measures, 3, "target"), (measures, 4, "target"),
        (measures, 5, "answer_kind"), (measures, 5, "comparator"),
    ]  # fmt: skip
    assert {("regions.csv", 2, "valid_from"), ("regions.csv", 2, "valid_to"), ("regions.csv", 2, "successor_code")} <= set(found)


@pytest.mark.parametrize(
    ("content", "row"), [(b"code,name\nY56,Lond\xff\n", 0), (b"code,name\nY56,Lon\x00don\n", 2), (b"", 1), (b'code,name\n"Y56,London\n', 2)]
)
def test_bad_bytes_are_faults_and_never_an_error(folder, content, row):
    (folder / "regions.csv").write_bytes(content)

    assert ("regions.csv", row) in [(file, at) for file, at, _ in faults_of(folder)]


def test_command_names_every_fault_and_ends_with_an_error(folder):
    edit(folder, "providers.csv", ",QMJ,Y56,", ",QXX,Y99,")
    printed = StringIO()

    with pytest.raises(CommandError, match="Nothing was loaded. 2 faults"):
        call_command("load_reference", str(folder), "--json", stdout=printed)

    assert [fault["column"] for fault in json.loads(printed.getvalue())["faults"]] == ["icb_code", "region_code"]
