import { assert } from '../base/assert.ts';
import { InputError } from '../base/result.ts';
import type { DcnPort } from '../hardware/dcn.ts';
import { fastestTreePlan } from './broadcast.ts';
import { spanningEdges, streamedTransfers } from './broadcast-transfers.ts';
import { exchangesWhole } from './closed-form.ts';
import { runFlows } from './flow.ts';
import { streamedOrders } from './flow-collective.ts';
import { allToAllTransfers, ringParts, ringTransfers } from './flow-schedules.ts';
import { FoldedTorus } from './folded-torus.ts';
import type { Group } from './group.ts';
import type { LinkRates } from './request.ts';
import { wholeLanes } from './ring-plan.ts';
import { UnfoldedTorus } from './schedule-layout.ts';
import { chunkOf, type DcnStage, type IciStage, resourceOf, type Way } from './stages.ts';
import type { Torus } from './topology.ts';
import { TransferList } from './transfers.ts';

/** Above this the flow model of one collective would take more than some seconds. */
const MAX_TRANSFERS = 500_000;
/** Parts that visit the axes in different orders stream, so that none waits for the slowest of each step. */
const STREAMED_CHUNKS = 4;

/**
 * Seconds of a collective over slices by max-min fair flows: links and ports alike are what flows share. All
 * slices do the same, so that one stands for all, and the chips along closed axes for one another. A chunk
 * starts a stage when the last of it has arrived everywhere.
 */
export function flowAcross(
  torus: Torus,
  group: Group | undefined,
  way: Way,
  chunks: number,
  rates: LinkRates,
  port: DcnPort,
): number {
  if (!torus.intact) throw new InputError('model', 'flow over slices needs slices with nothing missing');
  const network = new FlowNetwork(group, way);
  const list = new TransferList();
  const sentBy = new Map<string, number>();
  const nothing = { bytes: 0, links: [], latencySeconds: 0 };
  const start = list.add(nothing);
  const arrived = new Array<number>(chunks).fill(start);
  for (const stage of way.stages) {
    const resource = resourceOf(stage);
    for (let chunk = 0; chunk < chunks; chunk++) {
      const ahead = sentBy.get(resource);
      const behind = ahead === undefined ? [] : [ahead];
      const gate = list.add({ ...nothing, after: way.atOnce ? [] : [arrived[chunk]], behind });
      const added = list.append(
        network.transfersOf(chunkOf(stage, chunks), rates, port),
        0,
        gate,
        network.firstLink(stage),
      );
      if (list.count > MAX_TRANSFERS) {
        throw new InputError('model', `flow over slices follows at most ${MAX_TRANSFERS} transfers`);
      }
      sentBy.set(resource, list.add({ ...nothing, behind: added }));
      arrived[chunk] = list.add({ ...nothing, after: added });
    }
  }
  return runFlows(network.capacities(rates, port), list.flatten()).seconds;
}

/** Links of one slice for each of its networks, and the ports of its chips for each hop between slices. */
class FlowNetwork {
  private readonly folded: FoldedTorus | undefined;
  private readonly chips: number;
  private readonly linkSlots: number;
  private readonly first = new Map<string, number>();
  private readonly size: number;

  constructor(
    private readonly group: Group | undefined,
    way: Way,
  ) {
    // Trees of a broadcast start at one chip: no two chips are alike.
    const alike = way.stages.every((stage) => stage.network === 'dcn' || stage.kind !== 'broadcast');
    this.folded = group !== undefined && alike ? new FoldedTorus(group) : undefined;
    this.chips = this.folded?.chips ?? group?.torus.nodes ?? 1;
    this.linkSlots = this.folded?.linkSlots ?? group?.torus.linkSlots ?? 0;
    let links = 0;
    for (const stage of way.stages) {
      const resource = resourceOf(stage);
      if (this.first.has(resource)) continue;
      this.first.set(resource, links);
      links += stage.network === 'ici' ? this.linkSlots : 2 * this.chips;
    }
    this.size = links;
  }

  firstLink(stage: IciStage | DcnStage): number {
    return this.first.get(resourceOf(stage)) ?? 0;
  }

  capacities(rates: LinkRates, port: DcnPort): Float64Array {
    const capacities = new Float64Array(this.size);
    for (const [resource, first] of this.first) {
      const onLinks = resource.startsWith('ici');
      const count = onLinks ? this.linkSlots : 2 * this.chips;
      capacities.fill(onLinks ? rates.linkBytesPerSecond : port.bytesPerSecond, first, first + count);
    }
    return capacities;
  }

  transfersOf(stage: IciStage | DcnStage, rates: LinkRates, port: DcnPort): TransferList {
    return stage.network === 'ici' ? this.inside(stage, rates) : this.between(stage, port);
  }

  private between({ bytes, targets }: DcnStage, port: DcnPort): TransferList {
    const list = new TransferList();
    for (let chip = 0; chip < this.chips; chip++) {
      for (let target = 0; target < targets; target++) {
        // The chips it sends to are like itself: their port in is as busy as its own.
        const links = [2 * chip, 2 * chip + 1];
        list.add({ bytes: bytes / targets, links, latencySeconds: port.latencySeconds });
      }
    }
    return list;
  }

  private inside({ kind, bytes }: IciStage, rates: LinkRates): TransferList {
    const { group, folded } = this;
    assert(group !== undefined, 'a single chip has nothing to do inside its slice');
    const latency = rates.hopLatencySeconds;
    const layout = folded ?? new UnfoldedTorus(group.torus, [...group.axes.keys()]);
    if (kind === 'broadcast') {
      const { trees, chunks } = fastestTreePlan(group, bytes, rates, 'flow');
      return streamedTransfers(spanningEdges(trees, group.torus), bytes, chunks, latency);
    }
    if (kind === 'all-to-all') {
      assert(folded !== undefined, 'an all-to-all is folded');
      return allToAllTransfers(group, folded, bytes, latency);
    }
    const parts =
      kind === 'all-reduce' && exchangesWhole(group, bytes, rates)
        ? [{ bytes, phases: wholeLanes(group).map((lane) => ({ ...lane, direction: 'gather' as const })) }]
        : ringParts(kind, streamedOrders(kind, group, bytes, rates), bytes);
    return ringTransfers(layout, parts, parts.length > 1 ? STREAMED_CHUNKS : 1, latency);
  }
}
