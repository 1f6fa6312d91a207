/** Requests to the service; what it refuses comes back as a Refusal with its own words. */

import { key } from "./state/key.svelte";
import { language } from "./state/language.svelte";
import type { Check, Detector, Found, Health, LabelWord, NewShare, Problem, Share, View } from "./types";

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.message);
  }
}

/** What went wrong, whatever was thrown. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Refusal) return thrown.problem;
  return { code: "page", message: String(thrown), way_out: "" };
}

export async function read<T>(path: string, given: RequestInit = {}): Promise<T> {
  const answer = await ask(path, given);
  return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
}

async function ask(path: string, given: RequestInit): Promise<Response> {
  let answer: Response;
  const shown = key.value;
  try {
    answer = await fetch(`/v1${path}`, { ...given, headers: { ...key.headers(), ...given.headers } });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    throw new Refusal(0, away());
  }
  if (!answer.ok) throw new Refusal(answer.status, heard(answer.status, await answer.text(), shown));
  return answer;
}

function send<T = Check>(method: "POST" | "PUT", path: string, body: object): Promise<T> {
  return read(path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
}

export function away(): Problem {
  return { code: "away", message: language.say.problem.away, way_out: language.say.problem.awayWayOut };
}

/** The service's own words, or some where what answered was not the service; a key is asked for unless one was given since. */
export function heard(status: number, body: string, shown = key.value): Problem {
  try {
    const told = JSON.parse(body) as Problem;
    if (typeof told.message === "string") {
      if (told.code === "key-needed" && shown === key.value) key.ask();
      return { code: told.code, message: told.message, way_out: told.way_out ?? "" };
    }
  } catch {
    // a proxy's page, perhaps
  }
  return { code: String(status), message: language.say.problem.status(status), way_out: language.say.problem.awayWayOut };
}

export interface Filters {
  q: string;
  state: string;
  verdict: string;
  label: string;
}

export interface Listed {
  checks: Check[];
  next: string | null;
}

export function listed(filters: Partial<Filters>, after: string | null = null, limit = 50): Promise<Listed> {
  const wanted = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries(filters)) if (value) wanted.set(name, value);
  if (after) wanted.set("after", after);
  return read(`/checks?${wanted}`);
}

export const oneCheck = (id: string): Promise<Check> => read(`/checks/${encodeURIComponent(id)}`);
export const viewOf = (id: string): Promise<View> => read(`/checks/${encodeURIComponent(id)}/view`);
export const evidenceOf = async (id: string): Promise<Found[]> =>
  (await read<{ evidence: Found[] }>(`/checks/${encodeURIComponent(id)}/evidence`)).evidence;
export const newCheck = (media: string, name: string, fast: boolean): Promise<Check> =>
  send("POST", "/checks", { media, name, fast });
export const setLabel = (id: string, word: LabelWord, note: string): Promise<Check> =>
  send("PUT", `/checks/${id}/label`, { word, note });
export const dropLabel = (id: string): Promise<void> => read(`/checks/${id}/label`, { method: "DELETE" });
export const deleteCheck = (id: string): Promise<void> => read(`/checks/${id}`, { method: "DELETE" });
export const health = (): Promise<Health> => read("/health");
export const sharesOf = async (id: string): Promise<Share[]> => (await read<{ shares: Share[] }>(`/checks/${id}/shares`)).shares;
export const newShare = (id: string, days: number): Promise<NewShare> => send("POST", `/checks/${id}/shares`, { days });
export const revokeShare = (id: string, share: string): Promise<void> => read(`/checks/${id}/shares/${share}`, { method: "DELETE" });
/** The draft of a review, word for word as the service wrote it. */
export const reviewOf = async (id: string): Promise<string> => JSON.stringify(await read<object>(`/checks/${id}/review`), null, 2);

let cards: Promise<Detector[]> | null = null;

/** The cards of all detectors, asked for once. */
export function detectors(): Promise<Detector[]> {
  cards ??= read<{ detectors: Detector[] }>("/detectors").then(
    (told) => told.detectors,
    (thrown: unknown) => {
      cards = null;
      throw thrown;
    },
  );
  return cards;
}

/** Where the player finds the file; it cannot send a header, so a key goes with the address. */
export function mediaAddress(sha256: string): string {
  return `/v1/media/${sha256}${key.query()}`;
}

export type Format = "html" | "json" | "pdf";

/** Have the browser save a report; a link could not send the key. */
export async function saveReport(id: string, format: Format): Promise<void> {
  const answer = await ask(`/checks/${id}/report?format=${format}&download=true`, {});
  save(await answer.blob(), nameIn(answer.headers.get("content-disposition")) ?? `${id}.${format}`);
}

export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function nameIn(disposition: string | null): string | null {
  const coded = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (coded) return decodeURIComponent(coded);
  return /filename="([^"]+)"/i.exec(disposition ?? "")?.[1] ?? null;
}
