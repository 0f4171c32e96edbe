"""What stands around decisions: a meeting of last year, one that is open, comments of services, and a notice of option 1."""

import datetime as dt

from accounts.models import User
from qnt.demo.clock import moment, working_day
from qnt.demo.organisations import Places
from qnt.demo.people import People
from surveillance.models import Meeting, Round, SelfReport, Service
from surveillance.queries.holders import lead_commissioner_of
from surveillance.services import decision_comments, meetings, option_1
from surveillance.services.meetings import Spoken

# Places in the list of services.
NOT_DECLARED, ON_THE_AGENDA, BY_NOTICE, COMMENTED = 23, (9, 12), 20, 1
COMMENTS = (
    "We agree with the figures. The new rota starts in the spring.",
    "One more of the posts was filled after we declared. The evidence is filed.",
)


class Meetings:
    """Carries meetings, comments and a notice through services that the pages call."""

    def __init__(self, places: Places, people: People, *, today: dt.date) -> None:
        self.places, self.people, self.today = places, people, today

    def carry(self) -> None:
        """Everything, once the decisions of both years are told."""
        self._hold_last_years()
        self._call_this_years()
        for text in COMMENTS:
            self._comment(self.places.services[COMMENTED], text)
        self._give_notice(self.places.services[BY_NOTICE])

    def _hold_last_years(self) -> None:
        """One service that did not declare, decided by three parties in the room; the record is closed."""
        service = self.places.services[NOT_DECLARED]
        report = service.self_reports.select_related("round").get(round__year=self.today.year - 1)
        with moment(working_day(report.round.closes_date + dt.timedelta(days=80)), 10) as at:
            meeting = self._call(service, report.round, at.date(), [report])
            spoken = [Spoken(party, pk, "AGREE") for party, pk in self._attend(meeting, service).items()]
            proposal = {
                "needs_provider_action": True, "likelihood": 3, "consequence": 3, "review_date": self.today + dt.timedelta(days=200),
                "rationale": "Nothing was declared. The trust will say by whom and when the next self-report is written.",
            }  # fmt: skip
            manager = self._manager(service)
            meetings.record_item(item_id=meeting.items.get().pk, by=manager, positions=spoken, proposal=proposal)
            meetings.close_meeting(meeting_id=meeting.pk, by=manager)

    def _call_this_years(self) -> None:
        """A meeting that is called, with its agenda and the people who will come."""
        services = [self.places.services[n] for n in ON_THE_AGENDA]
        reports = [service.self_reports.select_related("round").get(round__year=self.today.year) for service in services]
        with moment(working_day(self.today - dt.timedelta(days=2)), 10):
            day = working_day(self.today + dt.timedelta(days=3))
            self._attend(self._call(services[0], reports[0].round, day, reports), services[0])

    def _call(self, service: Service, about: Round, day: dt.date, reports: list[SelfReport]) -> Meeting:
        manager = self._manager(service)
        meeting = meetings.call_meeting(region_id=service.region_id, round_id=about.pk, date=day, by=manager)
        pks = [report.pk for report in reports]
        meetings.choose_agenda(meeting_id=meeting.pk, shown=pks, chosen=pks, by=manager)
        return meeting

    def _attend(self, meeting: Meeting, service: Service) -> dict[str, int]:
        """The executive and the commissioner of a service beside the hub manager; attendee by party."""
        found = {"QNT": meeting.attendees.get().pk}
        board = lead_commissioner_of(service)
        people = (("PROVIDER", service.provider, self._executive(service)), ("COMMISSIONER", board, self._commissioner(service)))
        for party, organisation, user in people:
            if organisation:
                attendee = meetings.add_attendee(
                    meeting_id=meeting.pk, name=user.name, organisation_id=organisation.pk, by=self._manager(service)
                )
                found[party] = attendee.pk
        return found

    def _comment(self, service: Service, text: str) -> None:
        decision = service.decisions.get(round__year=self.today.year)
        with moment(working_day(self.today - dt.timedelta(days=1)), 15):
            decision_comments.comment_on_decision(decision_id=decision.pk, text=text, by=self.people.leads[service.pk])

    def _give_notice(self, service: Service) -> None:
        report = service.self_reports.get(round__year=self.today.year)
        with moment(working_day(self.today - dt.timedelta(days=2)), 11):
            option_1.propose_by_notice(
                self_report_id=report.pk, likelihood=1, consequence=2, review_date=self.today + dt.timedelta(days=365),
                by=self._manager(service),
            )  # fmt: skip
            option_1.ask_for_notices()

    def _manager(self, service: Service) -> User:
        return self.people.managers[self.places.regions.index(service.region)]

    def _executive(self, service: Service) -> User:
        return self.people.executives[self.places.providers.index(service.provider)]

    def _commissioner(self, service: Service) -> User:
        return self.people.commissioners[self.places.icbs.index(service.icb)]
