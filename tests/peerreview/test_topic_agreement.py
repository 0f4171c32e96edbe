"""Focus topics between hub and service: sent, agreed or commented on, undone by a change, and silence that holds nobody up."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from peerreview.models import Review
from peerreview.queries.topic_agreement import day_of_topics, topics_mark
from peerreview.queries.waiting_preparation import preparation_items
from peerreview.services import dates, opening, reviews, topic_agreement, topics
from qnt.demo.clock import moment
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.peerreview import Visit, make_visit
from work import jobs
from work.items import day_words
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def visit() -> Visit:
    """A visit of which the service was told, with one topic."""
    made = make_visit()
    made.open()
    made.add_topic()
    reviews.send_notice(review_id=made.review.pk, by=made.manager)
    made.review = Review.objects.get(pk=made.review.pk)
    return made


def send(visit: Visit) -> None:
    topic_agreement.send_topics(review_id=visit.review.pk, by=visit.manager)


def answer(visit: Visit, *, agrees: bool = True, comment: str = "") -> Review:
    return topic_agreement.answer_topics(review_id=visit.review.pk, agrees=agrees, comment=comment, by=visit.scene.lead)


def tasks(user: User) -> list[str]:
    return [item.task for item in preparation_items(User.objects.get(pk=user.pk))]


def test_service_agrees_what_the_hub_sent(visit: Visit, signed_in: SignedIn) -> None:
    manager, lead, url = signed_in(visit.manager), signed_in(visit.scene.lead), f"/reviews/{visit.review.pk}/topics/"
    due = day_words(day_of_topics(visit.review))
    assert "agrees them or comments" in manager.get(url).content.decode()

    manager.post(f"{url}send/")
    assert tasks(visit.scene.lead) == ["Agree the focus topics"]
    assert f"It agrees them or comments by {due}." in lead.get(url).content.decode()
    page = lead.post(f"{url}answer/", {}).content.decode()
    assert "Select yes if you agree" in page
    lead.post(f"{url}answer/", {"answer": "AGREE", "remark": "Good questions"})

    page = manager.get(url).content.decode()
    assert ("Lee Lead agreed the focus topics for the service on" in page, "Good questions" in page) == (True, True)
    assert "1 focus topic. The procedure allows at most" in page
    assert tasks(visit.scene.lead) == []
    assert reviews.start_preparing(review_id=visit.review.pk, by=visit.manager).status == "PREPARING"


def test_change_after_the_agreement_undoes_it(visit: Visit) -> None:
    send(visit)
    answer(visit)

    topic = visit.review.topics.get()
    first = visit.scene.answers[0].indicator_id
    topics.change_topic(topic_id=topic.pk, title="Cover by day", question="", indicator_ids=[first], by=visit.manager)

    visit.review.refresh_from_db()
    assert (visit.review.topics_agreed_at, visit.review.topics_agreed_by) == (None, None)
    with pytest.raises(InvalidTransition, match="It sends them to you again"):
        answer(visit)
    send(visit)
    assert answer(visit).topics_agreed_by == visit.scene.lead


def test_comment_goes_to_the_hub_which_sends_them_again(visit: Visit) -> None:
    send(visit)
    with pytest.raises(InvalidTransition, match="Enter what should change"):
        answer(visit, agrees=False, comment=" ")
    answer(visit, agrees=False, comment="Ask about weekends")
    jobs.run_pending()

    asked, told = [[sent for sent in mail.outbox if sent.subject.startswith(verb)] for verb in ("Agree the focus", "Read what the service")]
    assert [sent.to[0] for sent in told] == [visit.manager.email]
    assert "Ask about weekends" not in told[0].body
    assert len(asked) <= 1
    send(visit)


def test_topics_are_sent_once_and_not_before_the_notice(visit: Visit) -> None:
    send(visit)
    with pytest.raises(InvalidTransition, match="These topics were sent to the service on"):
        send(visit)
    jobs.run_pending()
    assert [sent.to[0] for sent in mail.outbox if sent.subject.startswith("Agree the focus topics of")] == [visit.scene.lead.email]

    early = make_visit()
    early.open()
    early.add_topic()
    with pytest.raises(InvalidTransition, match="This review is planned"):
        send(early)


def test_silence_holds_nobody_up_after_the_day(visit: Visit, signed_in: SignedIn) -> None:
    due = day_of_topics(visit.review)
    assert due is not None
    with pytest.raises(InvalidTransition, match="The service has not agreed the focus topics. It can answer until"):
        reviews.start_preparing(review_id=visit.review.pk, by=visit.manager)
    page = signed_in(visit.manager).post(f"/reviews/{visit.review.pk}/prepare/").content.decode()
    assert f"It can answer until {day_words(due)}." in page

    with moment(due + dt.timedelta(days=1), 9):
        assert topic_agreement.check_agreement(visit.review) is None
        client = signed_in(visit.manager)
        assert f"The service did not answer by {day_words(due)}." in client.get(f"/reviews/{visit.review.pk}/prepare/").content.decode()
        assert reviews.start_preparing(review_id=visit.review.pk, by=visit.manager).status == "PREPARING"


@pytest.mark.parametrize(
    ("said", "kept"), [({"answer": "AGREE", "remark": "Fine"}, "Fine"), ({"answer": "CHANGE", "change": "Ask less"}, "Ask less")]
)
def test_answer_is_for_the_topics_that_were_read(said: dict[str, str], kept: str, visit: Visit, signed_in: SignedIn) -> None:
    send(visit)
    lead, url = signed_in(visit.scene.lead), f"/reviews/{visit.review.pk}/topics/answer/"
    read = mark_in(lead.get(url).content.decode())
    second = visit.scene.answers[1].indicator_id
    topics.add_topic(review_id=visit.review.pk, title="Cover by day", question="Who comes?", indicator_ids=[second], by=visit.manager)
    send(visit)

    clash = lead.post(url, said | {"read": read})
    page = clash.content.decode()

    assert clash.status_code == 409
    assert "The focus topics changed after you opened this page. Your answer was not sent. Read them as they are now." in page
    assert ("Cover by day" in page, "Who comes?" in page, kept in page) == (True, True, True)
    visit.review.refresh_from_db()
    assert (visit.review.topics_agreed_at, visit.review.topics_comment) == (None, "")
    assert lead.post(url, said | {"read": mark_in(page)}).status_code == 302
    visit.review.refresh_from_db()
    assert (visit.review.topics_agreed_at is not None, visit.review.topics_comment) == (said["answer"] == "AGREE", kept)


def test_answer_to_topics_that_are_with_the_hub_again_is_kept_on_the_page(visit: Visit, signed_in: SignedIn) -> None:
    send(visit)
    lead, url = signed_in(visit.scene.lead), f"/reviews/{visit.review.pk}/topics/answer/"
    read = mark_in(lead.get(url).content.decode())
    topic, first = visit.review.topics.get(), visit.scene.answers[0].indicator_id
    topics.change_topic(topic_id=topic.pk, title="Cover by day", question="", indicator_ids=[first], by=visit.manager)

    clash = lead.post(url, {"answer": "CHANGE", "change": "Ask about weekends", "read": read})
    page = clash.content.decode()

    assert clash.status_code == 409
    assert ("Cover by day" in page, "Ask about weekends" in page, "Send your answer" in page) == (True, True, False)
    assert Review.objects.get(pk=visit.review.pk).topics_comment == ""


@pytest.mark.parametrize("change", ["title", "question", "indicators", "removed"])
def test_every_change_of_a_topic_is_noticed(change: str, visit: Visit) -> None:
    first, second = (visit.scene.answers[place].indicator_id for place in (0, 1))
    topics.add_topic(review_id=visit.review.pk, title="Second", question="", indicator_ids=[second], by=visit.manager)
    send(visit)
    read, topic = topics_mark(visit.review), visit.review.topics.get(position=1)
    said = {"title": topic.title, "question": topic.question, "indicator_ids": [first]}
    said |= {"title": {"title": "Other"}, "question": {"question": "Other?"}, "indicators": {"indicator_ids": [second]}, "removed": {}}[
        change
    ]
    if change == "removed":
        topics.remove_topic(topic_id=topic.pk, by=visit.manager)
    else:
        topics.change_topic(topic_id=topic.pk, by=visit.manager, **said)  # type: ignore[arg-type]
    send(visit)

    with pytest.raises(SomeoneElseChanged):
        topic_agreement.answer_topics(review_id=visit.review.pk, agrees=True, comment="", read=read, by=visit.scene.lead)


def mark_in(page: str) -> str:
    """The mark of the topics that a page shows."""
    [found] = re.findall(r'name="read" value="([0-9a-f]{16})"', page)
    return str(found)


def test_only_the_service_agrees(visit: Visit, signed_in: SignedIn) -> None:
    send(visit)
    url = f"/reviews/{visit.review.pk}/topics/answer/"

    codes = [
        signed_in(user).post(url, {"answer": "AGREE"}).status_code for user in (visit.manager, visit.scene.executive, visit.scene.stranger)
    ]

    assert codes == [403, 403, 404]


def test_review_for_learning_speaks_of_questions(signed_in: SignedIn) -> None:
    visit = make_visit()
    review = opening.request_review(
        service_id=visit.scene.service.pk, title="Learn", question="What helps?", reason="Why", visit_lead_id=visit.manager.pk,
        by=visit.scene.lead,
    )  # fmt: skip
    visit.review = review
    visit.give_phone()
    start = timezone.localdate() + dt.timedelta(days=120)
    while start.weekday() > 4:
        start += dt.timedelta(days=1)
    dates.plan_dates(review_id=review.pk, starts_date=start, ends_date=None, by=visit.manager)
    reviews.send_notice(review_id=review.pk, by=visit.manager)
    topic_agreement.send_topics(review_id=review.pk, by=visit.manager)

    page = signed_in(visit.scene.lead).get(f"/reviews/{review.pk}/topics/").content.decode()
    assert ("1 learning question" in page, "Focus topics" in page, "indicator" in page) == (True, False, False)
    assert tasks(visit.scene.lead) == ["Agree the learning questions"]
    assert tasks(visit.scene.national) == []
