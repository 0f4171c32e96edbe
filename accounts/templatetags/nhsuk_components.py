"""Components as tags: ``{% load nhsuk_components %}``; each draws one template of ``templates/components/``."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.components import (
    CONSEQUENCES,
    LIKELIHOODS,
    JobProgress,
    RemovableFilter,
    Version,
    compare_texts,
    risk_level,
    risk_words,
    tint_of,
)
from accounts.nhsuk import FieldOptions, error_links, render_bound_field
from accounts.nhsuk.fields import in_sentence
from accounts.nhsuk.tables import TableNode, compile_table

register = template.Library()
logger = logging.getLogger(__name__)


# Blocks of a page template --------------------------------------------------------------------------------------------
def _rendered_block(context: Context, name: str) -> str:
    """What the most derived template put into block ``name``; base.html needs the title twice."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    return block.render(context).strip() if block else ""


@register.simple_tag(takes_context=True)
def render_block(context: Context, name: str, after: str = "") -> SafeString:
    """``{% render_block "title" %}``: the content of another block of this page, ``after`` behind it unless empty."""
    content = _rendered_block(context, name)
    return mark_safe(content + conditional_escape(after)) if content else SafeString("")  # a block is escaped already


class IfBlockNode(Node):
    """``{% if_block "caption" %}…{% endif_block %}``: drawn only when a page filled that block."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, name: FilterExpression) -> None:
        self.nodelist, self.name = nodelist, name

    def render(self, context: Context) -> SafeString:
        return self.nodelist.render(context) if _rendered_block(context, self.name.resolve(context)) else SafeString("")


@register.tag("if_block")
def do_if_block(parser: Parser, token: Token) -> IfBlockNode:
    """Compile ``if_block``."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endif_block",))
    parser.delete_first_token()
    return IfBlockNode(nodelist, parser.compile_filter(name))


# Forms ----------------------------------------------------------------------------------------------------------------
@register.simple_tag
def nhs_field(field: BoundField, options: FieldOptions | None = None, /, **looks: Any) -> SafeString:
    """``{% nhs_field form.hours width=4 suffix="hours" %}``: one field, without crispy (for loops)."""
    if looks or not isinstance(options, FieldOptions):
        own = getattr(field.form, "field_options", {}).get(field.name, {})
        options = FieldOptions(**(own | looks))
    return render_bound_field(field, options)


@register.simple_tag(takes_context=True)
def error_summary(context: Context, *sources: Any) -> SafeString:
    """Every fault of the given forms, or of the page's ``form`` and ``error_forms``; nothing when there is none."""
    links = error_links(*(sources or _forms_of(context)))
    return render_to_string("components/error_summary.html", {"links": links}) if links else SafeString("")


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """Gives "Error: " for the title of a page whose form has faults."""
    return "Error: " if context.get("page_has_errors") or error_links(*_forms_of(context)) else ""


def _forms_of(context: Context) -> list[Any]:
    forms = [context.get("form"), *(context.get("error_forms") or [])]
    return [form for form in forms if hasattr(form, "is_bound")]


@register.simple_tag
def button(text: str, kind: str = "", name: str = "", value: str = "", small: bool = False, hidden_text: str = "") -> SafeString:
    """A submit button in a form that crispy does not draw."""
    facts = {"text": text, "kind": kind, "name": name, "value": value, "small": small, "hidden_text": hidden_text}
    return render_to_string("nhsuk/layout/submit.html", {"button": facts})


@register.simple_tag
def button_link(text: str, url: str, kind: str = "", small: bool = False, hidden_text: str = "") -> SafeString:
    """A link that looks like a button: for starting something, never for changing data."""
    facts = {"text": text, "url": url, "kind": kind, "small": small, "hidden_text": hidden_text}
    return render_to_string("components/button_link.html", facts)


@register.simple_tag
def select_all(name: str = "selected", label: str = "All on this page") -> SafeString:
    """The first cell of a bulk table: ticks every ``row_checkbox`` of that name. Hidden without JavaScript."""
    return render_to_string("components/select_all.html", {"name": name, "label": label})


@register.simple_tag
def row_checkbox(value: Any, label: str, name: str = "selected", checked: bool = False) -> SafeString:
    """A row's own checkbox; ``label`` names the row for screen readers. An id is written without the commas of numbers for people."""
    return render_to_string("components/row_checkbox.html", {"name": name, "value": str(value), "label": label, "checked": checked})


# Status and words -----------------------------------------------------------------------------------------------------
@register.simple_tag
def tag(label: str, tint: str = "") -> SafeString:
    """A status as a tag; its tint comes from the one table in ``accounts.components``."""
    label = str(label)
    if not tint:
        try:
            tint = tint_of(label)
        except LookupError:
            logger.warning("No tint is set for a status; shown in white.", extra={"label": label})
            tint = "white"
    return render_to_string("components/tag.html", {"label": label, "tint": tint})


@register.inclusion_tag("components/next_step.html")
def next_step(step: Any) -> dict[str, Any]:
    """What happens next, who holds it, by when. Takes a ``NextStep``."""
    return {"step": step}


