"""The WSGI application of the site."""

import os

from django.core.wsgi import get_wsgi_application

from fanzha.command.web.unavailable import limit_lock_waits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")

application = get_wsgi_application()
limit_lock_waits()
