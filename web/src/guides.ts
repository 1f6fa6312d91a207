/** The guides: built out of docs/guide beside the page, and read only when one is opened. */

import { away, heard, Refusal } from "./api";

export interface GuideEntry {
  name: string;
  title: string;
  about: string;
  headings: { id: string; words: string }[];
}

/** Guides that explain a detector, by its name; those that are not here are explained by their card alone. */
export const EXPLAINED: Readonly<Record<string, string>> = {
  blend: "learning",
  consistency: "learning",
  credentials: "provenance",
  external: "models",
  file: "reading-a-report/what-the-file-tells",
  flicker: "learning",
  identity: "reading-a-report/is-it-really-them",
  motion: "reading-a-report",
  pulse: "pulse",
  seam: "learning",
  texture: "learning",
  together: "learning",
  watermark: "provenance",
};

let all: Promise<GuideEntry[]> | null = null;

/** All guides, in the order in which they are meant to be read. */
export function guides(): Promise<GuideEntry[]> {
  all ??= fetched("guides.json").then(
    (text) => (JSON.parse(text) as { guides: GuideEntry[] }).guides,
    (thrown: unknown) => {
      all = null;
      throw thrown;
    },
  );
  return all;
}

/** The text of a guide as HTML, which the build made of our own Markdown with HTML in it switched off. */
export function guide(name: string): Promise<string> {
  return fetched(`${encodeURIComponent(name)}.html`);
}

async function fetched(file: string): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(`/guide/${file}`, { cache: "no-cache" }); // its name stays when its text changes
  } catch {
    throw new Refusal(0, away());
  }
  const text = await answer.text();
  if (!answer.ok) throw new Refusal(answer.status, heard(answer.status, text));
  return text;
}
