"""The practice CRM's pages for people: all orders, one order, and the forms that work on it."""

from markupsafe import Markup
from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Routes
from sync.sandbox.crm import orders
from sync.sandbox.pages import check_form, guard_field, options, page, person, see_other
from sync.sandbox.store import Doc

ROUTES = Routes()
COMPANY = "Sales"
DEFAULT_PERSON = "u2"

LIST = Markup("""<h1>Orders</h1><p class="meta">{count} orders, last changed first.</p>
<div class="columns"><section class="card scroll"><table>
<thead><tr><th>Order</th><th>Subject</th><th>State</th><th>Priority</th><th>Changed</th></tr></thead>
<tbody>{rows}</tbody></table></section>
<form class="card" method="post" action="/orders">{guard}<h2>New order</h2>
<label for="as">You are</label><select id="as" name="as">{people}</select>
<label for="subject">Subject</label><input id="subject" name="subject" type="text" maxlength="120" required>
<label for="description">Description</label><textarea id="description" name="description"></textarea>
<label for="priority">Priority</label><select id="priority" name="priority">{priorities}</select>
<label for="customer">Customer number</label><input id="customer" name="customer_no" type="text" maxlength="40">
<button>Open</button></form></div>""")
ROW = Markup("""<tr><td class="key"><a href="/orders/{id}">{id}</a></td><td>{subject}</td>
<td><span class="state">{state}</span></td><td>{priority}</td><td>{updated_at}</td></tr>""")
NONE = Markup('<tr><td colspan="5">No orders yet. Open the first one on this page.</td></tr>')
ORDER = Markup("""<p class="meta"><a href="/">All orders</a> / {id}</p><h1>{subject}</h1>
<p class="meta">opened by {owner} on {created_at}</p>
<div class="columns"><div><section class="card body"><h2>Description</h2><p>{description}</p></section>{said}
<form class="card" method="post" action="/orders/{id}/comment">{guard}<h2>Comment</h2>
<label for="as">You are</label><select id="as" name="as">{people}</select>
<label for="who">Who may read it</label><select id="who" name="internal">{audience}</select>
<label for="text">Text</label><textarea id="text" name="text" required></textarea><button>Send</button></form></div>
<aside><form class="card" method="post" action="/orders/{id}/move">{guard}<h2>Move</h2>
<label for="mover">You are</label><select id="mover" name="as">{people}</select>
<label for="state">State</label><select id="state" name="state">{states}</select>
<label for="priority">Priority</label><select id="priority" name="priority">{priorities}</select>
<button>Save</button></form>
<section class="card"><h2>History</h2>{history}</section></aside></div>""")
SAID = Markup('<section class="card body"><p class="meta">{} on {}{}</p><p>{}</p></section>')
CHANGE = Markup("<p>{}: {} → {}<br><small>{}, {}</small></p>")


@ROUTES.get("/")
def list_page(call: Call) -> Response:
    """All orders and the form for a new one."""
    rows = [one for one in call.store.all("orders") if not one["deleted"]]
    rows.sort(key=lambda one: str(one["updated_at"]), reverse=True)
    body = LIST.format(
        count=len(rows),
        rows=Markup("").join(ROW.format(**one) for one in rows[:200]) or NONE,
        guard=guard_field(call),
        people=_people(call),
        priorities=_words(orders.PRIORITIES, "normal"),
    )
    return page(call, title="Orders", company=COMPANY, body=body, theme="crm")


@ROUTES.post("/orders")
def open_order(call: Call) -> Response:
    """A new order."""
    _act(call)
    form = {name: call.request.form.get(name, "") for name in ("subject", "description", "priority", "customer_no")}
    made = orders.opened(call, orders.checked(form))
    return see_other(call, f"/orders/{made['id']}")


@ROUTES.get("/orders/<number>")
def order_page(call: Call, number: str) -> Response:
    """One order."""
    order = orders.load(call, number)
    body = ORDER.format(
        **{name: order[name] for name in ("id", "subject", "created_at", "description")},
        owner=order["owner"]["name"],
        said=Markup("").join(_said(one) for one in call.store.all(f"comments/{number}")),
        guard=guard_field(call),
        people=_people(call),
        audience=options([("", "Everyone"), ("yes", "Colleagues only")], ""),
        states=_words(orders.STATES, order["state"]),
        priorities=_words(orders.PRIORITIES, order["priority"]),
        history=Markup("").join(_change(one) for one in call.store.all(f"history/{number}")) or "Nothing yet.",
    )
    return page(call, title=f"Order {number}", company=COMPANY, body=body, theme="crm")


@ROUTES.post("/orders/<number>/comment")
def comment(call: Call, number: str) -> Response:
    """A comment."""
    _act(call)
    text, internal = call.request.form.get("text", ""), call.request.form.get("internal") == "yes"
    orders.commented(call, orders.load(call, number), text, internal=internal, ref={})
    return see_other(call, f"/orders/{number}")


@ROUTES.post("/orders/<number>/move")
def move(call: Call, number: str) -> Response:
    """Another state or priority."""
    _act(call)
    given = {name: call.request.form.get(name, "") for name in ("state", "priority")}
    orders.changed(call, orders.load(call, number), orders.checked(given))
    return see_other(call, f"/orders/{number}")


def _act(call: Call) -> None:
    """A post from one of our own forms, by the person that was chosen."""
    check_form(call)
    call.actor = call.store.get("people", person(call, DEFAULT_PERSON))


def _people(call: Call) -> Markup:
    known = [(str(one["id"]), str(one["name"])) for one in call.store.all("people") if one["login"] != "sync"]
    return options(known, person(call, DEFAULT_PERSON))


def _words(words: tuple[str, ...], chosen: str) -> Markup:
    return options([(word, word) for word in words], chosen)


def _said(one: Doc) -> Markup:
    return SAID.format(one["by"]["name"], one["at"], ", colleagues only" if one["internal"] else "", one["text"])


def _change(one: Doc) -> Markup:
    return CHANGE.format(one["field"], one["old"], one["new"], one["by"]["name"], one["at"])
