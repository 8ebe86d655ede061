"""Importing this makes a process ready for models, as `celery -A portal` does by itself."""

import django

from portal.start import begin

begin()
django.setup()