@register.inclusion_tag("components/timeline.html")
def timeline(steps: Sequence[Any], label: str = "Progress", vertical: bool = False) -> dict[str, Any]:
    """An ordered list of ``Step``; with ``vertical`` also on a wide screen (histories)."""
    return {"steps": steps, "label": label, "vertical": vertical}


@register.inclusion_tag("components/task_list.html")
def task_list(tasks: Iterable[Any], prefix: str = "task") -> dict[str, Any]:
    """Rows of ``Task``; ``prefix`` keeps the ids of two lists on one page apart."""
    return {"tasks": tasks, "prefix": prefix}


# Getting about --------------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*labels_and_urls: str) -> dict[str, Any]:
    """``{% breadcrumbs "Services" services_url "Northern Trust" trust_url %}``: up to the page above this one."""
    pairs = list(zip(labels_and_urls[::2], labels_and_urls[1::2], strict=True))
    return {"crumbs": pairs, "last": pairs[-1] if pairs else None}


@register.inclusion_tag("components/back_link.html")
def back_link(url: str, text: str = "Back") -> dict[str, Any]:
    """The link above the heading of a page in a journey."""
    return {"url": url, "text": text}


@register.inclusion_tag("components/secondary_navigation.html")
def secondary_navigation(items: Sequence[Any], label: str = "Parts of this page") -> dict[str, Any]:
    """Pages of one service or review: items with ``label``, ``url`` and ``current``."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page_obj: Page, noun: str = "", parameter: str = "page") -> dict[str, Any]:
    """Gives "Showing 51 to 100 of 571 services", "Previous page" and "Next page"; nothing where all stands on one page.

    Other parts of the address are kept.
    """
    query = context["request"].GET.copy()

    def address(number: int) -> str:
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page_obj,
        "noun": noun,
        "previous": address(page_obj.previous_page_number()) if page_obj.has_previous() else "",
        "next": address(page_obj.next_page_number()) if page_obj.has_next() else "",
    }


@register.simple_tag
def page_suffix(page_obj: Page | None) -> str:
    """Gives " (page 2)" for the title of a paged list; nothing on the first page."""
    return f" (page {page_obj.number})" if page_obj and page_obj.number > 1 else ""


@register.simple_tag
def action_link(text: str, url: str) -> SafeString:
    """A link with an arrow, for the one place to go next."""
    return render_to_string("components/action_link.html", {"text": text, "url": url})


@register.inclusion_tag("components/filter_panel.html", takes_context=True)
def filter_panel(context: Context, form: Any, legend: str = "Filters") -> dict[str, Any]:
    """A list's GET form with "Apply filters" and a "Remove" link for each filter that is on."""
    request = context["request"]
    return {"form": form, "legend": legend, "removable": removable_filters(form, request.GET), "path": request.path}


def removable_filters(form: Any, query: Any) -> list[RemovableFilter]:
    """One entry for each value that the address filters by, in the order of the form; unknown values are left out."""
    found = []
    for bound in form.visible_fields():
        choices = {str(value): str(label) for value, label in _flat_choices(bound.field)}
        for value in query.getlist(bound.html_name):
            label = choices.get(value) if choices else value
            if not value or not label:
                continue
            left = query.copy()
            left.setlist(bound.html_name, [other for other in query.getlist(bound.html_name) if other != value])
            left.pop("page", None)
            found.append(RemovableFilter(f"{bound.label}: {label}", f"?{left.urlencode()}"))
    return found


def _flat_choices(field: Any) -> Iterable[tuple[Any, Any]]:
    for value, label in getattr(field, "choices", ()) or ():
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


# Blocks of a page -----------------------------------------------------------------------------------------------------
@register.simple_block_tag
def details(content: str, summary: str, is_open: bool = False, expander: bool = False) -> SafeString:
    """``{% details "See the figures as a table" %}…{% enddetails %}``; printing opens it."""
    facts = {"content": content, "summary": summary, "is_open": is_open, "expander": expander}
    return render_to_string("components/details.html", facts)


@register.simple_block_tag
def panel(content: str, heading: str) -> SafeString:
    """The green panel at the end of a journey; its heading is the page's h1 (leave the block ``heading`` empty)."""
    return render_to_string("components/panel.html", {"content": content, "heading": heading})


@register.simple_block_tag
def interruption(content: str, heading: str) -> SafeString:
    """The page before an act that cannot be undone, or a likely mistake; holds its own buttons (kind "reverse")."""
    return render_to_string("components/interruption.html", {"content": content, "heading": heading})


@register.simple_block_tag
def inset(content: str) -> SafeString:
    """Inset text, on reading pages only; one a page."""
    return render_to_string("components/inset.html", {"content": content})


@register.simple_block_tag
def warning_callout(content: str, heading: str = "Important", level: int = 2) -> SafeString:
    """A warning callout, on reading pages only; one a page."""
    return render_to_string("components/warning_callout.html", {"content": content, "heading": heading, "level": level})


