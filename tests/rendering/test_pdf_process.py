"""The forked rendering: its limits, its failures, and what it leaves behind."""

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from rendering.markup import SafeHtml
from rendering.pdf import Limits, PdfFailed, Section, letter_html, render_pdf
from rendering.pdf import child as child_module
from rendering.pdf.fetcher import document_fetcher, stylesheet_fetcher
from rendering.pdf.limits import MEBIBYTE
from tests.rendering.conftest import sample_html

LETTER = letter_html(title="Notice", recipient=["Chief executive"], date_text="12 July 2027", body="Text", signature=["Lee Wong"])


def long_html(pages):
    return sample_html(sections=[Section(f"Section {number}", SafeHtml("<p>Text</p>")) for number in range(pages)])


def children_of_this_process():
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def test_letter_is_one_page(tmp_path):
    rendered = render_pdf(LETTER, tmp_path / "letter.pdf")

    assert rendered.page_count == 1
    assert rendered.byte_count == rendered.path.stat().st_size
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.pdf"]


def test_same_content_gives_the_same_file(tmp_path):
    first = render_pdf(LETTER, tmp_path / "a.pdf")
    second = render_pdf(LETTER, tmp_path / "b.pdf")

    assert first.sha256 == second.sha256


def test_too_many_pages_fail_with_a_sentence_and_keep_the_html(tmp_path):
    html = long_html(12)

    with pytest.raises(PdfFailed) as caught:
        render_pdf(html, tmp_path / "out.pdf", limits=Limits(page_count=10))

    assert str(caught.value) == "The report is too long: more than 10 pages"
    assert caught.value.html_path.read_text() == html
    assert [path.name for path in tmp_path.iterdir()] == ["out.pdf.failed.html"]
    assert caught.value.html_path.stat().st_mode & 0o077 == 0


def test_success_removes_the_kept_html(tmp_path):
    with pytest.raises(PdfFailed):
        render_pdf(long_html(12), tmp_path / "out.pdf", limits=Limits(page_count=10))

    render_pdf(LETTER, tmp_path / "out.pdf")

    assert [path.name for path in tmp_path.iterdir()] == ["out.pdf"]


def test_failure_leaves_the_older_file(tmp_path):
    older = render_pdf(LETTER, tmp_path / "out.pdf")

    with pytest.raises(PdfFailed):
        render_pdf(long_html(12), tmp_path / "out.pdf", limits=Limits(page_count=10))

    assert older.path.read_bytes()[:5] == b"%PDF-"
    assert older.path.stat().st_size == older.byte_count


def test_wall_clock_ends_the_rendering(tmp_path):
    with pytest.raises(PdfFailed) as caught:
        render_pdf(long_html(300), tmp_path / "out.pdf", limits=Limits(wall_clock_seconds=0.2))

    assert str(caught.value) == "The PDF took too long to make. Shorten the report or split it"
    assert children_of_this_process() == []


def test_processor_time_ends_the_rendering(tmp_path, monkeypatch):
    monkeypatch.setattr(child_module, "write_pdf", busy_for_ever)

    with pytest.raises(PdfFailed) as caught:
        render_pdf(LETTER, tmp_path / "out.pdf", limits=Limits(cpu_seconds=1, wall_clock_seconds=300))

    assert (str(caught.value), caught.value.detail) == ("The PDF took too long to make. Shorten the report or split it", "CPU time")


def busy_for_ever(*arguments, **options):
    while True:
        sum(range(1000))


def test_memory_limit_ends_the_rendering(tmp_path):
    html = long_html(1000)  # far more than what earlier tests may have left free in this process

    with pytest.raises(PdfFailed) as caught:
        render_pdf(html, tmp_path / "out.pdf", limits=Limits(memory_bytes=8 * MEBIBYTE))

    assert str(caught.value) == "The PDF needs too much memory. Shorten the report or make its pictures smaller"


def test_file_limit_ends_the_rendering(tmp_path):
    with pytest.raises(PdfFailed) as caught:
        render_pdf(LETTER, tmp_path / "out.pdf", limits=Limits(file_bytes=1000))

    assert str(caught.value) == "The PDF could not be written: it is too large, or there is no room for it"


def test_killed_child_is_a_failure_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(child_module, "write_pdf", lambda *arguments, **options: os.kill(os.getpid(), signal.SIGKILL))

    with pytest.raises(PdfFailed):
        render_pdf(LETTER, tmp_path / "out.pdf")

    assert [path.name for path in tmp_path.iterdir()] == ["out.pdf.failed.html"]


def test_unexpected_error_names_its_kind_and_not_the_text(tmp_path, monkeypatch):
    def fail(*arguments, **options):
        raise KeyError("a patient's name")

    monkeypatch.setattr(child_module, "write_pdf", fail)

    with pytest.raises(PdfFailed) as caught:
        render_pdf(LETTER, tmp_path / "out.pdf")

    assert (str(caught.value), caught.value.detail) == ("The PDF could not be made. Nothing you wrote is lost.", "KeyError")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads pages with poppler-utils")
