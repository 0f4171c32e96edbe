"""A review of several services: the steps of a pathway in the patient's order, and who runs each."""

from dataclasses import dataclass

from peerreview.models import Review
from surveillance.models import Service


@dataclass(frozen=True)
class Step:
    """One service of a review; in a pathway the step that it carries out. ``number`` counts from 1."""

    number: int
    name: str
    service: Service
    is_pathway: bool

    @property
    def words(self) -> str:
        """The step with its service and who runs it: "Step 2: Referral. Renal services, Northern Trust"."""
        where = f"{self.service.name}, {self.service.holder.name}"
        if not self.is_pathway:
            return where
        return f"Step {self.number}: {self.name}. {where}" if self.name else f"Step {self.number}: {where}"


def steps_of(review: Review) -> list[Step]:
    """The services of a review in the patient's order, in one statement."""
    rows = review.review_services.select_related("service__provider", "service__network").order_by("position", "pk")
    return [Step(number, row.step, row.service, review.is_pathway) for number, row in enumerate(rows, start=1)]


def next_step_of(review: Review, service_id: int) -> Step | None:
    """The step to which a service of a pathway hands over; None for the last, and where the review is no pathway."""
    if not review.is_pathway:
        return None
    steps = steps_of(review)
    return next((after for before, after in zip(steps, steps[1:], strict=False) if before.service.pk == service_id), None)
