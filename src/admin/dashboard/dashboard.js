// @ts-check
/// <reference lib="dom" />
// The page of a running proxy: it shows and asks. It decides nothing: what may be done, the admin API says.
import { adminApi, ApiError } from "./api.js";
import { allowMenu } from "./allow_menu.js";
import { ProxyClock } from "./clock.js";
import { connectionsSection } from "./connections.js";
import { listenToEvents } from "./event_stream.js";
import { Feed } from "./feed.js";
import { headerSection } from "./header.js";
import { startKeys } from "./keys.js";
import { showLogin } from "./login.js";
import { notify } from "./notices.js";
import { blockedBefore, eventTaker, fetchAll, startPolling } from "./page.js";
import { questionsSection } from "./questions.js";
import { rulesSection } from "./rules.js";
import { Session, takeCode } from "./session.js";
import { startTheme } from "./theme.js";
import { trafficSection } from "./traffic.js";
import { endpointWords } from "./words.js";

/** Two starts closer than this are one: the answers take their time. */
const SAME_START_SECONDS = 3;

start();

function start() {
  startTheme();
  const code = takeCode();
  const session = new Session();
  const clock = new ProxyClock();
  const api = adminApi(session, (method) => {
    session.clear();
    showLogin(method === "GET" ? "locked" : "refused");
  });
  const header = headerSection(api);
  const questions = questionsSection(api, clock);
  const rules = rulesSection(api, clock);
  const connections = connectionsSection(api, clock);
  const traffic = trafficSection();
  const menu = allowMenu((pattern, scope) => rules.add("allow", pattern, scope));
  const feed = new Feed({
    allow: menu.open,
    deny: ({ host, port }) => rules.add("deny", endpointWords(host, port), "run"),
    isMenuOpen: menu.isOpen,
  });
  startKeys({
    togglePause: () => feed.togglePause(),
    clearFilter: () => feed.clearFilter(),
  });
  run({ session, clock, api, header, questions, rules, connections, traffic, feed }, code);
}

/**
 * @param {import("./page.js").Page} page
 * @param {string | null} code
 */
async function run(page, code) {
  addEventListener("hashchange", async () => {
    // A new link was opened in this tab. What was locked starts anew with its key.
    const next = takeCode();
    if (next !== null && await logIn(page, next)) location.reload();
  });
  if (code !== null) await logIn(page, code);
  startPolling(page);
  await listen(page);
}

/**
 * Trades a one-time code for the key of this session.
 * @param {import("./page.js").Page} page
 * @param {string} code
 */
async function logIn({ api, session }, code) {
  try {
    const answer = /** @type {{ token: string }} */ (await api.post("/session", { code }));
    session.set(answer.token);
    showLogin(null);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) showLogin("bad_code");
    else notify(error instanceof Error ? error.message : String(error), "error");
    return false;
  }
}

/** @param {import("./page.js").Page} page */
function listen(page) {
  const { header, questions, feed } = page;
  let startedAt = 0;
  return listenToEvents(page.api, {
    async opening() {
      const started = await fetchAll(page);
      const isSame = Math.abs(started - startedAt) < SAME_START_SECONDS;
      if (!isSame && startedAt !== 0) feed.clear();
      if (!isSame) feed.history(await blockedBefore(page));
      startedAt = started;
      return isSame;
    },
    state(state) {
      header.state(state);
      if (state === "gone") questions.forget();
      if (state === "locked") showLogin("locked");
    },
    event: eventTaker(page),
  });
}
