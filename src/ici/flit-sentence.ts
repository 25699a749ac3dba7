import { formatPercent } from '../base/format-quantity.ts';
import type { FlitReader, FrameRange } from './flit-reader.ts';
import { WAITS, type Wait } from './flit-recording.ts';

const WHY: Readonly<Record<Wait, string>> = {
  credit: 'credit: the buffer behind it is full or its credits are still on their way back',
  switch: 'the switch: several packets want the same output port, or one input port has several to send',
  channel: 'a virtual channel: other packets have all that it may use',
};

/** Where most waiting is in a range of frames, and why, as one sentence or two. */
export function flitSentence(reader: FlitReader, range: FrameRange): string {
  const [worst] = reader.worstOutputs(range, 1);
  if (worst === undefined)
    return 'Nobody waits: every head moves on as soon as its router has dealt with it.';
  const causes = reader.causes(range);
  const total = WAITS.reduce((sum, wait) => sum + causes[wait], 0);
  const [main] = [...WAITS].sort((a, b) => worst.waits[b] - worst.waits[a]);
  const packets = worst.waiting.toFixed(worst.waiting < 10 ? 2 : 0);
  const [most] = [...WAITS].sort((a, b) => causes[b] - causes[a]);
  const whole = `Of all waiting ${formatPercent(causes[most] / total, 2)} is for ${SHORT[most]}.`;
  return (
    `Most wait for ${outputName(reader, worst.output)}: ${packets} packets at a time, ` +
    `${formatPercent(worst.waits[main] / worst.waiting, 2)} of their waiting is for ${WHY[main]}. ${whole}`
  );
}

const SHORT: Readonly<Record<Wait, string>> = {
  credit: 'credits',
  switch: 'the switch',
  channel: 'virtual channels',
};

/** `(1,2) → +x`, or the node that takes flits there. */
export function outputName(reader: FlitReader, output: number): string {
  const link = reader.linkOfOutput(output);
  if (link !== undefined) return reader.torus.linkName(link);
  return `the node at (${reader.torus.coordinates(Math.floor(output / reader.recording.ports)).join(',')})`;
}

/** One group of a collective by several models. */
export interface CollectiveTimes {
  readonly seconds: number;
  readonly flowSeconds: number;
  readonly flitBytes: number;
  readonly largestLinkBytes: number;
  readonly flowLargestLinkBytes: number;
}

/** By how much flits take longer than flows, and where the time goes on the busiest link. */
export function gapSentence(reader: FlitReader, times: CollectiveTimes): string {
  const { seconds, flowSeconds, flitBytes, largestLinkBytes, flowLargestLinkBytes } = times;
  const gap = seconds / flowSeconds - 1;
  const size =
    Math.abs(gap) < 0.0005
      ? 'Flits take as long as flows.'
      : `Flits take ${formatPercent(Math.abs(gap), 2)} ${gap > 0 ? 'longer' : 'less'} than flows.`;
  const rounding = largestLinkBytes / flowLargestLinkBytes - 1;
  const rounded =
    rounding > 0.0005
      ? ` Whole flits of ${flitBytes} bytes add ${formatPercent(rounding, 2)} to the busiest link's bytes.`
      : '';
  return `${size}${rounded} ${useSentence(reader)}`;
}

/** What the busiest link did in the recorded cycles. */
function useSentence(reader: FlitReader): string {
  const sent = reader.utilization({ from: 0, to: reader.recording.frames });
  const busiest = sent.reduce((best, share, link) => (share > sent[best] ? link : best), 0);
  const uses = reader.uses(reader.outputOfLink(busiest));
  const idle = (['credit', 'switch', 'channel', 'stage', 'none'] as const)
    .filter((use) => uses[use] >= 0.0005)
    .sort((a, b) => uses[b] - uses[a])
    .map((use) => `${formatPercent(uses[use], 2)} ${IDLE[use]}`);
  const rest = idle.length === 0 ? '' : `, ${idle.join(', ')}`;
  return `The busiest link, ${reader.torus.linkName(busiest)}, sends in ${formatPercent(uses.sent, 3)} of the recorded cycles${rest}.`;
}

const IDLE = {
  credit: 'without a credit',
  switch: 'lost to the switch',
  channel: 'without a virtual channel',
  stage: 'in the stages of the router',
  none: 'with nothing to send: data still on its way',
} as const;
