// @ts-check

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/**
 * A number of bytes in the unit that fits.
 * @param {number} bytes
 * @returns {string}
 */
export function bytesWords(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/**
 * A duration in its two largest units.
 * @param {number} seconds
 * @returns {string}
 */
export function durationWords(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  if (minutes > 0) return `${minutes} min ${whole % 60} s`;
  return `${whole} s`;
}

/**
 * A count with thousands set apart.
 * @param {number} count
 * @returns {string}
 */
export function countWords(count) {
  return count.toLocaleString("en").replaceAll(",", "\u2009");
}

/**
 * A count and its noun.
 * @param {number} count
 * @param {string} noun
 * @returns {string}
 */
export function counted(count, noun) {
  return `${countWords(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * The time of day of Unix seconds.
 * @param {number} at
 * @returns {string}
 */
export function timeWords(at) {
  const date = new Date(at * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0")).join(":");
}

/**
 * The least even number of a power of ten that is not below: where an axis with a middle ends.
 * @param {number} value
 * @returns {number}
 */
export function axisTop(value) {
  if (!(value > 4)) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 8, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}
