"""Hostile text in every place that reaches a PDF: no address opened, no file read, nothing attached."""

import base64
import http.server
import threading
import zlib

import pikepdf
import pytest

from rendering.markdown import markdown_to_html
from rendering.markup import SafeHtml
from rendering.pdf import Section, document_html, letter_html, render_pdf

CANARY = "canary-7f3a-in-a-local-file"


@pytest.fixture
def listener():
    """A server on this machine that counts what asks it."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(CANARY)
    return path


def payloads(web, file):
    inner = base64.b64encode(
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
        f'<image xlink:href="{web}/svg-inner" width="9" height="9"/><image href="{file}" width="9" height="9"/></svg>'.encode()
    ).decode()
    entity = base64.b64encode(
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{file}">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'.encode()
    ).decode()
    return [
        f'<img alt="a" src="{web}/img">',
        f'<img alt="a" src="{file}">',
        f'<img alt="a" srcset="{web}/srcset 1x" src="{web}/img2">',
        f'<link rel="stylesheet" href="{web}/link.css">',
        f'<link rel="attachment" href="{file}">',
        f'<link rel="attachment" href="data:text/plain,{CANARY}">',
        f'<a rel="attachment" href="{file}">x</a>',
        '<a rel="attachment" href="data:image/png;base64,AAAA">x</a>',
        f'<style>@import url("{web}/import.css"); body {{ background: url("{web}/bg") }}</style>',
        f'<style>@font-face {{ font-family: evil; src: url("{web}/font") , url("{file}") }} p {{ font-family: evil }}</style>',
        f"<p style=\"background: url('{web}/inline'); content: url('{file}')\">x</p>",
        f'<p style="list-style-image: url({web}/list); display: list-item">x</p>',
        f'<object data="{file}"></object><embed src="{web}/embed"><iframe src="{file}"></iframe>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{web}/svg" width="9" height="9"/></svg>',
        f'<svg width="9" height="9"><use href="{web}/use#a"/><style>@import url("{web}/svgcss");</style></svg>',
        f'<svg width="9" height="9"><rect width="9" height="9" fill="url({web}/paint#a)"/></svg>',
        f'<img alt="a" src="data:image/svg+xml;base64,{inner}">',
        f'<img alt="a" src="data:image/svg+xml;base64,{entity}">',
        f'<base href="{web}/"><img alt="a" src="relative.png">',
        f'<meta http-equiv="refresh" content="0; url={web}/refresh">',
        f"<script>fetch('{web}/script')</script>",
        '<a href="javascript:alert(1)">x</a><a href="file:///etc/passwd">y</a>',
        f'<form action="{web}/form"><input name="a" value="b"><button>c</button></form>',
        "<table><tr><td rowspan=65000 colspan=1000>x</td></tr></table>",
        "\x00\x01\x7f\ufffe </section></main></body></html>",
    ]


def everywhere(text, html):
    """A document with ``text`` in every text place and ``html`` as a section, as if nobody had cleaned it."""
    return document_html(
        title=text,
        short_title=text,
        subtitle=[text],
        facts=[(text, text)],
        file_name=text,
        version=text,
        date_text=text,
        content_hash=text,
        sections=[Section(text, SafeHtml(html), anchor=text), Section("Notes", text), Section("Words", markdown_to_html(text))],
        kicker=text,
        publisher=text,
    )


def content_of(path):
    """Everything a reader of the file could get at: all streams, inflated."""
    with pikepdf.open(path) as pdf:
        streams = [entry.read_bytes() for entry in pdf.objects if isinstance(entry, pikepdf.Stream) and can_read(entry)]
        strings = [str(entry).encode("utf-8", "replace") for entry in pdf.objects if not isinstance(entry, pikepdf.Stream)]
        return b"\n".join(streams + strings), pdf


def can_read(stream):
    try:
        stream.read_bytes()
    except (pikepdf.PdfError, zlib.error):
        return False
    return True


def test_hostile_payloads_open_nothing_and_attach_nothing(listener, secret, tmp_path):
    web, asked = listener
    corpus = payloads(web, secret.as_uri())
    html = everywhere(" ".join(corpus)[:3000], "".join(f"<div>{payload}</div>" for payload in corpus[:-1]))

    rendered = render_pdf(html, tmp_path / "out.pdf")

    content, _ = content_of(rendered.path)
    with pikepdf.open(rendered.path) as pdf:
        attached = list(pdf.attachments)
        actions = [str(entry.S) for entry in pdf.objects if isinstance(entry, pikepdf.Dictionary) and "/S" in entry and "/JS" in entry]
    assert (asked, attached, actions) == ([], [], [])
    assert b"EmbeddedFile" not in content
    assert b"root:" not in content


@pytest.mark.parametrize("number", range(25))
def test_hostile_payload_alone_opens_nothing(number, listener, secret, tmp_path):
    web, asked = listener
    payload = payloads(web, secret.as_uri())[number]
    head = '<!DOCTYPE html><html lang="en-GB"><head><title>t</title></head>'
    html = f'{head}<body class="letter"><p>before</p>{payload}<p>after</p></body></html>'

    rendered = render_pdf(html, tmp_path / "out.pdf")

    content, _ = content_of(rendered.path)
    assert asked == []
    assert CANARY.encode() not in content
    assert b"EmbeddedFile" not in content
    assert b"file:///" not in content


def test_hostile_text_cannot_leave_its_attribute_or_element():
    text = '"><style>@page{size:1mm}</style><script>x</script>'

    html = everywhere(text, "<p>ok</p>")

    assert "<script" not in html
    assert html.count("<style") == 0


def test_letter_escapes_every_text():
    text = "<b>&\"'"

    html = letter_html(title=text, recipient=[text], date_text=text, body=text, signature=[text], sender=[text], reference=text)

    assert "<b>" not in html
