"""A service's annual report on paper: self-report, decision, reviews, actions, learning."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.templatetags.qnt_tags import counted, month_date, score_words
from rendering.charts import TrendPoint, trend_chart
from rendering.pdf import Section, document_html
from reports.blocks.actions import moves_words
from reports.papers.tables import day, heading, paragraph, safe, table
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import Service, Stage

KICKER = "Annual report of a service"
Facts = dict[str, Any]


def annual_html(facts: Facts, *, day: Any) -> tuple[str, str]:
    """The document of ``annual_facts`` as it stood on ``day``, and the hash of what it says."""
    service, year = facts["service"], facts["year"]
    content_hash = sha256_of(canonical_json(facts))
    html = document_html(
        title=f"{service['name']}: annual report {year}",
        short_title=f"{service['name']}, {service['holder']}: annual report {year}",
        subtitle=[service["holder"]],
        facts=[
            ("Service", service["name"]),
            ("Trust", service["holder"]),
            ("Specification", service["specification"]),
            ("Year", str(year)),
        ],
        file_name=annual_name(service["name"], year),
        date_text=month_date(day),
        content_hash=content_hash,
        illustrative=facts["is_illustrative"],
        kicker=KICKER,
        sections=[
            Section("The year at a glance", safe(*_glance(facts))),
            Section("Self-report", safe(*_self_report(facts["summary"])), page_break=False),
            Section("Surveillance decision", safe(*_decisions(facts["decisions"])), page_break=False),
            Section("Peer reviews", safe(*_reviews(facts["reviews"])), page_break=False),
            Section("Actions and their state", safe(*_actions(facts["actions"])), page_break=False),
            Section("Learning", safe(*_learning(facts["learning"])), page_break=False),
            Section("How this report was made", safe(_method(year)), page_break=False),
        ],
    )
    return html, content_hash


def annual_name(service: str, year: int) -> str:
    """What the file is called."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in service.lower())[:50]
    return f"annual-report-{'-'.join(part for part in words.split('-') if part) or 'service'}-{year}.pdf"


def name_of(service: Service, year: int) -> str:
    """What the file of a service is called."""
    return annual_name(service.name, year)


def _glance(facts: Facts) -> list[str]:
    """One sentence a part."""
    scores = facts["summary"]["scores"]
    last = scores[-1] if scores else None
    score = f"{Stage(last['stage']).label}: {score_words(last['met'], last['applicable'])}." if last else "The self-report is not counted."
    decision = facts["decisions"][-1] if facts["decisions"] else None
    found = sum(count for review in facts["reviews"] for _, count in review["counts"])
    actions = facts["actions"]
    verified = sum(1 for action in actions if action["status"] == "Verified")
    rows = [
        ("Self-report", score),
        ("Decision", f"{decision['options']}. Risk: {decision['risk']}." if decision else "No decision came into force."),
        ("Peer reviews", f"{counted(len(facts['reviews']), 'signed report')}, {counted(found, 'finding')}."),
        ("Actions", f"{verified} of {len(actions)} verified." if actions else "No action was on the plan."),
    ]
    if facts["learning"] is not None:
        rows.append(
            ("Learning", f"{counted(len(facts['learning']['shared']), 'card')} shared, {len(facts['learning']['taken'])} taken up.")
        )
    return [table("The year in one table", ("Part", "What happened"), rows)]


