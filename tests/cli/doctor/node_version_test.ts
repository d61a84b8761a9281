import { assertEquals } from "@std/assert";
import { nodeHonours, nodeVersionOf } from "../../../src/cli/doctor/node_version.ts";
import { fakeInstruments } from "./make_situation.ts";

Deno.test("nodeHonours() goes by what each version was seen to do", () => {
  const seen = ["20.20", "22.20", "22.21", "23.11", "24.0", "24.4", "24.5", "25.0"].map((text) => {
    const [major = 0, minor = 0] = text.split(".").map(Number);
    return nodeHonours({ major, minor });
  });
  assertEquals(seen, ["nothing", "nothing", "all", "nothing", "fetch", "fetch", "all", "all"]);
});

Deno.test("nodeVersionOf() reads the version out of the folder that a link leads to", async () => {
  const reals = [
    "/home/you/.nvm/versions/node/v22.21.1/bin/node",
    "/opt/node-v24.5.0-linux-x64/bin/node",
    "/opt/homebrew/Cellar/node/25.1.0/bin/node",
    "/home/you/.local/share/mise/installs/node/20.3.0/bin/node",
  ];
  const versions = await Promise.all(reals.map((real) =>
    nodeVersionOf("/usr/bin/node", "linux", {
      ...fakeInstruments(),
      realPath: () => Promise.resolve(real),
    })
  ));
  assertEquals(versions.map((version) => `${version?.major}.${version?.minor}`), [
    "22.21",
    "24.5",
    "25.1",
    "20.3",
  ]);
});

Deno.test("nodeVersionOf() reads the header beside it, else it does not know", async () => {
  const header = "#define NODE_MAJOR_VERSION 24\n#define NODE_MINOR_VERSION 6\n";
  const beside = fakeInstruments({ "/usr/include/node/node_version.h": header });
  assertEquals(await nodeVersionOf("/usr/bin/node", "linux", beside), { major: 24, minor: 6 });
  assertEquals(await nodeVersionOf("/opt/bin/node", "linux", beside), null);
});
