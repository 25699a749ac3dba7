import type { CollectiveKind } from './request.ts';
import type { DcnStage, IciStage, Way } from './stages.ts';

/**
 * The ways to do a collective over `slices` slices with `chips` of its group in each: data is spread over the
 * chips of a slice first, so that every chip's port carries its part (hierarchical collectives: Cho et al.,
 * BlueConnect, MLSys 2019). Between slices each chip sends to all others of its place directly: the network is
 * switched and takes every pair alike, so that a ring would send the same bytes and wait for slices - 1
 * latencies instead of one.
 *
 * @param alone whether no group has more than one chip in a slice
 */
export function waysAcross(
  kind: CollectiveKind,
  bytes: number,
  slices: number,
  chips: number,
  alone = chips === 1,
): readonly Way[] {
  const others = slices - 1;
  const part = bytes / chips;
  const ici = (stage: IciStage['kind'], size = bytes, where?: IciStage['where']): readonly IciStage[] =>
    alone
      ? []
      : [{ network: 'ici', kind: stage, bytes: Math.ceil(size), ...(where === undefined ? {} : { where }) }];
  const dcn = (each: number, reduces: boolean): DcnStage => ({
    network: 'dcn',
    bytes: others * each,
    targets: others,
    reduced: reduces ? others * each : 0,
  });
  const inside = (before: string): string => (alone ? '' : before);
  switch (kind) {
    case 'all-gather':
      return [
        {
          stages: [dcn(part / slices, false), ...ici('all-gather')],
          algorithm: `shards between the slices${inside(', then all-gather inside each')}`,
          reason: DIRECT,
        },
      ];
    case 'reduce-scatter':
      return [
        {
          stages: [...ici('reduce-scatter'), dcn(part / slices, true)],
          algorithm: `${inside('reduce-scatter inside each slice, then ')}partial sums between the slices`,
          reason: DIRECT,
        },
      ];
    case 'all-reduce':
      return [
        {
          stages: [
            ...ici('reduce-scatter'),
            dcn(part / slices, true),
            dcn(part / slices, false),
            ...ici('all-gather'),
          ],
          algorithm: `${inside('reduce-scatter inside each slice, ')}reduce-scatter and all-gather between the slices${inside(', all-gather inside')}`,
          reason: DIRECT,
        },
        {
          stages: [...ici('reduce-scatter'), dcn(part, true), ...ici('all-gather')],
          algorithm: `${inside('reduce-scatter inside each slice, ')}whole parts exchanged between the slices and added${inside(', all-gather inside')}`,
          reason: 'parts so small that one latency between the slices is worth more than their bytes',
        },
        {
          stages: [...ici('all-reduce'), dcn(bytes, true)],
          algorithm: `${inside('all-reduce inside each slice, then ')}whole sums exchanged between the slices and added`,
          reason: 'so little that latencies decide: fewest steps one after another',
        },
      ];
    case 'all-to-all':
      return [
        {
          stages: [...ici('all-to-all', bytes / slices), dcn(bytes / slices, false)],
          atOnce: true,
          algorithm: `to other slices directly over the data-centre network${inside(', inside the slice over ICI at the same time')}`,
          reason: 'every port sends at once, whatever chip it sends to',
        },
      ];
    case 'broadcast': {
      const first = ici('broadcast', bytes, 'first slice');
      const last = ici('all-gather', bytes, 'other slices');
      const hops = Array.from({ length: others }, (_, hop): DcnStage => {
        return { network: 'dcn', bytes: part, targets: 1, reduced: 0, hop };
      });
      return [
        {
          stages: [...first, ...hops, ...last],
          algorithm: `from slice to slice in turn, each chip its part${inside(', spread inside each')}`,
          reason: 'large enough that each part passes every port once',
        },
        {
          stages: [...first, dcn(part / slices, false), dcn(part / slices, false), ...last],
          algorithm: `in equal parts to all slices, which exchange them${inside(', spread inside each')}`,
          reason: 'so many slices that one after another would add up too many latencies',
        },
        {
          stages: [...first, dcn(part, false), ...last],
          algorithm: `from the first slice to all others, each chip its part${inside(', spread inside each')}`,
          reason: 'so little, or so few slices, that one latency is worth more than bytes',
        },
      ];
    }
    case 'collective-permute':
      return [
        {
          stages: [{ network: 'dcn', bytes, targets: 1, reduced: 0 }],
          algorithm: 'every chip to the one of its place in the next slice',
          reason: 'every port sends at once',
        },
      ];
  }
}

const DIRECT = 'every chip carries an equal part through its own port, to all slices directly';
