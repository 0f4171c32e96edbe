from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts.access import register_kind  # noqa: PLC0415 (models load before this)

        # Somebody who manages nobody sees their own role, and no other's.
        register_kind("membership", lambda user, arguments: any(m.pk == arguments["pk"] for m in user.active_memberships))
