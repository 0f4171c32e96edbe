"""What a new version of a signed report holds: what was signed, with words as they are now, chosen blocks drawn again, or an annex."""

import json
from typing import Any

from django.db.models import F, Q

from accounts.templatetags.qnt_tags import month_date
from reports import content
from reports.blocks import block_data
from reports.blocks.drawing import one_drawing
from reports.models import Publication, Report, ReportSection, Revision
from reports.outline import ANNEX


@one_drawing()
def revised_content(revision: Revision) -> dict[str, Any]:
    """The content of a revision as it stands now. What nobody chose to change is what was signed before, word for word."""
    report, base = revision.report, content.content_of(revision.base)
    sections = {section.code: section for section in report.sections.all()}
    parts = [_part(part, sections.get(part["code"]), revision) for part in base["sections"] if part["code"] != ANNEX.code]
    annex = _annex(revision, base)
    return base | {"sections": [*parts, *([annex] if annex else [])], "revision": revision_facts(revision)}


def _part(part: dict[str, Any], section: ReportSection | None, revision: Revision) -> dict[str, Any]:
    if section is None or revision.kind != Revision.Kind.CORRECTION:
        return part
    marked = part | {"visibility": section.visibility}
    if "block" not in part:
        return marked | {"text": section.text}
    return marked | ({"data": block_data(section.block, revision.report.review)} if section.code in revision.redrawn else {})


def _annex(revision: Revision, base: dict[str, Any]) -> dict[str, Any] | None:
    """The annex: drawn now when it is what the revision adds, else as it was frozen before.

    It is public, so it leaves out actions on findings that stand in a section which is not.
    """
    if revision.kind != Revision.Kind.ANNEX:
        return next((part for part in base["sections"] if part["code"] == ANNEX.code), None)
    facts = {"code": ANNEX.code, "title": ANNEX.title, "visibility": content.PUBLIC, "block": ANNEX.block}
    public = {part["code"] for part in base["sections"] if part.get("visibility") == content.PUBLIC}
    rows = block_data(ANNEX.block, revision.report.review)["actions"]
    kept = [row for row in rows if row["section"] in public]
    return facts | {"data": {"actions": kept, "left_out_count": len(rows) - len(kept)}}


def revision_facts(revision: Revision) -> dict[str, Any]:
    """What the new version says of itself to anyone: which version it takes the place of, what changed, why, and who changed it.

    The person is named on the pages of the hub; readers are told the organisation.
    """
    return {
        "kind": revision.kind,
        "names": revision.names.number,
        "named_on": month_date(revision.names.made_at),
        "what": revision.what,
        "why": revision.why,
        "by": revision.report.review.region.name,
    }


def known_version(report: Report) -> Any:
    """The version that readers know: the last one that was published, else the one that was signed; None before sign-off."""
    never_public = Q(replaced_at__isnull=False, replaced_at__lt=F("public_from"))
    published = report.publications.filter(decision=Publication.Decision.PUBLISH).exclude(never_public).select_related("version").first()
    if published:
        return published.version
    signed = report.sign_offs.select_related("version").order_by("-signed_at", "-pk").first()
    return signed.version if signed else None


def block_choices(report: Report) -> list[tuple[str, str]]:
    """Blocks of data that a correction may draw again, by their sections."""
    return [(section.code, section.title) for section in report.sections.exclude(block="").order_by("position")]


def changed_sections(revision: Revision) -> list[dict[str, Any]]:
    """Sections that differ from the version that is changed: title, the words before and after, whether it is data."""
    base = {part["code"]: part for part in content.content_of(revision.base)["sections"]}
    changed = []
    for part in json.loads(content.as_text(revised_content(revision)))["sections"]:
        old = base.get(part["code"])
        if old == part:
            continue
        changed.append({
            "code": part["code"], "title": part["title"], "is_data": "block" in part, "is_new": old is None,
            "before": (old or {}).get("text", ""), "after": part.get("text", ""),
            "mark": "" if old and old["visibility"] == part["visibility"] else ReportSection.Visibility(part["visibility"]).label,
        })  # fmt: skip
    return changed
