from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "work"
    verbose_name = "Work"

    def ready(self) -> None:
        from accounts import audit  # noqa: PLC0415 (models load before this)
        from work import periodic, schedule  # noqa: PLC0415

        schedule.register_periodic("sweep_jobs", periodic.sweep_jobs)
        schedule.register_periodic("seal_audit", lambda: {"sealed": audit.seal_events()})
