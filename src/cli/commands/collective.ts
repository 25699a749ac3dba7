import { formatBinaryBytes, formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import { InputError, unwrap } from '../../base/result.ts';
import { findChip } from '../../hardware/presets.ts';
import { parseSlice, resolveSlice } from '../../hardware/slice.ts';
import { ASTRA_SIM_KINDS, astraSim } from '../../ici/astra-sim.ts';
import { withoutCablesNamed } from '../../ici/cables.ts';
import { planCollective } from '../../ici/collective.ts';
import {
  COLLECTIVE_KINDS,
  COLLECTIVE_MODELS,
  type CollectiveKind,
  type CollectiveReport,
  linkRates,
} from '../../ici/request.ts';
import { axisName, MAX_TORUS_CHIPS, type Torus, torusFromSlice } from '../../ici/topology.ts';
import type { Command, CommandContext, CommandOutcome } from '../command.ts';
import { type Options, parseOptions } from '../options.ts';

const BUSIEST_SHOWN = 8;

/** One collective on one slice. */
export const collectiveCommand: Command = {
  name: 'collective',
  summary: 'time, bound and link loads of a collective on a slice',
  usage: [
    `collective KIND --chip ID --slice 4x4x8 [--twisted] --bytes B [--axes xyz] [--without 0,1,3+y]… [--model ${COLLECTIVE_MODELS.join('|')}] [--json]`,
    'collective KIND --compat astra-sim --ring K --gibps B --latency-ns A --splits S --bytes D [--json]',
    `KIND: ${COLLECTIVE_KINDS.join(', ')}`,
    'B: the gathered array for all-gather and reduce-scatter, the whole buffer of a chip for all-reduce and all-to-all',
  ].join('\n  '),
  run: async (args, context) => {
    const options = parseOptions(
      args,
      {
        chip: { type: 'string' },
        slice: { type: 'string' },
        twisted: { type: 'boolean' },
        bytes: { type: 'string' },
        axes: { type: 'string' },
        model: { type: 'string' },
        without: { type: 'string', multiple: true },
        compat: { type: 'string' },
        ring: { type: 'string' },
        gibps: { type: 'string' },
        'latency-ns': { type: 'string' },
        splits: { type: 'string' },
      },
      { minimum: 1, maximum: 1, names: 'one kind of collective' },
    );
    const kind = kindOf(options.positionals[0]);
    if (options.choice('compat', ['astra-sim']) === undefined) {
      refuseOptions(options, ['ring', 'gibps', 'latency-ns', 'splits'], 'needs --compat astra-sim');
      return runOnSlice(kind, options, context);
    }
    refuseOptions(
      options,
      ['chip', 'slice', 'twisted', 'axes', 'model', 'without'],
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

function kindOf(word: string): CollectiveKind {
  const kind = COLLECTIVE_KINDS.find((each) => each === word);
  if (kind === undefined) {
    throw new InputError('kind', `expected one of ${COLLECTIVE_KINDS.join(', ')}, found "${word}"`);
  }
  return kind;
}

function runOnSlice(kind: CollectiveKind, options: Options, context: CommandContext): CommandOutcome {
  const { chip } = unwrap(findChip(options.requiredText('chip')));
  const request = { ...unwrap(parseSlice(options.requiredText('slice'))), twisted: options.flag('twisted') };
  const slice = unwrap(resolveSlice(chip, request, { allowBeyondPod: true }));
  for (const note of slice.notes) context.note(note);
  const bytes = options.requiredInteger('bytes', { minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
  const torus = withoutCablesNamed(torusFromSlice(slice), options.texts('without'), '--without');
  const axes = parseAxes(options.text('axes'), torus);
  const model = options.choice('model', COLLECTIVE_MODELS) ?? 'closed-form';
  const report = planCollective(torus, { kind, axes, bytes }, linkRates(chip.ici), model);
  return outcome(report, torus, bytes);
}

function parseAxes(text: string | undefined, torus: Torus): readonly number[] {
  const all = torus.shape.map((_, axis) => axis);
  if (text === undefined) return all;
  const letters = all.map(axisName).join('');
  const axes = [...text.toLowerCase()].map((letter) => letters.indexOf(letter));
  if (axes.length === 0 || axes.includes(-1) || new Set(axes).size !== axes.length) {
    throw new InputError('--axes', `expected letters of ${letters}, each at most once, found "${text}"`);
  }
  return axes;
}

function outcome(report: CollectiveReport, torus: Torus, bytes: number): CommandOutcome {
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
    ['lower bound', `${formatSi(lowerBoundSeconds, 's', 4)} at effective rates`],
    ['', `${formatSi(physicalLowerBoundSeconds, 's', 4)} at physical rates, bytes only`],
    ['data', formatBinaryBytes(bytes)],
    ['algorithm', algorithm],
    ['because', reason],
    ['hops', formatCount(steps)],
    ['links', `${formatCount(links.count)} directed`],
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
      algorithm,
      reason,
      steps,
      chipBytes: { ...report.chipBytes },
      links,
    },
    text: lines.map(([name, value]) => `${name.padEnd(16)}${value}`).join('\n'),
  };
}
