import { describe, expect, it } from 'vitest';
import { assertDefined } from '../../src/base/assert.ts';
import { silentProgress } from '../../src/base/progress.ts';
import type { CollectiveRequest } from '../../src/ici/request.ts';
import { Torus } from '../../src/ici/topology.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import {
  type FollowedCollective,
  followCollective,
  linkFlows,
  linkTimes,
  linkTransfers,
} from '../../src/worker/link-times.ts';
import { createLinksService } from '../../src/worker/links-service.ts';
import { type TransferTale, taleOf } from '../../src/worker/transfer-tales.ts';
import { v5pRates } from '../ici/arbitrary-torus.ts';

const torusOf = (shape: number[], wraps = true): Torus => new Torus({ shape, wraps: shape.map(() => wraps) });
const follow = (torus: Torus, request: Partial<CollectiveRequest> = {}) =>
  followCollective(
    torus,
    { kind: 'all-to-all', axes: [0], bytes: 8e6, ...request },
    v5pRates,
    silentProgress,
  );

describe('links over the time of a collective', () => {
  it('come worst first, each bin within the rate, all bytes accounted for', () => {
    const followed = follow(torusOf([8], false));
    const times = linkTimes(followed, 50);
    expect(times).toMatchObject({ followed: true, count: 50, linkCount: 14 });
    expect(times.links).toHaveLength(14);
    expect([...times.waitedSeconds]).toEqual([...times.waitedSeconds].sort((a, b) => b - a));
    expect(times.waitedSeconds[0]).toBeGreaterThan(0);
    const binSeconds = times.seconds / times.count;
    times.links.forEach((_, row) => {
      const cells = [...times.busy.subarray(row * 50, row * 50 + 50)];
      expect(cells.every((share) => share >= 0 && share <= 1 + 1e-6)).toBe(true);
      const carried = cells.reduce((sum, share) => sum + share * v5pRates.linkBytesPerSecond * binSeconds, 0);
      expect(carried / times.bytes[row]).toBeCloseTo(1, 4);
    });
    // The middle of a line of eight is crossed most: 4 chips send 4 chips an eighth of their buffer each.
    expect(Math.max(...times.bytes)).toBeCloseTo(16e6, 0);
    expect(times.sentence).toContain('Most is waited for on');
  });

  it('moment by moment are the same flows, every link in its place', () => {
    const torus = torusOf([8], false);
    const followed = follow(torus);
    const flows = assertDefined(linkFlows(followed), 'flows');
    const times = linkTimes(followed, flows.count);
    expect(flows.seconds).toBe(times.seconds);
    times.links.forEach((link, row) => {
      for (let moment = 0; moment < flows.count; moment += 1) {
        expect(flows.busy[moment * torus.linkSlots + link]).toBe(times.busy[row * flows.count + moment]);
        expect(flows.blocked[moment * torus.linkSlots + link]).toBe(
          times.blocked[row * flows.count + moment],
        );
      }
      const capacity = flows.seconds * v5pRates.linkBytesPerSecond;
      expect((flows.mean[link] * capacity) / times.bytes[row]).toBeCloseTo(1, 4);
    });
    // A line has no link from its last chip on.
    expect(flows.busy[torus.link(7, 0, 0)]).toBe(-1);
    expect(flows.mean[torus.link(7, 0, 0)]).toBe(-1);
  });

  it('tell who is on a link, how fast, and what each waits for', () => {
    const followed = follow(torusOf([8], false));
    const { links, seconds } = linkTimes(followed, 10);
    const now = linkTransfers(followed, links[0], seconds * 0.01);
    expect(now?.underWayCount).toBeGreaterThan(1);
    const rate = now?.underWay.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0) ?? 0;
    expect(rate).toBeLessThanOrEqual(v5pRates.linkBytesPerSecond * (1 + 1e-9));
    expect(now?.underWay.some(({ waitsFor }) => waitsFor.startsWith('shares this link with'))).toBe(true);
    expect(now?.underWay[0].way).toMatch(/^\(\d\) → \(\d\)$/);
    expect(linkTransfers(followed, links[0], seconds)).toMatchObject({ underWayCount: 0, nextCount: 0 });
  });

  it('name the transfer whose data the next one of a ring needs', () => {
    const followed = follow(torusOf([8]), { kind: 'all-gather' });
    const { links } = linkTimes(followed, 10);
    const now = linkTransfers(followed, links[0], 0);
    expect(now?.underWay).toHaveLength(1);
    expect(now?.underWay[0].waitsFor).toContain('for itself');
    expect(now?.nextCount).toBeGreaterThan(0);
    expect(now?.next[0].waitsFor).toMatch(/^the data or the turn of \(\d\) → \(\d\)$/);
  });

  it('are totals, and say so, where transfers are not followed', () => {
    const followed = follow(torusOf([16, 16, 8]), { kind: 'all-gather' });
    expect(linkTimes(followed, 50)).toMatchObject({ followed: false, count: 1 });
    expect(linkTransfers(followed, 2, 0)).toBeUndefined();
    const large = linkTimes(followed, 50);
    expect(large.whyTotals).toContain('1,024 chips');
    expect(large.links).toHaveLength(512);
    expect(large.busy[0]).toBeGreaterThan(0.9);
    const many = linkTimes(follow(torusOf([8, 8, 16]), { axes: [0, 1, 2] }), 50);
    expect(many.whyTotals).toContain('transfers');
  });

  it('follow detours around a cut cable and around a missing chip', () => {
    const whole = torusOf([4, 4, 4]);
    const cut = follow(whole.withoutCables([0]), { axes: [0] });
    expect(linkTimes(cut, 50)).toMatchObject({ followed: true, count: 50, linkCount: 382 });
    // Straight from chip 0 to chip 1 there is no link: five ways of three links have a fifth each.
    const detour = linkTransfers(cut, 2, 0)?.underWay.find(({ way }) => way === '(0,0,0) → (1,0,0)');
    const tale = taleOf(cut, { kind: 'transfer', transfer: detour?.transfer ?? -1 });
    expect(tale).toMatchObject({ kind: 'transfer', source: 0, target: 1, bytes: 4e5 });
    expect(tale?.kind === 'transfer' && tale.path.length).toBe(3);
    expect(linkTimes(cut, 10).seconds).toBeGreaterThan(linkTimes(follow(whole, { axes: [0] }), 10).seconds);
    const hole = follow(whole.withoutChips([5]), { kind: 'all-reduce', axes: [0, 1, 2] });
    expect(linkTimes(hole, 50)).toMatchObject({ followed: true, linkCount: 372 });
  });

  it('of nothing to send are none', () => {
    const times = linkTimes(follow(torusOf([4]), { bytes: 0 }), 10);
    expect(times.seconds).toBe(0);
    expect(times.busy.every((share) => share === 0)).toBe(true);
  });
});

