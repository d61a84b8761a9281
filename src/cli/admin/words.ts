import { ABSENT } from "./reply_fields.ts";

/** Seconds since 1970 beyond which no calendar goes (ECMAScript: 8.64e15 ms). */
const SECONDS_MAX = 8.64e12;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Tells times in Unix seconds by the clock on the wall: `2026-01-31 17:05:09`. */
export function wallClock(timeZone?: string): (seconds: number | null) => string {
  // This locale writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat("sv-SE", {
    dateStyle: "short",
    timeStyle: "medium",
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  return (seconds) =>
    seconds === null || Math.abs(seconds) > SECONDS_MAX ? ABSENT : format.format(seconds * 1000);
}

/** How long something lasts, in one unit: `45s`, `12m`, `3h`, `2d`. */
export function duration(seconds: number | null): string {
  if (seconds === null) return ABSENT;
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 2 * MINUTE) return `${whole}s`;
  if (whole < 2 * HOUR) return `${Math.floor(whole / MINUTE)}m`;
  if (whole < 2 * DAY) return `${Math.floor(whole / HOUR)}h`;
  return `${Math.floor(whole / DAY)}d`;
}

/** A number of bytes, rounded: `812 B`, `1.5 KiB`, `20 MiB`. */
export function byteCount(bytes: number | null): string {
  if (bytes === null) return ABSENT;
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
