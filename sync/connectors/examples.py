"""How the settings of a declared REST interface are written: shown in its form and in docs/connectors.md."""

RECORDS = """list = /api/orders?since={since}&page={page}
rows = $.orders
read = /api/orders/{id}
item = $.order
id = $.id
label = $.number
web = https://crm.example.com/orders/{id}
created = $.created_at
updated = $.updated_at
marker = $.external_ref
find = /api/orders?external_ref={marker}
create = POST /api/orders
update = PATCH /api/orders/{id}"""
FIELDS = """subject = $.subject text 120 required
state = $.state status: new | in progress | done
tags = $.tags labels
opened = $.created_at datetime readonly"""
COMMENTS = """list = /api/orders/{id}/comments?cursor={next}
rows = $.comments
next = $.next
id = $.id
body = $.text
author = $.by.id
author_name = $.by.name
at = $.created_at
private = $.internal
marker = $.ref
create = POST /api/orders/{id}/comments
create_body = {"text": "{body}", "internal": "{private}", "ref": "{marker}"}
made = $.comment"""
FILES = """list = /api/orders/{id}/files
rows = $.files
id = $.id
name = $.name
type = $.content_type
size = $.size
at = $.created_at
private = $.internal
marker = $.ref
create = POST /api/orders/{id}/files?name={name}&ref={marker}
made = $.file
read = /api/orders/{id}/files/{part}"""
HISTORY = """list = /api/orders/{id}/changes?cursor={next}
rows = $.changes
next = $.next
id = $.id
at = $.at
field = $.field
old = $.old
new = $.new
actor = $.by.id
actor_name = $.by.name"""
SIGN_IN = """scheme = X-Api-Key
me = /api/me
me_id = $.user.id
me_name = $.user.name
error = $.error.message
error_field = $.error.field"""
WEBHOOK = """signature = X-Signature
id = $.order.id
delivery = X-Delivery"""
