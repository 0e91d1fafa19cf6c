// The official SDK for Node: @larksuiteoapi/node-sdk.

import { Client, LoggerLevel } from "@larksuiteoapi/node-sdk";
import { life } from "./life.mjs";

const { BASE_URL: domain, APP_ID: appId, APP_SECRET: appSecret } = process.env;
const { contact, performance } = new Client({ appId, appSecret, domain, loggerLevel: LoggerLevel.fatal });

const operations = {
  create_user_group: contact.v3.group.create,
  get_user_group: contact.v3.group.get,
  update_user_group: contact.v3.group.patch,
  delete_user_group: contact.v3.group.delete,
  list_user_groups: contact.v3.group.simplelist,
  list_member_user_groups: contact.v3.group.memberBelong,
  add_user_group_member: contact.v3.groupMember.add,
  batch_add_user_group_members: contact.v3.groupMember.batchAdd,
  remove_user_group_member: contact.v3.groupMember.remove,
  batch_remove_user_group_members: contact.v3.groupMember.batchRemove,
  list_user_group_members: contact.v3.groupMember.simplelist,
  find_user_ids: contact.v3.user.batchGetId,
  write_performance_group_members: performance.v2.userGroupUserRel.write,
};

await life("node-sdk", async (operation, { path, query, body }) => {
  try {
    return await operations[operation]({ path, params: query, data: body });
  } catch (error) {
    // The SDK throws for HTTP 400; the envelope is in the error.
    if (error.response?.data?.code === undefined) throw error;
    return error.response.data;
  }
});