def test_long_cells_and_long_words_take_seconds_and_stay_on_the_paper(tmp_path):
    long_text, long_word = "word " * 3000, "x" * 500
    table = (
        '<table><thead><tr><th scope="col">Number</th><th scope="col">Comment</th></tr></thead><tbody>'
        f'<tr><th scope="row">1</th><td>{long_text}</td></tr><tr><th scope="row">2</th><td>{long_word}END</td></tr></tbody></table>'
    )
    html = sample_html(sections=[Section("Appendix", SafeHtml(table))])

    rendered = render_pdf(html, tmp_path / "out.pdf", limits=Limits(wall_clock_seconds=120))

    boxes = subprocess.run(["pdftotext", "-bbox", str(rendered.path), "-"], capture_output=True, check=True, text=True).stdout
    right_edges = [float(edge) for edge in re.findall(r'xMax="([\d.]+)"', boxes)]
    assert boxes.count(">word<") == 3000
    assert max(right_edges) <= 595.3 - 50


def test_progress_counts_pages_up(tmp_path):
    pages = []

    rendered = render_pdf(long_html(60), tmp_path / "out.pdf", progress=pages.append)

    assert pages
    assert all(1 <= page <= rendered.page_count for page in pages)


def test_error_in_progress_stops_the_child_and_passes(tmp_path):
    def lease_lost(page):
        raise RuntimeError("lease lost")

    with pytest.raises(RuntimeError, match="lease lost"):
        render_pdf(long_html(60), tmp_path / "out.pdf", progress=lease_lost)

    assert (children_of_this_process(), list(tmp_path.iterdir())) == ([], [])


def test_child_dies_with_its_parent(tmp_path):
    worker = os.fork()
    if worker == 0:
        try:
            child_module.write_pdf = busy_for_ever
            render_pdf(LETTER, tmp_path / "out.pdf")
        finally:
            os._exit(1)
    children = Path(f"/proc/{worker}/task/{worker}/children")
    renderings = wait_for(lambda: children.read_text().split())

    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)

    assert wait_for(lambda: not any(is_running(int(number)) for number in renderings))


def is_running(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(") ", 1)[1][0] not in "ZX"
    except FileNotFoundError:
        return False


def wait_for(question, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def test_stale_parts_of_a_killed_worker_go(tmp_path):
    stale, fresh, foreign = tmp_path / ".out.pdf.a.part", tmp_path / ".out.pdf.b.part", tmp_path / ".other.pdf.a.part"
    for path in (stale, fresh, foreign):
        path.touch()
    os.utime(stale, (0, 0))
    os.utime(foreign, (0, 0))

    render_pdf(LETTER, tmp_path / "out.pdf")

    assert {path.name for path in tmp_path.iterdir()} == {"out.pdf", fresh.name, foreign.name}


def test_two_threads_render_side_by_side(tmp_path):
    made = []
    threads = [threading.Thread(target=lambda name=name: made.append(render_pdf(LETTER, tmp_path / name))) for name in ("a.pdf", "b.pdf")]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({pdf.sha256 for pdf in made}) == 1
    assert len(made) == 2


def test_a_fork_of_a_warm_process_loads_its_own_fonts(tmp_path):
    render_pdf(LETTER, tmp_path / "warm.pdf")

    worker = os.fork()
    if worker == 0:
        code = 1
        try:
            render_pdf(LETTER, tmp_path / "forked.pdf")
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(worker, 0)[1]
    again = render_pdf(LETTER, tmp_path / "again.pdf")

    assert (status, again.sha256) == (0, render_pdf(LETTER, tmp_path / "forked.pdf").sha256)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://example.org/",
        "file:///etc/passwd",
        "ftp://x/",
        "data:text/html,x",
        "data:text/css,x",
        "data:,x",
        "DATA:text/plain,x",
        " data:image/png,x",
        "data:font/woff2;base64,AA==",
        "relative.png",
    ],
)
def test_fetcher_of_documents_refuses(url):
    with pytest.raises(ValueError, match="Only pictures"):
        document_fetcher().fetch(url)


def test_fetchers_open_pictures_and_only_stylesheets_open_fonts():
    picture = document_fetcher().fetch("data:image/png;base64,AAAA").read()
    font = stylesheet_fetcher().fetch("data:font/woff2;base64,AAAA").read()

    assert (picture, font) == (b"\0\0\0", b"\0\0\0")


def test_unknown_mark_is_refused():
    with pytest.raises(ValueError, match="Unknown mark: DRAFF"):
        sample_html(mark="DRAFF")
