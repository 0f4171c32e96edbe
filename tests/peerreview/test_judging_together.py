"""The last member to judge and a lead who opens without them, at once: one opening, on PostgreSQL."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from accounts.models import AuditEvent
from peerreview.models import Judgement, JudgementPanel
from peerreview.services.judging import give_judgement, open_without
from tests.factories.peerreview import make_visit
from work.status import InvalidTransition


def together(*acts: Callable[[], object]) -> list[str]:
    """Do the acts at once; what each ended with, in their order."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        start.wait()
        try:
            act()
        except InvalidTransition as error:
            return type(error).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_last_judgement_and_an_opening_lead_make_one_opening() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL")
    visit = make_visit(accepted=True)
    visit.carry("VISITING")
    asked = {"review_id": visit.review.pk, "service_id": visit.scene.service.pk, "indicator_id": visit.scene.answers[0].indicator_id}

    def give(user: object) -> Judgement:
        return give_judgement(**asked, value="MET", reason="", client_id=uuid.uuid4(), by=user)  # type: ignore[arg-type]

    give(visit.lead)
    give(visit.member)
    panel, patient = JudgementPanel.objects.get(), visit.place(visit.patient)

    ended = together(
        lambda: give(visit.patient), lambda: open_without(panel_id=panel.pk, without_ids=[patient.pk], reason="Away", by=visit.lead)
    )

    panel.refresh_from_db()
    assert ended in (["done", "AlreadyDone"], ["InvalidTransition", "done"])
    assert AuditEvent.objects.filter(action="judgement.opened").count() == 1
    assert (panel.judgements.count(), panel.opened_by) == ((3, None) if ended[0] == "done" else (2, visit.lead))
