"""The block tag that draws a table whose rows know their columns."""

from collections.abc import Sequence

from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.template.library import parse_bits
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.components import Column


class TableNode(Node):
    """``{% table %}``: caption, headings, and rows that know their column."""

    child_nodelists = ("nodelist",)
    looks = {"scroll": False, "hide_caption": False, "size": "m", "compact": False, "table_id": ""}

    def __init__(
        self, nodelist: NodeList, caption: FilterExpression, columns: FilterExpression, looks: dict[str, FilterExpression]
    ) -> None:
        self.nodelist, self.caption, self.columns, self.options = nodelist, caption, columns, looks

    def render(self, context: Context) -> SafeString:
        looks = self.looks | {name: value.resolve(context) for name, value in self.options.items()}
        columns = as_columns(self.columns.resolve(context))
        with context.push(app_table={"columns": columns, "at": 0, "responsive": not looks["scroll"]}):
            content = self.nodelist.render(context)
        facts = {"caption": self.caption.resolve(context), "columns": columns, "content": content}
        return render_to_string("components/table.html", facts | looks)


def as_columns(columns: str | Sequence[Column | str]) -> list[Column]:
    """``"Service|Score:numeric|Act:hidden"`` or a list of ``Column`` as a list of ``Column``."""
    parts = columns.split("|") if isinstance(columns, str) else columns
    made = []
    for part in parts:
        if isinstance(part, Column):
            made.append(part)
            continue
        label, _, mark = part.rpartition(":") if part.endswith((":numeric", ":hidden")) else (part, "", "")
        made.append(Column(label, is_numeric=mark == "numeric", is_hidden=mark == "hidden"))
    return made


def draw_cell(content: str, column: Column, *, is_header: bool, responsive: bool) -> SafeString:
    """One cell. Built here and not in a template of its own: a list has hundreds, and this is 4 times as quick."""
    tag, kind, role = ("th", "header", "rowheader") if is_header else ("td", "cell", "cell")
    css = f"nhsuk-table__{kind}" + (f" nhsuk-table__{kind}--numeric" if column.is_numeric else "")
    scope = mark_safe(' scope="row"') if is_header else ""
    if not responsive:
        return format_html('<{} class="{}"{}>{}</{}>', tag, css, scope, content, tag)
    heading = SafeString("")
    if column.label and not column.is_hidden:
        heading = format_html('<span class="nhsuk-table__heading" aria-hidden="true">{} </span>', column.label)
    return format_html('<{} class="{}"{} role="{}">{}<div class="app-cell">{}</div></{}>', tag, css, scope, role, heading, content, tag)


def compile_table(parser: Parser, token: Token) -> TableNode:
    """Read ``{% table caption columns … %}`` up to ``{% endtable %}``."""
    options = list(TableNode.looks)
    args, kwargs = parse_bits(  # type: ignore[call-arg]  # the stubs lack its last two arguments
        parser=parser,
        bits=token.split_contents()[1:],
        params=["caption", "columns"],
        varargs=None,
        varkw=None,
        defaults=None,
        kwonly=options,
        kwonly_defaults=dict.fromkeys(options, 0),
        takes_context=False,
        name="table",
    )
    named = dict(zip(["caption", "columns"], args, strict=False)) | kwargs
    if not {"caption", "columns"} <= set(named):
        raise TemplateSyntaxError("table needs a caption and columns.")
    nodelist = parser.parse(("endtable",))
    parser.delete_first_token()
    return TableNode(nodelist, named.pop("caption"), named.pop("columns"), named)
