// @ts-check
/// <reference lib="dom" />
import { showLogin } from "./login.js";

/** How often what changes all the time is asked for. */
const POLL_MS = 2_000;

/** How often what changes now and then is asked for. */
const SLOW_POLL_MS = 5_000;

/** Many rules may change at once; the list is fetched once. */
const GATHER_MS = 250;

/** As many blocked requests of before as the feed shows. */
const HISTORY = 500;

/**
 * All parts of the page.
 * @typedef {{
 *   readonly session: import("./session.js").Session,
 *   readonly clock: import("./clock.js").ProxyClock,
 *   readonly api: import("./api.js").Api,
 *   readonly header: ReturnType<typeof import("./header.js").headerSection>,
 *   readonly questions: ReturnType<typeof import("./questions.js").questionsSection>,
 *   readonly rules: ReturnType<typeof import("./rules.js").rulesSection>,
 *   readonly connections: ReturnType<typeof import("./connections.js").connectionsSection>,
 *   readonly traffic: ReturnType<typeof import("./traffic.js").trafficSection>,
 *   readonly feed: import("./feed.js").Feed,
 * }} Page
 */

/**
 * Fetches all that the page shows; the events then keep it up to date.
 * @param {Page} page
 * @returns {Promise<number>} when this proxy started, in Unix seconds of this machine
 */
export async function fetchAll(page) {
  const { api, session, header, questions, rules, connections } = page;
  const health = /** @type {import("./header.js").Health} */ (await api.get("/health"));
  const started = Date.now() / 1000 - health.uptime_seconds;
  header.show(health);
  await fetchStats(page);
  const config = /** @type {{ network: { admin_auth?: string } }} */ (await api.get("/config"));
  const isOpen = config.network.admin_auth === "none" || session.token !== null;
  showLogin(isOpen ? null : "read_only");
  const { pending } = /** @type {{ pending: import("./questions.js").Question[] }} */ (
    await api.get("/pending")
  );
  questions.replace(pending);
  await rules.refresh();
  await connections.refresh();
  return started;
}

/**
 * Fetches what the charts show, and with it what time it is there.
 * @param {Page} page
 */
async function fetchStats({ api, clock, traffic }) {
  const stats = /** @type {import("./traffic.js").Stats} */ (await api.get("/stats"));
  clock.set(stats.now);
  traffic.show(stats);
}

/**
 * Fetches the requests that were blocked before the page was opened, oldest first.
 * @param {Page} page
 */
export async function blockedBefore({ api }) {
  const answer = await api.get(`/blocked?limit=${HISTORY}`);
  return /** @type {{ blocked: import("./feed_store.js").BlockedRecord[] }} */ (answer).blocked;
}

/**
 * Gives each event to who shows it.
 * @param {Page} page
 * @returns {(type: string, data: unknown) => void}
 */
export function eventTaker({ api, header, questions, rules, feed }) {
  const refetchRules = gathered(() => rules.refresh());
  const refetchHealth = gathered(async () => {
    header.show(/** @type {import("./header.js").Health} */ (await api.get("/health")));
  });
  return (type, data) => {
    switch (type) {
      case "decision":
        return feed.decision(/** @type {import("./feed_store.js").DecisionEvent} */ (data));
      case "blocked":
        return feed.blocked(/** @type {{ blocked_seq: number }} */ (data));
      case "pending":
        return questions.event(/** @type {import("./questions.js").PendingEvent} */ (data));
      case "dropped":
        return feed.lost(/** @type {{ count: number }} */ (data).count);
      case "rule":
        return refetchRules();
      case "mode":
        return refetchHealth();
      case "reload":
        refetchRules();
        return refetchHealth();
    }
  };
}

/**
 * Does something once for many calls, a moment later.
 * @param {() => Promise<void>} act
 */
function gathered(act) {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      act().catch(() => {
        // Whatever was missed is fetched again when the stream is back.
      });
    }, GATHER_MS);
  };
}

/**
 * Asks again and again for what no event tells.
 * @param {Page} page
 */
export function startPolling(page) {
  const { api, header, questions, rules, connections } = page;
  /** @param {() => Promise<void>} ask */
  const seen = (ask) => () => {
    if (document.hidden || document.body.classList.contains("locked")) return;
    ask().catch(() => {
      // The stream tells that the proxy does not answer.
    });
  };
  const askStats = seen(async () => {
    await fetchStats(page);
    await connections.refresh();
  });
  const askHealth = seen(async () => {
    header.show(/** @type {import("./header.js").Health} */ (await api.get("/health")));
    await rules.refresh();
  });
  setInterval(askStats, POLL_MS);
  setInterval(askHealth, SLOW_POLL_MS);
  setInterval(() => {
    questions.tick();
    header.tick();
  }, 1_000);
}
