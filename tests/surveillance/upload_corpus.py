"""Good and bad files, all made here: ``GOOD`` (name, maker) is kept, ``BAD`` (name, maker, sentence) is refused in these words.

Makers are called by the tests, so that a large file is made only where it is needed.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache, partial

import pikepdf
from openpyxl import Workbook
from PIL import Image

from surveillance.uploads import EICAR

Maker = Callable[[], bytes]
OLE = bytes.fromhex("D0CF11E0A1B11AE1")

# Office files --------------------------------------------------------------------------------------------------------
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">%s</Types>'
DOCUMENT = f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>%s</w:body></w:document>'
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def zipped(members: dict[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.comment = comment
    return made.getvalue()


def office(
    extension: str = "docx", members: dict[str, bytes | str] | None = None, *, types: str = "", body: str = "", **how: object
) -> bytes:
    """The least file of its kind, with further members; one of the same name replaces ours."""
    least: dict[str, bytes | str] = {"[Content_Types].xml": TYPES % types, MAIN[extension]: DOCUMENT % body}
    return zipped(least | (members or {}), **how)  # type: ignore[arg-type]


def relation(kind: str, target: str) -> dict[str, bytes | str]:
    one = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'
    return {"word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{one}</Relationships>'}


def field(*pieces: str) -> str:
    """A field whose code is cut into runs."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


def workbook() -> bytes:
    made, book = io.BytesIO(), Workbook()
    book.active.append(["Measure", 12, "=1+1"])
    book.save(made)
    return made.getvalue()


def encrypted_member() -> bytes:
    raw = bytearray(office())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + offset] |= 1
    return bytes(raw)


def deep_nest() -> bytes:
    inner = workbook()
    for _ in range(5):
        inner = office("xlsx", {"xl/embeddings/book.xlsx": inner})
    return inner


def nested_bombs() -> bytes:
    """Two workbooks inside that each stay within the bound, but not together."""
    bomb = office("xlsx", {"xl/media/a.png": bytes(120 * 1024 * 1024)})
    return office("docx", {"word/embeddings/a.xlsx": bomb, "word/embeddings/b.xlsx": bomb})


# PDF -----------------------------------------------------------------------------------------------------------------
def pdf(change: Callable[[pikepdf.Pdf], object] | None = None, **options: object) -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if change:
            change(document)
        document.save(made, **options)
    return made.getvalue()


def opens_with(**action: object) -> Callable[[pikepdf.Pdf], object]:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = pikepdf.Dictionary(**action)

    return change


def attached(document: pikepdf.Pdf) -> None:
    document.attachments["a.exe"] = b"MZ"


