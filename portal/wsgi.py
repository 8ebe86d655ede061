"""The web process's entry for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from portal.access.checks import watch_logins

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()
watch_logins()