@register.simple_tag
def notification_banner(message: str, kind: str = "", takes_focus: bool = True) -> SafeString:
    """One a page at most, never beside an error summary; ``kind`` "success" after a save. Base prints the messages."""
    facts = {"message": message, "kind": kind, "takes_focus": takes_focus}
    return render_to_string("components/notification_banner.html", facts)


@register.simple_block_tag
def card(content: str, heading: str = "", url: str = "", level: int = 2, secondary: bool = False) -> SafeString:
    """A card; with ``url`` the whole card is the target of its heading's link."""
    facts = {"content": content, "heading": heading, "url": url, "level": level, "secondary": secondary}
    return render_to_string("components/card.html", facts)


@register.simple_block_tag
def summary_card(content: str, title: str, level: int = 2, anchor: str = "") -> SafeString:
    """A card around a summary list."""
    return render_to_string("components/summary_card.html", {"content": content, "title": title, "level": level, "anchor": anchor})


@register.simple_block_tag
def summary_list(content: str, border: bool = True) -> SafeString:
    """A list of ``{% summary_row %}``."""
    return render_to_string("components/summary_list.html", {"content": content, "border": border})


@register.simple_block_tag
def summary_row(content: str, key: str, url: str = "", action: str = "Change", hidden_text: str = "") -> SafeString:
    """``{% summary_row "Owner" url=change_url %}…{% endsummary_row %}``; the link says "Change owner" to screen readers."""
    key = str(key)
    hidden_text = hidden_text or in_sentence(key)
    facts = {"content": content, "key": key, "url": url, "action": action, "hidden_text": hidden_text}
    return render_to_string("components/summary_row.html", facts)


# Tables ---------------------------------------------------------------------------------------------------------------
@register.tag("table")
def do_table(parser: Parser, token: Token) -> TableNode:
    """``{% table "Late actions" "Action|Service|Due|Status" %}{% row %}{% cell %}…{% endcell %}…{% endrow %}{% endtable %}``.

    The first cell of a row is its header. Stacks on a phone; ``scroll=True`` keeps the grid in a scrolling box.
    """
    return compile_table(parser, token)


@register.simple_block_tag(takes_context=True)
def row(context: Context, content: SafeString, css: str = "") -> SafeString:
    """A row of the table around it."""
    return context["app_table"].draw_row(content, css)


@register.simple_block_tag(takes_context=True)
def cell(context: Context, content: SafeString, header: bool | None = None) -> SafeString:
    """A cell; the first of a row is its header. An empty cell is never shown: say "No data", "Not yet due"."""
    return context["app_table"].draw_cell(content, header)


@register.simple_tag
def no_data(words: str = "No data") -> SafeString:
    """What stands where there is nothing: in the secondary text colour."""
    return format_html('<span class="nhsuk-u-secondary-text-colour">{}</span>', words)


# Work in the background, comparison, risk -----------------------------------------------------------------------------
@register.inclusion_tag("components/job_progress.html")
def job_progress(job: JobProgress) -> dict[str, Any]:
    """A job's progress. Asks for its own fragment every 2 seconds until it has ended; a link does so without JavaScript."""
    return {"job": job}


@register.inclusion_tag("components/compare_versions.html")
def compare_versions(saved: Version, yours: Version, level: int = 3) -> dict[str, Any]:
    """Two versions of a text, one under the other; what yours adds and removes is marked in words. Facts may stand without a text."""
    has_text = bool(saved.text or yours.text or not (saved.facts or yours.facts))
    return {"saved": saved, "yours": yours, "pieces": compare_texts(saved.text, yours.text), "level": level, "has_text": has_text}


@register.inclusion_tag("components/risk_grid.html")
def risk_grid(likelihood: int | None = None, consequence: int | None = None) -> dict[str, Any]:
    """The 5 by 5 grid as a table, with "This decision" written in its cell. Never an input."""
    rows = [
        {
            "label": label,
            "number": across,
            "cells": [
                {"score": across * down, "level": risk_level(across * down), "is_this": (across, down) == (likelihood, consequence)}
                for down in range(1, 6)
            ],
        }
        for across, label in reversed(list(enumerate(LIKELIHOODS, start=1)))
    ]
    words = risk_words(likelihood, consequence) if likelihood and consequence else ""
    return {"rows": rows, "consequences": list(enumerate(CONSEQUENCES, start=1)), "words": words}


@register.inclusion_tag("components/environment_strip.html")
def environment_strip(text: str) -> dict[str, Any]:
    """The line above the header of a site that is not the real one."""
    return {"text": text}


@register.inclusion_tag("components/sign_out_warning.html", takes_context=True)
def sign_out_warning(context: Context, seconds_left: int, keep_alive_url: str = "", is_shown: bool = False) -> dict[str, Any]:
    """The dialog 5 minutes before the session ends. ``is_shown`` draws it open in the page, to look at."""
    facts = {"seconds_left": seconds_left, "keep_alive_url": keep_alive_url, "is_shown": is_shown}
    return facts | {"csrf_token": context.get("csrf_token", "")}
