from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "work"
    verbose_name = "Work"

    def ready(self) -> None:
        from accounts import holdings  # noqa: PLC0415 (models load before this)
        from accounts import periodic as accounts_periodic  # noqa: PLC0415
        from accounts.access import register_kind  # noqa: PLC0415
        from work import handlers, periodic, schedule  # noqa: PLC0415
        from work.models import Job  # noqa: PLC0415

        schedule.register_periodic("sweep_jobs", periodic.sweep_jobs)
        schedule.register_periodic("send_digest", periodic.send_digest)
        schedule.register_periodic("seal_audit", accounts_periodic.seal_audit)
        holdings.register_announcer(handlers.announce_role)
        register_kind("job", lambda user, arguments: Job.objects.for_user(user).filter(pk=arguments["pk"]).exists())
        # A list for the national team alone: to everybody else its rows are plainly not theirs, not hidden.
        register_kind("bank_holiday", lambda user, arguments: True)
