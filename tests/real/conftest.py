"""Real trackers are tried where they are asked for: `make test-real`."""

import os

from tests.real.serving import SWITCH

#: without the switch one test tells, loudly, that none was tried
collect_ignore_glob = (
    [] if os.environ.get(SWITCH) else ["test_redmine.py", "test_requesttracker.py", "test_between.py"]
)
