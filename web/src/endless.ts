/** Films whose player does not know how long they are: browsers record WebM without saying it. */

const BEYOND_SECONDS = 1e7;

/** Send the player to the end, where it learns how long the film is, and back; whether it had to. */
export function learnLength(player: HTMLMediaElement, done: () => void): boolean {
  if (player.duration !== Infinity) return false;
  const known = (): void => {
    if (!Number.isFinite(player.duration)) return;
    player.removeEventListener("durationchange", known);
    player.addEventListener("seeked", done, { once: true });
    player.currentTime = 0;
  };
  player.addEventListener("durationchange", known);
  player.currentTime = BEYOND_SECONDS;
  return true;
}
