"""Settings for tools that read the models but touch no database, such as mypy, wherever they are called from."""

import os

os.environ.setdefault("CONCORD_SECRET_KEY", "dry")
os.environ.setdefault("CONCORD_DATABASE_URL", "postgresql://dry@127.0.0.1:1/dry")

from portal.settings import *  # noqa: F403 - the settings are read as they are imported
