"""From checked records to rows: only what differs is written, in bulk."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import Organisation
from surveillance.models import (
    Commissioning,
    Indicator,
    IndicatorSet,
    ProgrammeOfCare,
    Service,
    ServiceSpecification,
)
from surveillance.services.reference.parsing import OrganisationRecord, Reference, SetRecord
from surveillance.services.reference.tables import Fault, ReferenceFaults

BATCH = 500
LINKS = ("region", "icb", "successor")


def write_reference(reference: Reference) -> dict[str, int]:
    """Write what differs from the database; gives how many rows of each kind were written."""
    return {
        "organisations": _write_organisations(reference.organisations),
        "programmes": _write_programmes(reference.programmes),
        "specifications": _write_specifications(reference),
        **_write_sets(reference.sets),
        "services": _write_services(reference.services),
    }


def _upsert(model: type[models.Model], rows: list[dict[str, Any]], key: str) -> int:
    """Insert or update the rows that differ from what is stored under ``key``; gives how many that were."""
    if not rows:
        return 0
    columns = list(rows[0])
    stored = {row[key]: row for row in model._default_manager.values(*columns)}
    changed = [row for row in rows if stored.get(row[key]) != row]
    model._default_manager.bulk_create(
        [model(**row) for row in changed],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=[column.removesuffix("_id") for column in columns if column != key],
    )
    return len(changed)


def _write_organisations(records: list[OrganisationRecord]) -> int:
    columns = ("kind", "code", "name", "town", "valid_from", "valid_to")
    rows = [{column: getattr(record, column) for column in columns} for record in records]
    for row in rows:
        row["is_illustrative"] = "illustrative" in row["name"].lower()
    written = _upsert(Organisation, rows, "code")
    by_code = {organisation.code: organisation for organisation in Organisation.objects.all()}
    relinked = []
    for record in records:
        organisation = by_code[record.code]
        wanted = {f"{link}_id": by_code[getattr(record, link)].pk if getattr(record, link) else None for link in LINKS}
        if any(getattr(organisation, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(organisation, name, value)
            relinked.append(organisation)
    Organisation.objects.bulk_update(relinked, LINKS, batch_size=BATCH)
    return max(written, len(relinked))


def _write_programmes(programmes: dict[str, str]) -> int:
    return _upsert(ProgrammeOfCare, [{"code": code, "name": name} for code, name in programmes.items()], "code")


def _write_specifications(reference: Reference) -> int:
    programmes = dict(ProgrammeOfCare.objects.values_list("code", "pk"))
    rows = [
        {
            "number": record["number"],
            "name": record["name"],
            "programme_id": programmes[record["programme"]],
            "provenance": record["provenance"],
            "key_requirements": record["key_requirements"],
        }
        for record in reference.specifications
    ]
    written = _upsert(ServiceSpecification, rows, "number")
    parents = {specification.number: specification for specification in ServiceSpecification.objects.all()}
    for record in reference.sets:
        if record.part_of and record.specification not in parents:
            parent = parents[record.part_of]
            parents[record.specification] = ServiceSpecification.objects.create(
                number=record.specification, name=record.part_name, programme=parent.programme, part_of=parent, provenance=parent.provenance
            )
            written += 1
    return written


INDICATOR_COLUMNS = (
    "number", "position", "title", "description", "section", "type", "answer_kind", "target", "comparator", "is_key",
    "evidence_wanted", "guideline", "provenance", "review_by",
)  # fmt: skip


def _write_sets(records: Iterable[SetRecord]) -> dict[str, int]:
    """New sets are published; a changed one becomes a draft of the next version, as what is published never changes."""
    counts = {"indicator_sets": 0, "draft_versions": 0, "indicators": 0}
    specifications = dict(ServiceSpecification.objects.values_list("number", "pk"))
    for record in records:
        versions = list(IndicatorSet.objects.filter(code=record.code).order_by("-version"))
        newest = versions[0] if versions else None
        if newest and _is_same(newest, record, specifications):
            continue
        if newest and _is_written_by_people(newest):
            _refuse_unless_known(newest, versions, record, specifications)
            continue
        if newest and newest.status == IndicatorSet.Status.DRAFT:
            newest.indicators.all().delete()
            IndicatorSet.objects.filter(pk=newest.pk).update(**record.fields)
            made = newest
        else:
            made = IndicatorSet.objects.create(
                code=record.code,
                version=newest.version + 1 if newest else 1,
                specification_id=specifications[record.specification],
                status=IndicatorSet.Status.DRAFT if newest else IndicatorSet.Status.PUBLISHED,
                published_at=None if newest else timezone.now(),
                **record.fields,
            )
        counts["draft_versions" if newest else "indicator_sets"] += 1
        Indicator.objects.bulk_create([Indicator(indicator_set=made, **line) for line in record.indicators], batch_size=BATCH)
        counts["indicators"] += len(record.indicators)
    return counts


def _is_written_by_people(newest: IndicatorSet) -> bool:
    """Whether somebody writes this version in the browser, or it is in consultation: a file never writes over it."""
    return newest.status == IndicatorSet.Status.IN_CONSULTATION or (
        newest.status == IndicatorSet.Status.DRAFT and newest.drafted_by_id is not None
    )


def _refuse_unless_known(newest: IndicatorSet, versions: list[IndicatorSet], record: SetRecord, specifications: dict[str, int]) -> None:
    """A file that still says what was published is left alone. Raises ReferenceFaults for one that says something else."""
    published = next((version for version in versions if version.status == IndicatorSet.Status.PUBLISHED), None)
    if published is None or not _is_same(published, record, specifications):
        state = newest.get_status_display().lower()
        message = f"{record.code!r} has a version {newest.version} that people write ({state}). Publish it, or leave the set out"
        raise ReferenceFaults([Fault("indicator_sets/index.csv", 0, "set_code", message)])


def _is_same(newest: IndicatorSet, record: SetRecord, specifications: dict[str, int]) -> bool:
    if newest.specification_id != specifications[record.specification]:
        return False
    if any(getattr(newest, name) != value for name, value in record.fields.items()):
        return False
    return list(newest.indicators.order_by("position").values(*INDICATOR_COLUMNS)) == record.indicators


def _write_services(rows: list[tuple[str, str, str]]) -> int:
    organisations = {organisation.code: organisation for organisation in Organisation.objects.all()}
    specifications = {specification.number: specification for specification in ServiceSpecification.objects.all()}
    stored = set(Service.objects.exclude(provider=None).values_list("provider__code", "specification__number"))
    missing = [(provider, number) for provider, number, _ in rows if (provider, number) not in stored]
    Service.objects.bulk_create(
        [
            Service(
                provider=organisations[provider],
                specification=specifications[number],
                region=organisations[provider].region,
                name=specifications[number].name,
                is_illustrative=organisations[provider].is_illustrative,
            )
            for provider, number in missing
        ],
        batch_size=BATCH,
    )
    return max(len(missing), _write_commissionings(rows, organisations))


def _write_commissionings(rows: list[tuple[str, str, str]], organisations: dict[str, Organisation]) -> int:
    """The commissioner that a file names leads; one that led before stops leading from today."""
    today = timezone.localdate()
    services = {(code, number): pk for pk, code, number in Service.objects.values_list("pk", "provider__code", "specification__number")}
    leads = {row.service_id: row for row in Commissioning.objects.filter(is_lead=True, to_date=None)}
    new, ended = [], []
    for provider, number, buyer in rows:
        service_id, organisation = services[provider, number], organisations[buyer]
        lead = leads.get(service_id)
        if lead and lead.organisation_id == organisation.pk:
            continue
        if lead:
            ended.append(lead.pk)
        new.append(Commissioning(service_id=service_id, organisation=organisation, is_lead=True, from_date=today))
    Commissioning.objects.filter(pk__in=ended).update(to_date=today)
    Commissioning.objects.bulk_create(new, batch_size=BATCH)
    return len(new)
