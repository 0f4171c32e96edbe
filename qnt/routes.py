"""Access of routes that other packages serve, by their names; everything else declares itself with ``@access``."""

from accounts.access import PUBLIC, SIGNED_IN, declare_route

declare_route("account_login", PUBLIC)
declare_route("account_signup", PUBLIC)
declare_route("account_logout", SIGNED_IN)
declare_route("account_inactive", PUBLIC, "GET")
declare_route("account_reset_password", PUBLIC)
declare_route("account_reset_password_done", PUBLIC, "GET")
declare_route("account_reset_password_from_key", PUBLIC)
declare_route("account_reset_password_from_key_done", PUBLIC, "GET")
declare_route("account_change_password", SIGNED_IN)
