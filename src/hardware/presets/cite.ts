import type { Citation } from '../chip.ts';
import type { SourceKey } from '../sources.ts';

type Remarks = Pick<Citation, 'note' | 'others'>;

/** A value that its source states. */
export function published(source: SourceKey, remarks: Remarks = {}): Citation {
  return { source, trust: 'public', ...remarks };
}

/** A value that follows from what the source states; `note` says how. */
export function inferred(source: SourceKey, note: string, others?: Citation['others']): Citation {
  return { source, trust: 'inferred', note, ...(others === undefined ? {} : { others }) };
}

/** A value nobody publishes; `note` says why this one. */
export function estimated(note: string, source: SourceKey = 'systole'): Citation {
  return { source, trust: 'estimated', note };
}
