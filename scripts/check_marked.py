"""Refuse a run of marked tests that proved nothing: none ran, or one was skipped. Usage: check_marked.py JUNIT.XML"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def main(path: Path) -> None:
    """Print how many tests ran; exit 1 with the names of those that did not."""
    cases = list(ElementTree.parse(path).iter("testcase"))  # noqa: S314 - our own report
    skipped = [f"{case.get('classname')}.{case.get('name')}" for case in cases if case.find("skipped") is not None]
    if not cases or skipped:
        sys.exit("\n".join(["Marked tests must run here, and these did not:", *(skipped or ["none was found"])]))
    print(f"{len(cases)} marked tests ran, none was skipped")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
