"""The practice CRM as its company declares it."""

DECLARATION = {
    "kind": "order",
    "records": """
        list = /api/orders?since={since}&page={page}
        rows = $.orders
        read = /api/orders/{id}
        item = $.order
        id = $.id
        label = $.id
        web = https://crm.example/orders/{id}
        created = $.created_at
        updated = $.updated_at
        version = $.rev
        marker = $.external_ref
        reporter = $.owner.id
        reporter_name = $.owner.name
        find = /api/orders?external_ref={marker}
        create = POST /api/orders
        update = PATCH /api/orders/{id}
    """,
    "fields": """
        subject = $.subject text 120 required
        description = $.description rich 20000
        state = $.state status: new | in progress | done
        priority = $.priority option: low | normal | high
        tags = $.tags labels
        customer = $.customer_no text 40
        amount = $.amount number
        opened = $.created_at datetime readonly
    """,
    "comments": """
        list = /api/orders/{id}/comments?cursor={next}
        rows = $.comments
        next = $.next
        id = $.id
        body = $.text
        author = $.by.id
        author_name = $.by.name
        at = $.at
        edited = $.edited_at
        private = $.internal
        marker = $.ref
        create = POST /api/orders/{id}/comments
        create_body = {"text": "{body}", "internal": "{private}", "ref": "{marker}"}
        made = $.comment
        edit = PATCH /api/orders/{id}/comments/{part}
        edit_body = {"text": "{body}"}
    """,
    "files": """
        list = /api/orders/{id}/files?cursor={next}
        rows = $.files
        next = $.next
        id = $.id
        name = $.name
        type = $.type
        size = $.size
        at = $.at
        author = $.by.id
        author_name = $.by.name
        private = $.internal
        marker = $.ref
        create = POST /api/orders/{id}/files?name={name}&ref={marker}
        made = $.file
        read = /api/orders/{id}/files/{part}
    """,
    "history": """
        list = /api/orders/{id}/history?cursor={next}
        rows = $.changes
        next = $.next
        id = $.id
        at = $.at
        field = $.field
        old = $.old
        new = $.new
        actor = $.by.id
        actor_name = $.by.name
    """,
    "sign_in": """
        me = /api/me
        me_id = $.user.id
        me_name = $.user.name
        error = $.error.message
        error_field = $.error.field
        token_url = /oauth/token
    """,
    "webhook": """
        signature = X-Crm-Signature
        id = $.order.id
        delivery = X-Crm-Delivery
    """,
}
