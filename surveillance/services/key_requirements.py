"""What a service without an indicator set reports against: the key requirements of its specification, as a set.

The set is like any other, with real questions, so that there is one way to answer, send, declare and check. It never counts
in percentages (``is_counted`` is False). Source: services without an indicator set still declare against the key requirements
of their specification (the field guide).
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.models import User
from surveillance.models import Indicator, IndicatorSet, ServiceSpecification

# Our default wording, to be confirmed: for a specification whose key requirements nobody has recorded yet.
DEFAULT_REQUIREMENT = "The service meets the key requirements of its service specification."
DEFAULT_PROVENANCE = "Our default wording, to be confirmed. No key requirements are recorded for this specification."
SECTION = "Key requirements"
LONGEST_TITLE = Indicator._meta.get_field("title").max_length or 0
LONGEST_NAME = IndicatorSet._meta.get_field("name").max_length or 0


def requirement_lines(specification: ServiceSpecification) -> list[str]:
    """The key requirements, one each, without empty lines; our default sentence where none is recorded."""
    lines = [" ".join(line.split()) for line in specification.key_requirements.splitlines()]
    return [line for line in lines if line] or [DEFAULT_REQUIREMENT]


def set_code(specification: ServiceSpecification) -> str:
    """The code of the specification's key requirements: "KR-105-AO"."""
    return f"KR-{specification.number}"


def key_requirement_set(specification: ServiceSpecification, *, by: User | None = None) -> IndicatorSet:
    """The published set of the key requirements of a specification as they are worded now; made when there is none yet.

    Changed lines make the next version; versions before it stay as they are.
    """
    return key_requirement_sets([specification], by=by)[specification.pk]


@transaction.atomic
def key_requirement_sets(specifications: Iterable[ServiceSpecification], *, by: User | None = None) -> dict[int, IndicatorSet]:
    """See ``key_requirement_set``; for many specifications by id, in a handful of statements besides those for new sets."""
    # Locked, so that two rounds opened at once never make the same version twice.
    locked = list(ServiceSpecification.objects.select_for_update().filter(pk__in=[one.pk for one in specifications]).order_by("pk"))
    codes = [set_code(one) for one in locked]
    current: dict[str, IndicatorSet] = {}
    of_now = IndicatorSet.objects.filter(code__in=codes, is_counted=False, status=IndicatorSet.Status.PUBLISHED)
    for found in of_now.prefetch_related("indicators").order_by("version"):
        current[found.code] = found
    newest = dict(IndicatorSet.objects.filter(code__in=codes).order_by().values_list("code").annotate(Max("version")))
    made: dict[int, IndicatorSet] = {}
    for specification in locked:
        code = set_code(specification)
        there = current.get(code)
        is_same = there is not None and _asked(there) == [_words(line) for line in requirement_lines(specification)]
        made[specification.pk] = there if there and is_same else _publish(specification, newest.get(code, 0) + 1, by)
    return made


def _asked(found: IndicatorSet) -> list[tuple[str, str]]:
    """Title and description of each question of a set, in order."""
    return [(one.title, one.description) for one in sorted(found.indicators.all(), key=lambda one: one.position)]


def _words(line: str) -> tuple[str, str]:
    """A requirement as title and description: one too long for a title is cut there and stands whole beneath."""
    return (line, "") if len(line) <= LONGEST_TITLE else (f"{line[: LONGEST_TITLE - 1]}…", line)


def _publish(specification: ServiceSpecification, version: int, by: User | None) -> IndicatorSet:
    is_default = not specification.key_requirements.strip()
    source = f"Key requirements of service specification {specification.number}."
    found = IndicatorSet.objects.create(
        code=set_code(specification), version=version, name=f"Key requirements of {specification}"[:LONGEST_NAME],
        specification=specification, status=IndicatorSet.Status.PUBLISHED, is_counted=False, is_nhs_england=not is_default,
        provenance=DEFAULT_PROVENANCE if is_default else source, published_at=timezone.now(), published_by=by,
    )  # fmt: skip
    Indicator.objects.bulk_create(
        Indicator(
            indicator_set=found, number=f"KR {position}", position=position, title=title, description=description, section=SECTION,
            type=Indicator.Type.STRUCTURE_AND_FUNCTION, answer_kind=Indicator.AnswerKind.YES_NO_NA,
            provenance="Our default wording" if is_default else "",
        )
        for position, (title, description) in enumerate(map(_words, requirement_lines(specification)), start=1)
    )  # fmt: skip
    audit.record("indicator_set.key_requirements_published", target=found, by=by)
    return found
