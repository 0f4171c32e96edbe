"""What a report is made of, in order (report anatomy of published peer review reports): words and blocks of data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A section of every report. ``block`` names what draws it from the data; without one it is people's words.

    ``is_scored`` parts show indicators and figures, which a review for learning never has. ``starts_page`` is for print.
    """

    code: str
    title: str
    block: str = ""
    is_scored: bool = False
    starts_page: bool = False
    is_checked: bool = False


PARTS = (
    Part("summary", "Summary", starts_page=True, is_checked=True),
    Part("introduction", "Introduction", is_checked=True),
    Part("reviewed", "What was reviewed", block="reviewed"),
    Part("acknowledgements", "Acknowledgements"),
    Part("description", "Description of the service", block="description", starts_page=True),
    Part("scores", "Compliance over the years", block="scores", is_scored=True),
    Part("views", "Views of service users and carers", starts_page=True, is_checked=True),
    Part("topics", "Focus topics", block="topics"),
    Part("overview", "Findings at a glance", block="overview", starts_page=True),
    Part("findings", "Findings", block="findings", starts_page=True),
    Part("commissioning", "Commissioning findings", block="commissioning", starts_page=True),
    Part("actions", "Recommendations and actions", block="actions", starts_page=True),
    Part("hub_notes", "Notes for the service and its commissioner"),
    Part("team", "Appendix 1: The visiting team", block="team", starts_page=True),
    Part("compliance", "Appendix 2: Compliance with the standards", block="compliance", is_scored=True, starts_page=True),
    Part("timetable", "Appendix 3: Timetable", block="timetable", starts_page=True),
)
ALL_CODES = tuple(part.code for part in PARTS)
# What a hub usually marks public; a section is restricted until somebody marks it.
USUALLY_PUBLIC = tuple(code for code in ALL_CODES if code != "hub_notes")
PART_OF = {part.code: part for part in PARTS}


def parts_for(*, is_learning: bool) -> list[Part]:
    """The sections of a report; a review for learning has none that score."""
    return [part for part in PARTS if not (is_learning and part.is_scored)]
