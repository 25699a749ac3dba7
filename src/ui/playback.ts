import { revealInRange, spanOf } from '../figure/time-scale.ts';
import type { App } from './app.ts';
import { playedPsPerSecond } from './play-rate.ts';

/** After a pause of the browser (a hidden tab) time does not jump. */
const MAX_FRAME_SECONDS = 0.1;

/** Moves the playhead while the state says so. Returns how to stop for good. */
export function startPlayback(app: App): () => void {
  let frame: number | undefined;
  let lastMs = 0;
  const tick = (nowMs: number): void => {
    frame = undefined;
    const { playing, playRate, run, cursorPs, view } = app.state;
    if (!playing || run === undefined) return;
    const seconds = Math.min(MAX_FRAME_SECONDS, (nowMs - lastMs) / 1000);
    lastMs = nowMs;
    const { stepPs } = run.report;
    const played = playedPsPerSecond(playRate, spanOf(view), run.clockHz) * seconds;
    const next = Math.min(stepPs, cursorPs + played);
    // Asked for before the update, whose listener would otherwise ask for another.
    frame = requestAnimationFrame(tick);
    app.store.update({
      cursorPs: next,
      view: revealInRange(view, next, stepPs),
      playing: next < stepPs,
    });
  };
  const unsubscribe = app.store.subscribe((state) => {
    if (!state.playing || frame !== undefined) return;
    lastMs = performance.now();
    frame = requestAnimationFrame(tick);
  });
  return () => {
    unsubscribe();
    if (frame !== undefined) cancelAnimationFrame(frame);
  };
}
