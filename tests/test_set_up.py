"""The set-up's promises: everything is pinned, says what it is for, and names no registry or other host."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from rendering.pdf.fonts import font_file_names

ROOT = Path(settings.BASE_DIR)
LOCKS = ["requirements.txt", "requirements-node.txt", "tests/requirements.txt"]
REPORT = '<testsuites><testsuite><testcase classname="tests.a" name="test_one">{}</testcase></testsuite></testsuites>'


def committed_files() -> list[Path]:
    """Every file that git keeps."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_every_library_with_hashes(name: str) -> None:
    entries = re.findall(r"^(\S+?)==\S+.*((?:\n {4}--hash=sha256:[0-9a-f]{64}.*)*)", (ROOT / name).read_text(), re.MULTILINE)

    without_hash = [library for library, hashes in entries if not hashes]

    assert entries
    assert without_hash == []


@pytest.mark.parametrize("name", ["requirements.in", "requirements-node.in", "tests/requirements.in"])
def test_each_requirement_says_what_it_is_for(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if re.match(r"[a-z]", line, re.IGNORECASE)]

    silent = [line for line in lines if not re.search(r"\s# \w+", line)]

    assert silent == []


def test_committed_files_name_no_registry() -> None:
    registry = re.compile(rb"https?://[\w.-]*(pypi|pythonhosted|npmjs|debian)\.", re.IGNORECASE)

    naming = [str(path.relative_to(ROOT)) for path in committed_files() if registry.search(path.read_bytes())]

    assert naming == []


def test_package_lock_names_no_host() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    resolved = [name for name, package in packages.items() if "resolved" in package or "http" in json.dumps(package)]

    assert resolved == []


def test_prepared_style_sheet_asks_no_other_host() -> None:
    css = (ROOT / "assets/nhsuk/nhsuk-frontend.min.css").read_text()

    addresses = re.findall(r"url\(([^)]+)\)", css)

    assert addresses
    assert [address for address in addresses if not re.fullmatch(r"images/[\w-]+\.svg|\.\./fonts/[\w-]+\.woff2", address)] == []
    assert "Frutiger" not in css
    assert [address for address in addresses if not (ROOT / "assets/nhsuk" / address).is_file()] == []


def test_prepared_script_starts_the_components() -> None:
    script = (ROOT / "assets/nhsuk/nhsuk-frontend.min.js").read_text()

    assert script.rstrip().endswith("initAll();")
    assert "sourceMappingURL" not in script


def test_fonts_of_pdfs_are_all_prepared() -> None:
    prepared = {path.name for path in (ROOT / "assets/fonts").iterdir()}

    missing = [name for name in font_file_names() if name not in prepared]

    assert missing == []


def test_prepared_images_hold_no_logo() -> None:
    images = sorted(path.name for path in (ROOT / "assets/nhsuk/images").iterdir())

    assert images == ["nhsuk-icon-arrow-down.svg", "nhsuk-icon-arrow-up-down.svg", "nhsuk-icon-arrow-up.svg", "nhsuk-icon-cross.svg"]


@pytest.mark.parametrize(
    ("report", "code"),
    [(REPORT.format(""), 0), (REPORT.format('<skipped message="no server"/>'), 1), ("<testsuites/>", 1)],
    ids=["all ran", "one skipped", "none found"],
)
def test_check_marked_refuses_what_did_not_run(tmp_path: Path, report: str, code: int) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(report)

    checked = subprocess.run([sys.executable, ROOT / "scripts/check_marked.py", path], capture_output=True, check=False)

    assert checked.returncode == code


def test_compose_runs_one_worker_for_each_queue() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    queues = [re.search(r"-Q (\S+)", service["command"])[1] for service in services.values() if " worker " in service.get("command", "")]

    assert sorted(queues) == ["bulk", "interactive"]


def test_compose_watches_the_health_of_every_lasting_service() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    unwatched = [name for name, service in services.items() if "healthcheck" not in service]

    assert unwatched == ["migrate"]
