// The page, file by file. Imported as text, so that one executable holds them.
import allowMenuJs from "./dashboard/allow_menu.js" with { type: "text" };
import apiJs from "./dashboard/api.js" with { type: "text" };
import clockJs from "./dashboard/clock.js" with { type: "text" };
import connectionsJs from "./dashboard/connections.js" with { type: "text" };
import dashboardCss from "./dashboard/dashboard.css" with { type: "text" };
import dashboardJs from "./dashboard/dashboard.js" with { type: "text" };
import dashboardSvg from "./dashboard/dashboard.svg" with { type: "text" };
import dialogJs from "./dashboard/dialog.js" with { type: "text" };
import domJs from "./dashboard/dom.js" with { type: "text" };
import eventStreamJs from "./dashboard/event_stream.js" with { type: "text" };
import feedJs from "./dashboard/feed.js" with { type: "text" };
import feedRowJs from "./dashboard/feed_row.js" with { type: "text" };
import feedStoreJs from "./dashboard/feed_store.js" with { type: "text" };
import headerJs from "./dashboard/header.js" with { type: "text" };
import indexHtml from "./dashboard/index.html" with { type: "text" };
import keysJs from "./dashboard/keys.js" with { type: "text" };
import loginJs from "./dashboard/login.js" with { type: "text" };
import noticesJs from "./dashboard/notices.js" with { type: "text" };
import pageJs from "./dashboard/page.js" with { type: "text" };
import printableJs from "./dashboard/printable.js" with { type: "text" };
import quantitiesJs from "./dashboard/quantities.js" with { type: "text" };
import questionCardJs from "./dashboard/question_card.js" with { type: "text" };
import questionsJs from "./dashboard/questions.js" with { type: "text" };
import rulesJs from "./dashboard/rules.js" with { type: "text" };
import sessionJs from "./dashboard/session.js" with { type: "text" };
import sseJs from "./dashboard/sse.js" with { type: "text" };
import themeJs from "./dashboard/theme.js" with { type: "text" };
import trafficJs from "./dashboard/traffic.js" with { type: "text" };
import trafficSeriesJs from "./dashboard/traffic_series.js" with { type: "text" };
import wordsJs from "./dashboard/words.js" with { type: "text" };
import type { Route } from "./route.ts";

const TYPES = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  svg: "image/svg+xml",
} as const;

/** Every file of the page, by its name. */
const FILES: Readonly<Record<string, string>> = {
  "allow_menu.js": allowMenuJs,
  "api.js": apiJs,
  "clock.js": clockJs,
  "connections.js": connectionsJs,
  "dashboard.css": dashboardCss,
  "dashboard.js": dashboardJs,
  "dashboard.svg": dashboardSvg,
  "dialog.js": dialogJs,
  "dom.js": domJs,
  "event_stream.js": eventStreamJs,
  "feed.js": feedJs,
  "feed_row.js": feedRowJs,
  "feed_store.js": feedStoreJs,
  "header.js": headerJs,
  "index.html": indexHtml,
  "keys.js": keysJs,
  "login.js": loginJs,
  "notices.js": noticesJs,
  "page.js": pageJs,
  "printable.js": printableJs,
  "quantities.js": quantitiesJs,
  "question_card.js": questionCardJs,
  "questions.js": questionsJs,
  "rules.js": rulesJs,
  "session.js": sessionJs,
  "sse.js": sseJs,
  "theme.js": themeJs,
  "traffic.js": trafficJs,
  "traffic_series.js": trafficSeriesJs,
  "words.js": wordsJs,
};

/** The page, and what it loads. It holds nothing that anybody may not see: what it shows it asks for. */
export function dashboardRoutes(): readonly Route[] {
  return Object.entries(FILES).map(([name, text]) => ({
    method: "GET",
    path: name === "index.html" ? "/" : `/${name}`,
    summary: name === "index.html" ? "The dashboard" : `A part of the dashboard`,
    token: "never",
    isOpen: true,
    type: typeOf(name),
    serve: () => new Response(text, { headers: { "content-type": typeOf(name) } }),
  }));
}

function typeOf(name: string): string {
  return TYPES[name.slice(name.lastIndexOf(".") + 1) as keyof typeof TYPES];
}
