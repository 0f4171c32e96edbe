"""What the import contracts cannot see: no line reaches upward by a text, and no page carries what the policy forbids.

Apps, highest first: qnt, reports, peerreview, surveillance, work, accounts; ``rendering`` knows none of them.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ORDER = ("qnt", "reports", "peerreview", "surveillance", "work", "accounts")
# Folders of templates that belong to the site's frame; the frame names pages of every app by their names.
FRAME = {"base.html", "403.html", "404.html", "405.html", "410.html", "400.html", "500.html", "503.html"}


def above(app: str) -> tuple[str, ...]:
    """Apps that ``app`` may not know."""
    return ORDER if app == "rendering" else ORDER[: ORDER.index(app)]


def python_files(app: str) -> list[Path]:
    """An app's own modules; migrations name others by Django's rules."""
    return [path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def templates_of(app: str) -> list[Path]:
    """An app's templates: pages, mails and printed ones that live in a folder of its name."""
    folders = [ROOT / "templates" / app, ROOT / "templates" / "pdf" / app]
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def found(pattern: str, paths: list[Path]) -> Iterator[str]:
    """Each place where the pattern stands, as path:line."""
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if re.search(pattern, line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"


def all_templates() -> list[Path]:
    return [path for path in sorted((ROOT / "templates").rglob("*.html"))]


@pytest.mark.parametrize("app", [*ORDER[1:], "rendering"])
def test_code_names_no_higher_app_in_a_text(app: str) -> None:
    """Foreign keys by string, reverse(), redirect(), template names, get_model()."""
    names = "|".join(above(app))
    pattern = rf"""["'](?:{names})(?:[.:/])[A-Za-z_][\w./:]*["']"""

    assert list(found(pattern, python_files(app))) == []


@pytest.mark.parametrize("app", ORDER[1:])
def test_template_names_no_higher_app(app: str) -> None:
    """{% url %}, {% include %}, {% extends %} of a higher app."""
    names = "|".join(above(app))
    pattern = rf"""{{%-?\s*(?:url|include|extends|load)\s+["'](?:{names})[:/]"""

    assert list(found(pattern, templates_of(app))) == []


@pytest.mark.parametrize("app", [*ORDER[1:], "rendering"])
def test_code_reads_no_setting_or_module_of_a_higher_app(app: str) -> None:
    names = "|".join(above(app))

    assert list(found(rf"^\s*(?:from|import) (?:{names})(?:\.|\s|$)", python_files(app))) == []


def test_accounts_and_work_are_reached_by_no_reverse_accessor_from_below() -> None:
    """A lower app may not use a relation that a higher one adds to its rows: ``user.actions_owned`` in accounts."""
    related: dict[str, set[str]] = {}
    for app in ORDER[1:]:
        for path in python_files(app):
            if "models" in path.parts or path.name == "models.py":
                names = re.findall(r"""related_name=["'](\w+)["']""", path.read_text())
                related.setdefault(app, set()).update(names)
    faults = []
    for app in ORDER[1:]:
        own = set().union(*(related.get(lower, set()) for lower in ORDER[ORDER.index(app) :]))
        upward = set().union(*(related.get(higher, set()) for higher in above(app)), set()) - own
        if upward:
            faults += found(rf"\.(?:{'|'.join(sorted(upward))})\.(?:all|filter|exists|count|create|values|first)\(", python_files(app))

    assert faults == []


def test_pages_carry_no_inline_style_or_script() -> None:
    patterns = {
        "style attribute": r"<[^>]*\sstyle\s*=",
        "style element": r"<style[\s>]",
        "script without a source": r"<script(?![^>]*\bsrc=)[^>]*>",
        "handler attribute": r"<[^>]*\son[a-z]+\s*=",
        "script address": r"javascript:",
    }
    pages = [path for path in all_templates() if "pdf" not in path.parts]

    assert {name: places for name, pattern in patterns.items() if (places := list(found(pattern, pages)))} == {}


def test_templates_trust_no_text() -> None:
    assert list(found(r"\|\s*safe(?:seq)?\b|{%\s*autoescape off", all_templates())) == []


def test_every_form_that_posts_carries_a_token() -> None:
    """The one of Django; or where a page sets no cookie, a signed one of ours, or an address that holds the secret itself."""
    tokens = ("csrf_token", "peerreview/_views_carried.html", 'name="form"', '{% url "reports:subscription')
    faults = []
    for path in all_templates():
        for form in re.findall(r"<form\b[^>]*method=[\"']post[\"'][^>]*>.*?</form>", path.read_text(), re.DOTALL | re.IGNORECASE):
            if not any(token in form for token in tokens):
                faults.append(str(path.relative_to(ROOT)))

    assert faults == []


def test_no_page_loads_anything_from_elsewhere() -> None:
    assert (
        list(found(r"""(?:src|href|action)=["'](?:https?:)?//""", [p for p in all_templates() if p.parts[-2] in {"components", "nhsuk"}]))
        == []
    )
    assert list(found(r"""<(?:script|link|img|iframe)\b[^>]*(?:src|href)=["'](?:https?:)?//""", all_templates())) == []


def test_domain_logic_uses_no_signals_and_no_catch_all_module() -> None:
    files = [path for app in ORDER for path in python_files(app)]

    assert list(found(r"@receiver|\b(?:post|pre)_(?:save|delete)\b", files)) == []
    assert [str(path) for path in files if path.stem in {"utils", "helpers"}] == []


def test_mails_are_templates_of_ours_and_never_formatted_by_people() -> None:
    files = [path for app in ORDER for path in python_files(app) if path.name in {"mail.py", "handlers.py", "notifications.py"}]

    assert list(found(r"\.format\(|Template\(|from_string\(", files)) == []


def test_ids_and_versions_in_attributes_are_not_written_as_numbers_for_people() -> None:
    """An id above 999 printed plainly is "1,528", which no form reads back."""
    printed = r'(?:value|id|for)="[^"]*\{\{ (?:\w+\.)*(?:pk|revision|version) \}\}'

    assert list(found(printed, all_templates())) == []
