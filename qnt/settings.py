"""Settings, read from the environment.

Two profiles. ``embedded`` (the default) needs no server: SQLite, files, Celery over the file system, everything
under ``.data/``. ``production`` needs PostgreSQL and Redis and stops at the start, with a hint, when a setting is
missing or unsafe (``qnt/checks.py`` holds the list).
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
DATA_DIR = Path(env("QNT_DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
DATA_DIR.mkdir(exist_ok=True)

PROFILE = env("QNT_PROFILE", default="embedded")
if PROFILE not in {"embedded", "production"}:
    raise ImproperlyConfigured(f"QNT_PROFILE is {PROFILE!r}. Set it to embedded or production.")
EMBEDDED = PROFILE == "embedded"


def required_in_production(name: str, default: str) -> str:
    """The setting ``name``; in the production profile there is no default, and a missing one stops the start."""
    value = env(name, default="")
    if not value and not EMBEDDED:
        raise ImproperlyConfigured(f"{name} is not set. The production profile needs it; see README.md, Deployment.")
    return value or default


DEBUG = False
SECRET_KEY = required_in_production("DJANGO_SECRET_KEY", "embedded-profile-only-never-used-in-production-0123456789")
if not EMBEDDED and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("DJANGO_SECRET_KEY is too short. Use at least 50 random characters.")
ALLOWED_HOSTS = required_in_production("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
if not EMBEDDED and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is *. Name the hosts that people use.")
PORT = env.int("PORT", default=8000)
SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{PORT}" if EMBEDDED else f"https://{ALLOWED_HOSTS[0]}")
CSRF_TRUSTED_ORIGINS = [] if EMBEDDED else [f"https://{host}" for host in ALLOWED_HOSTS]
# The demonstration allows many sign-ins a minute and shows its accounts; a production site must never be one.
DEMONSTRATION = env.bool("QNT_DEMONSTRATION", default=EMBEDDED)
if DEMONSTRATION and not EMBEDDED:
    raise ImproperlyConfigured("QNT_DEMONSTRATION is on. The production profile refuses it; leave it unset.")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "django_htmx",
    "simple_history",
    "django_structlog",
    "csp",
    "django_linear_migrations",
    "rendering",
    "accounts",
    "work",
    "surveillance",
    "peerreview",
    "reports",
    "qnt",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "accounts.middleware.CleanInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.logs.RequestLogMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "accounts.middleware.AccessMiddleware",
    # After access: a signed-out POST is asked to sign in, and an undeclared method answers 405, with or without a token.
    "django.middleware.csrf.CsrfViewMiddleware",
]

ROOT_URLCONF = "qnt.urls"
WSGI_APPLICATION = "qnt.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "qnt.navigation.page_context",
            ],
            "builtins": ["django.contrib.humanize.templatetags.humanize", "accounts.templatetags.qnt_tags"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "nhsuk"
CRISPY_TEMPLATE_PACK = "nhsuk"

# Database -------------------------------------------------------------------------------------------------------------
DATABASE_URL = required_in_production("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
# Statements here are short: compiling them first takes longer than running them.
POSTGRESQL_OPTIONS = {"options": "-c jit=off"}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    if not EMBEDDED:
        raise ImproperlyConfigured("DATABASE_URL names SQLite. The production profile needs PostgreSQL.")
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["OPTIONS"] = POSTGRESQL_OPTIONS | DATABASES["default"].get("OPTIONS", {})
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Shared by every process: sign-in limits must hold when Redis is down.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
    # Rarely changing reference facts (bank holidays), kept for a minute in each process.
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": 60},
}

# People ---------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # an invitation works for 7 days
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.PasswordResetRequestForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.PasswordChangeForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip" if DEMONSTRATION else "30/m/ip",
    "login_failed": "600/m/ip" if DEMONSTRATION else "20/15m/ip,5/15m/key",
    "reset_password": "20/m/ip,5/m/key",
}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 30 * 60
SESSION_NOTED_EVERY_SECONDS = 60  # activity is written down at most so often
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "qnt.views.errors.csrf_failure"

# Language and time ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"
USE_THOUSAND_SEPARATOR = True

# Files ----------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", *((name, BASE_DIR / "assets" / name) for name in ("nhsuk", "fonts", "idb"))]
MEDIA_ROOT = Path(required_in_production("MEDIA_ROOT", str(DATA_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=25 * 1024 * 1024)
UPLOAD_QUOTA_BYTES = env.int("UPLOAD_QUOTA_BYTES", default=1024 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_PERMISSIONS = 0o640

# Mail -----------------------------------------------------------------------------------------------------------------
EMAIL_URL = required_in_production("EMAIL_URL", "filemail://")
vars().update(env.email_url_config(EMAIL_URL))
if EMBEDDED and EMAIL_URL == "filemail://":
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="QNT Peer Review <no-reply@qnt.example>")
CONTACT_EMAIL = env("CONTACT_EMAIL", default="qnt-help@qnt.example")

# Jobs -----------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = required_in_production("CELERY_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL.startswith("filesystem://"):
    if not EMBEDDED:
        raise ImproperlyConfigured("CELERY_BROKER_URL names files. The production profile needs Redis.")
    BROKER_DIR = DATA_DIR / "broker"
    for folder in ("queue", "control"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT = "work.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.1,
    }
else:
    # A save must never wait for a broker that is down or hangs.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 7200, "max_retries": 0, "socket_timeout": 0.5, "socket_connect_timeout": 0.5,
    }  # fmt: skip
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 3600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/London"
JOBS_RING_BELL = True
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=60)
JOB_MAX_ATTEMPTS = 3
JOB_RESULT_DAYS = 7

# Checking -------------------------------------------------------------------------------------------------------------
# Share of all answers that the hub looks at besides the exceptions, drawn by the declaration's hash: our default.
CHECK_SAMPLE_PERCENT = env.int("CHECK_SAMPLE_PERCENT", default=5)
# How many visits a hub can hold in a year, 400 in seven regions: our default, to be confirmed.
VISITS_A_YEAR_A_HUB = env.int("VISITS_A_YEAR_A_HUB", default=57)

# For how many days after the mail a survey of a visit takes answers: our default, to be confirmed.
SURVEY_OPEN_DAYS = env.int("SURVEY_OPEN_DAYS", default=28)

# Views of patients -----------------------------------------------------------------------------------------------------
# How many views one public link takes in so many minutes: a full waiting room, not a flood. Per link, as a clinic shares one address.
VIEWS_LIMIT_COUNT = env.int("VIEWS_LIMIT_COUNT", default=30)
VIEWS_LIMIT_MINUTES = env.int("VIEWS_LIMIT_MINUTES", default=10)

# Emails about the library ----------------------------------------------------------------------------------------------
# How many asks for emails the library takes in so many minutes, from all of the world: our default.
SUBSCRIPTIONS_LIMIT_COUNT = env.int("SUBSCRIPTIONS_LIMIT_COUNT", default=60)
SUBSCRIPTIONS_LIMIT_MINUTES = env.int("SUBSCRIPTIONS_LIMIT_MINUTES", default=10)

# Working days that somebody has to accept or decline a theme: our default, to be confirmed.
THEME_ANSWER_WORKING_DAYS = env.int("THEME_ANSWER_WORKING_DAYS", default=10)

# Working days after a year's end by which the programme's figures of it are published, and by which the report on it is; and
# those for a new version of a withdrawn report, from when it was begun. Our defaults, to be confirmed.
PROGRAMME_FIGURES_WORKING_DAYS = env.int("PROGRAMME_FIGURES_WORKING_DAYS", default=40)
PROGRAMME_REPORT_WORKING_DAYS = env.int("PROGRAMME_REPORT_WORKING_DAYS", default=120)
PROGRAMME_REPORT_AGAIN_WORKING_DAYS = env.int("PROGRAMME_REPORT_AGAIN_WORKING_DAYS", default=10)

# Safety of pages ------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if not EMBEDDED:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "accounts.logs.MaskSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
}
