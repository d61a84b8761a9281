// How the dashboard is opened, and how it looks to whom: with a key or without, dark or light, wide or narrow.
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { startBrowser, testBrowser } from "../support/browser.ts";
import type { Page } from "../support/browser_page.ts";
import {
  ASKING,
  count,
  isLive,
  makeDashboard,
  testDashboard,
  testId,
  text,
} from "../support/dashboard.ts";

/** More keys than lead to the first question. */
const TABS_MAX = 40;

testBrowser("the link that doorward dashboard prints opens the page once", async () => {
  await using world = await makeDashboard();
  const link = await world.link();
  assertMatch(link, /^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{43}$/);
  const first = await world.browser.open(link);
  await first.until(isLive);
  assertEquals(await first.evaluate(count("login-hint")), 0);
  await using other = await startBrowser();
  const second = await other.open(link);
  await second.until(`${text("login-hint")}.includes("That link has been used, or is too old")`);
  await second.until(isLive);
  assertEquals(await second.evaluate(`sessionStorage.length`), 0);
  assertEquals(second.console.filter((line) => !line.includes("403")), []);
});

testDashboard("no key is in any address, cookie or storage but that of the tab", async (world) => {
  const { page, origin, fetch, scratch, home } = world;
  const client = fetch(origin.url);
  await page.click(testId("approve-run"));
  await client.ended;
  const key = String(await page.evaluate(`sessionStorage.getItem("doorward-session")`));
  const token = (await Deno.readTextFile(`${scratch.home}/doorward/proxy/admin.token`)).trim();
  assert(key.length >= 43 && token.length >= 32);
  assertNotEquals(key, token);
  const seen = String(
    await page.evaluate(`JSON.stringify([
      location.href, document.referrer, document.cookie, history.state, document.title,
      navigation.entries().map(({ url }) => url), performance.getEntries().map(({ name }) => name),
      { ...localStorage }, document.documentElement.outerHTML,
    ])`),
  ) + page.requests.join("\n");
  for (const secret of [key, token]) assertEquals(seen.includes(secret), false);
  assertEquals(await page.evaluate("location.href"), `${home}/`);
  assertEquals(await page.evaluate("navigation.entries().map(({ url }) => url)"), [`${home}/`]);
  assertEquals(page.requests.filter((request) => request.includes("code=")), []);
});

testBrowser(
  "without a key the page shows, and asks for a link when something is pressed",
  async () => {
    await using world = await makeDashboard();
    await using other = await startBrowser();
    const page = await other.open(world.home);
    await page.until(`${text("login-hint")}.startsWith("Read-only.")`);
    const client = world.fetch(world.origin.url);
    await page.click(testId("approve-once"));
    await page.until(
      `${text("login-hint")}.startsWith("Not done: Doorward wants a key for that.")`,
    );
    await page.click(testId("deny"));
    assertMatch((await client.ended).stdout, /^HTTP\/1\.1 403 /);
    assertEquals(world.origin.requests, []);
  },
);

testBrowser('with admin_auth = "all" a page without a key shows nothing', async () => {
  await using world = await makeDashboard({ toml: ASKING + 'admin_auth = "all"\n' });
  await world.fetch("http://denied.test/").ended;
  await world.page.until(`${count("feed-row")} === 1`);
  await using other = await startBrowser();
  const page = await other.open(world.home);
  await page.until(`${text("login-hint")}.startsWith("Doorward shows nothing without a key.")`);
  assertEquals(await page.evaluate(`document.querySelector("main").checkVisibility()`), false);
  assertEquals(String(await page.evaluate("document.body.innerText")).includes("denied"), false);
  // A link that is opened in the same tab lets it in.
  await page.goto(await world.link());
  await page.until(`${isLive} && ${count("feed-row")} === 1`);
});

