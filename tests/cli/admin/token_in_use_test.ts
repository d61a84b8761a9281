import { assertEquals, assertRejects } from "@std/assert";
import { AdminError } from "../../../src/cli/admin/admin_error.ts";
import { tokenInUse } from "../../../src/cli/admin/token_in_use.ts";
import { readOrMakeAdminToken } from "../../../src/config/admin_token.ts";
import { makeScratch } from "../../support/scratch.ts";

const { os } = Deno.build;

Deno.test("tokenInUse() takes that of the environment first", async () => {
  const env = { DOORWARD_ADMIN_TOKEN: " abc\n", DOORWARD_HOME: "/nonexistent" };
  assertEquals(await tokenInUse({ env, os }), "abc");
});

Deno.test("tokenInUse() refuses text that fits in no header, and does not print it", async () => {
  for (const text of ["a b", "a\r\nX: 1", "ä", "x".repeat(513)]) {
    const error = await assertRejects(
      () => tokenInUse({ env: { DOORWARD_ADMIN_TOKEN: text }, os }),
      AdminError,
    );
    assertEquals(error.lines, ["Cannot use DOORWARD_ADMIN_TOKEN: it is not a token"]);
  }
});

Deno.test("tokenInUse() reads the file of the home folder", async () => {
  await using scratch = await makeScratch();
  const home = scratch.env["DOORWARD_HOME"]!;
  const surroundings = { env: { DOORWARD_HOME: home, DOORWARD_ADMIN_TOKEN: "" }, os };
  assertEquals(await tokenInUse(surroundings), null);
  const token = await readOrMakeAdminToken(home, os);
  assertEquals(await tokenInUse(surroundings), token);
});

Deno.test("tokenInUse() has none without a home folder", async () => {
  assertEquals(await tokenInUse({ env: {}, os }), null);
});

Deno.test("tokenInUse() says what is wrong with the file", async () => {
  await using scratch = await makeScratch();
  await scratch.write("home/doorward/proxy/admin.token", "nonsense\n");
  const env = { DOORWARD_HOME: scratch.env["DOORWARD_HOME"]! };
  await assertRejects(
    () => tokenInUse({ env, os }),
    AdminError,
    "Cannot use the admin token",
  );
});
