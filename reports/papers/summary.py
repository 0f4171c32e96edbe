"""The plain-English summary: two pages for everybody, of whole sentences."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.templatetags.qnt_tags import counted, month_date
from peerreview.models import Finding
from rendering.markdown import markdown_to_html, plain_text
from rendering.markup import SafeHtml, clean_text, escape
from rendering.pdf import Section, short_paper_html
from rendering.texts import whole_sentences
from reports.content import places_of
from reports.models import ReportVersion
from reports.papers.frozen import Content, all_findings, categories_of, checked_content, data_of, definitions_of, words_of
from reports.printing import MARKS, file_stem
from surveillance.models import Action

KICKER = "Plain-English summary of a peer review"
PAGE_COUNT = 2
DONE = (Action.Status.DONE.label, Action.Status.VERIFIED.label)  # a version holds an action's status in words
GOOD, TO_CONSIDER = Finding.Category.GOOD_PRACTICE, Finding.Category.FURTHER_CONSIDERATION
CUT_SENTENCE = "Long parts end after a whole sentence; the full report has the rest."
TOO_LONG = "This part is too long for a summary. Read it in the full report."
LONGEST_NAME = 160
MOST_LINES = 12
NOT_FOR_A_SUMMARY = re.compile(r"<(h[1-6]|table|pre|blockquote)\b")


@dataclass(frozen=True)
class Measure:
    """How much of each part is taken: characters of words and of a finding, and how many findings of a category."""

    words: int
    finding: int
    findings: int


# Tried in this order until the paper has two pages; the last one fits whatever the report says.
MEASURES = (Measure(900, 330, 4), Measure(650, 240, 3), Measure(450, 180, 2), Measure(300, 140, 1), Measure(200, 0, 0))


def summary_html(version: ReportVersion, measure: Measure) -> str:
    """The summary of a version by one measure. Raises NotPublishable as ``checked_content`` does."""
    content = checked_content(version)
    cover = content["cover"]
    is_public = version.purpose == ReportVersion.Purpose.PUBLIC
    return short_paper_html(
        title=_short(cover["title"]),
        kicker=KICKER,
        lead="A team of people who do the same work elsewhere, and of patients or carers, looked at this service. This is what they found.",
        facts=_facts(cover),
        sections=sections_of(content, measure, on=timezone.localdate(version.made_at)),
        file_name=summary_name(version),
        version=str(version.number),
        date_text=month_date(version.made_at),
        content_hash=version.hash,
        mark=MARKS.get(ReportVersion.Purpose(version.purpose)),
        illustrative=cover["is_illustrative"],
        closing=_closing(is_public=is_public),
    )


def summary_name(version: ReportVersion) -> str:
    """What the file is called."""
    return f"{file_stem(version)}-summary.pdf"


def _closing(*, is_public: bool) -> str:
    source = "Made from the public sections of the report only." if is_public else "Made from the whole report. Not for publication."
    return f"{source} {CUT_SENTENCE}"


def _facts(cover: dict[str, Any]) -> list[tuple[str, str]]:
    places = places_of(cover)
    return [
        *([("Services", _names(places, ";"))] if places else [("Service", _names(cover["services"])), ("Trust", _names(cover["holders"]))]),
        ("Visit", cover["visit_dates"] or "No date is set"),
    ]


def _names(names: list[str], mark: str = ",") -> str:
    """The first names, and how many more there are."""
    shown = f"{mark} ".join(_short(name, 80) for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _short(text: str, most: int = LONGEST_NAME) -> str:
    """A name on one or two lines; names are no sentences, so a long one ends with an ellipsis."""
    line = " ".join(clean_text(text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


# Parts ----------------------------------------------------------------------------------------------------------------
def sections_of(content: Content, measure: Measure, *, on: dt.date) -> list[Section]:
    """The parts that the version of a day has, in the order in which people ask."""
    findings = all_findings(content)
    parts = [
        ("In short", _words(words_of(content, "summary"), measure.words)),
        ("What people who use the service said", _words(words_of(content, "views"), measure.words // 2)),
        ("What the team found", _counts(content, findings)),
        ("What works well", _listed([one for one in findings if one["code"] == GOOD], measure)),
        ("What must change", _shortfalls(content, findings, measure)),
        ("What to think about", _listed([one for one in findings if one["code"] == TO_CONSIDER], measure)),
        ("What happens next", _next(content, on)),
    ]
    return [Section(title, SafeHtml(html)) for title, html in parts if html]


def _words(markdown: str, most: int) -> str:
    """People's words, with their lists where all of them fit, else the first whole sentences as one paragraph."""
    text = plain_text(markdown)
    if not text:
        return ""
    if len(text) <= most and len(text.splitlines()) <= MOST_LINES and not NOT_FOR_A_SUMMARY.search(html := markdown_to_html(markdown)):
        return html
    taken, is_cut = whole_sentences(text, most)
    return f"<p>{escape(taken)}</p>" if taken else f"<p>{escape(TOO_LONG)}</p>" if is_cut else ""


