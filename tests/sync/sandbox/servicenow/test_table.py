"""The Table API: values and labels, pages, what is dropped silently, what is told."""

import httpx

from tests.sync.sandbox.servicenow.site import TABLE, Site


def test_everything_is_a_string_and_references_have_links(site: Site) -> None:
    made = site.create(urgency=1, caller_id="Tom Baker", active=True)
    assert (made["urgency"], made["active"], made["sys_mod_count"]) == ("1", "true", "0")
    assert made["assigned_to"] == ""
    assert set(made["caller_id"]) == {"link", "value"}
    assert made["caller_id"]["link"].endswith(f"/sys_user/{made['caller_id']['value']}")
    assert made["number"] == "INC0010001"


def test_labels_and_times_are_told_on_request(site: Site) -> None:
    number = str(site.create(caller_id="Tom Baker")["sys_id"])
    answer = site.lena.get(f"{TABLE}/incident/{number}", params={"sysparm_display_value": "all"})
    found = answer.json()["result"]
    assert found["state"] == {"display_value": "New", "value": "1"}
    assert found["caller_id"]["display_value"] == "Tom Baker"
    assert found["sys_created_on"]["display_value"] != found["sys_created_on"]["value"]
    plain = site.record(number, sysparm_display_value="true", sysparm_exclude_reference_link="true")
    assert (plain["caller_id"], plain["state"]) == ("Tom Baker", "New")


def test_fields_are_chosen_and_walk_through_references(site: Site) -> None:
    number = str(site.create(caller_id="Tom Baker")["sys_id"])
    found = site.record(number, sysparm_fields="number,caller_id.email,assigned_to.name,nonsense")
    assert found == {"number": "INC0010001", "caller_id.email": "tom@infinity.example", "assigned_to.name": ""}


def test_pages_have_links_and_a_count(site: Site) -> None:
    for _ in range(5):
        site.create()
    first = site.api.get(f"{TABLE}/incident", params={"sysparm_limit": 2})
    assert first.headers["X-Total-Count"] == "5"
    assert 'rel="next"' in first.headers["Link"]
    assert 'rel="prev"' not in first.headers["Link"]
    second = site.api.get(f"{TABLE}/incident", params={"sysparm_limit": 3, "sysparm_offset": 2})
    assert "sysparm_offset=-1>" in second.headers["Link"]
    assert 'rel="next"' not in second.headers["Link"]
    quiet = {"sysparm_no_count": "true", "sysparm_suppress_pagination_header": "true"}
    bare = site.api.get(f"{TABLE}/incident", params=quiet)
    assert not {"x-total-count", "link"} & set(bare.headers)


def test_what_is_unknown_read_only_or_too_long_is_dropped_silently(site: Site) -> None:
    made = site.create(short_description="x" * 200, nonsense="y", number="INC1", sys_mod_count="9", priority="1")
    assert len(made["short_description"]) == 160
    assert (made["number"], made["sys_mod_count"], made["priority"]) == ("INC0010001", "0", "5")
    assert "nonsense" not in made


def test_an_object_as_reference_stores_a_cut_text(site: Site) -> None:
    made = site.create(caller_id={"link": "https://instance.service-now.com/sys_user/1"})
    assert made["caller_id"]["value"] == "{link=https://instance.service-n"


def test_labels_are_taken_on_request_only(site: Site) -> None:
    number = str(site.create()["sys_id"])
    answer = site.lena.patch(
        f"{TABLE}/incident/{number}", params={"sysparm_input_display_value": "true"}, json={"urgency": "1 - High"}
    )
    assert answer.json()["result"]["urgency"] == "1"


def test_a_client_may_choose_the_id_once(site: Site) -> None:
    number = "0123456789abcdef0123456789abcdef"
    assert site.create(sys_id=number)["sys_id"] == number
    again = site.lena.post(f"{TABLE}/incident", json={"sys_id": number})
    assert (again.status_code, again.json()["status"]) == (403, "failure")


def test_each_change_is_audited_and_counted(site: Site) -> None:
    number = str(site.create()["sys_id"])
    for title in ("One", "Two"):
        site.change(number, short_description=title)
    assert site.change(number, short_description="Two").json()["result"]["sys_mod_count"] == "2"
    rows = site.rows("sys_audit", f"documentkey={number}^fieldname=short_description^ORDERBYrecord_checkpoint")
    assert [(row["oldvalue"], row["newvalue"], row["user"]) for row in rows] == [
        ("Printer on fire", "One", "lena.fischer"),
        ("One", "Two", "lena.fischer"),
    ]
    assert [row["record_checkpoint"] for row in rows] == ["1", "2"]


