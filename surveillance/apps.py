"""Start-up of surveillance: what it registers with the apps below."""

from django.apps import AppConfig


class SurveillanceConfig(AppConfig):
    name = "surveillance"
    verbose_name = "Surveillance"

    def ready(self) -> None:
        from accounts.access import register_kind  # noqa: PLC0415 (models load before this)
        from surveillance import kinds, kinds_decisions, people  # noqa: PLC0415
        from surveillance.handlers import (  # noqa: PLC0415 (job kinds register themselves)
            actions,  # noqa: F401
            challenges,  # noqa: F401
            checking,  # noqa: F401
            collation,  # noqa: F401
            decisions,  # noqa: F401
            exports,  # noqa: F401
            mail,  # noqa: F401
            option_1,  # noqa: F401
            page_counts,  # noqa: F401
            papers,  # noqa: F401
            plan_papers,  # noqa: F401
            rounds,  # noqa: F401
            spreadsheets,  # noqa: F401
        )
        from surveillance.periodic import collation as counting  # noqa: PLC0415
        from surveillance.periodic import decisions as decision_deadlines  # noqa: PLC0415
        from surveillance.periodic import self_reports, suspensions, uploads  # noqa: PLC0415
        from surveillance.queries.waiting import self_report_items  # noqa: PLC0415
        from surveillance.queries.waiting_indicators import indicator_items  # noqa: PLC0415
        from surveillance.work_items_decisions import work_items_decisions  # noqa: PLC0415
        from work.items import register_work_items  # noqa: PLC0415
        from work.schedule import register_periodic  # noqa: PLC0415

        for kind, visible in (kinds.SELF_REPORT_KINDS | kinds_decisions.DECISION_KINDS).items():
            register_kind(kind, visible)
        register_work_items(self_report_items)
        register_work_items(work_items_decisions)
        register_work_items(indicator_items)
        register_periodic("count_rounds", counting.count_rounds)
        register_periodic("begin_suspensions", suspensions.begin_suspensions)
        register_periodic("send_reminders", self_reports.send_reminders)
        register_periodic("sweep_uploads", uploads.sweep_uploads)
        register_periodic("lapse_deadlines", decision_deadlines.lapse_deadlines)
        people.register()
