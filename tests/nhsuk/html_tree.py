"""HTML as comparable trees: attribute order, whitespace, ids and names do not count; structure, classes and words do."""

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
ID_ATTRIBUTES = {"id", "for", "aria-controls", "data-aria-controls", "aria-labelledby"}
# Django marks faulty inputs for screen readers and gives a new double press guard; the fixtures do neither.
IGNORED = {"aria-invalid", "data-prevent-double-click"}


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list = []
        self.open: list[list] = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = (tag, dict(attrs), [])
        self.open[-1].append(node)
        if tag not in VOID:
            self.open.append(node[2])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text:
            self.open[-1].append(text)


def tree(html: str) -> list:
    """The comparable tree of ``html``: ids and names become numbers in the order of their first appearance."""
    builder = _Builder()
    builder.feed(html)
    return _plain(builder.root, {}, {})


def _plain(nodes: list, ids: dict[str, str], names: dict[str, str]) -> list:
    made = []
    for node in nodes:
        if isinstance(node, str):
            made.append(node)
            continue
        tag, attrs, children = node
        made.append((tag, _attributes(attrs, ids, names), _plain(children, ids, names)))
    return made


def _attributes(attrs: dict[str, str | None], ids: dict[str, str], names: dict[str, str]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for name, value in attrs.items():
        text = value or ""
        if name in IGNORED:
            continue
        if name == "class":
            plain[name] = sorted(text.split())
        elif name == "aria-describedby" or name in ID_ATTRIBUTES:
            plain[name] = [ids.setdefault(part, f"id{len(ids)}") for part in text.split()]
        elif name == "name":
            plain[name] = names.setdefault(text, f"name{len(names)}")
        else:
            plain[name] = text
    return dict(sorted(plain.items()))


def find_all(html: str, tag: str) -> list[dict[str, str]]:
    """Attributes of every ``tag`` element, in document order."""
    builder = _Builder()
    builder.feed(html)
    found: list[dict[str, str]] = []
    waiting = list(builder.root)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, str):
            continue
        if node[0] == tag:
            found.append(node[1])
        waiting[:0] = node[2]
    return found


def text_of(html: str) -> str:
    """What a person reads, in document order, spaces between the parts."""
    builder = _Builder()
    builder.feed(html)

    def words(nodes: list) -> list[str]:
        return [part for node in nodes for part in ([node] if isinstance(node, str) else words(node[2]))]

    return " ".join(words(builder.root))
