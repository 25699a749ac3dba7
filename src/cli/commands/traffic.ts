import { formatCount, formatPercent } from '../../base/format-quantity.ts';
import { InputError, unwrap } from '../../base/result.ts';
import { parseSlice } from '../../hardware/slice.ts';
import { FLIT_ROUTINGS } from '../../ici/flit-config.ts';
import { Torus } from '../../ici/topology.ts';
import { runTraffic } from '../../ici/traffic.ts';
import { TRAFFIC_PATTERNS } from '../../ici/traffic-pattern.ts';
import { MAX_SAMPLE_PERIOD_CYCLES } from '../../ici/traffic-request.ts';
import { RANDOM_STREAMS } from '../../ici/traffic-stream.ts';
import type { Command } from '../command.ts';
import { parseOptions } from '../options.ts';

const BUSIEST_SHOWN = 4;

/** Synthetic traffic on a torus of virtual-channel routers, flit by flit. */
export const trafficCommand: Command = {
  name: 'traffic',
  summary: 'latency and throughput of synthetic traffic, flit by flit',
  usage: [
    'traffic --torus 8x8 [--twisted] --pattern P --rate r [--packet-flits 1] [--vcs 2] [--buffer-flits 8] [--seed 1] [--random booksim|counter] [--sample-period 1000] [--cycles C] [--routing dimension-order|adaptive] [--json]',
    `P: ${TRAFFIC_PATTERNS.join(', ')}; r: flits offered a node and cycle`,
    "random booksim: BookSim's numbers for the same seed and its way of measuring, in samples of so many cycles; C: least cycles over which the load of channels is counted",
    'random counter: the numbers of the GPU model; C: cycles that count',
  ].join('\n  '),
  run: async (args) => {
    const options = parseOptions(
      args,
      {
        torus: { type: 'string' },
        twisted: { type: 'boolean' },
        pattern: { type: 'string' },
        rate: { type: 'string' },
        'packet-flits': { type: 'string' },
        vcs: { type: 'string' },
        'buffer-flits': { type: 'string' },
        seed: { type: 'string' },
        random: { type: 'string' },
        'sample-period': { type: 'string' },
        cycles: { type: 'string' },
        routing: { type: 'string' },
      },
      { minimum: 0, maximum: 0, names: '' },
    );
    const { shape } = unwrap(parseSlice(options.requiredText('torus')));
    const torus = new Torus({ shape, wraps: shape.map(() => true), twisted: options.flag('twisted') });
    const pattern = options.choice('pattern', TRAFFIC_PATTERNS);
    if (pattern === undefined) throw new InputError('--pattern', 'is required');
    const rate = options.number('rate', { minimum: 1e-6, maximum: 1 });
    if (rate === undefined) throw new InputError('--rate', 'is required');
    const seed = options.integer('seed', { minimum: 0, maximum: 2 ** 32 - 1 }) ?? 1;
    const random = options.choice('random', RANDOM_STREAMS) ?? 'booksim';
    const result = runTraffic(torus, {
      pattern,
      rate,
      packetFlits: options.integer('packet-flits', { minimum: 1, maximum: 4096 }) ?? 1,
      virtualChannels: options.integer('vcs', { minimum: 2, maximum: 16 }) ?? 2,
      bufferFlits: options.integer('buffer-flits', { minimum: 1, maximum: 1024 }) ?? 8,
      seed,
      random,
      routing: options.choice('routing', FLIT_ROUTINGS),
      measuredCycles: options.integer('cycles', { minimum: 1, maximum: 1e7 }),
      samplePeriodCycles: options.integer('sample-period', { minimum: 1, maximum: MAX_SAMPLE_PERIOD_CYCLES }),
    });
    const { stable, packetLatencyCycles, acceptedFlitsPerNodePerCycle, acceptedMode } = result;
    const { meanHops, channelUtilization } = result;
    const links = [...channelUtilization.keys()].filter((link) => torus.targets[link] >= 0);
    const busiest = [...links].sort((a, b) => channelUtilization[b] - channelUtilization[a] || a - b);
    const mean =
      links.reduce((total, link) => total + channelUtilization[link], 0) / Math.max(1, links.length);
    const lines = [
      ['stable', stable ? 'yes' : 'no: packets wait longer and longer'],
      ['packet latency', `${packetLatencyCycles.toFixed(2)} cycles, mean of ${formatCount(result.packets)}`],
      [
        'accepted',
        `${acceptedFlitsPerNodePerCycle.toFixed(4)} of ${rate} flits a node and cycle${acceptedMode === 'throughput' ? ', in a second run that waits for nothing' : ''}`,
      ],
      ['hops', `${meanHops.toFixed(3)}, mean`],
      ['mean channel', `${formatPercent(mean)} of its cycles`],
      ...busiest
        .slice(0, BUSIEST_SHOWN)
        .map((link) => ['', `${formatPercent(channelUtilization[link])} ${torus.linkName(link)}`]),
    ];
    return {
      json: {
        stable,
        packetLatencyCycles,
        acceptedFlitsPerNodePerCycle,
        acceptedMode,
        meanHops,
        channelUtilization: links.map((link) => channelUtilization[link]),
        packets: result.packets,
        cycles: result.cycles,
        random,
        seed,
      },
      text: lines.map(([name, value]) => `${name.padEnd(16)}${value}`).join('\n'),
    };
  },
};
