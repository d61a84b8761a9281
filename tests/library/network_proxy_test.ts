import { assert, assertEquals, assertRejects } from "@std/assert";
import { makeEmbedding } from "../support/embedding.ts";
import { makeScratch } from "../support/scratch.ts";

Deno.test("disposing of a proxy twice, and after it ran, does nothing", async () => {
  await using embedding = makeEmbedding();
  const unused = await embedding.builder().build();
  await unused[Symbol.asyncDispose]();
  await unused[Symbol.asyncDispose]();
  const proxy = await embedding.builder().build();
  await using handle = await proxy.run();
  await proxy[Symbol.asyncDispose]();
  assertEquals(handle.addresses, proxy.addresses);
});

Deno.test("a proxy runs once, and none that was disposed of", async () => {
  await using embedding = makeEmbedding();
  const unused = await embedding.builder().build();
  await unused[Symbol.asyncDispose]();
  const proxy = await embedding.builder().build();
  await using _ = await proxy.run();
  for (const over of [unused, proxy]) {
    const words = "Cannot run this proxy again: build another";
    await assertRejects(() => over.run(), TypeError, words);
  }
});

Deno.test("HTTPS is looked into with the authority of the home folder, which is made there", async () => {
  await using scratch = await makeScratch();
  await using embedding = makeEmbedding({ env: { DOORWARD_HOME: scratch.folder } });
  const config = '[network]\nmitm = true\nmode = "limited"\nallowed_domains = ["allowed.test"]\n';
  const proxy = await embedding.builder().config(config).build();
  await using handle = await proxy.run();
  const bundle = handle.env()["SSL_CERT_FILE"]!;
  assert(bundle.startsWith(scratch.folder), bundle);
  await Deno.stat(`${scratch.folder}/proxy/ca.pem`);
});

Deno.test("what cannot run gives its ports back", async () => {
  await using embedding = makeEmbedding();
  // There is no folder that could hold the authority of interception.
  const proxy = await embedding.builder().config("[network]\nenabled = true\nmitm = true\n")
    .build();
  const port = Number(proxy.addresses!.http.split(":")[1]);
  await assertRejects(() => proxy.run(), Error, "home folder");
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});
