/** Boxes around faces at a time of the film. */

import type { Box, Person } from "./types";

/** A face that was not seen for so long has no box. */
export const LOST_SECONDS = 0.3;

/** The box of a person, between its neighbours in time; null where the face is not seen. */
export function boxAt(person: Person, seconds: number): Box | null {
  const { times, boxes } = person;
  const after = firstAfter(times, seconds);
  const before = after - 1;
  const earlier = times[before];
  const later = times[after];
  if (earlier !== undefined && later !== undefined && later - earlier <= LOST_SECONDS) {
    return between(boxes[before], boxes[after], (seconds - earlier) / (later - earlier));
  }
  if (earlier !== undefined && seconds - earlier <= LOST_SECONDS / 2) return boxes[before] ?? null;
  if (later !== undefined && later - seconds <= LOST_SECONDS / 2) return boxes[after] ?? null;
  return null;
}

export function firstAfter(times: number[], seconds: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}

function between(one: Box | undefined, other: Box | undefined, share: number): Box | null {
  if (!one || !other) return null;
  return one.map((edge, index) => edge + ((other[index] ?? edge) - edge) * share) as unknown as Box;
}
