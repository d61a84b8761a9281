// @ts-check
/// <reference lib="dom" />
import {
  button,
  byId,
  cell,
  element,
  hostName,
  keepInLine,
  outside,
  part,
  setText,
} from "./dom.js";
import { attempt } from "./notices.js";
import { bytesWords, durationWords } from "./quantities.js";
import { shownHost } from "./printable.js";
import { protocolWords } from "./words.js";

/**
 * An open connection of a client.
 * @typedef {{
 *   readonly id: number, readonly client: string, readonly kind: string,
 *   readonly protocol: string | null, readonly host: string | null, readonly port: number | null,
 *   readonly rule: string | null, readonly bytes_up: number, readonly bytes_down: number,
 *   readonly opened_at: number,
 * }} Connection
 */

/** More rows are slow to lay out every two seconds, and nobody reads them. */
const ROWS_MAX = 200;

/**
 * The open connections. They are asked for only while somebody can see them.
 * @param {import("./api.js").Api} api
 * @param {import("./clock.js").ProxyClock} clock
 */
export function connectionsSection(api, clock) {
  let isVisible = false;
  let isAsking = false;

  async function refresh() {
    if (isAsking || !isVisible || document.hidden) return;
    isAsking = true;
    try {
      const answer = await api.get("/connections");
      show(/** @type {{ connections: Connection[], total: number }} */ (answer));
    } catch {
      // The header says that the proxy does not answer; the next round asks again.
    } finally {
      isAsking = false;
    }
  }

  /** @param {{ connections: readonly Connection[], total: number }} answer */
  function show({ connections, total }) {
    // Idle ones lead nowhere: they are counted, and stand last.
    const idle = connections.filter((connection) => connection.kind === "idle");
    const busy = connections.filter((connection) => connection.kind !== "idle");
    const rows = [...busy, ...idle].slice(0, ROWS_MAX);
    const seen = rows.length < total ? `, ${rows.length} shown` : "";
    setText(
      byId("connections-note"),
      `${total} open, ${idle.length} idle${seen}`,
    );
    byId("connections-empty").hidden = rows.length > 0;
    keepInLine(byId("connections"), rows, {
      // A connection that gets a target is another row: all of it changes.
      key: ({ id, host, port, kind }) => [id, kind, host, port].join(" "),
      make: (connection) => connectionRow(connection, close),
      update: (row, connection) => update(row, connection, clock.now()),
    });
  }

  /** @param {Connection} connection */
  async function close({ id }) {
    await attempt(() => api.remove(`/connections/${id}`));
    await refresh();
  }

  new IntersectionObserver((entries) => {
    isVisible = entries.at(-1)?.isIntersecting ?? false;
    refresh();
  }).observe(byId("connections-panel"));

  return { refresh };
}

/**
 * @param {Connection} connection
 * @param {(connection: Connection) => void} close
 */
function connectionRow(connection, close) {
  const { id, client, kind, protocol, host, port, rule } = connection;
  const target = host === null
    ? element("span", { class: "idle" }, kind)
    : hostName(host, port === null || port === 0 ? "" : `:${port}`);
  const about = element("div", { class: "origin" }, kindWords(kind, protocol), " from ");
  about.append(outside(client));
  if (rule !== null) about.append(", by ", outside(rule));
  const name = host === null ? `the ${kind} connection of ${client}` : shownHost(host);
  return element(
    "tr",
    { role: "row", "data-testid": "connection-row", "data-id": String(id) },
    cell("target", target, about),
    cell("up"),
    cell("down"),
    cell("age"),
    cell(
      "actions",
      button("Close", {
        "data-testid": "close",
        class: "tightens",
        "aria-label": `Close ${name}`,
      }, () => close(connection)),
    ),
  );
}

/**
 * @param {string} kind
 * @param {string | null} protocol
 */
function kindWords(kind, protocol) {
  if (protocol === null) return kind;
  if (kind === "inspected") return `${protocolWords(protocol)} tunnel, looked into`;
  return kind === "tunnel" ? `${protocolWords(protocol)} tunnel` : protocolWords(protocol);
}

/**
 * @param {HTMLElement} row
 * @param {Connection} connection
 * @param {number} now
 */
function update(row, { bytes_up, bytes_down, opened_at }, now) {
  setText(part(row, ".up"), bytesWords(bytes_up));
  setText(part(row, ".down"), bytesWords(bytes_down));
  setText(part(row, ".age"), durationWords(now - opened_at));
}
