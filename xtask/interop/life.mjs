// A group's whole life with its members, by the calls of one tool.
//
// `call(operation, { path, query, body })` makes a call with the tool and returns the envelope. Prints how many calls were
// made, and what failed. life.py is the same for Python.

class Failed extends Error {}

function check(fact, what) {
  if (!fact) throw new Failed(what);
}

export async function life(tool, call) {
  const name = `life of ${tool}`;
  const member = (id) => ({ member_type: "user", member_id_type: "open_id", member_id: id });
  const others = { members: [member("ou_wangwu"), member("ou_zhaoliu")] };
  let [calls, group_id] = [0, "none"];
  const failed = [];

  const step = async (operation, request, expected) => {
    calls += 1;
    try {
      const envelope = await call(operation, request);
      if (expected === undefined || typeof expected === "function") {
        check(envelope?.code === 0, JSON.stringify(envelope));
        check(expected === undefined || expected(envelope.data), `unexpected: ${JSON.stringify(envelope)}`);
      } else {
        check(envelope?.code === expected, `expected code ${expected}: ${JSON.stringify(envelope)}`);
      }
      return envelope?.data;
    } catch (error) {
      failed.push(`${operation}: ${error instanceof Failed ? error.message : (error?.stack ?? error)}`);
      return undefined;
    }
  };

  const created = await step("create_user_group", { body: { name, description: "made by interop" } }, (data) => data.group_id);
  group_id = created?.group_id ?? group_id;
  const path = { group_id };
  await step("get_user_group", { path }, (data) => data.group.name === name);
  await step("update_user_group", { path, body: { description: "changed" } });
  await step("list_user_groups", { query: { page_size: 100 } }, (data) => data.grouplist.some((group) => group.id === group_id));
  await step("add_user_group_member", { path, body: member("ou_lisi") });
  await step("batch_add_user_group_members", { path, body: others }, (data) => data.results.every((result) => result.code === 0));
  const listing = { path, query: { page_size: 100, member_id_type: "open_id", member_type: "user" } };
  await step("list_user_group_members", listing, (data) => data.memberlist.length === 3);
  const owner = { member_id: "ou_lisi", member_id_type: "open_id" };
  await step("list_member_user_groups", { query: owner }, (data) => data.group_list.includes(group_id));
  const emails = { query: { user_id_type: "open_id" }, body: { emails: ["li.si@example.com"] } };
  await step("find_user_ids", emails, (data) => data.user_list[0].user_id === "ou_lisi");
  // A group with members cannot be deleted.
  await step("delete_user_group", { path }, 42017);
  await step("remove_user_group_member", { path, body: member("ou_lisi") });
  await step("batch_remove_user_group_members", { path, body: others });
  await step("list_user_group_members", listing, (data) => (data.memberlist ?? []).length === 0);
  await step("delete_user_group", { path });
  await step("get_user_group", { path }, 42002);
  const written = {
    query: { client_token: `interop-${tool}`, user_id_type: "open_id" },
    body: { group_id: "P1", scope_visible_setting: 1, user_ids: ["ou_lisi"] },
  };
  await step("write_performance_group_members", written, (data) => data.data.success_user_ids.includes("ou_lisi"));
  console.log(JSON.stringify({ calls, failed }));
}
