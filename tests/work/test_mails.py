"""Every mail: the act first in its subject, one link, and none of the fields in which people write."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates" / "emails").glob("*.txt"))
APPS = ("work", "surveillance", "peerreview", "reports", "qnt/programme")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))
# Subjects begin with one of these: what the reader is to do.
ACTS = {
    "Accept", "Act", "Agree", "Answer", "Change", "Check", "Choose", "Confirm", "Correct", "Decide", "Declare", "Find", "Finish", "Follow",
    "Give", "Keep", "Plan", "Prepare", "Publish", "Read", "Say", "See", "Write",
}  # fmt: skip
# Names of fields that hold what somebody wrote about a service, an answer or a person.
FREE_TEXT = re.compile(
    r"\.(?:what|seen|basis|comment|reason\w*|\w+_reason|note|rationale|text|question|reply|value|content|mitigation|told|where|"
    r"recommendation|summary\.content|context\w*|job_title)\b"
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_mail_has_one_link_and_no_free_text(path: Path) -> None:
    text = path.read_text()

    assert len(re.findall(r"{{\s*link\s*}}", text)) == 1
    assert not re.search(r"https?:|{%\s*url", text)
    assert [found for part in re.findall(r"{[{%].*?[%}]}", text) for found in FREE_TEXT.findall(part)] == []


def subjects() -> list[tuple[str, str]]:
    """Each text that is given as ``subject`` in the code, with where; names are looked up in the same function."""
    found, metadata = [], set()
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Metadata", "DateInputField"}:
                    metadata |= set(node.keywords)  # the subject of a PDF or of an error, which is no mail
                if node in metadata:
                    continue
                for name, value in named_values(node):
                    if name.startswith("subject"):
                        found += [(f"{path.relative_to(ROOT)}:{node.lineno}", text) for text in texts_of(value)]
        for node in [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)]:
            if getattr(node.targets[0], "id", "") == "ACTION_SUBJECTS":
                found += [(f"{path.relative_to(ROOT)}:{node.lineno}", text) for value in node.value.values for text in texts_of(value)]
    return sorted(set(found))


def named_values(node: ast.AST) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.keyword) and node.arg:
        return [(node.arg, node.value)]
    if isinstance(node, ast.Assign):
        target = node.targets[0]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            return [(getattr(name, "id", ""), value) for name, value in zip(target.elts, node.value.elts, strict=True)]
        return [(getattr(target, "id", ""), node.value)]
    return []


def texts_of(value: ast.expr) -> list[str]:
    """The fixed text with which an expression begins; both sides of a condition; nothing for a name or a call."""
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.JoinedStr):
        return texts_of(value.values[0])
    if isinstance(value, ast.BinOp):
        return texts_of(value.left)
    if isinstance(value, ast.IfExp):
        return texts_of(value.body) + texts_of(value.orelse)
    return []


def test_every_subject_begins_with_an_act() -> None:
    found = subjects()

    assert len(found) >= 25
    assert [(place, text) for place, text in found if text.split(" ")[0] not in ACTS] == []
