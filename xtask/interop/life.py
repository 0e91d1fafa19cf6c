"""A group's whole life with its members, by the calls of one tool; life.mjs says more."""

import json
import traceback


def member(open_id):
    return {"member_type": "user", "member_id_type": "open_id", "member_id": open_id}


def life(tool, call):
    """`call(operation, path, query, body)` returns the envelope."""
    name = f"life of {tool}"
    others = {"members": [member("ou_wangwu"), member("ou_zhaoliu")]}
    calls, failed = 0, []

    def step(operation, path=None, query=None, body=None, code=0, is_right=lambda data: True):
        nonlocal calls
        calls += 1
        try:
            envelope = call(operation, path or {}, query or {}, body)
            if envelope.get("code") != code:
                failed.append(f"{operation}: expected code {code}: {json.dumps(envelope)}")
            elif not is_right(envelope.get("data")):
                failed.append(f"{operation}: unexpected: {json.dumps(envelope)}")
            return envelope.get("data") or {}
        except Exception:
            failed.append(f"{operation}: {traceback.format_exc()}")
            return {}

    created = step(
        "create_user_group",
        body={"name": name, "description": "made by interop"},
        is_right=lambda data: data["group_id"],
    )
    path = {"group_id": created.get("group_id", "none")}
    is_listed = lambda data: any(group["id"] == path["group_id"] for group in data["grouplist"])
    listing = {"page_size": 100, "member_id_type": "open_id", "member_type": "user"}
    step("get_user_group", path, is_right=lambda data: data["group"]["name"] == name)
    step("update_user_group", path, body={"description": "changed"})
    step("list_user_groups", query={"page_size": 100}, is_right=is_listed)
    step("add_user_group_member", path, body=member("ou_lisi"))
    step(
        "batch_add_user_group_members",
        path,
        body=others,
        is_right=lambda data: all(result["code"] == 0 for result in data["results"]),
    )
    step("list_user_group_members", path, listing, is_right=lambda data: len(data["memberlist"]) == 3)
    step(
        "list_member_user_groups",
        query={"member_id": "ou_lisi", "member_id_type": "open_id"},
        is_right=lambda data: path["group_id"] in data["group_list"],
    )
    step(
        "find_user_ids",
        query={"user_id_type": "open_id"},
        body={"emails": ["li.si@example.com"]},
        is_right=lambda data: data["user_list"][0]["user_id"] == "ou_lisi",
    )
    # A group with members cannot be deleted.
    step("delete_user_group", path, code=42017)
    step("remove_user_group_member", path, body=member("ou_lisi"))
    step("batch_remove_user_group_members", path, body=others)
    step("list_user_group_members", path, listing, is_right=lambda data: not data.get("memberlist"))
    step("delete_user_group", path)
    step("get_user_group", path, code=42002)
    step(
        "write_performance_group_members",
        query={"client_token": f"interop-{tool}", "user_id_type": "open_id"},
        body={"group_id": "P1", "scope_visible_setting": 1, "user_ids": ["ou_lisi"]},
        is_right=lambda data: "ou_lisi" in data["data"]["success_user_ids"],
    )
    print(json.dumps({"calls": calls, "failed": failed}))
