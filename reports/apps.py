"""Start-up of reports: what it registers with the apps below."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        from accounts.access import register_kind  # noqa: PLC0415 (models load before this)
        from peerreview.facts import register_report_source  # noqa: PLC0415
        from reports import handlers, kinds, periodic  # noqa: F401, PLC0415 (job kinds register themselves)
        from reports.queries.steps import report_facts  # noqa: PLC0415
        from reports.queries.waiting import report_items  # noqa: PLC0415
        from work.items import register_work_items  # noqa: PLC0415
        from work.schedule import register_periodic  # noqa: PLC0415

        for kind, visible in kinds.REPORT_KINDS.items():
            register_kind(kind, visible)
        register_work_items(report_items)
        register_report_source(report_facts)
        register_periodic("lapse_report_deadlines", periodic.lapse_report_deadlines)
