"""The words with which a report begins: drafted from the data, for people to change."""

from typing import Any

from accounts.templatetags.qnt_tags import counted, score_words

Facts = dict[str, Any]


def drafted_text(code: str, facts: Facts) -> str:
    """The first words of a section of people's words, in markdown. Raises KeyError for a section that has none."""
    return _DRAFTS[code](facts)


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _where(facts: Facts) -> str:
    cover = facts["cover"]
    return f"{_joined(cover['services'])} at {_joined(cover['holders'])}"


def _summary(facts: Facts) -> str:
    cover, overview = facts["cover"], facts["overview"]
    when = f" on {cover['visit_dates']}" if cover["visit_dates"] else ""
    lines = [f"A peer review team reviewed {_where(facts)}{when}."]
    totals = [sum(service["counts"][n] for service in overview["services"]) for n in range(len(overview["categories"]))]
    found = [f"{label.lower()}: {total}" for label, total in zip(overview["categories"], totals, strict=True) if total]
    lines.append(f"The team agreed {counted(overview['total'], 'finding')}" + (f" ({', '.join(found)})." if found else "."))
    for service in facts.get("scores", {}).get("services", []):
        if service["trend"]:
            last = service["trend"][-1]
            lines.append(f"Indicators of {service['name']} in {last['year']}: {score_words(last['met'], last['applicable'])}.")
    return "\n\n".join(lines)


def _introduction(facts: Facts) -> str:
    reviewed = facts["reviewed"]
    sets = [f"{found['name']}, version {found['version']}" for found in reviewed["standards"]]
    against = f" The standards used were {_joined(sets)}. Where they come from is said below." if sets else ""
    return (
        f"This report sets out what a team of peer reviewers found at {_where(facts)}.{against}\n\n"
        "Peer review brings people who do the same work together to look at a service. Each finding says what was seen, on what it rests "
        "and, from a concern up, what the team recommends. A percentage starts a conversation; it does not end one."
    )


def _acknowledgements(facts: Facts) -> str:
    return (
        f"The team thanks the staff of {_joined(facts['cover']['holders'])} for their welcome, for the time that they gave "
        "and for their openness, and everyone who spoke to the team about their care."
    )


def _views(facts: Facts) -> str:
    patients = [member["name"] for member in facts["team"]["members"] if member["role"] == "Patient reviewer"]
    member = "A patient reviewer was a full member of the team and saw the same papers. " if patients else ""
    return (
        f"{member}The team read what the service reported on its indicators of patient experience, and asked how "
        "people who use the service are heard.\n\n"
        "How these views were used: the team took them into its questions on the day, and findings that rest on them say so in their basis."
    )


def _hub_notes(facts: Facts) -> str:
    return "Notes that are for the service and its commissioner only. There are none yet."


_DRAFTS = {
    "summary": _summary,
    "introduction": _introduction,
    "acknowledgements": _acknowledgements,
    "views": _views,
    "hub_notes": _hub_notes,
}