testDashboard("text from outside is text: it runs and turns nothing", async (world) => {
  const { page, fetch, scratch } = world;
  const markup = "<img src=x onerror=alert(1)><script>alert(2)</script>'&amp;";
  await fetch("http://denied.test/", "-X", "A'&amp|C").ended;
  await page.until(`${text("feed-row")}.includes("A'&amp|C")`);
  await scratch.configure(`${ASKING}"${markup}\u202e\u2028" = 1\n`);
  await page.until(`${count("fault")} === 1`);
  const told = String(await page.evaluate(text("fault")));
  assert(told.includes(`${markup}\\u202e\\u2028`), told);
  const all = String(await page.evaluate("document.body.innerHTML + document.body.innerText"));
  assertEquals(all.match(/[\u202e\u2028]/g), null);
  assertEquals(await page.evaluate(`document.querySelectorAll("img, main script").length`), 0);
});

testDashboard("its own policy lets no foreign code or content in", async ({ page, home }) => {
  const answer = await fetch(home);
  await answer.body?.cancel();
  const policy = answer.headers.get("content-security-policy") ?? "";
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
    assert(policy.includes(rule), policy);
  }
  const tried = await page.evaluate(`(async () => {
    globalThis.violated = new Set();
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      violated.add(effectiveDirective));
    const refused = (act) => Promise.resolve().then(act).then(() => "done", (error) => error.name);
    const image = document.createElement("img");
    image.src = "http://127.0.0.2/";
    document.body.append(image);
    return [
      await refused(() => document.createElement("script").textContent = "ran = true"),
      await refused(() => document.body.innerHTML = "<b>bold</b>"),
      await refused(() => fetch("http://127.0.0.2/")),
    ];
  })()`);
  assertEquals(tried, ["TypeError", "TypeError", "TypeError"]);
  const violated = ["connect-src", "img-src", "require-trusted-types-for"];
  await page.until(`[...violated].sort().join() === "${violated}"`);
  // The browser complains of each; nobody else has anything to say.
  page.console.splice(0);
});

testDashboard("it is dark or light as the system is, unless told otherwise", async ({ page }) => {
  await page.emulate({ colorScheme: "dark" });
  const dark = await brightness(page);
  await page.emulate({ colorScheme: "light" });
  const light = await brightness(page);
  assert(dark < 60 && light > 200, `${dark} ${light}`);
  await page.click(testId("theme"));
  assertEquals(await brightness(page), dark);
  await page.evaluate("location.reload()");
  await page.until(isLive);
  assertEquals(await brightness(page), dark);
});

testDashboard("a question can be answered by the keyboard alone", async (world) => {
  const { page, origin, fetch } = world;
  const client = fetch(origin.url);
  await page.until(`document.querySelector('${testId("approve-once")}')?.disabled === false`);
  for (let tab = 0; tab < TABS_MAX && await focused(page) !== "approve-once"; tab++) {
    await page.press("Tab");
  }
  assertEquals(await focused(page), "approve-once");
  const ring = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
  assertNotEquals(ring, "none");
  await page.press("Enter");
  assert((await client.ended).stdout.includes("hello from the origin"));
});

for (const width of [400, 320]) {
  testDashboard(`nothing is wider than a window of ${width} pixels`, async (world) => {
    const { page, origin, fetch } = world;
    await page.emulate({ width, height: 800 });
    await fetch(`http://${"long-name.".repeat(20)}denied.test/`, "-m", "1").ended;
    await fetch("http://denied.test/").ended;
    fetch(origin.url);
    await page.until(`${count("question")} > 0 && ${count("feed-row")} > 0`);
    await page.click(testId("row-allow"));
    assertEquals(await page.evaluate("document.documentElement.scrollWidth"), width);
    assertEquals(
      await page.evaluate(`[...document.querySelectorAll("button, input, select")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth)
      .map((one) => one.outerHTML)`),
      [],
    );
  });
}

/** What has the focus. */
async function focused(page: Page): Promise<unknown> {
  return await page.evaluate("document.activeElement?.dataset.testid ?? null");
}

/** The mean of red, green and blue behind the page. */
async function brightness(page: Page): Promise<number> {
  return Number(
    await page.evaluate(`(() => {
      const canvas = new OffscreenCanvas(1, 1).getContext("2d");
      canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
      return (red + green + blue) / 3;
    })()`),
  );
}