def _self_report(summary: Facts) -> list[str]:
    found = summary["indicator_set"]
    standards = f"Standards: {found['name']}, version {found['version']}." if found else "No indicator set applied."
    parts = [paragraph(standards)]
    level = Decimal(summary["threshold_percent"]) if summary["threshold_percent"] else None
    points = [
        TrendPoint(str(one["year"]), None if one["percent"] is None else Decimal(one["percent"]), one["met"], one["applicable"])
        for one in summary["trend"]
    ]
    if points:
        chart = trend_chart(points, chart_id="trend", title="Indicators met by year", level_percent=level)
        parts.append(chart.print_html())
    rows = [(Stage(score["stage"]).label, score_words(score["met"], score["applicable"])) for score in summary["scores"]]
    parts.append(table("Score at each stage", ("Stage", "Indicators met"), rows) if rows else paragraph("No score is recorded."))
    not_met = [(line["number"], line["title"], "Key indicator" if line["is_key"] else "", _said(line)) for line in summary["not_met"]]
    if not_met:
        parts.append(table("Indicators not met", ("Number", "Indicator", "Note", "What was said"), _filled(not_met), code=True))
    else:
        parts.append(paragraph("Every indicator that applied was met."))
    return parts


def _said(line: Facts) -> str:
    texts = [("Service", line["reason"]), ("Service", line["comment"]), ("Hub", line["hub_reason"])]
    return "\n".join(f"{who}: {text}" for who, text in texts if text) or "Nothing"


def _filled(rows: Sequence[tuple[str, ...]]) -> list[list[str]]:
    return [[cell or "None" for cell in row] for row in rows]


def _decisions(decisions: list[Facts]) -> list[str]:
    if not decisions:
        return [paragraph("No decision on this year's round came into force.")]
    parts = []
    for decision in decisions:
        rows = [
            ("Options", decision["options"]), ("Status", decision["status"]), ("Risk", decision["risk"]), ("Why", decision["why"]),
            ("In force from", decision["from"]), ("Review date", decision["review_date"]),
        ]  # fmt: skip
        parts.append(table("The decision", ("What", "As recorded"), rows))
        positions = [(party, organisation or "None on record", view) for party, organisation, view in decision["positions"]]
        if positions:
            parts.append(table("Positions", ("Party", "Organisation", "Position"), positions))
    return parts


def _reviews(reviews: list[Facts]) -> list[str]:
    if not reviews:
        return [paragraph("No report of a review of this service in this year is signed off.")]
    parts: list[str] = []
    for review in reviews:
        parts.append(heading(review["title"]))
        version = f", version {review['version']}" if review["version"] else ""
        parts.append(paragraph(f"Visit: {review['visit'] or 'no date'}. Report: {review['status'].lower()}{version}."))
        parts.append(table("Findings by category", ("Category", "Findings"), review["counts"], numbers=[1]))
        if review["findings"]:
            rows = [[cell or "None" for cell in row] for row in review["findings"]]
            parts.append(table("The findings", ("Number", "Category", "What was seen", "Recommendation"), rows, code=True))
    return parts


def _actions(actions: list[Facts]) -> list[str]:
    if not actions:
        return [paragraph("No action was on the service's plan in this year.")]
    rows = [
        (
            one["what"],
            one["owner"],
            day(one["due"]),
            one["status"],
            ". ".join(text for text in (one["indicator"], moves_words(one["moves"])) if text) or "None",
        )
        for one in actions
    ]
    return [table("Actions", ("What", "Owner", "Due", "State", "Indicator, from and to"), rows)]


def _learning(learning: Facts | None) -> list[str]:
    if learning is None:
        return [paragraph("Learning cards are not part of this copy: your role does not include them.")]
    parts = []
    if learning["shared"]:
        parts.append(table("Cards that this service shared", ("Card", "Trying", "Adopted"), learning["shared"], numbers=[1, 2]))
    if learning["taken"]:
        taken = [[cell or "None" for cell in row] for row in learning["taken"]]
        parts.append(table("What this service took from others", ("Card", "From", "Step", "Why"), taken))
    return parts or [paragraph("No learning card was shared or taken up.")]


def _method(year: int) -> str:
    return paragraph(
        f"The self-report is the aggregated report of {year}, frozen when the hub accepted it. The decision is the one on that round. "
        f"Reviews are compliance reviews that visited in {year} and whose report is signed off; their findings are those of the signed "
        "version. Actions are those on the plan in the year, in the state of the day this was made. Reviews for learning are no part of it."
    )
