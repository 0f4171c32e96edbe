"""The programme overview on paper: method, findings by theme, category and domain, compliance by indicator, good practice."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.templatetags.qnt_tags import counted, month_date
from peerreview.queries.findings import IN_ORDER
from rendering.charts import StackedRow, stacked_bars
from rendering.markdown import plain_text
from rendering.pdf import Section, document_html
from rendering.texts import whole_sentences
from reports.blocks.findings import PLURALS
from reports.papers.tables import heading, paragraph, safe, table
from surveillance.canonical import canonical_json, sha256_of

KICKER = "Programme overview"
MOST_PRACTICES, LONGEST_PRACTICE = 60, 500
MOST_BARS = 8
LEFT_OUT = "The chart leaves out indicators with a small number; all of them are in the table."
Facts = dict[str, Any]
SMALL = "Numbers under 5 are not shown, and no totals stand beside them from which they could be told."


def overview_html(facts: Facts, *, day: dt.date) -> tuple[str, str]:
    """The document of ``overview_facts`` as it stood on ``day``, and the hash of what it says."""
    content_hash = sha256_of(canonical_json(facts))
    years = years_of(facts)
    title = f"{facts['programme']}: peer reviews {years}"
    html = document_html(
        title=title,
        short_title=title,
        subtitle=["What published reports of compliance reviews say together"],
        facts=[
            ("Programme of care", facts["programme"]), ("Years of the visits", years), ("Reports", f"{facts['reports']:,}"),
            ("Services", f"{facts['services']:,}"),
        ],
        file_name=overview_name(facts["programme"], facts["years"]),
        date_text=month_date(day),
        content_hash=content_hash,
        illustrative=facts["is_illustrative"],
        kicker=KICKER,
        sections=[
            Section("Method", safe(*_method(facts))),
            Section("Findings by theme", safe(*_themes(facts)), page_break=False),
            Section("Findings by category", safe(*_categories(facts)), page_break=False),
            Section("Findings by impact domain", safe(*_domains(facts)), page_break=False),
            Section("Compliance by indicator", safe(*_compliance(facts)), page_break=False),
            Section("Good practice", safe(*_practices(facts)), page_break=False),
        ],
    )  # fmt: skip
    return html, content_hash


def years_of(facts: Facts) -> str:
    """ "2027", or "2025 to 2027"."""
    first, last = facts["years"]
    return str(first) if first == last else f"{first} to {last}"


def overview_name(programme: str, years: list[int]) -> str:
    """What the file is called."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in programme.lower())[:50]
    return f"overview-{'-'.join(part for part in words.split('-') if part) or 'programme'}-{years[0]}-{years[1]}.pdf"


def _method(facts: Facts) -> list[str]:
    return [
        paragraph(
            f"This overview draws on {counted(facts['reports'], 'report')} of compliance reviews that visited "
            f"{counted(facts['services'], 'service')} in {years_of(facts)}. "
            "Anyone can read each of these reports; those withheld or withdrawn are left out, and so is what a report keeps restricted. "
            "Reviews for learning are no part of it."
        ),
        paragraph(
            "Findings are counted as the public version of each report prints them. An indicator counts as met by its latest stage: "
            "reviewed, else validated by the hub, else self-assessed. Not judged are services to which it does not apply, for which "
            "nobody said, or whose report does not list it."
        ),
        paragraph(
            f"{SMALL} Percentages are whole and rounded down. Between the quartiles lies the middle half of the services. "
            "Services were chosen for review by risk, so the figures do not stand for the whole programme."
        ),
        paragraph(
            "A theme gathers findings of three or more services, and somebody outside the providers has accepted it. A finding may be "
            "part of several themes. Good practice is quoted from the public sections of these reports."
        ),
    ]


def _themes(facts: Facts) -> list[str]:
    found = facts["themes"]
    if not found["themes"]:  # the findings of no theme are all findings, which stand under the next heading
        return [paragraph("No finding of these reports belongs to a theme.")]
    themes = table("Findings of each theme", ("Theme", "Findings", "Reports"), found["themes"], numbers=[1, 2])
    return [themes, table("Findings of no theme", ("Category", "Findings"), found["others"], numbers=[1])]


def _categories(facts: Facts) -> list[str]:
    return [table("Findings of each category", ("Category", "Findings"), facts["categories"], numbers=[1])]


def _domains(facts: Facts) -> list[str]:
    labels = [PLURALS[category] for category in IN_ORDER]
    parts = [paragraph("A finding may bear on several domains. The domains are those of Smithson et al. (2018).")]
    numbers = range(1, len(labels) + 1)
    return [*parts, table("Findings that bear on each domain", ("Domain", *labels), facts["domains"], numbers=numbers)]


def _compliance(facts: Facts) -> list[str]:
    parts: list[str] = []
    for found in facts["compliance"]:
        parts.append(heading(found["standards"]))
        if not found["rows"]:
            parts.append(paragraph("Fewer than 5 services were held against these standards: nothing is shown."))
            continue
        parts.append(paragraph(f"{counted(found['services'], 'service')} were held against them."))
        if found["spread"]:
            low, middle, high = found["spread"]
            row = [("Share of indicators that a service met", f"{low}%", f"{middle}%", f"{high}%")]
            parts.append(table("Spread over the services", ("What", "Lower quartile", "Median", "Upper quartile"), row, numbers=[1, 2, 3]))
        parts += _least_met(found["bars"], found["standards"])
        header = ("Number", "Indicator", "Met", "Not met", "Not judged", "Share that met it")
        parts.append(table("Each indicator, by services", header, found["rows"], numbers=[2, 3, 4], code=True))
    return parts or [paragraph("No report held its services against a set of indicators.")]


def _least_met(bars: list[list[Any]], standards: str) -> list[str]:
    """The indicators that most services did not meet as a chart; those with a small number are in the table alone."""
    shown = sorted(bars, key=lambda bar: -bar[2])[:MOST_BARS]
    if not shown:
        return []
    chart = stacked_bars(
        [StackedRow(number, (met, not_met, not_judged)) for number, met, not_met, not_judged in shown],
        series=("Met", "Not met", "Not judged"), chart_id=f"indicators-{sha256_of(standards)[:8]}",
        title="Indicators not met by most services", unit="answer", row_heading="Indicator",
    )  # fmt: skip
    first = shown[0]
    says = (
        f"The indicator that most services did not meet is {first[0]}: {first[2]:,} of {sum(first[1:]):,} services." if first[2]
        else "Every service that was judged met each of these indicators."
    )  # fmt: skip
    return [str(replace(chart, sentence=f"{says} {LEFT_OUT}").print_html(with_table=False))]


def _practices(facts: Facts) -> list[str]:
    found = facts["good_practice"]
    if not found:
        return [paragraph("No published report of these years names good practice.")]
    rows = [
        (whole_sentences(plain_text(seen), LONGEST_PRACTICE)[0] or "Too long to quote. Read it in the report.", where, _address(address))
        for seen, where, address in found[:MOST_PRACTICES]
    ]
    shown = f"The newest {MOST_PRACTICES} of {len(found)} are quoted." if len(found) > MOST_PRACTICES else ""
    return [*([paragraph(shown)] if shown else []), table("Good practice in published reports", ("What was seen", "Where", "Report"), rows)]


def _address(address: str) -> str:
    return f"{settings.SITE_URL}{reverse('reports:library_report', args=[address])}"
