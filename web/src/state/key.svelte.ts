/** The key of the API, where the service asks for one; forgotten with the tab. */

const PLACE = "unmask-key";

class Key {
  value = $state(sessionStorage.getItem(PLACE) ?? "");
  wanted = $state(false);

  headers(): Record<string, string> {
    return this.value ? { authorization: `Bearer ${this.value}` } : {};
  }

  query(): string {
    return this.value ? `?key=${encodeURIComponent(this.value)}` : "";
  }

  ask(): void {
    this.wanted = true;
  }

  use(value: string): void {
    this.value = value.trim();
    sessionStorage.setItem(PLACE, this.value);
    this.wanted = false;
  }
}

export const key = new Key();
