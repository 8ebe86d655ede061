"""Django's command line for Concord."""

import os
import sys

from django.core.management import execute_from_command_line

from portal.core.errors import Misconfigured

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        execute_from_command_line(sys.argv)
    except Misconfigured as error:
        sys.exit(f"Concord does not start: {error}")
