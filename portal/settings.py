"""All settings, from the environment alone; docs/deploy.md lists every variable."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from portal import env as environment
from portal.core.errors import Misconfigured

env = environment.read()
ROOT = Path(__file__).resolve().parent.parent

SECRET_KEY = env.text("CONCORD_SECRET_KEY")
DEBUG = env.flag("CONCORD_DEBUG")
SITE_URL = env.text("CONCORD_SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SECURE = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("CONCORD_ALLOWED_HOSTS") or [
    urlsplit(SITE_URL).hostname or "127.0.0.1",
    "localhost",
]

#: the web process holds only the public half and cannot open a tracker's credential
SEAL_PUBLIC_KEY = env.text("CONCORD_SEAL_PUBLIC_KEY", "")
SEAL_PRIVATE_KEYS = env.words("CONCORD_SEAL_PRIVATE_KEYS")
HOOK_KEYS = env.words("CONCORD_HOOK_KEYS")
MARKER_KEY = env.text("CONCORD_MARKER_KEY", "")
EGRESS_ALLOW = env.text("CONCORD_EGRESS_ALLOW", "")
#: seconds between two polls of one tracker, and between two sweeps for work that is due
POLL_SECONDS = env.number("CONCORD_POLL_SECONDS", 30, least=1, most=3600)
SWEEP_SECONDS = env.number("CONCORD_SWEEP_SECONDS", 1, least=1, most=60)
#: seconds a lane's lease lasts; must exceed one request plus the time a tracker may apply it late
LEASE_SECONDS = env.number("CONCORD_LEASE_SECONDS", 120, least=5, most=3600)
REQUEST_SECONDS = env.number("CONCORD_REQUEST_SECONDS", 20, least=1, most=120)
LATE_SECONDS = env.number("CONCORD_LATE_SECONDS", 60, least=0, most=600)
if LEASE_SECONDS <= REQUEST_SECONDS + LATE_SECONDS:
    raise Misconfigured(
        f"CONCORD_LEASE_SECONDS is {LEASE_SECONDS}, but a lease must outlive one request and what a tracker applies "
        f"late. Give more than CONCORD_REQUEST_SECONDS + CONCORD_LATE_SECONDS = {REQUEST_SECONDS + LATE_SECONDS}."
    )
#: days for which each version of an item is kept, for rehearsals
SNAPSHOT_DAYS = env.number("CONCORD_SNAPSHOT_DAYS", 90, least=1, most=730)
#: several installations may share one broker, each with a queue of its own
QUEUE = env.text("CONCORD_QUEUE", "concord")
SHARDS = env.number("CONCORD_SHARDS", 8, least=1, most=1024)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "guardian",
    "simple_history",
    "django_htmx",
    "axes",
    "csp",
    "portal",
    "governance",
    "sync",
    "slas",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.access.middleware.SubjectMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.ui.context.frame",
            ],
            "builtins": ["portal.ui.templatetags.ui"],
        },
    }
]

#: one login a process: web, worker, or (only to migrate and to test) the owner
DATABASES = {
    "default": {
        **env.database("CONCORD_DATABASE_URL"),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        #: Django's own statements are never prepared; those of sync.flow.store.prepared are, from the first time on
        "OPTIONS": {"connect_timeout": 5, "application_name": "concord", "prepare_threshold": 0},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "portal.access.backend.Backend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
ANONYMOUS_USER_NAME = None
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "sign-in", "home", "sign-in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "portal/locked_out.html"
AXES_RESET_ON_SUCCESS = True

CELERY_BROKER_URL = env.text("CONCORD_BROKER_URL", "redis://127.0.0.1:6379/0")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.api.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "portal.api.pages.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["portal.api.throttle.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": "600/min", "door": "30/min"},
    "EXCEPTION_HANDLER": "portal.api.problems.problem_response",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Concord",
    "DESCRIPTION": "Integrations between companies, put under agreement and then run.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["portal.api.schema.add_problems"],
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "displayRequestDuration": True},
}

LANGUAGE_CODE, USE_I18N, TIME_ZONE, USE_TZ = "en", False, "UTC", True
STATIC_URL, STATIC_ROOT = "/static/", ROOT / "var" / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.ui.static.HashedStatic"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
mail_server = env.mail("CONCORD_EMAIL_URL")
EMAIL_BACKEND, EMAIL_TIMEOUT = f"django.core.mail.backends.{mail_server.kind}.EmailBackend", 10
EMAIL_HOST, EMAIL_PORT, EMAIL_FILE_PATH = mail_server.host, mail_server.port, mail_server.folder
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail_server.user, mail_server.password
EMAIL_USE_SSL, EMAIL_USE_TLS = mail_server.tls, mail_server.starttls
DEFAULT_FROM_EMAIL = env.text("CONCORD_EMAIL_FROM", f"Concord <concord@{urlsplit(SITE_URL).hostname}>")

SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "concord_session", "concord_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "portal.ui.faults.no_csrf"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("CONCORD_BEHIND_PROXY") else None
SECURE_CROSS_ORIGIN_OPENER_POLICY, SECURE_REFERRER_POLICY = "same-origin", "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("CONCORD_LOG_LEVEL", "INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        # two lines a task, and a task at least every second, would hide what matters; failures are told
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
