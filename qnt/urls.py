"""Root addresses. Apps own theirs; pages that show several apps and the service's own pages stand here."""

from allauth.account import views as account_views
from django.urls import include, path, re_path

from qnt import routes  # noqa: F401 (declares the access of allauth's routes)
from qnt.views import components, errors, health, home, pages, providers, services, session

account_patterns = [
    path("login/", account_views.login, name="account_login"),
    path("signup/", account_views.signup, name="account_signup"),
    path("logout/", account_views.logout, name="account_logout"),
    path("inactive/", account_views.account_inactive, name="account_inactive"),
    path("password/change/", account_views.password_change, name="account_change_password"),
    path("password/reset/", account_views.password_reset, name="account_reset_password"),
    path("password/reset/done/", account_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account_views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

urlpatterns = [
    path("", home.root, name="root"),
    path("home/", home.home, name="home"),
    path("services/", services.service_list, name="service_list"),
    path("services/<int:pk>/", services.service_detail, name="service_detail"),
    *(
        path(f"services/<int:pk>/{part}/", services.service_part, {"part": part}, name=f"service_{part.replace('-', '_')}")
        for part in ("self-reports", "decisions", "reviews", "reports", "about")
    ),
    path("providers/<int:pk>/", providers.provider_detail, name="provider_detail"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("help/", pages.page_help, name="page_help"),
    path("accessibility/", pages.page_accessibility, name="page_accessibility"),
    path("privacy/", pages.page_privacy, name="page_privacy"),
    path("cookies/", pages.page_cookies, name="page_cookies"),
    path("terms/", pages.page_terms, name="page_terms"),
    path("about/", pages.page_about, name="page_about"),
    path("components/", components.components, name="components"),
    path("session/keep-alive/", session.session_keep_alive, name="session_keep_alive"),
    path("accounts/", include(account_patterns)),
    path("", include("qnt.programme.urls")),
    path("", include("accounts.urls")),
    path("", include("work.urls")),
    path("", include("surveillance.urls")),
    path("", include("peerreview.urls")),
    path("", include("reports.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
