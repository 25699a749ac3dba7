import { WORKLOADS } from '../../study/catalog.ts';
import type { Command } from '../command.ts';
import { parseOptions } from '../options.ts';
import { labelled } from '../text-table.ts';

/** The workloads that come with Systole. */
export const workloadsCommand: Command = {
  name: 'workloads',
  summary: 'workloads that come with Systole',
  usage: 'workloads [--json]',
  run: async (args) => {
    parseOptions(args, {}, { minimum: 0, maximum: 0, names: '' });
    return {
      json: WORKLOADS.map(({ id, name, source }) => ({ id, name, source })),
      text: labelled(WORKLOADS.map(({ id, name }) => [id, name])),
    };
  },
};
