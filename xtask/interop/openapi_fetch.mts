// A client from the spec by openapi-typescript and openapi-fetch: the compiler checks the paths, the client makes the calls.

import createClient from "openapi-fetch";
import { life } from "./life.mjs";
import type { paths } from "./schema.js";

const { BASE_URL: baseUrl = "", APP_ID: app_id = "", APP_SECRET: app_secret = "" } = process.env;
const client = createClient<paths>({ baseUrl });

const credentials = { body: { app_id, app_secret } };
const token = await client.POST("/open-apis/auth/v3/tenant_access_token/internal", credentials);
if (!token.data?.tenant_access_token) throw new Error(`no token: ${JSON.stringify(token)}`);
client.use({
  onRequest({ request }) {
    request.headers.set("authorization", `Bearer ${token.data.tenant_access_token}`);
  },
});

type Envelope = { data?: { code: number; data?: unknown }; error?: { code?: number } };
const [groups, group] = ["/open-apis/contact/v3/group", "/open-apis/contact/v3/group/{group_id}"] as const;
// What life.mjs sends fits no type before it runs.
const operations: Record<string, (path: any, query: any, body: any) => Promise<Envelope>> = {
  create_user_group: (_, query, body) => client.POST(groups, { params: { query }, body }),
  get_user_group: (path) => client.GET(group, { params: { path } }),
  update_user_group: (path, _, body) => client.PATCH(group, { params: { path }, body }),
  delete_user_group: (path) => client.DELETE(group, { params: { path } }),
  list_user_groups: (_, query) => client.GET(`${groups}/simplelist`, { params: { query } }),
  list_member_user_groups: (_, query) => client.GET(`${groups}/member_belong`, { params: { query } }),
  add_user_group_member: (path, _, body) => client.POST(`${group}/member/add`, { params: { path }, body }),
  batch_add_user_group_members: (path, _, body) => client.POST(`${group}/member/batch_add`, { params: { path }, body }),
  remove_user_group_member: (path, _, body) => client.POST(`${group}/member/remove`, { params: { path }, body }),
  batch_remove_user_group_members: (path, _, body) => client.POST(`${group}/member/batch_remove`, { params: { path }, body }),
  list_user_group_members: (path, query) => client.GET(`${group}/member/simplelist`, { params: { path, query } }),
  find_user_ids: (_, query, body) => client.POST("/open-apis/contact/v3/users/batch_get_id", { params: { query }, body }),
  write_performance_group_members: (_, query, body) =>
    client.POST("/open-apis/performance/v2/user_group_user_rels/write", { params: { query }, body }),
};

await life("openapi-fetch", async (operation: string, { path, query, body }: any) => {
  const { data, error } = await operations[operation]!(path, query, body);
  return data ?? error;
});
