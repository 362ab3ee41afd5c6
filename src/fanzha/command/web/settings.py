"""Django's settings, made from what the operator says (`configuration`); nothing in here is to be edited."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from fanzha.command.web.configuration import AT_HOME, configuration, database, provider_apps
from fanzha.store.keys import load_key
from fanzha.store.state_folder import state_folder

HERE = Path(__file__).resolve().parent
SAID = configuration()

DEBUG = False
#: Before names of cookies where there is TLS: browsers then take them from this host alone (RFC 6265bis §4.1.3.2).
HOST_ONLY = "__Host-" if SAID.is_public else "fanzha_"
# Made at the first use, not at the import: reading settings leaves no trace on a machine.
SECRET_KEY: Any = lazy(lambda: load_key("site").hex(), str)()
ALLOWED_HOSTS = list(SAID.allowed_hosts)
TRUSTED_PROXIES = SAID.proxies
SITE_ADDRESS = SAID.address
MAIL_IS_SET_UP = bool(SAID.email)
ROOT_URLCONF = "fanzha.command.web.urls"
WSGI_APPLICATION = "fanzha.command.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database(SAID.database_url, state_folder())}

COMMAND = HERE.parent
#: Every package of `fanzha.command` with an `apps.py` is an app; these two come first.
FIRST_APPS = ["fanzha.command.web", "fanzha.command.organizations"]
OTHER_APPS = sorted(
    {".".join(("fanzha.command", *path.parent.relative_to(COMMAND).parts)) for path in COMMAND.rglob("apps.py")}
    - {*FIRST_APPS}
)

INSTALLED_APPS = [
    *FIRST_APPS,
    *OTHER_APPS,
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
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "ninja",
    "rules.apps.AutodiscoverRulesConfig",
]

MIDDLEWARE = [
    "fanzha.command.web.plain_http.PlainHttpMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fanzha.command.web.api.problem_middleware.ProblemMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "fanzha.command.web.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "fanzha.command.web.nul_characters.NulCharactersMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fanzha.command.organizations.session_ages.SessionAgesMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "fanzha.command.organizations.viewer_middleware.ViewerMiddleware",
    "fanzha.command.organizations.second_factor.SecondFactorMiddleware",
    "fanzha.command.web.zone.ZoneMiddleware",
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
                "fanzha.command.dashboards.page_context.frame",
            ],
            "builtins": ["fanzha.command.web.templatetags.web"],
        },
    }
]

#: What the API framework needs of higher apps: who an API key is, and the transaction that an answer is kept in.
API_KEY_AUTHENTICATOR = "fanzha.command.organizations.key_authentication.authenticate_key"
API_TRANSACTION = "fanzha.command.audit.recorder.recorded"

AUTH_USER_MODEL = "organizations.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
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
    {"NAME": "fanzha.command.organizations.pass_phrases.CommonPiecesValidator"},
    {"NAME": "fanzha.command.organizations.breached_passwords.BreachedPasswordValidator"},
]
BREACHED_PASSWORDS = SAID.breached_passwords

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "fanzha.command.organizations.login.InvitedOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever has an account was invited by a mail to that address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one counts once it was confirmed
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # whoever types a stranger's address sends him nothing
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a changed pass phrase or second factor
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session stays; all others end
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SAID.is_public else "http"
USERSESSIONS_TRACK_ACTIVITY = True  # noted by SessionAgesMiddleware, once a minute
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Fanzha"
MFA_ADAPTER = "fanzha.command.organizations.sealed_secrets.EncryptedSecretsAdapter"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "fanzha.command.organizations.sign_ins.CodeForm",
    "reauthenticate": "fanzha.command.organizations.sign_ins.CodeReauthenticationForm",
    "authenticate_webauthn": "fanzha.command.organizations.sign_ins.SecurityKeyForm",
    "add_webauthn": "fanzha.command.organizations.sign_ins.NewSecurityKeyForm",
    "reauthenticate_webauthn": "fanzha.command.organizations.sign_ins.SecurityKeyReauthenticationForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SAID.is_public  # this machine alone
SECOND_FACTOR_OPTIONAL = SAID.second_factor_optional
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": provider_apps(SAID, state_folder()), "OAUTH_PKCE_ENABLED": True}}
SOCIALACCOUNT_ADAPTER = "fanzha.command.organizations.provider_login.ProviderLoginAdapter"
SOCIALACCOUNT_STORE_TOKENS = False

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "fanzha.command.organizations.login.login_name"
AXES_CLIENT_IP_CALLABLE = "fanzha.command.web.client_address.client_address"
AXES_SENSITIVE_PARAMETERS = ["login", "email", "username"]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "lockout.html"

SESSION_COOKIE_AGE = SAID.session_hours * 3600
SESSION_IDLE_SECONDS = SAID.idle_minutes * 60
SESSION_COOKIE_NAME = HOST_ONLY + "session"
CSRF_COOKIE_NAME = HOST_ONLY + "csrf"
LANGUAGE_COOKIE_NAME = HOST_ONLY + "language"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SAID.is_public
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$", r"^api/"]  # asked from within, without the proxy
SECURE_HSTS_SECONDS = 63_072_000 if SAID.is_public else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SAID.is_public
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
        "object-src": [NONE],
        "form-action": [SELF, *SAID.provider_origins],  # signing in there is a redirected form
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
    EMAIL_PORT = EMAIL_PORT or "25"
    EMAIL_USE_SSL = EMAIL_PORT == "465"
    EMAIL_USE_TLS = not EMAIL_USE_SSL and EMAIL_HOST not in AT_HOME  # certificates are checked
    EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = f"Fanzha <fanzha@{SAID.hosts[0] if SAID.hosts else 'localhost'}>"

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
SCANNER = SAID.scanner
FILE_UPLOAD_MAX_BYTES = SAID.upload_megabytes * 1024 * 1024
TABLE_UPLOAD_MAX_BYTES = 2_000_000_000  # numbering tables of a whole country; the import says so too
FILE_UPLOAD_HANDLERS = [
    "fanzha.command.web.upload_limit.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
NINJA_PAGINATION_MAX_LIMIT = 500
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]  # is_public decides
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "fanzha.command.web.log_lines.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"fanzha.command.organizations.sign_ins": {"level": "INFO"}},
}
