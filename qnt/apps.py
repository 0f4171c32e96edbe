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
        from surveillance.models import Service  # noqa: PLC0415

        checks.stop_when_unsafe()

        def sees_provider(user: User, arguments: dict[str, Any]) -> bool:
            return Service.objects.for_user(user, Permission.PROVIDER_VIEW).filter(provider=arguments.get("pk")).exists()

        register_kind("provider", sees_provider)