def test_journals_are_rows_and_one_text_in_labels(site: Site) -> None:
    number = str(site.create(comments="Hello")["sys_id"])
    site.change(number, work_notes="Between us")
    rows = site.rows("sys_journal_field", f"element_id={number}^ORDERBYelement")
    assert [(row["element"], row["value"]) for row in rows] == [("comments", "Hello"), ("work_notes", "Between us")]
    assert site.record(number)["comments"] == ""
    told = site.record(number, sysparm_display_value="true")
    assert told["work_notes"].endswith("Lena Fischer (Work notes)\nBetween us\n\n")


def test_a_deleted_record_leaves_a_row(site: Site) -> None:
    number = str(site.create()["sys_id"])
    assert site.lena.delete(f"{TABLE}/incident/{number}").status_code == 204
    gone = site.lena.get(f"{TABLE}/incident/{number}")
    assert (gone.status_code, gone.json()["error"]["message"]) == (404, "No Record found")
    assert [row["documentkey"] for row in site.rows("sys_audit_delete")] == [number]


def test_a_task_is_any_of_its_children(site: Site) -> None:
    made = {site.create(table)["sys_id"] for table in ("incident", "change_request", "sc_request", "sc_req_item")}
    rows = site.rows("task", "ORDERBYnumber")
    assert {row["sys_id"] for row in rows} == made
    assert [row["number"] for row in rows] == ["CHG0030001", "INC0010001", "REQ0010001", "RITM0010001"]
    assert site.rows("task", "sys_class_nameINincident,sc_request", sysparm_fields="number") == [
        {"number": "INC0010001"},
        {"number": "REQ0010001"},
    ]


def test_the_instance_describes_itself(site: Site) -> None:
    (table,) = site.rows("sys_db_object", "name=incident", sysparm_fields="name,super_class.name")
    assert table == {"name": "incident", "super_class.name": "task"}
    columns = {row["element"]: row for row in site.rows("sys_dictionary", "nameINincident,task^elementISNOTEMPTY")}
    assert (columns["short_description"]["max_length"], columns["comments"]["internal_type"]) == (
        "160",
        "journal_input",
    )
    labels = [row["label"] for row in site.rows("sys_choice", "name=incident^element=state^ORDERBYsequence")]
    assert labels == ["New", "In Progress", "On Hold", "Resolved", "Closed", "Canceled"]


def test_refusals_are_told_in_the_instances_own_form(site: Site) -> None:
    def told(answer: httpx.Response) -> tuple[int, str]:
        assert answer.json()["status"] == "failure"
        return answer.status_code, str(answer.json()["error"]["message"])

    assert told(site.nobody.get(f"{TABLE}/incident")) == (401, "User Not Authenticated")
    assert told(site.tom.get(f"{TABLE}/incident")) == (403, "User Not Authorized")
    assert told(site.api.get(f"{TABLE}/nonsense")) == (400, "Invalid table nonsense")
    assert told(site.api.post(f"{TABLE}/sys_user", json={}))[0] == 403
    unreadable = site.api.post(f"{TABLE}/incident", content=b"{", headers={"Content-Type": "application/json"})
    assert told(unreadable) == (400, "Exception while reading request")
    assert told(site.api.get("/api/now/nowhere"))[0] == 400


def test_an_answer_can_be_left_out(site: Site) -> None:
    number = str(site.create()["sys_id"])
    quiet = {"X-no-response-body": "true"}
    assert site.lena.patch(f"{TABLE}/incident/{number}", json={"urgency": "1"}, headers=quiet).content == b""
    assert site.record(number)["urgency"] == "1"


def test_an_hourly_limit_is_told_with_its_end(site: Site) -> None:
    site.switch("limits", hourly=1)
    site.api.get(f"{TABLE}/incident")
    answer = site.api.get(f"{TABLE}/incident")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert answer.headers["X-RateLimit-Limit"] == "1"
    assert int(answer.headers["X-RateLimit-Reset"]) % 3600 == 0
    site.switch("limits", hourly=0)
    assert site.api.get(f"{TABLE}/incident").status_code == 200
