import { assert, assertEquals } from "@std/assert";
import { dashboardRoutes } from "../../src/admin/dashboard_routes.ts";
import { makeAdmin } from "./make_admin.ts";

const FOLDER = new URL("../../src/admin/dashboard/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  svg: "image/svg+xml",
};

async function filesOfThePage(): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(FOLDER));
  return entries.map(({ name }) => name).filter((name) => name.split(".").at(-1)! in TYPES).sort();
}

Deno.test("dashboardRoutes() serves every file of the page, and nothing else", async () => {
  const paths = dashboardRoutes().map(({ path }) => path === "/" ? "index.html" : path.slice(1));
  assertEquals(paths.toSorted(), await filesOfThePage());
});

Deno.test("dashboardRoutes() serves the files as they are, each with its type", async () => {
  using admin = makeAdmin({ auth: "all" });
  for (const name of await filesOfThePage()) {
    const reply = await admin.call(`GET /${name === "index.html" ? "" : name}`);
    assertEquals(reply.headers.get("content-type"), TYPES[name.split(".").at(-1)!], name);
    assertEquals(await reply.text(), await Deno.readTextFile(new URL(name, FOLDER)), name);
  }
});

Deno.test("dashboardRoutes() serves a page that holds to its own seal", async () => {
  using admin = makeAdmin();
  const page = await (await admin.call("GET /")).text();
  // Neither a script nor a style in the page itself would run, nor anything from elsewhere.
  assert(
    !/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|(?:src|href)="(?:https?:)?\/\//i.test(page),
  );
  const parts = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path]) => path!);
  assert(parts.length > 1);
  for (const path of parts) {
    const reply = await admin.call(`GET ${new URL(path, "http://127.0.0.1/").pathname}`);
    assertEquals(reply.status, 200, path);
    await reply.body?.cancel();
  }
});

Deno.test("dashboardRoutes() serves every module that a module of the page asks for", async () => {
  const names = await filesOfThePage();
  for (const name of names.filter((name) => name.endsWith(".js"))) {
    const text = await Deno.readTextFile(new URL(name, FOLDER));
    for (const [, asked] of text.matchAll(/^.*\b(?:from|import)\s*"([^"]+)";$/gm)) {
      assert(names.includes(asked!.replace(/^\.\//, "")), `${name} asks for ${asked}`);
    }
  }
});
