/** Light or dark: as the system has it, or as chosen here. */

const PLACE = "unmask-scheme";
export type Choice = "system" | "light" | "dark";
const dark = matchMedia("(prefers-color-scheme: dark)");

function first(): Choice {
  const kept = localStorage.getItem(PLACE);
  return kept === "light" || kept === "dark" ? kept : "system";
}

class Scheme {
  choice = $state<Choice>(first());
  /** Rises when colours changed, for what is drawn on a canvas. */
  drawn = $state(0);

  constructor() {
    this.apply();
    dark.addEventListener("change", () => this.drawn++);
  }

  use(choice: Choice): void {
    this.choice = choice;
    if (choice === "system") localStorage.removeItem(PLACE);
    else localStorage.setItem(PLACE, choice);
    this.apply();
    this.drawn++;
  }

  private apply(): void {
    if (this.choice === "system") delete document.documentElement.dataset.scheme;
    else document.documentElement.dataset.scheme = this.choice;
  }
}

export const scheme = new Scheme();

/** A colour of the style sheet, as it is now. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
