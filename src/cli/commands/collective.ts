import type { Json } from '../../base/canonical-json.ts';
import { formatBinaryBytes, formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import { InputError, unwrap } from '../../base/result.ts';
import { dcnPort } from '../../hardware/dcn.ts';
import { findChip } from '../../hardware/presets.ts';
import { MAX_SLICES, parseSlice, resolveSlice } from '../../hardware/slice.ts';
import { planAcrossSlices, type SliceNetwork } from '../../ici/across-slices.ts';
import { ASTRA_SIM_KINDS, astraSim } from '../../ici/astra-sim.ts';
import { withoutNamed } from '../../ici/cables.ts';
import {
  COLLECTIVE_KINDS,
  COLLECTIVE_MODELS,
  type CollectiveKind,
  type CollectiveModel,
  type CollectiveReport,
  type CollectiveRequest,
  type DcnReport,
  linkRates,
} from '../../ici/request.ts';
import { MAX_TORUS_CHIPS, type Torus, torusFromSlice } from '../../ici/topology.ts';
import type { Command, CommandContext, CommandOutcome } from '../command.ts';
import { type Options, parseOptions } from '../options.ts';
import { parseGroups, parseKind, parseNetworkAxes, parsePairs } from './collective-words.ts';
import { shareLinks } from './shared-links.ts';

const BUSIEST_SHOWN = 8;

/** One collective on one slice. */
export const collectiveCommand: Command = {
  name: 'collective',
  summary: 'time, bound and link loads of a collective on a slice',
  usage: [
    `collective KIND --chip ID --slice 4x4x8 [--twisted] --bytes B [--slices 4] [--axes xyz|xyz+dcn|dcn] [--without 0,1,3+y|0,1,3]… [--model ${COLLECTIVE_MODELS.join('|')}] [--json]`,
    'collective KIND --chip ID --slice 4x4x8 --bytes B [--axes xyz] --links | --beside KIND,BYTES[,AXES[,START_US]]… [--json]',
    'collective collective-permute --chip ID --slice 4x4x8 --bytes B --pair 0,0,0:3,3,7… [--json]',
    'collective KIND --chip ID --slice 4x4x8 --bytes B --group 0,0,0:1,0,0:2,0,0… [--json]',
    'collective KIND --compat astra-sim --ring K --gibps B --latency-ns A --splits S --bytes D [--json]',
    `KIND: ${COLLECTIVE_KINDS.join(', ')}`,
    '--slices: slices of this shape, joined by the data-centre network (dcn), over which the collective runs too',
    '--without: a cable or a chip that is missing; --beside: another collective on the same links',
    '--links: every link by itself, by flow, and who waits where; --pair: who sends to whom; --group: chips that belong together',
    'B: the gathered array for all-gather and reduce-scatter, the whole buffer of a chip for all-reduce and all-to-all',
  ].join('\n  '),
  run: async (args, context) => {
    const options = parseOptions(
      args,
      {
        chip: { type: 'string' },
        slice: { type: 'string' },
        twisted: { type: 'boolean' },
        slices: { type: 'string' },
        bytes: { type: 'string' },
        axes: { type: 'string' },
        model: { type: 'string' },
        without: { type: 'string', multiple: true },
        beside: { type: 'string', multiple: true },
        links: { type: 'boolean' },
        pair: { type: 'string', multiple: true },
        group: { type: 'string', multiple: true },
        compat: { type: 'string' },
        ring: { type: 'string' },
        gibps: { type: 'string' },
        'latency-ns': { type: 'string' },
        splits: { type: 'string' },
      },
      { minimum: 1, maximum: 1, names: 'one kind of collective' },
    );
    const kind = parseKind(options.positionals[0], 'kind');
    if (options.choice('compat', ['astra-sim']) === undefined) {
      refuseOptions(options, ['ring', 'gibps', 'latency-ns', 'splits'], 'needs --compat astra-sim');
      return runOnSlice(kind, options, context);
    }
    refuseOptions(
      options,
      ['chip', 'slice', 'twisted', 'slices', 'axes', 'model', 'without', 'beside', 'links', 'pair', 'group'],
      'has no meaning with --compat astra-sim',
    );
    return runAsAstraSim(kind, options);
  },
};

function refuseOptions(options: Options, names: readonly string[], problem: string): void {
  for (const name of names) if (options.has(name)) throw new InputError(`--${name}`, problem);
}

function runAsAstraSim(word: CollectiveKind, options: Options): CommandOutcome {
  const kind = ASTRA_SIM_KINDS.find((each) => each === word);
  if (kind === undefined) {
    throw new InputError('kind', `astra-sim has ${ASTRA_SIM_KINDS.join(', ')}, found "${word}"`);
  }
  const gibibytesPerSecond = options.number('gibps', { minimum: 0.001, maximum: 1e6 });
  if (gibibytesPerSecond === undefined) throw new InputError('--gibps', 'is required');
  const result = astraSim(kind, {
    chips: options.requiredInteger('ring', { minimum: 2, maximum: MAX_TORUS_CHIPS }),
    gibibytesPerSecond,
    latencyNanoseconds: options.requiredInteger('latency-ns', { minimum: 0, maximum: 1e9 }),
    splits: options.requiredInteger('splits', { minimum: 1, maximum: 1e6 }),
    bytes: options.requiredInteger('bytes', { minimum: 1, maximum: 2 ** 50 }),
  });
  const seconds = (nanoseconds: number): string => formatSi(nanoseconds / 1e9, 's', 4);
  const lines = [
    ['as ASTRA-sim', `${formatCount(result.nanoseconds)} ns${result.physical ? '' : ' (unphysical)'}`],
    ['lower bound', `${seconds(result.lowerBoundNanoseconds)}, bytes only, both ways of the ring`],
    ['as Systole', `${seconds(result.systoleNanoseconds)}, closed form`],
  ];
  return {
    json: { ...result },
    text: lines.map(([name, value]) => `${name.padEnd(16)}${value}`).join('\n'),
  };
}

function runOnSlice(kind: CollectiveKind, options: Options, context: CommandContext): CommandOutcome {
  const { chip } = unwrap(findChip(options.requiredText('chip')));
  const shape = unwrap(parseSlice(options.requiredText('slice')));
  const twisted = options.flag('twisted');
  const slices = options.integer('slices', { minimum: 1, maximum: MAX_SLICES }) ?? 1;
  const slice = unwrap(resolveSlice(chip, { ...shape, twisted, slices }, { allowBeyondPod: true }));
  for (const note of slice.notes) context.note(note);
  const bytes = options.requiredInteger('bytes', { minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
  const whole = torusFromSlice(slice);
  const torus = withoutNamed(whole, options.texts('without'), '--without');
  if (torus.missingChips.size === torus.nodes)
    throw new InputError('--without', 'leaves no chip of the slice');
  const { dcn, ...taking } = parseChips(kind, options, torus, slices);
  const request = { kind, bytes, ...taking };
  const rates = linkRates(chip.ici);
  const beside = options.texts('beside');
  if (beside.length > 0 || options.flag('links')) {
    const name = beside.length > 0 ? '--beside' : '--links';
    refuseOptions(options, ['group', 'slices'], `has no meaning with ${name}`);
    if ((options.choice('model', COLLECTIVE_MODELS) ?? 'flow') !== 'flow') {
      throw new InputError('--model', `links are shared by flow only: ${name} needs no --model`);
    }
    return shareLinks(torus, request, beside, rates);
  }
  const model = options.choice('model', COLLECTIVE_MODELS) ?? 'closed-form';
  const network: SliceNetwork = { slices: dcn ? slices : 1, port: dcnPort(chip.host) };
  const report = planAcrossSlices(torus, request, rates, network, model);
  if (torus.intact) return outcome(report, torus, bytes, network);
  if (report.whyClosedForm !== undefined) context.note(`costed in closed form: ${report.whyClosedForm}`);
  if (slices > 1) context.note('missing in every slice alike: all wait for the slowest');
  const modelUsed = report.whyClosedForm === undefined ? model : 'closed-form';
  const secondsOf = (on: Torus, by: CollectiveModel): number =>
    planAcrossSlices(on, request, rates, network, by).seconds;
  const wholeSeconds = secondsOf(whole, modelUsed);
  if (wholeSeconds === 0) return outcome(report, torus, bytes, network);
  return outcome(report, torus, bytes, network, {
    wholeSeconds,
    ...(modelUsed === 'flow' ? { closedFormSeconds: secondsOf(torus, 'closed-form') } : {}),
  });
}

/** What the time is set beside where something is missing. */
interface Comparison {
  /** With nothing missing. */
  readonly wholeSeconds: number;
  /** Of the same plan, where flow has followed its transfers. */
  readonly closedFormSeconds?: number;
}

/** Which chips take part: all along some axes and slices, groups by name, or the pairs of a permute. */
function parseChips(
  kind: CollectiveKind,
  options: Options,
  torus: Torus,
  slices: number,
): Pick<CollectiveRequest, 'axes' | 'groups' | 'pairs'> & { readonly dcn: boolean } {
  if (kind === 'collective-permute') refuseOptions(options, ['group'], 'a collective-permute has --pair');
  else refuseOptions(options, ['pair'], 'only a collective-permute has pairs');
  const groups = parseGroups(options.texts('group'), torus, '--group');
  const pairs = parsePairs(options.texts('pair'), torus, '--pair');
  if (groups !== undefined) refuseOptions(options, ['axes', 'slices'], 'has no meaning with --group');
  if (pairs !== undefined) refuseOptions(options, ['axes', 'slices'], 'has no meaning with --pair');
  const { axes, dcn } = parseNetworkAxes(options.text('axes'), torus, kind, slices, '--axes');
  return {
    axes: groups === undefined ? axes : [],
    dcn,
    ...(groups === undefined ? {} : { groups }),
    ...(pairs === undefined ? {} : { pairs }),
  };
}

function outcome(
  report: CollectiveReport,
  torus: Torus,
  bytes: number,
  network: SliceNetwork,
  comparison?: Comparison,
): CommandOutcome {
  const { seconds, lowerBoundSeconds, physicalLowerBoundSeconds, algorithm, reason, steps } = report;
  const linkBytes = report.linkBytes();
  const busiest = [...linkBytes.keys()]
    .filter((link) => linkBytes[link] > 0)
    .sort((a, b) => linkBytes[b] - linkBytes[a] || a - b)
    .slice(0, BUSIEST_SHOWN)
    .map((link) => ({
      link: torus.linkName(link),
      bytes: linkBytes[link],
      utilization: (report.maxUtilization * linkBytes[link]) / report.largestLinkBytes,
    }));
  const links = {
    count: report.linkCount,
    maxUtilization: report.maxUtilization,
    meanUtilization: report.meanUtilization,
    busiest,
  };
  const ofBound = lowerBoundSeconds > 0 ? ` (${(seconds / lowerBoundSeconds).toFixed(3)} of the bound)` : '';
  const lines = [
    ['time', `${formatSi(seconds, 's', 4)}${ofBound}`],
    ...(comparison === undefined ? [] : comparisonLines(seconds, comparison)),
    ['lower bound', `${formatSi(lowerBoundSeconds, 's', 4)} at effective rates`],
    ['', `${formatSi(physicalLowerBoundSeconds, 's', 4)} at physical rates, bytes only`],
    ['data', formatBinaryBytes(bytes)],
    ['algorithm', algorithm],
    ['because', reason],
    ['hops', formatCount(steps)],
    ...dcnLines(report.dcn, network),
    ['links', `${formatCount(links.count)} directed${report.dcn === undefined ? '' : ' in each slice'}`],
    ['busiest link', `${formatPercent(links.maxUtilization)} of its effective rate over the whole time`],
    ['mean link', formatPercent(links.meanUtilization)],
    ...(busiest.length > 0
      ? [
          [
            'for example',
            busiest
              .map(({ link }) => link)
              .slice(0, 3)
              .join(', '),
          ],
        ]
      : []),
  ];
  return {
    json: {
      seconds,
      lowerBoundSeconds,
      physicalLowerBoundSeconds,
      ...(comparison === undefined ? {} : { ...comparison, slowdown: seconds / comparison.wholeSeconds }),
      algorithm,
      reason,
      steps,
      chipBytes: { ...report.chipBytes },
      links,
      ...(report.dcn === undefined
        ? {}
        : { bottleneck: report.dcn.bottleneck, dcn: dcnJson(report.dcn, network) }),
    },
    text: lines.map(([name, value]) => `${name.padEnd(16)}${value}`).join('\n'),
  };
}

function comparisonLines(
  seconds: number,
  { wholeSeconds, closedFormSeconds }: Comparison,
): readonly (readonly string[])[] {
  const times = (other: number): string =>
    `${(seconds / other).toFixed(3)} times the ${formatSi(other, 's', 4)}`;
  return [
    ['slowdown', `${times(wholeSeconds)} with nothing missing`],
    ...(closedFormSeconds === undefined
      ? []
      : [['closed form', `${times(closedFormSeconds)} of the same plan without waits of single transfers`]]),
  ];
}

function dcnLines(
  dcn: DcnReport | undefined,
  { port }: SliceNetwork,
): readonly (readonly [string, string])[] {
  if (dcn === undefined) return [];
  const limit = port.limitedBy === 'pcie' ? 'its PCIe is the lesser rate' : 'less than its PCIe';
  const networks = `${formatSi(dcn.dcnSeconds, 's', 4)} between the slices, ${formatSi(dcn.iciSeconds, 's', 4)} inside`;
  return [
    ['slices', `${formatCount(dcn.slices)} over the data-centre network`],
    ['bottleneck', `${dcn.bottleneck === 'dcn' ? 'DCN' : 'ICI'}: by themselves ${networks}`],
    ['port of a chip', `${formatSi(port.bytesPerSecond, 'B/s', 4)} each way, ${limit}`],
    [
      '',
      `${formatBinaryBytes(dcn.portBytes)} each way, ${formatPercent(dcn.portUtilization)} of its rate over the whole time`,
    ],
  ];
}

function dcnJson(dcn: DcnReport, { port }: SliceNetwork): { readonly [key: string]: Json } {
  return {
    ...dcn,
    portBytesPerSecond: port.bytesPerSecond,
    latencySeconds: port.latencySeconds,
    limitedBy: port.limitedBy,
  };
}
