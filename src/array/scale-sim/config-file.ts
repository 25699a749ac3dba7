import { InputError } from '../../base/result.ts';
import { DATAFLOWS, type Dataflow, MAX_ARRAY_EXTENT } from '../config.ts';
import type { ScaleSimArray } from './compute-report.ts';

const SECTION = 'architecture_presets';

/**
 * Reads a SCALE-Sim `.cfg`: the array's size and dataflow. It is an INI file as Python's configparser takes
 * it: `key = value` or `key : value`, keys in any case, comments behind # or ; at the start of a line. Keys
 * that concern memory are ignored, for nothing here stalls; a request for stalls or sparsity is refused.
 *
 * @param place what to call the file in an `InputError`
 */
export function parseScaleSimConfig(text: string, place: string): ScaleSimArray {
  const entries = parseIni(text, place);
  const required = (section: string, key: string): Entry => {
    const entry = entries.get(entryName(section, key));
    if (entry === undefined)
      throw new InputError(place, `expected ${key} in section [${section}], found none`);
    return entry;
  };
  const extent = (key: string): number => {
    const { value, line } = required(SECTION, key);
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= 1 && number <= MAX_ARRAY_EXTENT)) {
      throw new InputError(
        `${place}:${line}`,
        `expected ${key} to be a whole number from 1 to ${MAX_ARRAY_EXTENT}, found "${value}"`,
      );
    }
    return number;
  };
  const refuse = (section: string, key: string, allowed: string, why: string): void => {
    const entry = entries.get(entryName(section, key));
    if (entry !== undefined && entry.value.toLowerCase() !== allowed.toLowerCase()) {
      throw new InputError(
        `${place}:${entry.line}`,
        `expected ${key} ${allowed}, found "${entry.value}": ${why}`,
      );
    }
  };
  refuse('run_presets', 'InterfaceBandwidth', 'CALC', 'memory stalls are not part of this report');
  refuse('run_presets', 'UseRamulatorTrace', 'False', 'memory stalls are not part of this report');
  refuse('sparsity', 'SparsitySupport', 'False', 'sparse layers are not modelled');
  return {
    rows: extent('ArrayHeight'),
    columns: extent('ArrayWidth'),
    dataflow: dataflowOf(required(SECTION, 'Dataflow'), place),
  };
}

interface Entry {
  readonly value: string;
  readonly line: number;
}

function dataflowOf({ value, line }: Entry, place: string): Dataflow {
  const dataflow = DATAFLOWS.find((candidate) => candidate === value);
  if (dataflow === undefined) {
    throw new InputError(
      `${place}:${line}`,
      `expected Dataflow to be one of ${DATAFLOWS.join(', ')}, found "${value}"`,
    );
  }
  return dataflow;
}

function entryName(section: string, key: string): string {
  return `${section} ${key.toLowerCase()}`;
}

function parseIni(text: string, place: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let section: string | undefined;
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = index + 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) return;
    const header = /^\[([^\]]+)\]$/.exec(content);
    if (header !== null) {
      section = header[1];
      return;
    }
    const separator = content.search(/[=:]/);
    if (separator < 1 || section === undefined) {
      throw new InputError(`${place}:${line}`, `expected [section] or key = value, found "${content}"`);
    }
    const name = entryName(section, content.slice(0, separator).trim());
    if (entries.has(name)) {
      throw new InputError(`${place}:${line}`, `expected each key once, found "${content}" again`);
    }
    entries.set(name, { value: content.slice(separator + 1).trim(), line });
  });
  return entries;
}
