/** Numbers, times and answers in words; the borders are those of the report. */

import { language } from "./state/language.svelte";
import type { Evidence, Interval } from "./types";

export type Strength = "strong" | "some" | "undecided" | "none";
export type Group = "sign" | "none" | "undecided" | "silent";

/** The words of a table for a name that the service told; the name itself where the service knows more than this page. */
export function named(table: object, name: string): string {
  return (table as Record<string, string>)[name] ?? name;
}

/** A probability is never shown as a certainty. */
export function percent(share: number): string {
  const say = language.say.percent;
  if (share > 0.99) return say.over;
  if (share < 0.01) return say.under;
  return `${(share * 100).toFixed(0)}\u00a0%`;
}

export function percentRange(interval: Interval | null): string {
  if (!interval) return "";
  const [low, high] = [(interval[0] * 100).toFixed(0), (interval[1] * 100).toFixed(0)];
  return low === high ? percent(interval[1]) : language.say.percent.range(low, high);
}

export function strength(made: number): Strength {
  if (made < 0.35) return "none";
  if (made < 0.65) return made === 0.35 ? "none" : "undecided";
  return made >= 0.9 ? "strong" : "some";
}

export function groupOf(evidence: Evidence): Group {
  if (evidence.abstained === "another-person") return "sign"; // it says more than that nothing was found
  if (evidence.fake === null) return "silent";
  const said = strength(evidence.fake);
  return said === "strong" || said === "some" ? "sign" : said;
}

export function abstention(evidence: Evidence): string {
  const reason = evidence.abstained ?? "not-measurable";
  return named(language.say.abstained, reason);
}

/** A time of the film: 0:07.2, or 1:02:05 from an hour on. */
export function clock(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const whole = Math.floor(tenths / 10);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole >= 3600) return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return `${Math.floor(whole / 60)}:${two(whole % 60)}.${tenths % 10}`;
}

export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let left = bytes;
  let unit = 0;
  while (left >= 1000 && unit < units.length - 1) {
    left /= 1000;
    unit++;
  }
  return `${number(left, unit && left < 10 ? 1 : 0)}\u00a0${units[unit]}`;
}

export function number(value: number, digits?: number): string {
  const given = digits === undefined ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: digits };
  return value.toLocaleString(language.say.locale, given);
}

export function when(iso: string): string {
  return new Date(iso).toLocaleString(language.say.locale, { dateStyle: "medium", timeStyle: "short" });
}

/** A measurement's name without its underscores, its unit behind the value. */
export function measurement(name: string, value: number | null): [string, string] {
  const units: Record<string, string> = {
    bpm: "bpm", bytes: "bytes", db: "dB", degrees: "°", fps: "frames/s", hz: "Hz", khz: "kHz", ms: "ms",
    percent: "%", pixels: "px", px: "px", seconds: "s",
  };
  const parts = name.split("_");
  const unit = units[parts.at(-1) ?? ""];
  if (unit && parts.length > 1) parts.pop();
  const shown = value === null ? "–" : number(value);
  return [parts.join(" "), unit && parts.join("_") !== name ? `${shown}\u00a0${unit}` : shown];
}
