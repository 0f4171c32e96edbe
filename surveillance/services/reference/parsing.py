"""From files to checked records: what each file must hold, and what stands in for a missing column."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from accounts.models import Organisation
from surveillance.models import Indicator, ProgrammeOfCare, ServiceSpecification
from surveillance.services.reference.tables import Fault, ReferenceFaults, Row, Table, read_table

HUNDRED = Decimal(100)
LONGEST_DESCRIPTION = 10_000
ELSEWHERE = {
    "Scotland": "This set comes from Scotland. It is not an NHS England set.",
    "Northern Ireland": "This set comes from Northern Ireland. It is not an NHS England set.",
    "NICE": "This set comes from a NICE quality standard. It is not an NHS England set.",
}
ILLUSTRATIVE = "Illustrative: these indicators are invented for demonstration. They are not an official NHS England set."
# Sets that were published before this year belong to earlier programmes.
FIRST_YEAR_OF_PROGRAMME = 2019


@dataclass(frozen=True)
class OrganisationRecord:
    """An organisation as its file gives it; other organisations by code."""

    kind: str
    code: str
    name: str
    region: str = ""
    icb: str = ""
    town: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    successor: str = ""


@dataclass(frozen=True)
class SetRecord:
    """An indicator set with its indicators, as the index and its own file give it."""

    code: str
    specification: str
    part_of: str
    part_name: str
    fields: dict[str, object]
    indicators: list[dict[str, object]]


@dataclass
class Reference:
    """Everything that the files hold, checked."""

    organisations: list[OrganisationRecord] = field(default_factory=list)
    programmes: dict[str, str] = field(default_factory=dict)
    specifications: list[dict[str, str]] = field(default_factory=list)
    sets: list[SetRecord] = field(default_factory=list)
    services: list[tuple[str, str, str]] = field(default_factory=list)


def parse_folder(folder: Path) -> Reference:
    """Read and check every file of a folder. Raises ReferenceFaults naming every fault."""
    faults: list[Fault] = []
    reference = Reference()
    _parse_organisations(folder, reference, faults)
    _parse_programmes(folder, reference, faults)
    _parse_sets(folder, reference, faults)
    if (folder / "services.csv").exists():
        _parse_services(folder, reference, faults)
    if faults:
        raise ReferenceFaults(faults)
    return reference


def _parse_organisations(folder: Path, reference: Reference, faults: list[Fault]) -> None:
    regions = read_table(folder, "regions.csv", ["code", "name"], faults)
    icbs = read_table(folder, "icbs.csv", ["ods_code", "name", "region_code"], faults)
    providers = read_table(folder, "providers.csv", ["ods_code", "name", "icb_code", "region_code"], faults)
    files = ((regions, "code", "REGION"), (icbs, "ods_code", "ICB"), (providers, "ods_code", "PROVIDER"))
    stored = dict(Organisation.objects.values_list("code", "kind"))
    of_kind = {kind: {code for code, stored_kind in stored.items() if stored_kind == kind} for _, _, kind in files}
    for table, column, kind in files:
        table.unique(column)
        of_kind[kind] |= {row.text(column) for row in table}
    every_code = set(stored).union(*of_kind.values())
    kind_by_code: dict[str, str] = dict(stored)
    for table, column, kind in files:
        for row in table:
            record = _organisation(row, column, kind, of_kind, every_code)
            if kind_by_code.setdefault(record.code, kind) != kind:
                row.fault(column, f"{record.code!r} is already the code of another kind of organisation")
            reference.organisations.append(record)


def _organisation(row: Row, column: str, kind: str, of_kind: dict[str, set[str]], every_code: set[str]) -> OrganisationRecord:
    record = OrganisationRecord(
        kind=kind,
        code=row.required(column, limit=20),
        name=row.required("name", limit=200),
        region="" if kind == "REGION" else row.known("region_code", of_kind["REGION"], "region"),
        icb=row.known("icb_code", of_kind["ICB"], "ICB", optional=True) if kind == "PROVIDER" else "",
        town=row.optional("town", limit=100),
        valid_from=row.date("valid_from"),
        valid_to=row.date("valid_to"),
        successor=row.known("successor_code", every_code, "organisation", optional=True),
    )
    if record.valid_from and record.valid_to and record.valid_to < record.valid_from:
        row.fault("valid_to", "is before valid_from")
    return record


def _parse_programmes(folder: Path, reference: Reference, faults: list[Fault]) -> None:
    programmes = read_table(folder, "programmes.csv", ["code", "name"], faults)
    programmes.unique("code")
    for row in programmes:
        reference.programmes[row.required("code", limit=10)] = row.required("name", limit=100)
    known = set(reference.programmes) | set(ProgrammeOfCare.objects.values_list("code", flat=True))
    table = read_table(folder, "prescribed_services.csv", ["number", "name", "programme_code"], faults)
    table.unique("number")
    for row in table:
        reference.specifications.append(
            {
                "number": row.required("number", limit=20),
                "name": row.required("name"),
                "programme": row.known("programme_code", known, "programme"),
                "provenance": row.optional("provenance", limit=200),
                "key_requirements": row.text("key_requirements"),
            }
        )


def _parse_sets(folder: Path, reference: Reference, faults: list[Fault]) -> None:
    index = read_table(folder, "indicator_sets/index.csv", ["set_code", "file", "name", "service_number", "part"], faults)
    index.unique("set_code")
    known = {record["number"] for record in reference.specifications} | set(ServiceSpecification.objects.values_list("number", flat=True))
    for row in index:
        file = row.required("file")
        if "/" in file or "\\" in file:
            row.fault("file", f"{file!r} must name a file in the same folder")
            continue
        parent, part = row.known("service_number", known, "service specification"), row.optional("part", limit=12)
        table = read_table(folder, f"indicator_sets/{file}", ["number", "title", "type"], faults) if file else Table(file)
        table.unique("number")
        name = row.required("name")
        is_illustrative = row.boolean("is_illustrative") or row.text("set_code").startswith("ILL-")
        statement = provenance_statement(name, is_illustrative=is_illustrative)
        fields = {
            "name": name,
            "threshold_percent": row.decimal("threshold_percent", least=Decimal(0), most=HUNDRED) or Decimal(80),
            "visit_level_percent": row.decimal("visit_level_percent", least=Decimal(0), most=HUNDRED) or Decimal(50),
            "provenance": row.text("provenance") or statement,
            "is_illustrative": is_illustrative,
            "is_nhs_england": not statement,
        }
        indicators = [read_indicator(line, position) for position, line in enumerate(table, start=1)]
        count = row.text("indicators")
        if count and table.rows and count != str(len(indicators)):
            row.fault("indicators", f"says {count}, but {file} holds {len(indicators)}")
        number = f"{parent}-{part}" if part else parent
        part_name = row.optional("part_name", limit=250) or re.split(r" \(| - ", name)[0]
        reference.sets.append(SetRecord(row.required("set_code", limit=30), number, parent if part else "", part_name, fields, indicators))


def provenance_statement(name: str, *, is_illustrative: bool) -> str:
    """The sentence that a set's page shows about where it comes from; empty for a current NHS England set."""
    if is_illustrative:
        return ILLUSTRATIVE
    for place, sentence in ELSEWHERE.items():
        if place in name:
            return sentence
    years = [int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", name)]
    if years and max(years) < FIRST_YEAR_OF_PROGRAMME:
        return f"This is an old set of an earlier programme ({max(years)}). It is not a current NHS England set."
    return ""


def read_indicator(row: Row, position: int) -> dict[str, object]:
    """The columns of an indicator from one row; what is wrong is noted on the row. Also reads what people import in the browser."""
    kind = row.choice("answer_kind", Indicator.AnswerKind.values, "YES_NO_NA")
    type_code = row.choice("type", Indicator.Type.values, "") if row.required("type") else ""
    target = row.decimal("target", least=Decimal(0) if kind == "PERCENTAGE" else None, most=HUNDRED if kind == "PERCENTAGE" else None)
    if row.text("target") and kind not in {"PERCENTAGE", "NUMBER"}:
        row.fault("target", f"does not fit the answer kind {kind}", "remove the target: this answer kind has none")
    comparator = row.choice("comparator", Indicator.Comparator.values, "AT_LEAST") if target is not None else ""
    if row.text("comparator") and not row.text("target"):
        row.fault("comparator", "needs a target", "enter a target, or remove the comparator")
    label = Indicator.Type(type_code).label if type_code in Indicator.Type.values else ""
    return {
        "number": row.required("number", limit=20),
        "position": position,
        "title": row.required("title", limit=300),
        "description": row.optional("description", limit=LONGEST_DESCRIPTION),
        "section": row.optional("section", limit=100) or label,
        "type": type_code,
        "answer_kind": kind,
        "target": target,
        "comparator": comparator,
        "is_key": row.boolean("is_key"),
        "evidence_wanted": row.optional("evidence_required", limit=300),
        "guideline": row.optional("guideline", limit=300),
        "provenance": row.optional("provenance", limit=300),
        "review_by": row.date("review_by"),
    }


def _parse_services(folder: Path, reference: Reference, faults: list[Fault]) -> None:
    table = read_table(folder, "services.csv", ["provider_code", "specification_number", "commissioner_code"], faults)
    stored = Organisation.objects.values_list("code", "kind")
    providers = _codes(reference, {"PROVIDER"}) | {code for code, kind in stored if kind == "PROVIDER"}
    buyers = _codes(reference, {"ICB", "REGION"}) | {code for code, kind in stored if kind in {"ICB", "REGION", "NATIONAL"}}
    numbers = {record["number"] for record in reference.specifications} | {record.specification for record in reference.sets}
    numbers |= set(ServiceSpecification.objects.values_list("number", flat=True))
    table.unique(
        lambda row: f"{row.text('provider_code')} {row.text('specification_number')}".strip(), name="provider_code and specification_number"
    )
    for row in table:
        reference.services.append(
            (
                row.known("provider_code", providers, "provider"),
                row.known("specification_number", numbers, "service specification"),
                row.known("commissioner_code", buyers, "commissioner"),
            )
        )


def _codes(reference: Reference, kinds: Iterable[str]) -> set[str]:
    return {record.code for record in reference.organisations if record.kind in kinds}
