/** The language of the page, kept from visit to visit. */

import { en, type Strings } from "../strings/en";

const PLACE = "unmask-language";
export type Tongue = "en" | "de";
/** Every language but the first comes when it is wanted: nobody loads words that are not read. */
const TABLES: Record<Tongue, () => Promise<Strings>> = {
  en: () => Promise.resolve(en),
  de: () => import("../strings/de").then((table) => table.de),
};

function first(): Tongue {
  const kept = localStorage.getItem(PLACE);
  if (kept === "en" || kept === "de") return kept;
  return navigator.language.startsWith("de") ? "de" : "en";
}

class Language {
  tongue = $state<Tongue>("en");
  say = $state.raw<Strings>(en);
  private wanted: Tongue = "en";

  /** The words of the last visit or of the browser; the page is drawn after them, so that it never changes its language by itself. */
  start(): Promise<void> {
    return this.show(first());
  }

  async use(tongue: Tongue): Promise<void> {
    localStorage.setItem(PLACE, tongue);
    await this.show(tongue);
  }

  /** Words that do not come leave those that are there. */
  private async show(tongue: Tongue): Promise<void> {
    this.wanted = tongue;
    const say = await TABLES[tongue]().catch(() => null);
    if (this.wanted !== tongue) return; // another was chosen meanwhile
    if (say) {
      this.tongue = tongue;
      this.say = say;
    }
    document.documentElement.lang = this.tongue;
  }
}

export const language = new Language();
