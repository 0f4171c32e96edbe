"""The regional pack on paper: one page."""

from accounts.models import Organisation
from accounts.templatetags.qnt_tags import month_date
from rendering.pdf import PageTable, one_page_html
from reports.queries.packs import Pack, region_pack
from surveillance.canonical import canonical_json, sha256_of

KICKER = "For the Quality Surveillance Group"
# Rows of the three lists that fit on the page even where each fills two lines.
MOST_ON_PAPER = (6, 5, 4)


def pack_name(region: Organisation) -> str:
    """What the file is called."""
    return f"surveillance-pack-{region.code}.pdf"


def pack_html(region: Organisation) -> tuple[str, str]:
    """The paper, and the hash of what it prints."""
    pack = region_pack(region, most=MOST_ON_PAPER)
    tables = pack_tables(pack)
    content_hash = sha256_of(canonical_json({"region": region.code, "day": pack.day.isoformat(), "tables": [vars(one) for one in tables]}))
    html = one_page_html(
        title=f"Surveillance in {region.name}",
        kicker=KICKER,
        lead=f"As it stood on {month_date(pack.day)}. Compliance only. Not for publication: it names services.",
        tables=tables,
        file_name=pack_name(region),
        date_text=month_date(pack.day),
        content_hash=content_hash,
        illustrative=pack.is_illustrative,
    )
    return html, content_hash


def pack_tables(pack: Pack) -> list[PageTable]:
    """The pack's four tables."""
    options = PageTable("Services by option", pack.options_sentence, ("Option", "Services"), pack.option_rows)
    return [
        options,
        *(PageTable(part.words.title, part.sentence, part.words.header, [line.cells for line in part.lines]) for part in pack.parts),
    ]
