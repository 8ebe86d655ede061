"""How every process begins: settings read, or one sentence that says which is wrong."""

import os
import sys

from django.conf import settings

from portal.core.errors import Misconfigured

#: the code on which gunicorn gives up instead of starting worker after worker
BOOT_ERROR = 3


def begin() -> None:
    """Read the settings now. A missing or wrong one ends the process with its sentence, not with a trace."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        bool(settings.SECRET_KEY)
    except Misconfigured as error:
        sys.stderr.write(f"Concord does not start: {error}\n")
        sys.exit(BOOT_ERROR)
