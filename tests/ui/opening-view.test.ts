import { describe, expect, it } from 'vitest';
import { arrayMomentAt } from '../../src/figure/array-moment.ts';
import { createTimelineIndex } from '../../src/figure/timeline-index.ts';
import { spanAt } from '../../src/figure/timeline-lookup.ts';
import { WORKLOADS } from '../../src/study/catalog.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';
import { openingView } from '../../src/ui/opening-view.ts';

describe('the first view of a run', () => {
  it.each(WORKLOADS.map((workload) => workload.scenario))(
    'of $name has the playhead on a matrix product in view',
    (scenario) => {
      const report = createEvaluator().evaluate(scenario);
      const { view, cursorPs } = openingView(report);
      expect(view.startPs).toBeGreaterThanOrEqual(0);
      expect(view.endPs).toBeLessThanOrEqual(report.stepPs);
      expect(cursorPs).toBeGreaterThanOrEqual(view.startPs);
      expect(cursorPs).toBeLessThan(view.endPs);
      const [mxu] = createTimelineIndex(report).lanes;
      if (mxu === undefined) throw new Error('the first lane is the matrix unit');
      expect(spanAt(mxu, cursorPs)?.span.kind).toBe('busy');
      const moment = arrayMomentAt(createTimelineIndex(report), cursorPs);
      if (moment.kind !== 'running') throw new Error('a matrix product runs');
      const { schedule, cycle } = moment;
      const wave = (cycle - schedule.firstStreamCycle) % schedule.intervalCycles;
      expect(wave).toBe(Math.round(schedule.config.rows / 3));
    },
  );
});
