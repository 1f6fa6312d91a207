/** What is measured along a film and drawn beside the detectors' lanes; nothing is concluded from it. */

import { firstAfter, LOST_SECONDS } from "./boxes";
import type { Mouth, SoundLevel } from "./types";

export interface Measured {
  times: number[];
  values: (number | null)[];
  low: number;
  high: number;
  /** How long one value holds; 0 where the curve runs from value to value. */
  step: number;
}

/** Softer is drawn as nothing: rooms are about as loud. */
const LOWEST_DBFS = -70;
/** A mouth as wide open as this fills its lane; wider ones stretch it. */
const WIDE_OPEN = 0.5;

export function soundCurve(sound: SoundLevel): Measured {
  const times = sound.level_dbfs.map((_, index) => index * sound.step_seconds);
  return { times, values: sound.level_dbfs, low: LOWEST_DBFS, high: 0, step: sound.step_seconds };
}

export function mouthCurve(mouth: Mouth): Measured {
  const high = mouth.opening.reduce<number>((most, value) => Math.max(most, value ?? 0), WIDE_OPEN);
  return { times: mouth.times, values: mouth.opening, low: 0, high, step: 0 };
}

/** The value at a time, null where there is none. */
export function valueAt(curve: Measured, seconds: number): number | null {
  const index = firstAfter(curve.times, seconds) - 1;
  const time = curve.times[index];
  const longest = curve.step || LOST_SECONDS;
  return time === undefined || seconds - time > longest ? null : (curve.values[index] ?? null);
}

/** The largest value and its time. */
export function peakOf(curve: Measured): { value: number; seconds: number } | null {
  let found: { value: number; seconds: number } | null = null;
  for (const [index, value] of curve.values.entries()) {
    if (value !== null && (!found || value > found.value)) found = { value, seconds: curve.times[index] ?? 0 };
  }
  return found;
}

/** Stretches without a gap, as indices: first and last. */
export function stretchesOf(curve: Measured): [first: number, last: number][] {
  const made: [number, number][] = [];
  let before = -1;
  for (const [index, value] of curve.values.entries()) {
    if (value === null) continue;
    const near = index === before + 1 && (curve.times[index] ?? 0) - (curve.times[before] ?? 0) <= LOST_SECONDS;
    const last = made.at(-1);
    if (last && near) last[1] = index;
    else made.push([index, index]);
    before = index;
  }
  return made;
}
