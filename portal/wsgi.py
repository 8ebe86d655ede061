"""The web process's entry for gunicorn."""

from django.core.wsgi import get_wsgi_application

from portal.access.checks import watch_logins
from portal.start import begin

begin()
application = get_wsgi_application()
watch_logins()
