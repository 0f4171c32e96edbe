"""The pack for a regulator on paper: lights of providers and services, the rule, and the reports behind it."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.templatetags.qnt_tags import counted, month_date
from rendering.markup import SafeHtml
from rendering.pdf import Section, document_html
from reports.lights import GRAVEST, WORDS
from reports.papers.tables import day, paragraph, safe, table

KICKER = "Pack for the regulator"
COUNTED = ("Immediate risks", "Serious concerns", "Concerns")
Facts = dict[str, Any]


def pack_name(facts: Facts, number: int) -> str:
    """What the file is called."""
    place = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in facts["place"].lower())[:40]
    return f"pack-{'-'.join(part for part in place.split('-') if part) or 'place'}-{number}.pdf"


def issue_html(facts: Facts, *, number: int, issued_to: str, issued_on: dt.date, content_hash: str) -> str:
    """The document of ``pack_facts``, as it was issued."""
    title = f"Published peer reviews in {facts['place']}"
    return document_html(
        title=title,
        short_title=f"{title}, pack {number}",
        subtitle=["Traffic lights from published findings"],
        facts=[
            ("Issued to", issued_to), ("Pack", str(number)), ("Rule", f"Version {facts['rule']['version']}"),
            ("Reports", f"{len(facts['publications']):,}"),
        ],
        file_name=pack_name(facts, number),
        date_text=month_date(issued_on),
        content_hash=content_hash,
        illustrative=facts["is_illustrative"],
        kicker=KICKER,
        sections=[
            Section("How to read this pack", safe(*_reading(facts))),
            Section("Trusts and networks", safe(*_providers(facts)), page_break=False),
            Section("Services", safe(*_services(facts)), page_break=False),
            Section("Published reports", safe(*_reports(facts)), page_break=False),
        ],
    )  # fmt: skip


def light_html(light: str) -> SafeHtml:
    """A light: the word in a box, which is filled, framed or plain, so that it reads in grey too."""
    return SafeHtml(f'<span class="light light-{light.lower()}">{WORDS[light]}</span>')


def _reading(facts: Facts) -> list[str]:
    rule, lines = facts["rule"], facts["services"]
    items = "".join(f"<li>{paragraph(sentence)[3:-4]}</li>" for sentence in rule["sentences"])
    return [
        paragraph(
            f"{len(lines):,} of {counted(facts['service_count'], 'service')} in {facts['place']} "
            f"{'has' if len(lines) == 1 else 'have'} a published report of a compliance review. "
            "The newest published report of a service gives its light."
        ),
        paragraph(f"The rule, version {rule['version']}, counts published findings that are addressed to the service:"),
        f"<ul>{items}</ul>",
        paragraph(f"Where the rule comes from: {rule['reason']}"),
        paragraph(
            "A trust or network has the gravest light of its services. A light starts a conversation; it is no rating, "
            "and what was put right since the visit does not change it. Services without a published report are not listed."
        ),
    ]


def _providers(facts: Facts) -> list[str]:
    counts = [(WORDS[light], sum(1 for one in facts["providers"] if one["light"] == light)) for light in GRAVEST]
    rows = [(one["holder"], light_html(one["light"]), one["services"]) for one in facts["providers"]]
    return [
        table("How many trusts and networks have which light", ("Light", "Trusts and networks"), counts, numbers=[1]),
        table("Light of each trust and network", ("Trust or network", "Light", "Services with a published report"), rows, numbers=[2]),
    ]


def _services(facts: Facts) -> list[str]:
    rows = [
        (
            f"{line['service']}\n{line['holder']}",
            light_html(line["light"]),
            *(line["counts"] or ("Not public",) * len(COUNTED)),
            line["visit"],
        )
        for line in facts["services"]
    ]
    header = ("Service, trust or network", "Light", *COUNTED, "Visit")
    return [table("Light of each service, and the published findings that it rests on", header, rows, numbers=[2, 3, 4])]


def _reports(facts: Facts) -> list[str]:
    lines = {line["address"]: line for line in facts["services"]}.values()
    rows = [(line["service"], line["holder"], day(line["published"]), library_address(line["address"])) for line in lines]
    return [table("Where each report is read", ("Service", "Trust or network", "Published", "Report"), rows)]


def library_address(address: str) -> str:
    """Where anyone reads a published report."""
    return f"{settings.SITE_URL}{reverse('reports:library_report', args=[address])}"
