"""The order of suggestions and its reasons: plain facts in, words out."""

import datetime as dt

import pytest

from peerreview.suggesting import Asked, Candidate, Place, pick_team, suggest
from peerreview.ties import DeclaredTie, PersonFacts, Rules, ServiceFacts, Work, ties_between, years_before

TODAY, VISIT = dt.date(2027, 3, 1), dt.date(2027, 5, 12)
TRUST, OTHER_TRUST, NETWORK, NORTH, SOUTH = 10, 11, 30, 90, 91
RENAL = ServiceFacts(
    1, "Renal", TRUST, "Birchmere NHS Trust", NORTH, "North", 5, "Adult renal services", 7, "Internal medicine", "RURAL",
    ((NETWORK, "North Network"),), ((OTHER_TRUST, "North Network"),),
)  # fmt: skip
RULES = Rules({
    "EMPLOYED": {"code": "EMPLOYED", "label": "worked there", "ruling": "BAR", "years": 3},
    "CLOSE_TIE": {"code": "CLOSE_TIE", "label": "have a close personal tie with someone there", "ruling": "BAR", "years": None},
    "SAME_NETWORK": {"code": "SAME_NETWORK", "label": "work in the same network or region", "ruling": "DECLARE", "years": None},
    "CO_AUTHOR": {"code": "CO_AUTHOR", "label": "write or do research with someone there", "ruling": "DECLARE", "years": None},
})  # fmt: skip
ASKED = Asked((RENAL,), RULES, TODAY, VISIT, VISIT, seed="review 1")
NURSES = Place("PLACE_2", "MEMBER", "Reviewer (nurse)", 2, ("NURSE", "AHP"))


def person(pk: int, name: str = "", **facts: object) -> PersonFacts:
    return PersonFacts(pk, name or f"Person {pk}", **{"regions": frozenset({SOUTH}), **facts})  # type: ignore[arg-type]


def candidate(pk: int, *, facts: PersonFacts | None = None, **said: object) -> Candidate:
    values: dict[str, object] = {
        "professions": frozenset({"NURSE"}), "specifications": frozenset({5}), "programmes": frozenset({7}),
        "place_kinds": frozenset({"RURAL"}), "training_expires_on": dt.date(2028, 1, 1),
    }  # fmt: skip
    return Candidate(facts or person(pk), **(values | said))  # type: ignore[arg-type]


def test_reasons_stand_in_words() -> None:
    found = suggest([NURSES], [candidate(1)], ASKED)[0].suggestions[0]

    assert found.why == (
        "Training is in date on the day of the visit, until Saturday 1 January 2028",
        "Not away on the days of the visit",
        "Nurse, as this place asks",
        "Knows Adult renal services from their own work",
        "Knows this kind of place: rural area",
        "From another region",
        "No visit in the last 12 months, and no open place",
    )
    assert found.why_not == ()
    assert found.is_ready


def test_what_speaks_against_somebody_is_said() -> None:
    against = candidate(
        2, facts=person(2, "Dr Bello", regions=frozenset({NORTH})), professions=frozenset({"DOCTOR"}), specifications=frozenset(),
        place_kinds=frozenset({"CITY"}), training_expires_on=dt.date(2027, 4, 1), away=((VISIT, VISIT),), visits_count=2, places_count=1,
    )  # fmt: skip

    found = suggest([NURSES], [against], ASKED)[0].suggestions[0]

    assert found.why == ("Knows another specialty of Internal medicine",)
    assert found.why_not == (
        "Training runs out on Thursday 1 April 2027, before the visit",
        "Away on Wednesday 12 May 2027",
        "Asked for: nurse or allied health professional. Their profile says: doctor",
        "Does not know this kind of place: rural area",
        "Dr Bello is from the same region, North.",
        "2 visits in the last 12 months and 1 open place",
    )
    assert not found.is_ready


# Each is worse than the one before by the next thing that counts.
WORSE = {
    "best": {},
    "load": {"visits_count": 1},
    "tie": {},
    "place": {"place_kinds": frozenset()},
    "programme": {"specifications": frozenset(), "programmes": frozenset({7})},
    "specialty": {"specifications": frozenset(), "programmes": frozenset()},
    "profession": {"professions": frozenset({"DOCTOR"})},
    "away": {"away": ((VISIT, VISIT),)},
    "training": {"training_expires_on": dt.date(2027, 4, 1)},
}


