"""Django's command line for Concord."""

import sys

from django.core.management import execute_from_command_line

from portal.start import begin

if __name__ == "__main__":
    begin()
    execute_from_command_line(sys.argv)
