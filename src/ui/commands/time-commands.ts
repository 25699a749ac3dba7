import { PICOSECONDS_PER_SECOND } from '../../base/time.ts';
import { formatMoment } from '../../figure/time-scale.ts';
import { adjacentEvent } from '../../figure/timeline-lookup.ts';
import type { App } from '../app.ts';
import { CYCLE_RATES, neighbouringRate, parsePlayRate, playRateText, VIEW_RATE } from '../play-rate.ts';
import { parseMoment } from '../time-input.ts';
import { type Command, promptCommand, runCommand } from './command.ts';
import { key, shiftKey } from './keys.ts';

/** Rounding must not make a step of one cycle land in the cycle it came from. */
const CYCLE_SLACK = 1e-6;

export function timeCommands(app: App): readonly Command[] {
  const hasRun = (): boolean => app.state.run !== undefined;
  const step = (cycles: number) => () => app.seek(momentAfterCycles(app, cycles));
  const event = (direction: 1 | -1) => () => {
    const index = app.timelineIndex();
    const found = index === undefined ? undefined : adjacentEvent(index, app.state.cursorPs, direction);
    if (found !== undefined) app.seek(found);
  };
  const pace = (direction: 1 | -1) => () =>
    app.store.update({ playRate: neighbouringRate(app.state.playRate, direction) });
  const seekTo = (moment: () => number) => () => app.seek(moment());
  return [
    runCommand('time.play', 'Play or pause', [key('Space')], () => togglePlay(app), hasRun),
    runCommand('time.faster', 'Play faster', [shiftKey('Period')], pace(1), hasRun),
    runCommand(
      'time.slower',
      'Play slower, down to one cycle a second',
      [shiftKey('Comma')],
      pace(-1),
      hasRun,
    ),
    promptCommand(
      'time.rate',
      'Playing speed …',
      [],
      {
        label: 'Speed',
        hint: 'such as "100 cycles/s", or "view" for what is visible in 12 s',
        initial: () => playRateText(app.state.playRate),
        suggestions: () =>
          [
            ...CYCLE_RATES.map((cyclesPerSecond) => ({ kind: 'cycles', cyclesPerSecond }) as const),
            VIEW_RATE,
          ].map((rate) => ({
            value: playRateText(rate),
            detail: rate.kind === 'view' ? 'at any zoom' : 'of the chip',
          })),
        apply: (text) => {
          const playRate = parsePlayRate(text);
          if (playRate === undefined) return `expected cycles a second from 1 up, or "view", found "${text}"`;
          app.store.update({ playRate });
          return undefined;
        },
      },
      hasRun,
    ),
    runCommand('time.stepForward', 'Step one cycle forward', [key('BracketRight')], step(1), hasRun),
    runCommand('time.stepBack', 'Step one cycle back', [key('BracketLeft')], step(-1), hasRun),
    runCommand('time.nextEvent', 'Next event', [key('Period')], event(1), hasRun),
    runCommand('time.previousEvent', 'Previous event', [key('Comma')], event(-1), hasRun),
    runCommand(
      'time.start',
      'Start of the step',
      [key('Home')],
      seekTo(() => 0),
      hasRun,
    ),
    runCommand(
      'time.end',
      'End of the step',
      [key('End')],
      seekTo(() => app.state.run?.report.stepPs ?? 0),
      hasRun,
    ),
    promptCommand(
      'time.goTo',
      'Go to a time or cycle …',
      [key('KeyG')],
      {
        label: 'Time',
        hint: 'such as "2.96 ms", "41 %" of the step, or a cycle such as "1,184,402"',
        initial: () => formatMoment(app.state.cursorPs, 1).replace('\u2009', ' '),
        suggestions: () => sectionStarts(app),
        apply: (text) => goTo(app, text),
      },
      hasRun,
    ),
  ];
}

function togglePlay(app: App): void {
  const { playing, cursorPs, run } = app.state;
  // Played to the end, it begins again.
  if (!playing && run !== undefined && cursorPs >= run.report.stepPs) app.seek(0);
  app.store.update({ playing: !playing });
}

/** The beginning of the cycle that is `cycles` away from the one under the playhead. */
function momentAfterCycles(app: App, cycles: number): number {
  const { run, cursorPs } = app.state;
  if (run === undefined) return cursorPs;
  const now = Math.floor((cursorPs * run.clockHz) / PICOSECONDS_PER_SECOND + CYCLE_SLACK);
  return ((now + cycles) / run.clockHz) * PICOSECONDS_PER_SECOND;
}

function goTo(app: App, text: string): string | undefined {
  const { run } = app.state;
  if (run === undefined) return 'there is no run to move in';
  const moment = parseMoment(text, run.clockHz, run.report.stepPs);
  if (!moment.ok) return moment.error.message;
  app.store.update({ playing: false });
  app.seek(moment.value);
  return undefined;
}

function sectionStarts(app: App): readonly { value: string; detail: string }[] {
  return (app.state.run?.report.sections ?? []).map((section) => ({
    value: `${formatMoment(section.startPs, 1).replace('\u2009', ' ')}`,
    detail: `start of ${section.name}`,
  }));
}
