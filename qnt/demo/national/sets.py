"""An invented indicator set for each specification of the national site."""

import datetime as dt
import random
from decimal import Decimal

from qnt.demo.national.bulk import write, write_all
from qnt.demo.national.places import World
from qnt.demo.national.sizes import Sizes
from surveillance.models import Indicator, IndicatorSet

Kind, Type = Indicator.AnswerKind, Indicator.Type
SECTIONS = (
    ("Structure and function", Type.STRUCTURE_AND_FUNCTION),
    ("Patient experience", Type.PATIENT_EXPERIENCE),
    ("Clinical outcome", Type.CLINICAL_OUTCOME),
)
SUBJECTS = (
    "An agreed operational policy", "Cover for the lead clinician", "A named nurse for each patient", "Information in easy words",
    "A meeting of the whole team", "Time from referral to first appointment", "Patients asked about their care",
    "Audit of outcomes reported to the board", "Training of staff on every shift", "Transfer agreed with the partner trust",
)  # fmt: skip


def make_sets(world: World, sizes: Sizes, published: dt.datetime, chance: random.Random) -> dict[int, list[Indicator]]:
    """Specification id to the indicators of its set, in order."""
    made = list(
        write(
            IndicatorSet,
            (
                IndicatorSet(
                    code=f"ZZ-{specification.number}"[:30],
                    name=f"Illustrative indicators: {specification.name}"[:250],
                    specification=specification,
                    status=IndicatorSet.Status.PUBLISHED,
                    is_illustrative=True,
                    is_nhs_england=False,
                    provenance="Illustrative: these indicators are invented for measuring.",
                    published_at=published,
                )  # fmt: skip
                for specification in world.specifications
            ),
        )
    )
    wanted = [sizes.largest_set, *(sizes.set_sizes[n % len(sizes.set_sizes)] for n in range(len(made) - 1))]
    write_all(Indicator, (row for one, count in zip(made, wanted, strict=True) for row in _indicators(one, count, chance)))
    found: dict[int, list[Indicator]] = {}
    for row in Indicator.objects.filter(indicator_set__in=made).select_related("indicator_set").order_by("indicator_set", "position"):
        found.setdefault(row.indicator_set.specification_id, []).append(row)
    return found


def _indicators(one: IndicatorSet, count: int, chance: random.Random) -> list[Indicator]:
    made = []
    for n in range(1, count + 1):
        section, kind_of_question = SECTIONS[(n - 1) * len(SECTIONS) // count]
        kind = chance.choices((Kind.YES_NO_NA, Kind.PERCENTAGE, Kind.NUMBER, Kind.TEXT), (70, 20, 6, 4))[0]
        has_target = kind in {Kind.PERCENTAGE, Kind.NUMBER} and n % 9 != 0
        made.append(
            Indicator(
                indicator_set=one,
                number=f"ZZ-{n:03d}",
                position=n,
                title=f"{SUBJECTS[n % len(SUBJECTS)]}, {n}",
                section=section,
                type=kind_of_question,
                answer_kind=kind,
                is_key=n % 12 == 1,
                target=(Decimal(80) if kind == Kind.PERCENTAGE else Decimal(14)) if has_target else None,
                comparator=("AT_LEAST" if kind == Kind.PERCENTAGE else "AT_MOST") if has_target else "",
                evidence_wanted="Operational policy" if n % 3 == 0 else "",
            )  # fmt: skip
        )
    return made
