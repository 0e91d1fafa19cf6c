// The official MCP server, as an agent uses it: @larksuiteoapi/lark-mcp over standard input and output.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { life } from "./life.mjs";

const tools = {
  create_user_group: "contact.v3.group.create",
  get_user_group: "contact.v3.group.get",
  update_user_group: "contact.v3.group.patch",
  delete_user_group: "contact.v3.group.delete",
  list_user_groups: "contact.v3.group.simplelist",
  list_member_user_groups: "contact.v3.group.memberBelong",
  add_user_group_member: "contact.v3.groupMember.add",
  batch_add_user_group_members: "contact.v3.groupMember.batchAdd",
  remove_user_group_member: "contact.v3.groupMember.remove",
  batch_remove_user_group_members: "contact.v3.groupMember.batchRemove",
  list_user_group_members: "contact.v3.groupMember.simplelist",
  find_user_ids: "contact.v3.user.batchGetId",
  write_performance_group_members: "performance.v2.userGroupUserRel.write",
};

const { BASE_URL, APP_ID, APP_SECRET } = process.env;
const server = ["mcp", "--app-id", APP_ID, "--app-secret", APP_SECRET, "--domain", BASE_URL, "--token-mode", "tenant_access_token"];
const names = ["--tool-name-case", "dot", "--tools", Object.values(tools).join(",")];
const command = { command: "node_modules/.bin/lark-mcp", args: [...server, ...names], stderr: "ignore" };
const client = new Client({ name: "interop", version: "1.0.0" });
await client.connect(new StdioClientTransport(command));

await life("lark-mcp", async (operation, { path, query, body }) => {
  const result = await client.callTool({ name: tools[operation], arguments: { path, params: query, data: body } });
  const content = JSON.parse(result.content[0].text);
  // A success is the payload alone; a failure is the error, with the envelope in it.
  return result.isError ? (content.response?.data ?? content) : { code: 0, data: content };
});
await client.close();
