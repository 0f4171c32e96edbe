"""The block tag that draws a table whose rows know their columns."""

from collections.abc import Sequence
from dataclasses import dataclass

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
        with context.push(app_table=TableState(columns, responsive=not looks["scroll"])):
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


@dataclass(frozen=True)
class CellMarkup:
    """What stands before and after a cell's content; made once a column, because a list has hundreds of cells."""

    before: SafeString
    after: SafeString


def cell_markup(column: Column, *, is_header: bool, responsive: bool) -> CellMarkup:
    """The markup of a header or plain cell; a stacking table repeats the column's heading in each cell."""
    tag, kind, role = ("th", "header", "rowheader") if is_header else ("td", "cell", "cell")
    css = f"nhsuk-table__{kind}" + (f" nhsuk-table__{kind}--numeric" if column.is_numeric else "")
    scope = mark_safe(' scope="row"') if is_header else ""
    if not responsive:
        return CellMarkup(format_html('<{} class="{}"{}>', tag, css, scope), format_html("</{}>", tag))
    heading = SafeString("")
    if column.label and not column.is_hidden:
        heading = format_html('<span class="nhsuk-table__heading" aria-hidden="true">{} </span>', column.label)
    before = format_html('<{} class="{}"{} role="{}">{}<div class="app-cell">', tag, css, scope, role, heading)
    return CellMarkup(before, format_html("</div></{}>", tag))


class TableState:
    """Where the drawing of a table stands: its columns, and the column of the next cell."""

    def __init__(self, columns: list[Column], *, responsive: bool) -> None:
        self.responsive = responsive
        self.at = 0
        spare = Column("")  # a row with more cells than the table has columns
        self._markup = {
            is_header: [cell_markup(column, is_header=is_header, responsive=responsive) for column in [*columns, spare]]
            for is_header in (True, False)
        }

    def draw_cell(self, content: SafeString, is_header: bool | None) -> SafeString:
        """The next cell of the row; the first is the row's header unless told otherwise."""
        markups = self._markup[self.at == 0 if is_header is None else is_header]
        markup = markups[min(self.at, len(markups) - 1)]
        self.at += 1
        return markup.before + content + markup.after

    def draw_row(self, content: SafeString, css: str) -> SafeString:
        """The row around the cells drawn since the last one."""
        self.at = 0
        role = mark_safe(' role="row"') if self.responsive else ""
        return format_html('<tr class="nhsuk-table__row{}"{}>{}</tr>', f" {css}" if css else "", role, content)


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