describe('tales of transfers', () => {
  const gather = (): FollowedCollective => follow(torusOf([8]), { kind: 'all-gather' });
  const told = (followed: FollowedCollective, transfer: number): TransferTale => {
    const tale = taleOf(followed, { kind: 'transfer', transfer });
    if (tale?.kind !== 'transfer') throw new Error('a transfer has a tale');
    return tale;
  };

  it('lead from a row of a link back to the start, and each names those before and after it', () => {
    const followed = gather();
    const { links, seconds } = linkTimes(followed, 10);
    const row = linkTransfers(followed, links[0], seconds / 2)?.underWay[0];
    let tale = told(followed, row?.transfer ?? -1);
    expect(tale.way).toBe(row?.way);
    expect(tale.path).toContain(links[0]);
    expect(tale.seconds).toBe(seconds);
    let walked = 0;
    for (let last = tale.waitedFor.at(-1); last !== undefined; last = tale.waitedFor.at(-1)) {
      const before = told(followed, last.transfer);
      expect(before.waitedForBy.map(({ transfer }) => transfer)).toContain(tale.transfer);
      expect(before.begun).toBeLessThan(tale.begun);
      tale = before;
      walked += 1;
    }
    expect(walked).toBeGreaterThan(0);
    expect(tale.begun).toBe(0);
    expect(tale.sentence).toMatch(/^It began at once, sent for .*, and arrived at/);
  });

  it('say what sharing costs, and the chain adds up to the time', () => {
    const followed = follow(torusOf([8], false));
    const { links, seconds } = linkTimes(followed, 10);
    const rows = linkTransfers(followed, links[0], seconds * 0.01)?.underWay ?? [];
    const tale = told(followed, rows[rows.length - 1].transfer);
    expect(tale.heldBack.length).toBeGreaterThan(0);
    expect(tale.sentence).toMatch(/longer than alone: \(\d\) [+-]x held it back for/);
    const chain = taleOf(followed, { kind: 'chain' });
    if (chain?.kind !== 'chain') throw new Error('a run has a chain');
    expect(chain.stepCount).toBe(chain.steps.length);
    const added = chain.steps.reduce((sum, { from, to }) => sum + to - from, 0);
    expect(added / seconds).toBeCloseTo(1, 9);
    expect(chain.sentence).toMatch(/^One transfer makes the .*lost to sharing links/);
    expect(chain.links).toEqual(chain.steps.flatMap(({ path }) => path));
  });

  it('are refused for transfers that there are not, and absent where there are totals', () => {
    for (const transfer of [-1, 0.5, 1e9, Number.NaN]) {
      expect(() => taleOf(gather(), { kind: 'transfer', transfer })).toThrow(/transfer: expected 0 to/);
    }
    const totals = follow(torusOf([16, 16, 8]), { kind: 'all-gather' });
    expect(taleOf(totals, { kind: 'chain' })).toBeUndefined();
    const nothing = taleOf(follow(torusOf([4]), { bytes: 0 }), { kind: 'chain' });
    expect(nothing).toMatchObject({ stepCount: 0, sentence: 'Nothing is sent.' });
  });
});

describe('the service', () => {
  const service = createLinksService();
  const gather = { collective: 'all-gather', torusAxes: [1, 2], bytes: 1e8 } as const;

  it('answers for a scenario, with progress, and refuses what is not there', async () => {
    const told: string[] = [];
    const outcome = await service.linkTimes(EMBEDDED_SCENARIO, gather, 100, (_, what) => told.push(what));
    expect(outcome).toMatchObject({ kind: 'done', value: { followed: true, count: 100 } });
    expect(told.join()).toContain('transfers');
    const flows = await service.linkTransfers(EMBEDDED_SCENARIO, gather, 2, 1e-6);
    expect(flows.kind).toBe('done');
    const chain = await service.transferTale(EMBEDDED_SCENARIO, gather, { kind: 'chain' });
    expect(chain).toMatchObject({ kind: 'done', value: { kind: 'chain' } });
    const none = await service.transferTale(EMBEDDED_SCENARIO, gather, { kind: 'transfer', transfer: -1 });
    expect(none).toMatchObject({ kind: 'refused', message: expect.stringContaining('transfer') });
    const bad = await service.linkTimes(
      EMBEDDED_SCENARIO,
      { ...gather, torusAxes: [3] },
      10,
      () => undefined,
    );
    expect(bad).toMatchObject({ kind: 'refused', message: expect.stringContaining('axes') });
  });
});
