import { assertEquals } from "@std/assert";
import { ownCommand } from "../../../src/cli/doctor/own_command.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";

Deno.test("ownCommand() hands the flags on that choose what is read, without credentials", () => {
  assertEquals(ownCommand(["env"], NO_FLAGS, "sh"), "doorward env");
  const flags = {
    ...NO_FLAGS,
    file: "/a b.toml",
    profile: "work",
    allow: ["a.test"],
    overrides: ["network.mode=limited", "network.upstream_proxy=http://u:secret@p.test:1"],
  };
  assertEquals(
    ownCommand(["explain", "http://a.test"], flags, "sh"),
    "doorward explain http://a.test --config '/a b.toml' --profile work -c network.mode=limited",
  );
});
