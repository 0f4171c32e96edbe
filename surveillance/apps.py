"""Start-up of surveillance: what it registers with the apps below."""

from django.apps import AppConfig


class SurveillanceConfig(AppConfig):
    name = "surveillance"
    verbose_name = "Surveillance"

    def ready(self) -> None:
        from accounts.access import register_kind  # noqa: PLC0415 (models load before this)
        from surveillance import kinds, kinds_decisions, people  # noqa: PLC0415
        from surveillance.handlers import decisions, mail, rounds  # noqa: F401, PLC0415 (job kinds register themselves)
        from surveillance.periodic import decisions as decision_deadlines  # noqa: PLC0415
        from surveillance.periodic import self_reports  # noqa: PLC0415
        from surveillance.queries.waiting import self_report_items  # noqa: PLC0415
        from surveillance.work_items_decisions import work_items_decisions  # noqa: PLC0415
        from work.items import register_work_items  # noqa: PLC0415
        from work.schedule import register_periodic  # noqa: PLC0415

        for kind, visible in (kinds.SELF_REPORT_KINDS | kinds_decisions.DECISION_KINDS).items():
            register_kind(kind, visible)
        register_work_items(self_report_items)
        register_work_items(work_items_decisions)
        register_periodic("send_reminders", self_reports.send_reminders)
        register_periodic("lapse_deadlines", decision_deadlines.lapse_deadlines)
        people.register()
