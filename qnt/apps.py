from typing import Any

from django.apps import AppConfig


class QntConfig(AppConfig):
    name = "qnt"
    verbose_name = "QNT Peer Review"

    def ready(self) -> None:
        from accounts.access import register_kind  # noqa: PLC0415 (models load before this)
        from accounts.models import User  # noqa: PLC0415
        from accounts.permissions import Permission  # noqa: PLC0415
        from qnt import checks  # noqa: PLC0415
        from qnt.programme import handlers, kinds  # noqa: PLC0415
        from qnt.programme.annual import handlers as _annual  # noqa: F401, PLC0415 (declares its job)
        from qnt.programme.annual.queries import library_documents  # noqa: PLC0415
        from qnt.programme.annual.waiting import annual_items  # noqa: PLC0415
        from reports.public_documents import register_library_documents  # noqa: PLC0415
        from surveillance.models import Service  # noqa: PLC0415
        from work.items import register_work_items  # noqa: PLC0415
        from work.schedule import register_periodic  # noqa: PLC0415

        checks.stop_when_unsafe()

        def sees_provider(user: User, arguments: dict[str, Any]) -> bool:
            return Service.objects.for_user(user, Permission.PROVIDER_VIEW).filter(provider=arguments.get("pk")).exists()

        register_kind("provider", sees_provider)
        for kind, visible in kinds.PROGRAMME_KINDS.items():
            register_kind(kind, visible)
        register_library_documents(library_documents)
        register_work_items(annual_items)
        register_periodic("count_programme", handlers.count_programme)
