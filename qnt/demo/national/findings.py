"""What visits found: findings with tags, letters about the grave ones, and actions that answer them."""

import datetime as dt
from collections.abc import Iterator, Sequence

from peerreview.models import Finding, FindingAction, FindingTag, FocusTopic, Letter
from qnt.demo import texts
from qnt.demo.earlier import words
from qnt.demo.earlier.moments import at
from qnt.demo.national.bulk import write, write_all
from qnt.demo.national.told import Told
from qnt.demo.national.visit import Held
from surveillance.models import Action, Indicator
from work.working_days import add_working_days

CATEGORIES = ("GOOD_PRACTICE", "FURTHER_CONSIDERATION", "CONCERN", "CONCERN", "SERIOUS_CONCERN")
FOR_LEARNING = ("GOOD_PRACTICE", "FURTHER_CONSIDERATION")
DOMAINS = (
    "DIRECTIVE", "ORGANISATIONAL", "STAKEHOLDER", "LATERAL", "ANTICIPATORY", "RELATIONAL", "INFORMATIONAL", "SYSTEMIC",
)  # fmt: skip
WORDS = tuple(sentence for text in (*texts.MAIN_FINDINGS, *texts.SHORT_FINDINGS) for sentence in (text.seen, text.basis))
# Category: working days to the letter, and from there to its answer (the default procedures).
LETTERS = {"IMMEDIATE_RISK": (2, 10), "SERIOUS_CONCERN": (10, 20)}
A, F = Action.Status, Finding.Status


class Findings:
    """Writes findings and what answers them. ``questions``: specification id to the indicators of its set."""

    def __init__(self, told: Told, questions: dict[int, list[Indicator]]) -> None:
        self.told, self.questions, self.chance = told, questions, told.chance

    def record(self, held: Sequence[Held]) -> dict[int, list[Finding]]:
        """Findings of these visits by review id. Reviews for learning have two about their question, without actions."""
        topics = {topic.review_id: topic for topic in FocusTopic.objects.filter(review__in=[one.review.pk for one in held])}
        rows = (
            row
            for one in held
            for row in (self._learnt(one, topics[one.review.pk]) if one.review.is_learning else self._found(one))
        )  # fmt: skip
        findings = list(write(Finding, rows))
        tags = (
            FindingTag(finding=f, domain=DOMAINS[n % len(DOMAINS)], shows="Illustrative line.", tagged_by_id=f.recorded_by_id)
            for n, f in enumerate(findings)
        )
        write_all(FindingTag, tags)
        by_review: dict[int, list[Finding]] = {one.review.pk: [] for one in held}
        for finding in findings:
            by_review[finding.review_id].append(finding)
        write_all(Letter, (letter for one in held for letter in self._letters(one, by_review[one.review.pk])))
        most = self.told.sizes.actions_a_review
        self._act([finding for one in held if not one.review.is_learning for finding in by_review[one.review.pk][:most]])
        return by_review

    def _found(self, held: Held) -> Iterator[Finding]:
        review, questions = held.review, self.questions[held.service.specification_id]
        for n in range(self.told.sizes.findings_a_review):
            category = "IMMEDIATE_RISK" if review.pk % 40 == 0 and n == 0 else CATEGORIES[n % len(CATEGORIES)]
            is_ended = category == "GOOD_PRACTICE"
            closed = None if is_ended else review.closed_at
            yield self._finding(
                held, category, status=F.AGREED if is_ended else F.CLOSED if closed else F.OPEN, indicator=questions[n % len(questions)],
                addressed_to="COMMISSIONER" if n % 8 == 7 else "PROVIDER", closed_at=closed,
                closed_reason="Illustrative: put right." if closed else "",
                recommendation="" if category in FOR_LEARNING else "Illustrative recommendation.",
            )  # fmt: skip

    def _learnt(self, held: Held, topic: FocusTopic) -> Iterator[Finding]:
        for category in FOR_LEARNING:
            yield self._finding(held, category, status=F.AGREED, topic=topic)

    def _finding(self, held: Held, category: str, **facts: object) -> Finding:
        lead, at_visit = held.team[0], held.review.visited_at
        return Finding(
            review=held.review, service=held.service, category=category, what_was_seen=self.chance.choice(WORDS),
            basis="Illustrative basis.", recorded_by=lead, recorded_at=at_visit, agreed_by=lead, agreed_at=at_visit, **facts,
        )  # fmt: skip

    def _letters(self, held: Held, findings: Sequence[Finding]) -> Iterator[Letter]:
        """Nine in ten go by their day, and nearly all are answered."""
        executive, manager = self.told.executives[held.service.provider_id], self.told.managers[held.review.region_id]
        days = {
            category: (add_working_days(held.ends, to_letter), add_working_days(held.ends, to_letter + to_answer))
            for category, (to_letter, to_answer) in LETTERS.items()
        }
        for finding in findings:
            if finding.category in days:
                due, answer_due = days[finding.category]
                is_answered = self.told.holds(0.97)
                yield Letter(
                    finding=finding, to_name=executive.name, due_date=due, response_due_date=answer_due, sent_by=manager,
                    sent_at=at(due if self.told.holds(0.98) else due + dt.timedelta(days=4), 15), text="Illustrative letter.",
                    answered_at=at(answer_due) if is_answered else None, answered_by=executive if is_answered else None,
                    answer=words.LETTER_ANSWERED if is_answered else "",
                )  # fmt: skip

    def _act(self, findings: Sequence[Finding]) -> None:
        actions = list(write(Action, (self._action(finding) for finding in findings)))
        write_all(FindingAction, (FindingAction(finding=f, action=a) for f, a in zip(findings, actions, strict=True)))

    def _action(self, finding: Finding) -> Action:
        """Offered and accepted; done on time in most; some are open, and some say that money or staff are missing."""
        service, drafted, told = finding.service, finding.recorded_at + dt.timedelta(days=10), self.told
        is_board = finding.addressed_to == "COMMISSIONER"
        owner, officer = told.commissioner(service) if is_board else told.lead(service), told.officers[service.region_id]
        done = told.past(drafted + dt.timedelta(days=self.chance.randint(60, 200)))
        done = None if told.holds(0.08) else done
        verified = told.past(done + dt.timedelta(days=8)) if done else None
        return Action(
            service=service, addressed_to=finding.addressed_to, what="Illustrative action.", indicator=finding.indicator,
            baseline="Not met", target="Met", status=A.VERIFIED if verified else A.DONE if done else A.IN_PROGRESS, drafted_by=officer,
            drafted_at=drafted, owner=owner, owner_organisation_id=service.provider.icb_id if is_board else service.provider_id,
            due_date=(drafted + dt.timedelta(days=180)).date(), offered_at=drafted, offer_due_date=drafted.date(), accepted_at=drafted,
            domains=["DIRECTIVE"], done_at=done, done_note="Illustrative note." if done else "",
            blocked_reason=words.BLOCKED if told.holds(0.04) else "", verified_by=officer if verified else None, verified_at=verified,
        )  # fmt: skip
