/** The language of the page, kept from visit to visit. */

import { de } from "../strings/de";
import { en, type Strings } from "../strings/en";

const PLACE = "unmask-language";
const TABLES = { en, de };
export type Tongue = keyof typeof TABLES;

function first(): Tongue {
  const kept = localStorage.getItem(PLACE);
  if (kept === "en" || kept === "de") return kept;
  return navigator.language.startsWith("de") ? "de" : "en";
}

class Language {
  tongue = $state<Tongue>(first());

  get say(): Strings {
    return TABLES[this.tongue];
  }

  use(tongue: Tongue): void {
    this.tongue = tongue;
    localStorage.setItem(PLACE, tongue);
    document.documentElement.lang = tongue;
  }
}

export const language = new Language();
document.documentElement.lang = language.tongue;
