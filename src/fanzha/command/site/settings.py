"""Django's settings, made from what the operator says (`configuration`); nothing in here is to be edited."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from fanzha.command.site.configuration import configuration, database
from fanzha.store.keys import key
from fanzha.store.state_folder import state_folder

HERE = Path(__file__).resolve().parent
SAID = configuration()

DEBUG = False
# Made at the first use, not at the import: reading settings leaves no trace on a machine.
SECRET_KEY: Any = lazy(lambda: key("site").hex(), str)()
ALLOWED_HOSTS = list(SAID.allowed_hosts)
ROOT_URLCONF = "fanzha.command.site.urls"
WSGI_APPLICATION = "fanzha.command.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database(SAID.database_url, state_folder())}

#: Every folder beside this one that has models or pages is an app; it is found, not listed.
DESKS = sorted(
    f"fanzha.command.{path.parent.name}"
    for path in HERE.parent.glob("*/apps.py")
    if path.parent.name not in ("site", "organizations")
)

INSTALLED_APPS = [
    "fanzha.command.site",
    "fanzha.command.organizations",
    *DESKS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "ninja",
    "rules.apps.AutodiscoverRulesConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fanzha.command.api.problem_middleware.ProblemMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "fanzha.command.site.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "fanzha.command.organizations.viewing.ViewerMiddleware",
    "fanzha.command.site.zone.ZoneMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fanzha.command.site.frame.frame",
            ],
            "builtins": ["fanzha.command.site.templatetags.site"],
        },
    }
]

AUTH_USER_MODEL = "organizations.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "fanzha.command.organizations.login.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever has an account was invited by a mail to that address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Fanzha"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": one.name,
                "name": one.title,
                "client_id": one.client,
                "secret": (state_folder() / "keys" / one.secret_file).read_text("utf-8").strip(),
                "settings": {"server_url": one.server},
            }
            for one in SAID.providers
        ]
    }
}
SOCIALACCOUNT_ADAPTER = "fanzha.command.organizations.login.InvitedByTheirOrganization"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_IPWARE_PROXY_COUNT = SAID.proxies
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "lockout.html"

SESSION_COOKIE_AGE = 12 * 3600  # a shift
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SAID.is_public
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # asked from within, without the proxy
SECURE_HSTS_SECONDS = 31_536_000 if SAID.is_public else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SAID.proxies else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [SAID.address] if SAID.address else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = SAID.language
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [HERE / "locale"]
TIME_ZONE = SAID.zone
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = None  # files are served from where the packages have them
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if SAID.email else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = state_folder() / "mail"
if SAID.email:
    EMAIL_HOST, _separator, EMAIL_PORT = SAID.email.partition(":")

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
NINJA_PAGINATION_MAX_LIMIT = 500
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]  # is_public decides
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
