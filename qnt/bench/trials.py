"""What is no ratio of two sides: each trial gives one number, and says what it may be at least or at most."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from rendering.markup import SafeHtml
from rendering.pdf import Section, document_html, render_pdf
from rendering.pdf.fonts import warm_styles

PAIRS, LONG = 7, 38  # pages of a real report
REPORTS = 50
A_ROUND = 16  # reports that stand in the queue of a round
WORDS = "The team saw the log on both days and asked those who keep it how it is used, by whom it is read and what follows. "


@dataclass(frozen=True)
class Trial:
    """One thing to find out. ``run`` takes a folder for files and gives a number; ``limit`` is the most it may be, or the least."""

    name: str
    what: str
    unit: str
    limit: float
    is_least: bool
    run: Callable[[Path], float]

    def exceeded(self, value: float) -> str:
        """A sentence when the number is not as it must be."""
        if value >= self.limit if self.is_least else value <= self.limit:
            return ""
        return f"{self.name}: {value:g} {self.unit}, {'less' if self.is_least else 'more'} than {self.limit:g}."


def sample_html(pages: int = 6) -> str:
    """A report of about so many pages: words, and a table with a row for each of its indicators."""
    rows = "".join(
        f'<tr><th scope="row" class="code">10-1A-{n}</th><td>{WORDS}</td><td>Met</td></tr>' for n in range(300, 300 + 10 * pages)
    )
    heads = "".join(f'<th scope="col">{text}</th>' for text in ("Number", "Seen", "Met"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return document_html(
        title="Peer review", short_title="Peer review", file_name="report.pdf", date_text="12 July 2027", content_hash="0" * 64,
        sections=[Section("Findings", SafeHtml(f"<p>{WORDS * 20}</p>")), Section("Appendix", SafeHtml(table))],
    )  # fmt: skip


def over_bare(folder: Path) -> float:
    """Our rendering over bare WeasyPrint on the same HTML, each in a forked child: the median of 7 pairs that take turns."""
    html = sample_html(LONG)
    sides = {"ours": lambda: render_pdf(html, folder / "ours.pdf"), "bare": lambda: bare(html, folder / "bare.pdf")}
    for side in sides.values():
        side()
    ratios, order = [], ["ours", "bare"]
    for _ in range(PAIRS):
        seconds = {}
        for name in order:
            started = time.perf_counter()
            sides[name]()
            seconds[name] = time.perf_counter() - started
        ratios.append(seconds["ours"] / seconds["bare"])
        order.reverse()
    return round(statistics.median(ratios), 2)


def bare(html: str, destination: Path) -> None:
    """What WeasyPrint does by itself in a fork of a warm process: the same fonts, style sheets and variant; no watch, no limits."""
    from weasyprint import HTML  # noqa: PLC0415 - slow library

    styles = warm_styles()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            document = HTML(string=html).render(font_config=styles.fonts, stylesheets=list(styles.stylesheets), pdf_variant="pdf/ua-1")
            document.write_pdf(destination, pdf_variant="pdf/ua-1")
            code = 0
        finally:
            os._exit(code)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("WeasyPrint made no file.")


def resident_mib() -> float:
    """Memory of this process that is in use now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def memory_growth(folder: Path) -> float:
    """How much more memory the process that forks holds after 50 reports than after the first."""
    html = sample_html()
    render_pdf(html, folder / "report.pdf")
    before = resident_mib()
    for _ in range(REPORTS):
        render_pdf(html, folder / "report.pdf")
    return round(resident_mib() - before, 1)


def two_workers(folder: Path) -> float:
    """How much faster two processes empty a queue of reports than one: the median of 7 pairs that take turns."""
    html = sample_html()
    render_pdf(html, folder / "warm.pdf")
    ratios, order = [], [1, 2]
    for _ in range(PAIRS):
        seconds = {workers: _seconds(folder, html, workers) for workers in order}
        ratios.append(seconds[1] / seconds[2])
        order.reverse()
    return round(statistics.median(ratios), 2)


def _seconds(folder: Path, html: str, workers: int) -> float:
    """How long some processes take to empty a queue of reports, each taking the next when it has made one."""
    take, put = os.pipe()
    os.write(put, bytes(A_ROUND))
    os.close(put)
    started = time.perf_counter()
    children = [_worker(take, html, folder / f"worker-{number}.pdf") for number in range(workers)]
    os.close(take)
    if any([os.waitpid(child, 0)[1] for child in children]):
        raise RuntimeError("A worker could not make its reports.")
    return time.perf_counter() - started


def _worker(queue: int, html: str, path: Path) -> int:
    """Start a process that makes a report for each byte it can take from ``queue``. Gives its number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            while os.read(queue, 1):
                render_pdf(html, path)
            code = 0
        finally:
            os._exit(code)
    return child


def interactive_wait(folder: Path) -> float:
    """The longest of three waits for a PDF that somebody asked for, while 400 reports stand in the other queue."""
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CELERY_BROKER_URL", "MEDIA_ROOT"}}
    environment |= {"QNT_DATA_DIR": str(folder / "site"), "DJANGO_SETTINGS_MODULE": "qnt.settings"}
    command = [sys.executable, "-m", "qnt.bench.queues"]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"The trial of the queues ended early: {done.stderr[-2000:]}")
    return float(done.stdout.strip().splitlines()[-1])


TRIALS: dict[str, Trial] = {
    trial.name: trial
    for trial in (
        Trial("pdf_over_bare", "A PDF of 38 pages, over bare WeasyPrint on the same HTML", "times", 1.1, False, over_bare),
        Trial("pdf_memory_50", f"Memory of a worker after {REPORTS} reports, beyond that after the first", "MiB", 30, False, memory_growth),
        Trial("pdf_two_workers", "Reports that two workers make, over those of one", "times", 1.7, True, two_workers),
        Trial("pdf_behind_400", "Wait for a PDF while 400 reports stand in the bulk queue", "seconds", 30, False, interactive_wait),
    )
}


def run_trials(names: list[str], folder: Path) -> list[dict[str, Any]]:
    """Run each in a folder of its own; what it gave, its limit, and a sentence where it is not as it must be."""
    results = []
    for name in names:
        trial = TRIALS[name]
        own = folder / name
        own.mkdir()
        value = trial.run(own)
        results.append(
            {
                "name": name,
                "what": trial.what,
                "value": value,
                "unit": trial.unit,
                "limit": trial.limit,
                "is_least": trial.is_least,
                "exceeded": trial.exceeded(value),
            }
        )
    return results


def trial_lines(results: list[dict[str, Any]]) -> list[str]:
    """The same for people, as rows of a table in Markdown."""
    if not results:
        return []
    rows = [
        f"| {one['what']} | {one['value']:g} {one['unit']} | {'at least' if one['is_least'] else 'at most'} {one['limit']:g} |"
        for one in results
    ]
    return ["| Trial | Found | Limit |", "| --- | --- | --- |", *rows]
