"""The building's switches: every one comes from the environment, and .env.example explains each."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from webmail import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.data_folder(BASE_DIR)
RUN_DIR = env.run_folder(DATA_DIR)
EMBEDDED = env.flag("EMBEDDED")
DEBUG = False

# --- Where the truth lies, and who rings the bells -----------------------------------------------------------------
_keys = env.made_keys(DATA_DIR) if EMBEDDED else {}
_own = EMBEDDED and not env.text("DATABASE_URL")
DATABASES = {
    "default": env.database(
        env.must("DATABASE_URL", "where PostgreSQL listens") if not _own else env.embedded_database_url(DATA_DIR),
        env.number("DB_POOL", 16),
    )
}
REDIS_URL = (
    env.embedded_redis_url(DATA_DIR) if EMBEDDED and not env.text("REDIS_URL") else env.must("REDIS_URL", "where Redis listens")
)
SECRET_KEY = env.text("SECRET_KEY") or _keys.get("SECRET_KEY") or env.must("SECRET_KEY", "a long random text")
VAULT_KEYS = env.words("VAULT_KEYS") or _keys.get("VAULT_KEYS", "").split() or [env.must("VAULT_KEYS", "a Fernet key")]

# --- Addresses of the house ------------------------------------------------------------------------------------------
SITE_NAME = env.text("SITE_NAME", "Relish")
PORT = env.number("PORT", 8000, most=65535)
BIND = env.text("BIND", "127.0.0.1")
SITE_URL = env.text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]" if EMBEDDED else "")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the host names that people type to reach this house.")
LETTER_HOST = env.text("LETTER_HOST")
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
SECURE = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- Mail ------------------------------------------------------------------------------------------------------------
_demo = env.demonstrated(DATA_DIR) if EMBEDDED else {}
ALLOW_PRIVATE_HOSTS = env.words("ALLOW_PRIVATE_HOSTS", _demo.get("ALLOW_PRIVATE_HOSTS", ""))  # networks in CIDR notation
AUTHSERV_IDS: dict[str, set[str]] = {}  # incoming server: how it names itself in Authentication-Results
for _pair in env.words("AUTHSERV_IDS", _demo.get("AUTHSERV_IDS", "")):
    AUTHSERV_IDS.setdefault(_pair.partition("=")[0].lower(), set()).add(_pair.partition("=")[2].lower())
LINES_KEPT = env.number("LINES_KEPT", 64)  # signed in between two passes, by each worker; 0: none
LETTER_MAX = env.number("LETTER_MAX", 50 * 1024 * 1024)
SYSTEM_MAILBOX = env.text("SYSTEM_MAILBOX")
RELAY_ROUTES = dict(route.split("=", 1) for route in env.words("RELAY_ROUTES", _demo.get("RELAY_ROUTES", "")))
RELAY_UNKNOWN = env.text("RELAY_UNKNOWN", "ask")
EHLO_NAME = env.text("EHLO_NAME")
DNS_SERVERS = env.words("DNS_SERVERS")  # of the direct way; empty: those of /etc/resolv.conf
DIRECT_UNCHECKED = env.flag("DIRECT_UNCHECKED")
METRICS_ALLOW = env.words("METRICS_ALLOW")
PANEL_ALLOW = env.words("PANEL_ALLOW")  # empty: the panel may be seen from everywhere
SEND_PER_HOUR = env.number("SEND_PER_HOUR", 500)  # addressees, of a Mailbox and of a person, unless its row says otherwise
SEND_PER_DAY = env.number("SEND_PER_DAY", 2000)
SIGNUP = env.flag("SIGNUP")

# --- Rooms -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "django_prose_editor",
    "accounts.apps.AccountsConfig",
    "mailbox.apps.MailboxConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "accounts.middleware.headers",
    "mailbox.views.elsewhere.only_letters",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.session_limits",
    "accounts.middleware.second_factor_for_staff",
    "accounts.middleware.preferences",
]
ROOT_URLCONF = "webmail.urls"
ASGI_APPLICATION = "webmail.asgi.application"
WSGI_APPLICATION = "webmail.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.site",
                "mailbox.views.shell.side",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},  # a full cache forgets at random, and the counts of wrong passwords live here
    }
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Language and time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "webmail.formats"
USE_TZ = True
TIME_ZONE = "UTC"

# --- Sign-in -------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "inbox"
LOGOUT_REDIRECT_URL = "account_login"
_host = "__Host-" if SECURE else ""
SESSION_ENGINE = "accounts.store"
SESSION_COOKIE_NAME = f"{_host}sessionid"
CSRF_COOKIE_NAME = f"{_host}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_host}language"
DEVICE_COOKIE_NAME = f"{_host}device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "mailbox.views.lapsed.wrong_token"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 31_536_000
SESSION_COOKIE_AGE = 14 * 86_400  # seconds without a visit
SESSION_LIFE = 60 * 86_400  # seconds after the sign-in, whatever happens
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

PASSKEYS = SECURE or SITE_HOST == "localhost"  # browsers offer them nowhere else
ACCOUNT_ADAPTER = "accounts.adapter.PeopleAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # a person comes in by a link sent to their address, or made by an operator
ACCOUNT_EMAIL_NOTIFICATIONS = bool(SYSTEM_MAILBOX)
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "20/m/ip,5/5m/key", "reset_password": "10/m/ip,3/10m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.flag("BEHIND_PROXY") else 0
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", *(["webauthn"] if PASSKEYS else [])]
MFA_PASSKEY_LOGIN_ENABLED = PASSKEYS
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # steps of 30 s, RFC 6238 section 5.2
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "accounts.forms.SignInCodeForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "login_webauthn": "accounts.forms.SignInPasskeyForm",
    "authenticate_webauthn": "accounts.forms.PasskeyAfterPasswordForm",
    "reauthenticate_webauthn": "accounts.forms.ConfirmPasskeyForm",
}
EMAIL_BACKEND = "mailbox.outbox.system.SystemBackend"
DEFAULT_FROM_EMAIL = SYSTEM_MAILBOX

# --- What a browser may do -------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF, *([f"https://{LETTER_HOST}"] if LETTER_HOST else [])],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Bells (law 1: hints only; the due times are columns) ------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 30, "socket_connect_timeout": 3, "retry_on_timeout": True}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "mirror"
CELERY_TASK_ROUTES = {"relay.*": {"queue": "relay"}, "mirror.*": {"queue": "mirror"}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "relay.due": {"task": "relay.due", "schedule": 2.0, "options": {"expires": 10}},
    "mirror.due": {"task": "mirror.due", "schedule": 5.0, "options": {"expires": 10}},
    "mirror.wake": {"task": "mirror.wake", "schedule": 10.0, "options": {"expires": 10}},
    "relay.sweep": {"task": "relay.sweep", "schedule": 30.0, "options": {"expires": 30}},
    "relay.pulse": {"task": "relay.pulse", "schedule": 10.0, "options": {"expires": 10}},
    "mirror.sweep": {"task": "mirror.sweep", "schedule": 30.0, "options": {"expires": 30}},
    "mirror.pulse": {"task": "mirror.pulse", "schedule": 10.0, "options": {"expires": 10}},
    "mirror.domains": {"task": "mirror.domains", "schedule": 60.0, "options": {"expires": 60}},
    "mirror.tally": {"task": "mirror.tally", "schedule": 60.0, "options": {"expires": 60}},
    "mirror.expire": {"task": "mirror.expire", "schedule": 3600.0, "options": {"expires": 3600}},
    "mirror.reconcile": {"task": "mirror.reconcile", "schedule": 600.0, "options": {"expires": 600}},
    "mirror.clear": {"task": "mirror.clear", "schedule": 300.0, "options": {"expires": 300}},
}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # keeps nothing: what is due stands in Postgres

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    "loggers": {name: {"level": "WARNING"} for name in ("django.server", "celery.worker.strategy", "celery.app.trace")},
}
