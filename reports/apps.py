"""Start-up of reports: what it registers with the apps below."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        from accounts.access import register_kind  # noqa: PLC0415 (models load before this)
        from peerreview.facts import register_finding_links, register_report_source  # noqa: PLC0415
        from reports import (  # noqa: F401, PLC0415 (job kinds register themselves)
            handlers,
            handlers_documents,
            handlers_readings,
            kinds,
            periodic,
            periodic_drafting,
        )
        from reports.public_documents import register_public_documents  # noqa: PLC0415
        from reports.queries.cards import card_items, card_links  # noqa: PLC0415
        from reports.queries.documents import DOCUMENT_USES, learning_documents  # noqa: PLC0415
        from reports.queries.named_cards import named_card_links  # noqa: PLC0415
        from reports.queries.public_files import public_summary  # noqa: PLC0415
        from reports.queries.steps import report_facts  # noqa: PLC0415
        from reports.queries.themes import theme_items  # noqa: PLC0415
        from reports.queries.waiting import report_items  # noqa: PLC0415
        from reports.queries.waiting_after import signed_report_items  # noqa: PLC0415
        from reports.queries.waiting_drafting import drafting_items  # noqa: PLC0415
        from surveillance.facts import register_document_uses, register_learning_documents  # noqa: PLC0415
        from work.items import register_work_items  # noqa: PLC0415
        from work.schedule import register_periodic  # noqa: PLC0415

        for kind, visible in kinds.REPORT_KINDS.items():
            register_kind(kind, visible)
        register_work_items(report_items)
        register_work_items(drafting_items)
        register_work_items(signed_report_items)
        register_work_items(card_items)
        register_work_items(theme_items)
        register_finding_links(card_links)
        register_finding_links(named_card_links)
        register_report_source(report_facts)
        register_public_documents(public_summary)
        register_document_uses(DOCUMENT_USES)
        register_learning_documents(learning_documents)
        register_periodic("lapse_report_deadlines", periodic.lapse_report_deadlines)
        register_periodic("lapse_report_deadlines", periodic_drafting.lapse_team_readings)
        register_periodic("send_library_news", periodic.send_library_news)
