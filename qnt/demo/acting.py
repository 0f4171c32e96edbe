"""What people do to actions between offer and verification: steps, comments, a plan that is agreed, a board's action, a refusal."""

import datetime as dt

from accounts.models import User
from qnt.demo.clock import moment, working_day
from qnt.demo.organisations import Places
from qnt.demo.people import People
from surveillance.models import Action, Service
from surveillance.services import action_steps, actions, plans

# Places in the list of services; no other part of the story, and no journey of a test, goes on with their actions.
UNDER_WAY, AGREED, BOARDS, REFUSED = 12, 13, 20, 22
STEPS = ("Name the person for each indicator", "Put the cover into the rota", "Report to the board for three months")
BOARD_STEPS = ("Agree the sum with the region", "Write to the trust")


class Acting:
    """Carries a few plans further, through the services that the pages call."""

    def __init__(self, places: Places, people: People, *, today: dt.date) -> None:
        self.places, self.people, self.today = places, people, today

    def carry(self) -> None:
        """Some weeks of work up to today."""
        self._work_on(self._services()[UNDER_WAY])
        for n in (UNDER_WAY, AGREED, BOARDS):
            self._agree(self._services()[n])
        self._act_as_board(self._services()[BOARDS])
        self._refuse(self._services()[REFUSED])

    def _services(self) -> list[Service]:
        return self.places.services

    def _day(self, days: int) -> dt.date:
        return working_day(self.today - dt.timedelta(days=days))

    def _work_on(self, service: Service) -> None:
        action = service.actions.get(status=Action.Status.IN_PROGRESS)
        lead, officer = self.people.leads[service.pk], self._officer(service)
        with moment(self._day(60), 9):
            steps = [action_steps.add_step(action_id=action.pk, what=what, by=lead) for what in STEPS]
        for step, days in zip(steps[:2], (48, 27), strict=True):
            with moment(self._day(days), 11):
                action_steps.tick_step(action_id=action.pk, step_id=step.pk, by=lead)
        for by, days, text in (
            (officer, 21, "Which month does the board read first?"),
            (lead, 20, "The October figures, at its meeting in November."),
        ):
            with moment(self._day(days), 15):
                action_steps.comment_on_action(action_id=action.pk, text=text, by=by)

    def _agree(self, service: Service) -> None:
        with moment(self._day(14), 10):
            plans.agree_plan(service_id=service.pk, by=self._executive(service), as_hub=False)
        with moment(self._day(11), 10):
            plans.agree_plan(service_id=service.pk, by=self._manager(service), as_hub=True)

    def _act_as_board(self, service: Service) -> None:
        """The hub drafts what falls to the commissioner, whose own person takes it."""
        officer, buyer = self._officer(service), self._commissioner(service)
        with moment(self._day(9), 10):
            action = actions.draft_action(
                service_id=service.pk, what="Fund a second specialist nurse from April, and write to the trust about it.", by=officer,
                addressed_to=Action.AddressedTo.COMMISSIONER, due_date=self.today + dt.timedelta(days=120),
                domains=("STAKEHOLDER", "SYSTEMIC"),
            )  # fmt: skip
            actions.offer_action(action_id=action.pk, owner_id=buyer.pk, by=officer)
        with moment(self._day(7), 10):
            actions.accept_action(action_id=action.pk, by=buyer)
            actions.start_action(action_id=action.pk, by=buyer)
            for what in BOARD_STEPS:
                action_steps.add_step(action_id=action.pk, what=what, by=buyer)

    def _refuse(self, service: Service) -> None:
        action = service.actions.get(status=Action.Status.BLOCKED)
        with moment(self._day(30), 14):
            actions.answer_block(
                action_id=action.pk, answer=Action.BlockAnswer.CANNOT, by=self._commissioner(service),
                note="There is no money for the post this year. Cover stays with one consultant, so leave is not covered.",
            )  # fmt: skip

    def _executive(self, service: Service) -> User:
        return self.people.executives[self.places.providers.index(service.provider)]

    def _officer(self, service: Service) -> User:
        return self.people.officers[self.places.regions.index(service.region) * 3]

    def _manager(self, service: Service) -> User:
        return self.people.managers[self.places.regions.index(service.region)]

    def _commissioner(self, service: Service) -> User:
        return self.people.commissioners[self.places.icbs.index(service.icb)]
