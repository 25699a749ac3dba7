import type { CollectiveKind } from './request.ts';

/** A collective over several slices, as what is done one after another over the one network or the other. */
export type Stage = IciStage | DcnStage;

/** A collective inside every slice, or inside some of them. */
export interface IciStage {
  readonly network: 'ici';
  readonly kind: Exclude<CollectiveKind, 'collective-permute'>;
  /** As a request of this kind counts them. */
  readonly bytes: number;
  /** Left out, every slice does it. */
  readonly where?: 'first slice' | 'other slices';
}

/** Chips of equal place in the slices send to one another, each through its own port. */
export interface DcnStage {
  readonly network: 'dcn';
  /** What the chip that sends most sends in all; nobody takes in more. */
  readonly bytes: number;
  /** Chips that it sends a part each. */
  readonly targets: number;
  /** Of what arrives, the bytes that are added to others. */
  readonly reduced: number;
  /** Slices that pass data on have ports of their own at work: stages of different hops overlap. */
  readonly hop?: number;
}

/** One way to do it. */
export interface Way {
  readonly stages: readonly Stage[];
  /** All stages at once instead of one after another: none needs what another brings. */
  readonly atOnce?: true;
  readonly algorithm: string;
  readonly reason: string;
}

/** What two stages cannot use at the same time. */
export function resourceOf(stage: Stage): string {
  return stage.network === 'ici' ? `ici ${stage.where === 'other slices'}` : `dcn ${stage.hop ?? 0}`;
}

/** The share of a stage that one of several equal chunks has. */
export function chunkOf(stage: Stage, chunks: number): Stage {
  return stage.network === 'ici'
    ? { ...stage, bytes: Math.ceil(stage.bytes / chunks) }
    : { ...stage, bytes: stage.bytes / chunks, reduced: stage.reduced / chunks };
}

/** How long a chunk keeps a network busy, and how much later it has arrived. */
export interface StageTime {
  readonly resource: string;
  readonly seconds: number;
  readonly latencySeconds: number;
}

/**
 * When the last chunk has passed all stages. A chunk starts a stage when it has arrived from the one before
 * and the network is free; of two stages on one network the earlier goes first with all its chunks.
 */
export function pipelineSeconds(stages: readonly StageTime[], chunks: number): number {
  const freeAt = new Map<string, number>();
  const arrived = new Array<number>(chunks).fill(0);
  for (const { resource, seconds, latencySeconds } of stages) {
    for (let chunk = 0; chunk < chunks; chunk++) {
      const sent = Math.max(freeAt.get(resource) ?? 0, arrived[chunk]) + seconds;
      freeAt.set(resource, sent);
      arrived[chunk] = sent + latencySeconds;
    }
  }
  return arrived.reduce((latest, each) => Math.max(latest, each), 0);
}
