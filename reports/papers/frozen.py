"""Reading a frozen version for a document; a public one holds public sections alone, or nothing is made of it."""

from typing import Any

from peerreview.models import Finding
from peerreview.queries.findings import IN_ORDER
from reports.blocks.findings import LEARNING_CATEGORIES, PLURALS
from reports.content import PUBLIC, content_of, is_whole
from reports.models import ReportSection, ReportVersion
from work.status import InvalidTransition

Content = dict[str, Any]
CODES = {category.label: category.value for category in Finding.Category}
KNOWN = frozenset(ReportSection.Visibility.values)


class NotPublishable(InvalidTransition):
    """Why no public document is made of a report, in a sentence for people."""


def checked_content(version: ReportVersion) -> Content:
    """What a version froze. For a public one every section must say that it is public, and so must its source know of each.

    Raises NotPublishable: also for a text that is not the one whose hash was written down.
    """
    if not is_whole(version):
        raise NotPublishable(f"The text of version {version.number} is not the one that was frozen, so nothing was made of it.")
    content = content_of(version)
    if version.purpose == ReportVersion.Purpose.PUBLIC:
        check_known(_source_of(version))
        check_public(content)
    return content


def check_public(content: Content) -> None:
    """Raises NotPublishable unless every section is marked public, in exactly that word."""
    for section in content["sections"]:
        if section.get("visibility") != PUBLIC:
            raise NotPublishable(f"“{section['title']}” is not marked public, so the public version was not made.")


def check_known(content: Content) -> None:
    """Raises NotPublishable for a section that is marked neither public nor restricted."""
    for section in content["sections"]:
        if section.get("visibility") not in KNOWN:
            raise NotPublishable(
                f"“{section['title']}” is marked neither public nor restricted, so the public version was not made. Mark it and sign again."
            )


def _source_of(version: ReportVersion) -> Content:
    """The signed content that a public version was cut from; an empty one when none is on record."""
    signed = ReportVersion.objects.filter(report=version.report_id, purpose=ReportVersion.Purpose.FINAL, number__lt=version.number)
    newest = signed.order_by("-number").first()
    return content_of(newest) if newest else {"sections": []}


def part(content: Content, code: str) -> Content | None:
    """One section of a content; None where it was left out."""
    return next((section for section in content["sections"] if section["code"] == code), None)


def words_of(content: Content, code: str) -> str:
    """The markdown of a section of people's words; empty where it was left out."""
    return (part(content, code) or {}).get("text", "")


def data_of(content: Content, code: str) -> Content:
    """The facts of a block; empty where it was left out."""
    return (part(content, code) or {}).get("data", {})


def categories_of(content: Content) -> dict[str, str]:
    """Each category of the report, in its order, with its heading: as the procedure names it, else in the plural."""
    labels = list(definitions_of(content))
    codes = LEARNING_CATEGORIES if len(labels) == len(LEARNING_CATEGORIES) else tuple(IN_ORDER)
    if len(labels) != len(codes):
        return {code: PLURALS[code] for code in codes}
    return dict(zip(codes, labels, strict=True))


def definitions_of(content: Content) -> dict[str, str]:
    """Each heading of a category with the definition of the procedure; empty where the findings were left out."""
    groups = [group for service in data_of(content, "findings").get("services", []) for group in service["groups"]]
    return {group["label"]: group.get("definition", "") for group in groups}


def all_findings(content: Content) -> list[Content]:
    """Every finding of a version in the order of its numbers: with ``code`` and heading of its category, service, trust, addressee."""
    headings = categories_of(content)
    codes = {heading: code for code, heading in headings.items()}
    found = [
        finding
        | {"service": service["name"], "holder": service["holder"], "category": group["label"], "code": codes.get(group["label"], "")}
        | {"addressed_to": "Provider"}
        for service in data_of(content, "findings").get("services", [])
        for group in service["groups"]
        for finding in group["findings"]
    ]
    for finding in data_of(content, "commissioning").get("findings", []):
        code = CODES.get(finding["category"], "")
        heading = headings.get(code, finding["category"])
        found.append({"service": "", "holder": ""} | finding | {"code": code, "category": heading, "addressed_to": "Commissioner"})
    return sorted(found, key=lambda finding: (len(finding["reference"]), finding["reference"]))
