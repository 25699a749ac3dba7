import { describe, expect, it } from 'vitest';
import { assertDefined } from '../../src/base/assert.ts';
import { sameLinkMoment } from '../../src/figure/same-moment.ts';
import { createTimelineIndex } from '../../src/figure/timeline-index.ts';
import { collectivesAt } from '../../src/figure/torus-load.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';
import { openingView } from '../../src/ui/opening-view.ts';

const evaluator = createEvaluator();
const whole = evaluator.evaluate(EMBEDDED_SCENARIO);
const cut = evaluator.evaluate({ ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], without: ['0,0,0+z'] } });
const before = createTimelineIndex(whole);
const after = createTimelineIndex(cut);

describe('the same moment of another run', () => {
  it('lies as far in the same repetition of the same collective', () => {
    const { cursorPs } = openingView(whole);
    const moment = assertDefined(sameLinkMoment(before, after, cursorPs), 'a moment');
    const [then] = collectivesAt(before, cursorPs);
    const [now] = collectivesAt(after, moment);
    expect(cut.stepPs).toBeGreaterThan(whole.stepPs);
    expect(now).toMatchObject({ op: then.op, iteration: then.iteration });
    const share = ({ range }: typeof now, ps: number): number =>
      (ps - range.startPs) / (range.endPs - range.startPs);
    expect(share(now, moment)).toBeCloseTo(share(then, cursorPs), 1);
    expect(sameLinkMoment(before, before, cursorPs)).toBe(cursorPs);
  });

  it('is nowhere while no link is held', () => {
    const quiet = before.lanes[0].blocks
      .flatMap(({ block }) => block.lanes.flatMap(({ spans }) => spans.map(({ startPs }) => startPs)))
      .find((ps) => collectivesAt(before, ps).length === 0);
    expect(sameLinkMoment(before, after, assertDefined(quiet, 'a quiet moment'))).toBeUndefined();
  });
});
