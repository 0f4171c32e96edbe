"""What a report is made of, in order (report anatomy of published peer review reports): words and blocks of data."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Part:
    """A section of every report. ``block`` names what draws it from the data; without one it is people's words.

    ``is_compliance`` parts show indicators or figures, or direct somebody to act, which a review for learning never does;
    ``is_learnt`` ones are in the report of a review for learning alone. ``learning_title`` is what the report of a review for
    learning calls the section, where that is something else. Appendices are numbered by ``parts_for``. ``starts_page`` is for print:
    the words at the front, what was found, the appendices. Where ``may_be_public`` is off nobody can mark the section public, and the
    public version leaves it out whatever its mark says. Nothing need be written where ``may_be_empty`` is set, and readers
    find no such section then.
    """

    code: str
    title: str
    block: str = ""
    is_compliance: bool = False
    is_learnt: bool = False
    starts_page: bool = False
    is_checked: bool = False
    may_be_public: bool = True
    may_be_empty: bool = False
    is_appendix: bool = False
    learning_title: str = ""


PARTS = (
    Part("summary", "Summary", starts_page=True, is_checked=True),
    Part("introduction", "Introduction", is_checked=True),
    Part("reviewed", "What was reviewed", block="reviewed"),
    Part("acknowledgements", "Acknowledgements"),
    Part("description", "Description of the service", block="description"),
    Part("scores", "Compliance over the years", block="scores", is_compliance=True),
    Part("views", "Views of service users and carers", is_checked=True),
    Part("heard", "How people’s views were used", block="heard"),
    Part("topics", "Focus topics", block="topics"),
    Part("learnt", "What each side learnt", block="learnt", is_learnt=True),
    Part("overview", "Findings at a glance", block="overview", starts_page=True),
    Part("findings", "Findings", block="findings"),
    Part("commissioning", "Commissioning findings", block="commissioning", is_compliance=True),
    Part("actions", "Recommendations and actions", block="actions", is_compliance=True),
    Part(
        "hub_notes",
        "Notes for the service and its commissioner",
        may_be_public=False,
        may_be_empty=True,
        learning_title="Notes for the service",
    ),
    Part("team", "The visiting team", block="team", starts_page=True, is_appendix=True),
    Part("compliance", "Compliance with the standards", block="compliance", is_compliance=True, is_appendix=True),
    Part("timetable", "Timetable", block="timetable", is_appendix=True),
)
ALL_CODES = tuple(part.code for part in PARTS)
# What a hub usually marks public; a section is restricted until somebody marks it.
USUALLY_PUBLIC = tuple(part.code for part in PARTS if part.may_be_public)
# Added to a signed report when its action plan is agreed (ADR 12); never part of a draft.
ANNEX = Part("plan_annex", "Annex: Action plan", block="plan_annex", starts_page=True)
PART_OF = {part.code: part for part in (*PARTS, ANNEX)}


def may_be_public(code: str) -> bool:
    """Whether a section may be marked public at all; a code that is not in the outline may not."""
    return code in PART_OF and PART_OF[code].may_be_public


def may_be_empty(code: str) -> bool:
    """Whether nothing need be written in a section."""
    return code in PART_OF and PART_OF[code].may_be_empty


def parts_for(*, is_learning: bool) -> list[Part]:
    """The sections of a report as it calls them: a review for learning has none that score or direct, and what each side learnt.

    Appendices are numbered here and nowhere else, each as it comes in the whole report. The title goes with its section into every
    version, so the public version of a report that keeps Appendix 1 to itself begins with Appendix 2: "see Appendix 2" leads to the
    same pages whichever version somebody holds, and a later change of a mark moves no number.
    """
    parts, appendix_count = [], 0
    for part in PARTS:
        if part.is_compliance if is_learning else part.is_learnt:
            continue
        title = part.learning_title if is_learning and part.learning_title else part.title
        appendix_count += part.is_appendix
        parts.append(replace(part, title=f"Appendix {appendix_count}: {title}" if part.is_appendix else title))
    return parts
