/** Which page is shown, as the address after the # says. */

export type Route =
  | { page: "home" }
  | { page: "check"; id: string }
  | { page: "compare"; first: string | null; second: string | null }
  | { page: "detectors"; name: string | null }
  | { page: "guides" }
  | { page: "guide"; name: string; heading: string | null }
  | { page: "help" };

function parsed(hash: string): Route {
  const parts = hash.replace(/^#\/?/, "").split("/").map(decoded);
  if (parts[0] === "checks" && parts[1]) return { page: "check", id: parts[1] };
  if (parts[0] === "compare") return { page: "compare", first: parts[1] || null, second: parts[2] || null };
  if (parts[0] === "detectors") return { page: "detectors", name: parts[1] || null };
  if (parts[0] === "guide") return parts[1] ? { page: "guide", name: parts[1], heading: parts[2] || null } : { page: "guides" };
  if (parts[0] === "help") return { page: "help" };
  return { page: "home" };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

class Place {
  route = $state.raw<Route>(parsed(location.hash));

  constructor() {
    addEventListener("hashchange", () => (this.route = parsed(location.hash)));
  }

  go(hash: string): void {
    location.hash = hash;
  }
}

export const place = new Place();
