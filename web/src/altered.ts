/** Where a picture is no longer what was signed or marked. */

import type { Altered, Report } from "./types";

/** Times are those of the first and the last frame; a player that is sent there may show the frame before. */
const SLACK_SECONDS = 0.05;

/** Regions that differ from the signed fingerprint, and those in which the mark is gone, in the order of the film. */
export function alteredOf(provenance: Report["provenance"] | undefined): Altered[] {
  const regions = [...(provenance?.credentials?.regions ?? []), ...(provenance?.picture_mark?.regions ?? [])];
  return regions.sort((one, other) => one.start - other.start);
}

/** Whether a region is altered at a time of the film; a still has no time. */
export function isAltered({ start, end }: Altered, seconds: number | null): boolean {
  return seconds === null || (seconds >= start - SLACK_SECONDS && seconds <= end + SLACK_SECONDS);
}
