import { formatBinaryBytes, formatPercent, formatSi } from '../base/format-quantity.ts';
import { secondsFromPicoseconds } from '../base/time.ts';
import { axisName } from '../ici/topology.ts';
import type { IdleCause, RunReport } from './report.ts';

/** Waits shorter than this share of the step are not worth the headline. */
const HEADLINE_SHARE = 0.1;

type Facts = Pick<
  RunReport,
  'stepPs' | 'breakdown' | 'iciWaits' | 'whatIf' | 'lowerBound' | 'mfu' | 'bound' | 'memory'
>;

/** The bottleneck and its cause in one sentence, and what it would bring to remove it in another. */
export function verdictOf(facts: Facts): RunReport['verdict'] {
  const { stepPs, breakdown, lowerBound, memory } = facts;
  const share = (ps: number): string => formatPercent(ps / stepPs, 2);
  const idle = breakdown.idlePs;
  const [cause, lostPs] = largestLoss(idle);
  const loss =
    lostPs < HEADLINE_SHARE * stepPs
      ? computeHeadline(share(breakdown.usefulPs))
      : LOSSES[cause](share(lostPs), facts);
  const rest = `${remedies(facts)}As it is, nothing could be faster than ${time(lowerBound.totalPs)} (${boundName(lowerBound)}).`;
  return fits(memory)
    ? { headline: loss, detail: rest }
    : {
        headline: `Does not fit: a chip needs ${formatBinaryBytes(memory.totalBytes)} and has ${formatBinaryBytes(memory.capacityBytes)}.`,
        detail: `If it did: ${loss} ${rest}`,
      };
}

function fits(memory: RunReport['memory']): boolean {
  return memory.totalBytes <= memory.capacityBytes;
}

function boundName({ computePs, memoryPs, dcnPs, totalPs }: RunReport['lowerBound']): string {
  if (totalPs === computePs) return 'arithmetic';
  if (totalPs === dcnPs) return 'data-centre network';
  return totalPs === memoryPs ? 'memory' : 'links';
}

function computeHeadline(useful: string): string {
  return `Compute-bound: ${useful} of the step the matrix units multiply at their peak rate.`;
}

const LOSSES: Readonly<Record<IdleCause, (share: string, facts: Facts) => string>> = {
  ici: (share, facts) => {
    const worst = facts.iciWaits
      .filter((each) => each.torusAxes.length > 0)
      .sort((a, b) => b.waitPs - a.waitPs)[0];
    const axes = worst?.torusAxes.map(axisName).join(' and ') ?? '';
    const plural = (worst?.torusAxes.length ?? 0) > 1 ? 'axes' : 'axis';
    return `Waits on the links: ${share} of the step is exposed communication, most on the ${axes} ${plural}.`;
  },
  dcn: (share) =>
    `Waits on the data-centre network: ${share} of the step is exposed communication between the slices.`,
  hbm: (share) => `Waits on memory: ${share} of the step the matrix units wait for HBM.`,
  vpu: (share) =>
    `Waits on the vector unit: ${share} of the step is vector work beside which no matmul runs.`,
  padding: (share) => `Pays for padding: ${share} of the step the matrix units work on empty tiles.`,
  'fill-drain': (share) => `Pays for fill and drain: ${share} of the step the arrays fill or empty.`,
  launch: (share) => `Pays for launches: ${share} of the step is the fixed cost of kernels and their blocks.`,
  dependency: (share) => `Waits on itself: ${share} of the step a kernel waits for another.`,
  'no-work': (share) => `Out of work: ${share} of the step the matrix units have nothing to do.`,
};

function largestLoss(idle: RunReport['breakdown']['idlePs']): readonly [IdleCause, number] {
  const losses = Object.entries(idle) as [IdleCause, number][];
  return losses.reduce((worst, loss) => (loss[1] > worst[1] ? loss : worst), losses[0] ?? ['no-work', 0]);
}

/** What the two best remedies would bring, the better one first. */
function remedies({ whatIf, stepPs }: Facts): string {
  const worthwhile = [...whatIf]
    .sort((a, b) => a.stepPs - b.stepPs)
    .filter((each) => each.stepPs < 0.99 * stepPs);
  const [first, second] = worthwhile;
  if (first === undefined) return 'Free links or free memory would change it by less than 1 %. ';
  const next = second === undefined ? '' : ` Next: ${second.label}, ${time(second.stepPs)}.`;
  return `With ${first.label} the step would take ${time(first.stepPs)} instead of ${time(stepPs)}.${next} `;
}

function time(ps: number): string {
  return formatSi(secondsFromPicoseconds(ps), 's');
}
