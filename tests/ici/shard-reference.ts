import type { FlowResult } from '../../src/ici/flow.ts';
import type { StreamedPart } from '../../src/ici/ring-schedule.ts';
import type { TransferList } from '../../src/ici/transfers.ts';

/**
 * Who has put how much of itself into a shard: 1 is all of it, halves come over two ways. By the chip whose
 * shard it is, then by contributor.
 */
type Shards = Map<number, Map<number, number>>;

export interface ShardSchedule {
  readonly list: TransferList;
  readonly result: FlowResult;
  readonly parts: readonly StreamedPart[];
  readonly chunks: number;
  readonly chips: number;
  /** What a chip has at the start of each part and chunk. */
  initial(chip: number): Shards;
  /** Whose shards a transfer of a phase brings: those that the chip had gathered, or that it will scatter on. */
  bundle(part: number, phase: number, chip: number): readonly number[];
}

/**
 * The slow reference of schedules of rings and lines: follows which shard, with whose contributions, is where.
 * A transfer takes along what its sender has when it begins and brings it when it arrives; it knows nothing of
 * who waits for whom. Returns what a chip has of its own shard and of gathered ones at the end.
 */
export function followShards(schedule: ShardSchedule): (part: number, chunk: number, chip: number) => Shards {
  const { list, result, parts, chunks, chips, initial, bundle } = schedule;
  const store = (content: (chip: number) => Shards): Shards[][][] =>
    parts.map(() =>
      Array.from({ length: chunks }, () => Array.from({ length: chips }, (_, chip) => content(chip))),
    );
  /** What a chip had or has added up, and what has been gathered to it of others. */
  const own = store(initial);
  const gathered = store(() => new Map());
  // What arrives at a moment is there for what begins then, whatever the clock's last bits are.
  const tick = 1e-9 * result.seconds;
  const events = list.items.flatMap((_, transfer) => {
    const [begun, arrived] = [result.begun[transfer], result.arrived[transfer]];
    // Between chips that one chip plays nothing takes time: after what arrives now, in the order of the list.
    const [from, to] = begun === arrived ? [begun - tick / 2, begun - tick / 2] : [begun, arrived - tick];
    return [
      { at: from, begins: true, transfer },
      { at: to, begins: false, transfer },
    ];
  });
  events.sort((a, b) => a.at - b.at);
  const onTheWay = new Map<number, Shards>();
  for (const { begins, transfer } of events) {
    const { payload, bytes } = list.items[transfer];
    if (payload === undefined) throw new Error('every transfer says what it carries');
    const { part, chunk, phase, of, from, to } = payload;
    const isGather = parts[part].phases[phase].direction === 'gather';
    if (begins) {
      const share = bytes / ((parts[part].bytes * parts[part].phases[phase].shard) / chunks);
      const taken: Shards = new Map();
      for (const shard of bundle(part, phase, of)) {
        const there = isGather && shard !== from ? gathered : own;
        const contents = there[part][chunk][from].get(shard) ?? new Map<number, number>();
        taken.set(shard, new Map([...contents].map(([who, amount]) => [who, amount * share])));
      }
      onTheWay.set(transfer, taken);
      continue;
    }
    const brought = onTheWay.get(transfer);
    if (brought === undefined) throw new Error('what arrives has begun');
    for (const [shard, contents] of brought) {
      const present = (isGather ? gathered : own)[part][chunk][to];
      const there = present.get(shard) ?? new Map<number, number>();
      for (const [who, amount] of contents) there.set(who, (there.get(who) ?? 0) + amount);
      present.set(shard, there);
    }
  }
  return (part, chunk, chip) => {
    const [of, others] = [own[part][chunk][chip].get(chip), gathered[part][chunk][chip]];
    return new Map([...others, ...(of === undefined ? [] : [[chip, of] as const])]);
  };
}