def test_order_goes_by_what_counts_first() -> None:
    people = []
    for n, (name, facts) in enumerate(WORSE.items(), start=1):
        region = NORTH if name == "tie" else SOUTH
        people.append(candidate(n, **(facts | {"facts": person(n, name, regions=frozenset({region}))})))

    found = suggest([NURSES], list(reversed(people)), ASKED)[0]

    assert [one.name for one in found.suggestions] == list(WORSE)


def test_equal_people_say_so_in_an_order_drawn_by_lot() -> None:
    people = [candidate(pk) for pk in range(1, 5)] + [candidate(9, visits_count=3)]

    first, again = suggest([NURSES], people, ASKED)[0], suggest([NURSES], people[::-1], ASKED)[0]
    other = suggest([NURSES], people, Asked((RENAL,), RULES, TODAY, VISIT, VISIT, seed="review 2"))[0]

    assert [one.equal_words for one in first.suggestions] == [
        "Equal with the 3 below", "Equal with the one above and the 2 below", "Equal with the 2 above and the one below",
        "Equal with the 3 above", "",
    ]  # fmt: skip
    assert first == again
    assert [one.user_id for one in first.suggestions] != [one.user_id for one in other.suggestions]
    assert sorted(one.user_id for one in first.suggestions) == [1, 2, 3, 4, 9]


def test_barred_and_untrained_people_are_counted_without_names() -> None:
    people = [
        candidate(1, facts=person(1, work=(Work(TRUST),))),
        candidate(2, facts=person(2, work=(Work(TRUST, dt.date(2025, 5, 31)),), declared=(DeclaredTie(TRUST, "CLOSE_TIE"),))),
        candidate(3, facts=person(3, declared=(DeclaredTie(TRUST, "CLOSE_TIE"),))),
        candidate(4, training_expires_on=None),
        candidate(5),
    ]

    found = suggest([NURSES], people, ASKED)[0]

    assert [one.user_id for one in found.suggestions] == [5]
    assert found.left_out == (
        "1 person is barred: they have a close personal tie with someone there.",
        "2 people are barred: they work or worked there.",
        "1 person has no training in date, so they cannot join.",
    )


def test_a_team_is_picked_of_free_people_nobody_twice() -> None:
    lead = Place("PLACE_1", "LEAD", "Lead reviewer", 1)
    patient = Place("PLACE_3", "PATIENT_REVIEWER", "Patient", 1)
    people = [candidate(1), candidate(2), candidate(3, away=((VISIT, VISIT),)), candidate(4, is_reviewer=False, is_patient=True)]

    chosen = pick_team(suggest([lead, NURSES, patient], people, ASKED))

    assert sorted(one.user_id for _, one in chosen) == [1, 2, 4]
    assert [place.code for place, _ in chosen] == ["PLACE_1", "PLACE_2", "PLACE_3"]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"work": (Work(TRUST),)}, ["Dr X works at Birchmere NHS Trust. The procedure does not allow work there in the last 3 years."]),
        (
            {"work": (Work(TRUST, dt.date(2025, 5, 31)),)},
            ["Dr X worked at Birchmere NHS Trust until May 2025. The procedure does not allow work there in the last 3 years."],
        ),
        ({"work": (Work(TRUST, dt.date(2024, 5, 11)),)}, []),
        ({"work": (Work(OTHER_TRUST),)}, ["Dr X works in the same network, North Network. The hub decides."]),
        ({"work": (Work(OTHER_TRUST, dt.date(2026, 1, 1)),)}, []),
        ({"regions": frozenset({NORTH})}, ["Dr X is from the same region, North. The hub decides."]),
        (
            {"declared": (DeclaredTie(TRUST, "CO_AUTHOR"),)},
            ["About Birchmere NHS Trust, Dr X says on their profile that they write or do research with someone there. The hub decides."],
        ),
        ({"declared": (DeclaredTie(OTHER_TRUST, "CO_AUTHOR"),)}, []),
        ({"visited": ((1, dt.date(2025, 5, 3)),)}, ["Dr X visited Renal in May 2025."]),
        ({"visited": ((2, dt.date(2025, 5, 3)),)}, []),
    ],
)
def test_ties_that_data_shows(facts: dict[str, object], words: list[str]) -> None:
    assert [tie.words for tie in ties_between(person(1, "Dr X", **facts), [RENAL], RULES, VISIT)] == words


def test_years_are_counted_back_from_29_february() -> None:
    assert years_before(dt.date(2028, 2, 29), 3) == dt.date(2025, 2, 28)
