/** Where a film is: the player tells, and timeline, curves and pictures ask it to go elsewhere. */

export class Film {
  seconds = $state(0);
  length = $state(0);
  playing = $state(false);
  private player: HTMLMediaElement | null = null;

  holds(player: HTMLMediaElement | null): void {
    this.player = player;
  }

  /** Go to a time; without a player only what is drawn follows. */
  seek(seconds: number): void {
    const there = Math.min(Math.max(0, seconds), this.length || seconds);
    this.seconds = there;
    if (this.player) this.player.currentTime = there;
  }

  toggle(): void {
    if (!this.player) return;
    if (this.player.paused) void this.player.play().catch(() => undefined);
    else this.player.pause();
  }

  play(): void {
    void this.player?.play().catch(() => undefined);
  }

  pause(): void {
    this.player?.pause();
  }

  /** What the player itself shows now, to keep two films in step. */
  get shown(): number | null {
    return this.player ? this.player.currentTime : null;
  }

  set muted(muted: boolean) {
    if (this.player) this.player.muted = muted;
  }
}
