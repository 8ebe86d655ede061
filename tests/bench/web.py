"""The site's WSGI application, which also writes down when each webhook arrived."""

import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from portal.wsgi import application as site
from tests.bench.trace import ARRIVALS, Trace

arrivals = Trace(Path(os.environ[ARRIVALS]))


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """One request."""
    if environ["REQUEST_METHOD"] == "POST":
        arrivals.write(json.dumps([time.time(), environ["PATH_INFO"]]))
    answer: Iterable[bytes] = site(environ, start)
    return answer
