"""The words with which a report begins: drafted from the data, for people to change.

They name a finding by its number and its category, never by what it says: who may read a finding is decided by the
mark of the section that holds it, and these words stand in other sections.
"""

from collections.abc import Callable
from typing import Any

from accounts.templatetags.qnt_tags import counted, score_words

Facts = dict[str, Any]
# Each category as a report heads it, in the words of a sentence about one and about several; a procedure may have names of its own.
IN_A_SENTENCE = {
    "Good practice": ("point of good practice", "points of good practice"),
    "Immediate risks": ("immediate risk", "immediate risks"),
    "Serious concerns": ("serious concern", "serious concerns"),
    "Concerns": ("concern", "concerns"),
    "Further consideration": ("point for further consideration", "points for further consideration"),
}
WHERE_TO_LOOK = "What the team saw, and what it recommends, stands under these numbers in the findings."


def is_drafted(code: str) -> bool:
    """Whether the data writes the first words of this section."""
    return code in _DRAFTS


def blocks_read(code: str) -> tuple[str, ...]:
    """The blocks whose facts the first words of a section are made of, the cover apart."""
    return _READS.get(code, ())


def drafted_text(code: str, facts: Facts) -> str:
    """The first words of a section of people's words, in markdown; empty where the data writes none."""
    return _DRAFTS[code](facts) if is_drafted(code) else ""


def joined(names: list[str]) -> str:
    """Names as a list in a sentence: "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _where(facts: Facts) -> str:
    cover = facts["cover"]
    if places := cover.get("places"):
        return joined([f"{name} at {holder}" for name, holder in places])
    return f"{joined(cover['services'])} at {joined(cover['holders'])}"


def _summary(facts: Facts) -> str:
    cover, overview = facts["cover"], facts["overview"]
    dates = cover["visit_dates"]
    when = f" {'from' if ' to ' in dates else 'on'} {dates}" if dates else ""
    paragraphs = [f"A peer review team reviewed {_where(facts)}{when}.", _counts(overview)]
    paragraphs += _must_be_acted_on(facts["findings"]["services"], facts.get("commissioning", {}).get("findings", []))
    paragraphs += _scores(facts.get("scores", {}).get("services", []))
    heard = facts["heard"]
    if heard["given"]:
        rest = heard["findings"]
        paragraphs.append(
            f"{counted(heard['given'], 'view')} of patients and carers {'was' if heard['given'] == 1 else 'were'} given; "
            f"{counted(rest, 'finding')} {'rests' if rest == 1 else 'rest'} on them."
        )
    return "\n\n".join(paragraphs)


def _counts(overview: Facts) -> str:
    totals = [sum(service["counts"][n] for service in overview["services"]) for n in range(len(overview["categories"]))]
    found = [_so_many(total, label) for label, total in zip(overview["categories"], totals, strict=True) if total]
    return f"The team agreed {counted(overview['total'], 'finding')}" + (f": {joined(found)}." if found else ".")


def _so_many(total: int, label: str) -> str:
    """So many findings of a category, in a sentence."""
    return counted(total, ",".join(IN_A_SENTENCE[label])) if label in IN_A_SENTENCE else f"{total} under “{label}”"


def _must_be_acted_on(services: list[Facts], boards: list[Facts]) -> list[str]:
    """Which numbers are risks and concerns and which are the commissioner's: what lies between the first category, good practice,
    and the last, further consideration."""
    references: dict[str, list[str]] = {}
    for group in (group for service in services for group in service["groups"][1:-1]):
        references.setdefault(group["label"], []).extend(finding["reference"] for finding in group["findings"])
    sentences = [_are(found, label) for label, found in references.items() if found]
    if boards:
        sentences.append(f"{joined([one['reference'] for one in boards])} {'is' if len(boards) == 1 else 'are'} for the commissioner.")
    return [" ".join([*sentences, WHERE_TO_LOOK])] if sentences else []


def _are(references: list[str], label: str) -> str:
    """Which findings are of a category, as in: F3 is an immediate risk."""
    verb = "is" if len(references) == 1 else "are"
    if label not in IN_A_SENTENCE:
        return f"{joined(references)} {verb} under “{label}”."
    one, many = IN_A_SENTENCE[label]
    return f"{joined(references)} {verb} {many if len(references) > 1 else ('an ' if one[0] in 'aeiou' else 'a ') + one}."


def _scores(services: list[Facts]) -> list[str]:
    lines = []
    for service in services:
        if service["trend"]:
            last = next((year for year in service["trend"] if year["year"] == service["year"]), service["trend"][-1])
            lines.append(f"Indicators of {service['name']} in {last['year']}: {score_words(last['met'], last['applicable'])}.")
    return lines


def _introduction(facts: Facts) -> str:
    first = f"This report sets out what a team of peer reviewers found at {_where(facts)}."
    reviewed = facts["reviewed"]
    if facts["is_learning"]:
        return (
            f"{first} The service asked for the review in order to learn.\n\n"
            "Peer review brings people who do the same work together to look at a service. This review judges no indicator and gives no "
            "score. Each finding says what was seen and on what it rests; what each side learnt stands in its own words."
        )
    sets = [f"{found['name']}, version {found['version']}" for found in reviewed["standards"]]
    against = f" The standards used were {joined(sets)}. Where they come from is said below." if sets else ""
    return (
        f"{first}{against}\n\n"
        "Peer review brings people who do the same work together to look at a service. Each finding says what was seen, on what it rests "
        "and, from a concern up, what the team recommends. A percentage starts a conversation; it does not end one."
    )


def _acknowledgements(facts: Facts) -> str:
    return (
        f"The team thanks the staff of {joined(facts['cover']['holders'])} for their welcome, for the time that they gave "
        "and for their openness, and everyone who spoke to the team about their care."
    )


def _views(facts: Facts) -> str:
    heard = facts["heard"]
    patients = [member for member in facts["team"]["members"] if member["role"] == "Patient reviewer"]
    member = "A patient reviewer was a full member of the team and saw the same papers. " if patients else ""
    if not heard["given"]:
        return (
            f"{member}No views of patients and carers were recorded in this system. "
            "Where a finding rests on what people told the team, what it rests on says so."
        )
    ways = joined([f"{count} {label[0].lower()}{label[1:]}" for label, count in heard["channels"] if count])
    references = [reference for reference, _, _ in heard["resting"]]
    used = (
        f"How these views were used: {joined(references)} {'rests' if len(references) == 1 else 'rest'} on them, as listed below."
        if references
        else "How these views were used: the team took them into its questions on the day. No finding rests on them."
    )
    return (
        f"{member}{counted(heard['given'], 'view')} of patients and carers {'was' if heard['given'] == 1 else 'were'} given: {ways}. "
        f"The team read {heard['shared']} of them.\n\n{used}"
    )


_DRAFTS: dict[str, Callable[[Facts], str]] = {
    "summary": _summary,
    "introduction": _introduction,
    "acknowledgements": _acknowledgements,
    "views": _views,
}
_READS = {
    "summary": ("overview", "findings", "commissioning", "scores", "heard"),
    "introduction": ("reviewed",),
    "views": ("heard", "team"),
}
