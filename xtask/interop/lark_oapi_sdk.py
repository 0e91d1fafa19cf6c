"""The official SDK for Python: lark-oapi."""

import json
import os
from types import SimpleNamespace

import lark_oapi
from lark_oapi.api.contact import v3 as contact
from lark_oapi.api.performance import v2 as performance
from life import life

client = (
    lark_oapi.Client.builder()
    .app_id(os.environ["APP_ID"])
    .app_secret(os.environ["APP_SECRET"])
    .domain(os.environ["BASE_URL"])
    .log_level(lark_oapi.LogLevel.CRITICAL)
    .build()
)
group, members = client.contact.v3.group, client.contact.v3.group_member

# The method, its request, and the type of its body.
OPERATIONS = {
    "create_user_group": (group.create, contact.CreateGroupRequest, contact.Group),
    "get_user_group": (group.get, contact.GetGroupRequest, None),
    "update_user_group": (group.patch, contact.PatchGroupRequest, contact.Group),
    "delete_user_group": (group.delete, contact.DeleteGroupRequest, None),
    "list_user_groups": (group.simplelist, contact.SimplelistGroupRequest, None),
    "list_member_user_groups": (group.member_belong, contact.MemberBelongGroupRequest, None),
    "add_user_group_member": (members.add, contact.AddGroupMemberRequest, contact.AddGroupMemberRequestBody),
    "batch_add_user_group_members": (
        members.batch_add,
        contact.BatchAddGroupMemberRequest,
        contact.BatchAddGroupMemberRequestBody,
    ),
    "remove_user_group_member": (
        members.remove,
        contact.RemoveGroupMemberRequest,
        contact.RemoveGroupMemberRequestBody,
    ),
    "batch_remove_user_group_members": (
        members.batch_remove,
        contact.BatchRemoveGroupMemberRequest,
        contact.BatchRemoveGroupMemberRequestBody,
    ),
    "list_user_group_members": (members.simplelist, contact.SimplelistGroupMemberRequest, None),
    "find_user_ids": (client.contact.v3.user.batch_get_id, contact.BatchGetIdUserRequest, contact.BatchGetIdUserRequestBody),
    "write_performance_group_members": (
        client.performance.v2.user_group_user_rel.write,
        performance.WriteUserGroupUserRelRequest,
        performance.WriteUserGroupUserRelRequestBody,
    ),
}


def call(operation, path, query, body):
    send, request, body_type = OPERATIONS[operation]
    builder = request.builder()
    for name, value in {**path, **query}.items():
        builder = getattr(builder, name)(value)
    if body is not None:
        builder = builder.request_body(body_type(body))
    response = send(builder.build())
    # The SDK's own reading of the response; one without a payload has no `data`.
    read = SimpleNamespace(code=response.code, msg=response.msg, data=getattr(response, "data", None))
    return json.loads(lark_oapi.JSON.marshal(read))


life("lark-oapi", call)
