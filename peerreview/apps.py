"""Start-up of peer review: what it registers with the apps below."""

from django.apps import AppConfig


class PeerReviewConfig(AppConfig):
    name = "peerreview"
    verbose_name = "Peer review"

    def ready(self) -> None:
        from accounts.access import register_kind  # noqa: PLC0415 (models load before this)
        from accounts.holdings import register_holdings  # noqa: PLC0415
        from peerreview import (  # noqa: PLC0415
            handlers,  # noqa: F401 (job kinds register themselves)
            handlers_learning,  # noqa: F401
            handlers_planning,  # noqa: F401
            handlers_training,  # noqa: F401
            holdings,
            kinds,
            periodic,
        )
        from peerreview.queries.action_causes import cause_of_action  # noqa: PLC0415
        from peerreview.queries.documents import DOCUMENT_USES, learning_documents  # noqa: PLC0415
        from peerreview.queries.findings import learning_action_ids, open_immediate_risk_counts  # noqa: PLC0415
        from peerreview.queries.training_ends import training_items  # noqa: PLC0415
        from peerreview.queries.visits import VISIT_FACTS  # noqa: PLC0415
        from peerreview.queries.waiting import review_items  # noqa: PLC0415
        from peerreview.queries.waiting_afterwards import afterwards_items  # noqa: PLC0415
        from peerreview.queries.waiting_learning import learning_items  # noqa: PLC0415
        from peerreview.queries.waiting_polls import poll_items  # noqa: PLC0415
        from peerreview.queries.waiting_preparation import preparation_items  # noqa: PLC0415
        from peerreview.queries.waiting_procedures import procedure_items  # noqa: PLC0415
        from peerreview.queries.waiting_risks import judgement_items, risk_items  # noqa: PLC0415
        from peerreview.queries.waiting_views import views_items  # noqa: PLC0415
        from surveillance.facts import (  # noqa: PLC0415
            register_action_causes,
            register_document_uses,
            register_learning_actions,
            register_learning_documents,
            register_open_immediate_risks,
            register_visits,
        )
        from work.items import register_work_items  # noqa: PLC0415
        from work.schedule import register_periodic  # noqa: PLC0415

        for kind, visible in kinds.KINDS.items():
            register_kind(kind, visible)
        register_holdings(holdings.review_holdings)
        register_learning_actions(learning_action_ids)
        register_learning_documents(learning_documents)
        register_open_immediate_risks(open_immediate_risk_counts)
        register_document_uses(DOCUMENT_USES)
        register_visits(VISIT_FACTS)
        register_action_causes(cause_of_action)
        register_work_items(review_items)
        register_work_items(preparation_items)
        register_work_items(procedure_items)
        register_work_items(afterwards_items)
        register_work_items(risk_items)
        register_work_items(judgement_items)
        register_work_items(learning_items)
        register_work_items(views_items)
        register_work_items(training_items)
        register_periodic("lapse_rechecks", periodic.lapse_rechecks)
        register_periodic("ask_after_visits", periodic.ask_after_visits)
        register_work_items(poll_items)
        register_periodic("send_reminders", periodic.send_review_reminders)
        register_periodic("move_up_stand_bys", periodic.move_up_stand_bys)
        register_periodic("send_reminders", periodic.remind_of_evidence_requests)
        register_periodic("send_reminders", periodic.send_training_reminders)