def link_that_launches(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    document.pages[0].obj.Annots = pikepdf.Array([note])


def link_to_a_page(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.nhs.uk/"))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    document.pages[0].obj.Annots = pikepdf.Array([note])


def without_pages() -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.save(made)
    return made.getvalue()


def pdf_bomb(unfolded: int = 128 * 1024 * 1024) -> bytes:
    """An object stream of a few bytes that unfolds to 128 MB when the file is opened."""
    packer = zlib.compressobj(9)
    packed = packer.compress(b"2 0 3 20 <</Type/Pages/Kids[]/Count 0>>")
    packed += b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(unfolded // (1024 * 1024))) + packer.flush()
    out = b"%PDF-1.5\n"
    places = {1: len(out)}
    out += b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    places[4] = len(out)
    out += b"4 0 obj\n<</Type/ObjStm/N 2/First 8/Length %d/Filter/FlateDecode>>\nstream\n" % len(packed) + packed + b"\nendstream\nendobj\n"
    places[5] = len(out)
    rows = [(0, 0, 0), (1, places[1], 0), (2, 4, 0), (2, 4, 1), (1, places[4], 0), (1, places[5], 0)]
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    out += b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n" % len(table) + table
    return out + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % places[5]


# Pictures ------------------------------------------------------------------------------------------------------------
def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, 128 if mode in {"L", "1", "P", "I;16", "I"} else None).save(made, kind, **options)
    return made.getvalue()


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "Ward 7, secret place", orientation
    return picture("JPEG", exif=exif.tobytes())


def see_through_palette() -> bytes:
    made, image = io.BytesIO(), Image.new("P", (4, 4), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.save(made, "PNG", transparency=0)
    return made.getvalue()


def animated() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(made, "PNG", save_all=True, append_images=[Image.new("RGB", (8, 8), "blue")])
    return made.getvalue()


def two_in_one() -> bytes:
    """A phone's JPEG that carries a second picture (MPO)."""
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(made, "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8), "blue")])
    return made.getvalue()


def huge_picture() -> bytes:
    """A PNG of 400 megapixels in a few bytes: only its header is true."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def sixty_megapixels() -> bytes:
    return picture("PNG", "1", (10_000, 6_000))


# Mails ---------------------------------------------------------------------------------------------------------------
def mail(*attachments: tuple[str, bytes, str]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.nhs.uk", "b@example.nhs.uk", "Policy"
    message.set_content("See attached.")
    for name, content, kind in attachments:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def nested_mail(depth: int) -> bytes:
    head = b"From: a@b.c\r\nSubject: x\r\n"
    body = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return head + body


NOTHING, END_OF_CHAIN = 0xFFFFFFFF, 0xFFFFFFFE


def message(*attachments: tuple[str, bytes], storages: tuple[str, ...] = (), properties: str = "__properties_version1.0") -> bytes:
    """A compound file as Outlook writes it: sectors of 512 bytes, every stream in sectors of its own (4,096 bytes or more)."""
    entries: list[list[object]] = [["Root Entry", 5, NOTHING, 0, b""]]  # name, kind, next sibling, first child, content

    def add(parent: int, name: str, kind: int, content: bytes = b"") -> int:
        first = entries[parent][3]
        entries.append([name, kind, first if first else NOTHING, NOTHING if kind == 2 else 0, content])
        entries[parent][3] = len(entries) - 1
        return len(entries) - 1

    add(0, properties, 2, bytes(4096))
    for name in storages:
        add(0, name, 1)
    for number, (name, content) in enumerate(attachments):
        folder = add(0, f"__attach_version1.0_#{number:08X}", 1)
        add(folder, "__substg1.0_3707001F", 2, name.encode("utf-16-le").ljust(4096, b"\0"))
        add(folder, "__substg1.0_37010102", 2, content.ljust(4096, b"\n"))
    sectors: list[bytes] = []
    table: list[int] = []

    def store(data: bytes) -> int:
        first, count = len(sectors), -(-len(data) // 512)
        for n in range(count):
            sectors.append(data[n * 512 : n * 512 + 512].ljust(512, b"\0"))
            table.append(first + n + 1 if n + 1 < count else END_OF_CHAIN)
        return first

    rows = b""
    for name, kind, sibling, child, content in entries:
        start, size = (store(content), len(content)) if content else (END_OF_CHAIN, 0)  # type: ignore[arg-type]
        raw = str(name).encode("utf-16-le") + b"\0\0"
        rows += raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1) + struct.pack("<3I", NOTHING, sibling, child or NOTHING)
        rows += bytes(36) + struct.pack("<IQ", start, size)
    directory = store(rows.ljust(-(-len(rows) // 512) * 512, b"\0"))
    table_sectors = -(-(len(table) + 8) // 128)
    first_table = len(sectors)
    table += [0xFFFFFFFD] * table_sectors
    packed = struct.pack(f"<{len(table)}I", *table).ljust(table_sectors * 512, b"\xff")
    sectors += [packed[n * 512 : n * 512 + 512] for n in range(table_sectors)]
    header = OLE + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<10I", 0, table_sectors, directory, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0, first_table)
    header += struct.pack(f"<{table_sectors - 1}I", *range(first_table + 1, first_table + table_sectors))
    return header.ljust(512, b"\xff") + b"".join(sectors)


def circling_message() -> bytes:
    """Its table of sectors turns in a circle."""
    raw = bytearray(message())
    first_table = struct.unpack_from("<I", raw, 76)[0]
    struct.pack_into("<I", raw, (first_table + 1) * 512 + struct.unpack_from("<I", raw, 48)[0] * 4, struct.unpack_from("<I", raw, 48)[0])
    return bytes(raw)


def made(content: bytes) -> Maker:
    return lambda: content


EXE = b"MZ\x90\x00 this program"
ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
DDE = '<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
VBA = '<Override PartName="/word/media/a.png" ContentType="application/vnd.ms-office.vbaProject"/>'
WIDE_TYPES = (TYPES % VBA).replace("?>", ' encoding="utf-16"?>').encode("utf-16")
MACRO_BOOK = '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
BOTTOMLESS = f'<w:x xmlns:w="{WORD}">' + "<w:x>" * 60_000 + "</w:x>" * 60_000 + "</w:x>"

# fmt: off
GOOD: list[tuple[str, Maker]] = [
    ("a.pdf", pdf), ("link.pdf", partial(pdf, link_to_a_page)), ("tail.pdf", lambda: pdf() + b"\r\n\r\n"),
    ("rgb.png", partial(picture, "PNG")), ("grey.png", partial(picture, "PNG", "L")), ("deep.png", partial(picture, "PNG", "I;16")),
    ("bits.png", partial(picture, "PNG", "1")), ("clear.png", partial(picture, "PNG", "RGBA")), ("palette.png", see_through_palette),
    ("moving.png", animated), ("a.JPG", partial(picture, "JPEG")), ("cmyk.jpeg", partial(picture, "JPEG", "CMYK")),
    ("phone.jpg", two_in_one), ("exif.jpg", with_exif), ("poly.png", lambda: picture("PNG") + workbook()),
    ("a.docx", office), ("a.xlsx", workbook), ("a.pptx", partial(office, "pptx")),
    ("chart.docx", lambda: office(members={"word/embeddings/a.xlsx": workbook(), "word/media/a.png": picture("PNG")})),
    ("link.docx", lambda: office(members=relation("hyperlink", "https://example.nhs.uk/"))),
    ("field.docx", lambda: office(body=field(" PAGE ") + field("HYPER", 'LINK "https://example.nhs.uk/dde"'))),
    ("a.csv", made("a,b\n1,£\n".encode())), ("mark.csv", made("a,b".encode("utf-8-sig"))), ("=cmd.csv", made(b"=1+1,@x")),
    ("wide.txt", made("Naïve 😀".encode("utf-16"))), ("windows.txt", made("café".encode("cp1252"))),
    ("a.eml", made(b"From: a@b.c\r\nSubject: Hi\r\n\r\nHello")),
    ("full.eml", lambda: mail(("policy.pdf", pdf(), "application/pdf"), ("logo.gif", picture("GIF", "P"), "image/gif"),
                              ("notes.txt", b"Notes", "text/plain"), ("a.eml", mail(), "application/octet-stream"))),
    ("a.msg", message), ("full.msg", lambda: message(("notes.txt", b"Notes"), ("policy.csv", b"a,b"))),
]
BAD: list[tuple[str, Maker, str]] = [
    ("a.pdf", made(b""), "is empty"),
    ("a.exe", made(EXE), "must be a PDF, PNG"),
    ("noname", made(b"text"), "must be a PDF, PNG"),
    ("a.pdf.exe", pdf, "must be a PDF, PNG"),
    ("a.xlsm", workbook, "must be a PDF, PNG"),
    ("a.svg", made(b"<svg/>"), "must be a PDF, PNG"),
    ("a.html", made(b"<script>"), "must be a PDF, PNG"),
    # PDF
    ("a.pdf", lambda: b" " + pdf(), "not a PDF that can be opened"),
    ("a.pdf", made(b"%PDF-1.7 nothing more"), "not a PDF that can be opened"),
    ("a.pdf", made(b"%PDF-1.7\n%%EOF"), "not a PDF that can be opened"),
    ("a.pdf", partial(picture, "PNG"), "not a PDF that can be opened"),
    ("a.pdf", without_pages, "not a PDF that can be opened"),
    ("a.pdf", pdf_bomb, "not a PDF that can be opened"),
    ("a.pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "is password protected"),
    ("a.pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="")), "is password protected"),
    ("a.pdf", partial(pdf, attached), "has files attached inside it"),
    ("a.pdf", partial(pdf, opens_with(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))), "contains scripts"),
    ("a.pdf", partial(pdf, opens_with(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))), "can start programs"),
    ("a.pdf", partial(pdf, link_that_launches), "can start programs"),
    ("a.pdf", lambda: pdf() + workbook(), "something added after its end"),
    ("a.pdf", lambda: pdf() + b"<script>alert(1)</script>", "something added after its end"),
    ("a.pdf", lambda: pdf() + EICAR, "contains a virus"),
    # Pictures
    ("a.png", partial(picture, "JPEG"), "not a PNG that can be opened"),
    ("a.png", partial(picture, "GIF", "P"), "not a PNG that can be opened"),
    ("a.jpg", lambda: picture("JPEG")[:200], "not a JPG that can be opened"),
    ("a.jpg", made(b"<script>"), "not a JPG that can be opened"),
    ("a.jpg", lambda: b"\xff\xd8\xff" + b"<script>", "not a JPG that can be opened"),
    ("a.png", huge_picture, "not a PNG that can be opened"),
    ("a.png", sixty_megapixels, "too many pixels"),
    # Office
    ("a.docx", made(b"PK\x03\x04 broken"), "not a DOCX that can be opened"),
    ("a.docx", lambda: office()[:-30], "not a DOCX that can be opened"),
    ("a.docx", partial(office, "xlsx"), "not a DOCX that can be opened"),
    ("a.xlsx", partial(zipped, {"readme.txt": "x"}), "not an XLSX that can be opened"),
    ("a.docx", lambda: office(comment=b"more"), "not a DOCX that can be opened"),
    ("a.docx", lambda: zipped({"a.txt": "x"}) + office(), "not a DOCX that can be opened"),
    ("a.docx", partial(office, method=zipfile.ZIP_LZMA), "not a DOCX that can be opened"),
    ("a.docx", made(OLE + bytes(600)), "not a DOCX that can be opened"),
    ("a.docx", made(OLE + "EncryptedPackage".encode("utf-16-le")), "is password protected"),
    ("a.docx", encrypted_member, "is password protected"),
    ("a.docx", lambda: office(members={"word/vbaProject.bin": b"x"}), "contains macros"),
    ("a.xlsx", lambda: office("xlsx", {"xl/vbaProject.bin": OLE}, types=MACRO_BOOK), "contains macros"),
    ("a.xlsx", lambda: office("xlsx", types=MACRO_BOOK), "contains macros"),
    ("a.xlsx", lambda: office("xlsx", {"xl/macrosheets/sheet1.xml": "<x/>"}), "contains macros"),
    ("a.docx", lambda: office(members={"word/media/a.png": b"x"}, types=VBA), "contains macros"),
    ("a.docx", lambda: office(members={"[Content_Types].xml": WIDE_TYPES}), "contains macros"),
    ("a.docx", lambda: office(members={"word/media/a.png": OLE + bytes(600)}), "something inside that is not allowed"),
    ("a.docx", lambda: office(members={"word/media/a.png": EXE}), "something inside that is not allowed"),
    ("a.docx", lambda: office(members={"word/evil.exe": EXE}), "something inside that is not allowed"),
    ("a.docx", lambda: office(members={"word/embeddings/oleObject1.bin": OLE}), "something inside that is not allowed"),
    ("a.docx", lambda: office(members={"../x.xml": "<x/>"}), "something inside that is not allowed"),
    ("a.docx", lambda: office(members={"word/media/a.svg": "<svg><script/></svg>"}), "something inside that is not allowed"),
    ("a.docx", lambda: office(members={"word/media/a.png": zipped({"a.exe": EXE})}), "something inside that is not allowed"),
    ("a.xlsx", deep_nest, "something inside that is not allowed"),
    ("a.docx", lambda: office(members={"word/x.xml": ENTITY}), "in a way that is not allowed"),
    ("a.docx", lambda: office(members={"word/x.xml": LAUGHS}), "in a way that is not allowed"),
    ("a.docx", lambda: office(members=relation("attachedTemplate", "http://evil.example/")), "in a way that is not allowed"),
    ("a.docx", lambda: office(members=relation("image", "file://evil.example/a.png")), "in a way that is not allowed"),
    ("a.xlsx", lambda: office("xlsx", {"xl/externalLinks/externalLink1.xml": DDE}), "in a way that is not allowed"),
    ("a.docx", lambda: office(body=field("DDEAUTO c:\\\\cmd.exe")), "in a way that is not allowed"),
    ("a.docx", lambda: office(body=field(" PAGE") + field("DD", "EAUTO ", "cmd")), "in a way that is not allowed"),
    ("a.docx", lambda: office(members={"word/x.xml": "<x>"}), "is damaged"),
    ("a.docx", lambda: office(members={"word/media/x.png": EICAR}), "contains a virus"),
    ("a.docx", lambda: office(members={"word/embeddings/a.xlsx": office("xlsx", {"xl/media/x.png": EICAR})}), "contains a virus"),
    ("a.docx", lambda: office(members={"word/media/x.png": bytes(201 * 1024 * 1024)}), "grows too large"),
    ("a.docx", nested_bombs, "grows too large"),
    ("a.docx", lambda: office(members={f"word/media/{n}.png": "x" for n in range(5_001)}), "grows too large"),
    # Texts
    ("a.txt", made(EICAR), "contains a virus"),
    ("a.txt", made(EICAR.decode().encode("utf-16")), "contains a virus"),
    ("a.csv", made(b"a,b\x00c"), "not a CSV that can be opened"),
    ("a.txt", made("Text".encode("utf-32")), "not a TXT that can be opened"),
    ("a.csv", workbook, "not a CSV that can be opened"),
    ("a.txt", made(EXE), "not a TXT that can be opened"),
    # Mails
    ("a.eml", made(b"Hello"), "not an EML that can be opened"),
    ("a.eml", made(b"From: a@b.c\r\nSubject: x\r\n\r\n\x00"), "not an EML that can be opened"),
    ("a.eml", partial(nested_mail, 600), "not an EML that can be opened|grows too large"),
    ("a.eml", lambda: mail(("setup.exe", EXE, "application/octet-stream")), "an attachment that is not allowed: setup.exe"),
    ("a.eml", lambda: mail(("setup.exe", b"MZ", "text/plain")), "an attachment that is not allowed: setup.exe"),
    ("a.eml", lambda: mail(("a.txt", EICAR, "text/plain")), "contains a virus"),
    ("a.eml", lambda: mail(("a.docx", office(members={"word/media/x.png": EICAR}), "application/msword")), "contains a virus"),
    ("a.eml", lambda: mail(("a.docx", office(members={"word/vbaProject.bin": "x"}), "application/msword")), "contains macros"),
    ("a.msg", made(b"From: a@b.c"), "not an MSG that can be opened"),
    ("a.msg", made(OLE + "__properties_version1.0".encode("utf-16-le") + bytes(2048 - 8 - 46)), "not an MSG that can be opened"),
    ("a.msg", lambda: message(properties="WordDocument"), "not an MSG that can be opened"),
    ("a.msg", lambda: message()[:1024], "not an MSG that can be opened"),
    ("a.msg", circling_message, "not an MSG that can be opened"),
    ("a.msg", lambda: message(storages=("_VBA_PROJECT_CUR",)), "contains macros"),
    ("a.msg", lambda: message(("setup.exe", EXE)), "an attachment that is not allowed: setup.exe"),
    ("a.msg", lambda: message(("a.txt", EICAR)), "contains a virus"),
    ("a.msg", lambda: message(("a.docx", office(members={"word/vbaProject.bin": "x"}))), "contains macros|not a DOCX"),
]
# fmt: on
NAMES = [
    ("../../etc/passwd.txt", "passwd.txt"),
    ("C:\\fakepath\\plan.txt", "plan.txt"),
    ("a\r\nb.txt", "ab.txt"),
    (".txt.txt", "txt.txt"),
    ("x" * 300 + ".txt", "x" * 140 + ".txt"),
    ("policy\u202efdp.txt", "policyfdp.txt"),
    ("a\x00b.txt", "ab.txt"),
    ("Naïve 😀 plan.txt", "Naïve 😀 plan.txt"),
    ("\udc80\udc81.txt", "document.txt"),
    ('a"b<c>.txt', "abc.txt"),
    ("....TXT", "document.txt"),
    ("计划.txt", "计划.txt"),
    ("\u200f\u2066x.txt", "x.txt"),
]  # fmt: skip


@cache
def content_of(make: Maker) -> bytes:
    """What a maker makes, once a run."""
    return make()
