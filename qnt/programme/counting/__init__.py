"""The rows of a year, measure by measure, out of what is recorded. Each counter takes a calendar year and gives unsaved rows."""

from collections.abc import Callable, Iterator

from qnt.programme.counting.actions import action_facts
from qnt.programme.counting.burden import burden_facts
from qnt.programme.counting.learning import learning_facts
from qnt.programme.counting.reviews import review_facts
from qnt.programme.counting.spread import spread_facts
from qnt.programme.counting.surveys import survey_facts
from qnt.programme.counting.systemic import systemic_facts
from qnt.programme.models import ProgrammeFact

Counter = Callable[[int], Iterator[ProgrammeFact]]
COUNTERS: tuple[Counter, ...] = (review_facts, action_facts, burden_facts, learning_facts, spread_facts, survey_facts, systemic_facts)