def _counts(content: Content, findings: list[Content]) -> str:
    """How many findings of each category, and what the category means."""
    meanings = definitions_of(content)
    if not meanings:
        return ""
    names = list(meanings)[:6]
    counts = Counter(one["category"] for one in findings)
    rows = "".join(
        f'<tr><th scope="row">{escape(_short(name, 60))}</th><td class="number">{counts[name]}</td>'
        f"<td>{escape(whole_sentences(meanings[name], 160)[0])}</td></tr>"
        for name in names
    )
    heads = '<th scope="col">Kind of finding</th><th scope="col" class="number">How many</th><th scope="col">What it means</th>'
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _shortfalls(content: Content, findings: list[Content], measure: Measure) -> str:
    """The findings of each other category under its name, the gravest first."""
    html = ""
    for code, heading in categories_of(content).items():
        found = [one for one in findings if one["code"] == code and code not in (GOOD, TO_CONSIDER)]
        if found and measure.findings:
            html += f"<h3>{escape(_short(heading, 60))}</h3>{_listed(found, measure)}"
    return html


def _listed(findings: list[Content], measure: Measure) -> str:
    """The first findings in whole sentences, and how many more the report holds."""
    if not findings or not measure.findings:
        return ""
    shown = [whole_sentences(plain_text(one["seen"]), measure.finding)[0] or TOO_LONG for one in findings[: measure.findings]]
    items = "".join(f"<li>{escape(text)} ({escape(one['reference'])})</li>" for text, one in zip(shown, findings, strict=False))
    more = len(findings) - len(shown)
    rest = f"<p>{counted(more, 'more finding')} of this kind {'is' if more == 1 else 'are'} in the full report.</p>" if more else ""
    return f"<ul>{items}</ul>{rest}"


def _next(content: Content, on: dt.date) -> str:
    """What is still to be done on the day of the version: recommendations, open actions, the next day on which one is due."""
    data = data_of(content, "actions")
    if not data:
        return ""
    without = len(data["without_action"])
    sentences = [f"The team made {counted(data['recommendation_count'], 'recommendation')}.", *_open_actions(data["actions"], on)]
    if without:
        sentences.append(f"For {counted(without, 'recommendation')} an action is still to be agreed.")
    return f"<p>{escape(' '.join(sentences))}</p>"


def _open_actions(actions: list[Content], on: dt.date) -> list[str]:
    """How many agreed actions are open, which is due next, and how many are past their day; days are as printed, "31 July 2027"."""
    if not actions:
        return ["No action was agreed yet."]
    due = [dt.datetime.strptime(one["due"], "%d %B %Y").date() for one in actions if one["status"] not in DONE]  # noqa: DTZ007 (a day)
    if not due:
        return [f"{counted(len(actions), 'action')} {'was agreed, and it is' if len(actions) == 1 else 'were agreed, and all are'} done."]
    ahead = [day for day in due if day >= on]
    late = len(due) - len(ahead)
    sentences = [f"{counted(len(due), 'action')} {'is' if len(due) == 1 else 'are'} still to be done by the date of this version."]
    sentences += [f"The next is due by {month_date(min(ahead))}."] if ahead else []
    if late and len(due) == 1:
        return [*sentences, "The day that was agreed is past."]
    return sentences + ([f"{late} of them {'is' if late == 1 else 'are'} past the day that was agreed."] if late else [])
