"""What can be set about the practice Zendesk's behaviour, kept over restarts: POST /_practice/options."""

from dataclasses import asdict, dataclass, fields

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.store import Json, Store

ROUTES = Routes()


@dataclass(frozen=True, slots=True)
class Options:
    """The settings. The real account's values are named where ours differ to make a demo quick."""

    #: seconds for which the incremental export holds fresh rows back (real: 60)
    hold_back: int = 1
    #: seconds by which the search index lags (real: up to minutes)
    search_lag: float = 0.0
    #: requests per minute of the whole account (real: 200 to 2500 by plan); 0 = no limit
    rate_limit: int = 2500
    #: incremental exports per minute (real: 10, or 30 with an add-on); 0 = no limit
    incremental_limit: int = 0
    #: solving needs an assignee, as most real accounts have it
    solve_requires_assignee: bool = False
    #: the base status "hold" is switched on
    hold: bool = True
    #: agents' public comments leave a Notification in the audit, as the usual trigger does
    notifications: bool = True
    #: attachments need an account to be downloaded
    private_attachments: bool = False
    #: file bytes lie on another host name (localhost), which refuses our credential as a real object store does
    storage_elsewhere: bool = False
    #: seconds an OAuth access token lives unless the client asks otherwise
    access_seconds: int = 1800


def options(store: Store) -> Options:
    """The settings in force."""
    return Options(**(store.get("practice", "options") or {}))


@ROUTES.get("/_practice/options")
def show_options(call: Call) -> Json:
    """All settings with their values."""
    return asdict(options(call.store))


@ROUTES.post("/_practice/options")
def set_options(call: Call) -> Json:
    """Change some settings, for example {"hold_back": 60}. 400 for a name or type that is not known."""
    if call.request.mimetype != "application/json":
        raise Refusal(415, {"error": "Send application/json."})
    changes = call.json()
    chosen = {**asdict(options(call.store))}
    kinds = {f.name: type(chosen[f.name]) for f in fields(Options)}
    for name, value in changes.items():
        if name not in kinds:
            raise Refusal(400, {"error": f"Unknown option {name}. Known: {', '.join(sorted(kinds))}."})
        if isinstance(value, bool) != (kinds[name] is bool) or not isinstance(value, int | float):
            raise Refusal(400, {"error": f"The option {name} takes a {kinds[name].__name__}."})
        chosen[name] = kinds[name](value)
    call.store.put("practice", "options", chosen)
    return chosen


@ROUTES.post("/_practice/touch")
def touch(call: Call) -> Json:
    """{"ticket": id}: a change by the system, which moves the generated timestamp but not updated_at."""
    body = call.json() if call.request.mimetype == "application/json" else {}
    ticket = call.store.get("tickets", body.get("ticket"))
    if ticket is None:
        raise Refusal(404, {"error": "There is no such ticket."})
    stamp = int(call.practice.now().timestamp())
    call.store.put("tickets", ticket["id"], {**ticket, "generated_timestamp": stamp})
    return {"generated_timestamp": stamp}
