import { describe, expect, it } from 'vitest';
import { App } from '../../src/ui/app.ts';
import { commandForKey } from '../../src/ui/commands/all-commands.ts';
import { matchingSuggestions } from '../../src/ui/commands/command.ts';
import { commandKey, key, keyText, matchesKey } from '../../src/ui/commands/keys.ts';
import { INITIAL_STATE } from '../../src/ui/state.ts';
import type { Engine } from '../../src/worker/engine-api.ts';

const never = (): never => {
  throw new Error('these tests compute nothing');
};
const idleEngine: Engine = {
  run: never,
  cancel: never,
  open: never,
  record: never,
  trace: never,
  linkUtilization: never,
  selfTest: never,
  compareNumerics: never,
  cancelNumerics: never,
  watchMatmul: never,
  timeKernels: never,
  validate: never,
  arrayActivity: never,
  linkTimes: never,
  cancelLinkTimes: never,
  linkFlows: never,
  cancelLinkFlows: never,
  linkTransfers: never,
  transferTale: never,
  cancelArrayActivity: never,
  partialSumPixels: never,
  recordTraffic: never,
  recordCollective: never,
  sweepTraffic: never,
  cancelFlits: never,
};
const app = new App(idleEngine, INITIAL_STATE);

function press(code: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent {
  return {
    code,
    key: code,
    shiftKey: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    ...more,
  } as KeyboardEvent;
}

describe('commands', () => {
  it('have ids and keys of their own', () => {
    const ids = app.commands.map((command) => command.id);
    expect(new Set(ids).size).toBe(ids.length);
    const keys = app.commands.flatMap((command) => command.keys.map(keyText));
    expect(new Set(keys).size).toBe(keys.length);
    for (const command of app.commands) expect(command.label.trim().length).toBeGreaterThan(3);
  });

  it('that need a run are not there before one', () => {
    for (const id of ['time.play', 'file.save', 'scenario.chip', 'timeline.fit']) {
      expect(app.command(id).enabled()).toBe(false);
    }
    expect(commandForKey(app.commands, press('Space'))).toBeUndefined();
    expect(commandForKey(app.commands, press('KeyK', { ctrlKey: true }))?.id).toBe('page.palette');
    expect(commandForKey(app.commands, press('Digit5'))?.id).toBe('places.trust');
  });

  it('an unknown id is a fault of ours', () => {
    expect(() => app.command('time.warp')).toThrow(/time\.warp/);
  });

  it('tell a key from the same key with Ctrl, Shift or Alt', () => {
    expect(matchesKey(key('KeyS'), press('KeyS'))).toBe(true);
    expect(matchesKey(key('KeyS'), press('KeyS', { ctrlKey: true }))).toBe(false);
    expect(matchesKey(key('KeyS'), press('KeyS', { altKey: true }))).toBe(false);
    expect(matchesKey(commandKey('KeyS'), press('KeyS', { metaKey: true }))).toBe(true);
    expect(matchesKey(commandKey('KeyS'), press('KeyS', { metaKey: true, shiftKey: true }))).toBe(false);
    expect(matchesKey({ types: '?' }, press('Minus', { key: '?', shiftKey: true }))).toBe(true);
  });
});

describe('suggestions', () => {
  const list = [
    { value: 'v5e', detail: 'TPU v5e · 197 TFLOP/s' },
    { value: 'v5p', detail: 'TPU v5p · 459 TFLOP/s' },
  ];

  it('are all there until something is typed, then those with every word', () => {
    expect(matchingSuggestions(list, 'v5p', 'v5p')).toEqual(list);
    expect(matchingSuggestions(list, 'tpu 459', 'v5e').map((each) => each.value)).toEqual(['v5p']);
    expect(matchingSuggestions(list, 'ironwood', '')).toEqual([]);
  });
});
