"""Issuing packs to a regulator, each logged; and writing the next version of the rule for lights."""

import uuid

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from reports.models import LightRule, PackIssue
from reports.queries.issues import current_rule, issue_regions, pack_facts, regulator_people, regulators
from reports.services.stored import StoredPdf
from surveillance.canonical import canonical_json, sha256_of
from surveillance.services.clash import check_version
from work import digest, jobs
from work.jobs import Lease
from work.status import InvalidTransition

KIND = "pack.pdf"


@transaction.atomic
def issue_pack(*, region_id: int | None, issued_to_id: int, client_id: uuid.UUID, by: User) -> PackIssue:
    """Freeze what the pack says now, log the issue, and ask for its file. The same ``client_id`` again gives the same pack.

    Raises InvalidTransition when nothing is published there, for a section that is not marked public, and outside the person's regions.
    """
    kept = PackIssue.objects.filter(client_id=client_id, issued_by=by).first()
    if kept:
        return kept
    region = _region(region_id, by)
    organisation = regulators().filter(pk=issued_to_id).first()
    if organisation is None:
        raise InvalidTransition("Select a regulator to whom the pack is issued.")
    rule = current_rule()
    facts, publications = pack_facts(region, rule)
    text = canonical_json(facts)
    issue, is_new = PackIssue.objects.get_or_create(
        client_id=client_id,
        defaults={"issued_to": organisation, "region": region, "issued_by": by, "rule": rule, "content": text, "hash": sha256_of(text)},
    )
    if is_new:
        issue.publications.set(publications)
        audit.record("pack.issued", target=issue, by=by)
        request_pack_file(issue_id=issue.pk, by=by)
    return issue


def _region(region_id: int | None, by: User) -> Organisation | None:
    """The place of a pack; England is for the national team alone. Raises InvalidTransition."""
    if region_id is None and by.is_national:
        return None
    region = issue_regions(by).filter(pk=region_id or 0).first()
    if region is None:
        raise InvalidTransition("You cannot issue a pack for this place.")
    return region


@transaction.atomic
def request_pack_file(*, issue_id: int, by: User) -> None:
    """Ask for the file of an issued pack that has none yet."""
    jobs.enqueue(KIND, key=str(issue_id), issue_id=issue_id, requested_by=by)


@transaction.atomic
def record_pack_file(*, issue_id: int, stored: StoredPdf, lease: Lease) -> bool:
    """Write down a pack's file in the transaction that completes the job, and tell its readers; whether this file is the one that counts.

    Raises LeaseLost when another worker holds the job.
    """
    lease.complete(sentence="The pack is ready.")
    issue = PackIssue.objects.select_for_update(of=("self",)).select_related("issued_to", "region").get(pk=issue_id)
    if issue.path:
        return False
    issue.path, issue.sha256, issue.page_count, issue.size_bytes = stored.path, stored.sha256, stored.page_count, stored.size_bytes
    issue.made_at = timezone.now()
    issue.save(update_fields=["path", "sha256", "page_count", "size_bytes", "made_at"])
    audit.record("pack.made", target=issue, by=None)
    sentence = f"Pack {issue.pk} about {issue.place} is issued to you."
    digest.note(regulator_people(issue.issued_to), sentence=sentence, key=f"pack:{issue.pk}")
    return True


@transaction.atomic
def write_rule(
    *, red_immediate_risks: int, amber_serious_concerns: int, amber_concerns: int, reason: str, version: int, by: User
) -> LightRule:
    """Write the next version of the rule; packs that were issued keep theirs.

    Raises SomeoneElseChanged when somebody wrote a version since the page was opened, InvalidTransition without a reason.
    """
    newest = LightRule.objects.select_for_update().order_by("-version").first()
    last = newest.version if newest else 0
    if newest:
        check_version(newest, last, version)
    if not reason.strip():
        raise InvalidTransition("Enter why the rule changes")
    rule = LightRule.objects.create(
        version=last + 1, red_immediate_risks=red_immediate_risks, amber_serious_concerns=amber_serious_concerns,
        amber_concerns=amber_concerns, reason=reason.strip(), written_by=by,
    )  # fmt: skip
    audit.record("light_rule.written", target=rule, by=by)
    return rule
