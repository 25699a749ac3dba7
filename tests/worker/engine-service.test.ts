import { describe, expect, it } from 'vitest';
import { EMBEDDED_SCENARIO, WORKLOADS } from '../../src/study/catalog.ts';
import type { Scenario } from '../../src/study/scenario.ts';
import { createEngineService } from '../../src/worker/engine-service.ts';
import type { Outcome } from '../../src/worker/outcome.ts';

const gemm =
  WORKLOADS.find((workload) => workload.scenario.workload.kind === 'gemm')?.scenario ?? EMBEDDED_SCENARIO;

function doneOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'done') throw new Error(outcome.kind === 'refused' ? outcome.message : outcome.kind);
  return outcome.value;
}

async function refusalOf(text: string | Uint8Array<ArrayBuffer>, name = 'given.json'): Promise<string> {
  const outcome = await createEngineService().open(new Blob([text]), name);
  if (outcome.kind !== 'refused') throw new Error(`expected a refusal, found ${outcome.kind}`);
  return outcome.message;
}

const silent = (): void => undefined;

describe('engine service', () => {
  it('runs a scenario and tells its progress', async () => {
    const heard: string[] = [];
    const run = doneOf(await createEngineService().run(gemm, (_, what) => heard.push(what)));
    expect(run.report.stepPs).toBeGreaterThan(0);
    expect(run.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(run.clockHz).toBeGreaterThan(1e8);
    expect(heard.length).toBeGreaterThan(0);
  });

  it('saves a recording that opens to the same digest', async () => {
    const service = createEngineService();
    const run = doneOf(await service.run(gemm, silent));
    const text = doneOf(await service.record(gemm, [{ text: 'look here', timePs: 5 }]));
    const opened = doneOf(await service.open(new Blob([text]), 'r.systole.json'));
    if (opened.kind !== 'recording') throw new Error('expected a recording');
    expect(opened.digest).toBe(run.digest);
    expect(opened.replay).toEqual({ reproduced: true, differences: [] });
    expect(opened.notes).toEqual([{ text: 'look here', timePs: 5 }]);
    expect(opened.scenario).toEqual(gemm);
  });

  it('lists what a changed byte of a recording makes different', async () => {
    const service = createEngineService();
    const text = doneOf(await service.record(gemm, []));
    const forged = text.replace(/"digest": "sha256:(.)/, (_, digit: string) => {
      return `"digest": "sha256:${digit === '0' ? '1' : '0'}`;
    });
    const opened = doneOf(await service.open(new Blob([forged]), 'r.systole.json'));
    if (opened.kind !== 'recording') throw new Error('expected a recording');
    expect(opened.replay.reproduced).toBe(false);
    expect(opened.replay.differences.map((each) => each.path)).toEqual(['digest']);
  });

  it('refuses ten megabytes of junk unread, in one line', async () => {
    const message = await refusalOf(new Uint8Array(10 * 2 ** 20).fill(0x41), 'junk.bin');
    expect(message).toMatch(/^junk\.bin: .*10\.0 MiB/);
    expect(message).not.toContain('\n');
  });

  it.each([
    ['malformed JSON', '{"format": "systole-scenario",', /given\.json/],
    ['an empty file', '', /given\.json/],
    ['binary data', '\u0000\u0001\u0002', /given\.json/],
    ['some other JSON', '[1, 2, 3]', /given\.json/],
    ['null', 'null', /given\.json/],
    ['an unknown key', JSON.stringify({ ...gemm, colour: 'red' }), /colour/],
    ['a slice of 0x4', JSON.stringify({ ...gemm, slice: { shape: [0, 4] } }), /slice/],
    ['1e308 as a size', JSON.stringify({ ...gemm, workload: { ...gemm.workload, m: 1e308 } }), /workload/],
    ['half a size', JSON.stringify({ ...gemm, workload: { ...gemm.workload, m: 0.5 } }), /workload/],
  ])('refuses %s, in one line that says where', async (_, text, place) => {
    const message = await refusalOf(text);
    expect(message).toMatch(place);
    expect(message).not.toMatch(/[\n\r]/);
    expect(message.length).toBeLessThanOrEqual(400);
    expect(message).not.toContain('fault of Systole');
  });

  it.each<[string, Scenario, RegExp]>([
    ['an unknown chip', { ...gemm, chip: 'v99' }, /v99/],
    ['a slice that the chip has not', { ...gemm, slice: { shape: [3, 5] } }, /slice/],
    ['a set of nothing', { ...gemm, set: ['hbm.nonsense=1'] }, /nonsense/],
    ['a set to 1e308', { ...gemm, set: ['hbm.bytesPerSecond=1e308'] }, /hbm\.bytesPerSecond/],
    ['a set to NaN', { ...gemm, set: ['clockHz=NaN'] }, /clockHz/],
  ])('refuses to run %s', async (_, scenario, expected) => {
    const outcome = await createEngineService().run(scenario, silent);
    expect(outcome.kind).toBe('refused');
    if (outcome.kind !== 'refused') return;
    expect(outcome.message).toMatch(expected);
    expect(outcome.message).not.toContain('fault of Systole');
  });
});
