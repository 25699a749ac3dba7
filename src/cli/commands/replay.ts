import type { Json } from '../../base/canonical-json.ts';
import { unwrap } from '../../base/result.ts';
import { MAX_DOCUMENT_BYTES, parseRecording, replayRecording } from '../../study/recording.ts';
import type { Command } from '../command.ts';
import { parseOptions } from '../options.ts';
import { readTextFile } from '../read-file.ts';

/** Runs a recording again and compares. */
export const replayCommand: Command = {
  name: 'replay',
  summary: 'a recording, run again and compared figure by figure',
  usage: 'replay R.systole.json [--json]',
  run: async (args) => {
    const options = parseOptions(args, {}, { minimum: 1, maximum: 1, names: 'one recording' });
    const [path] = options.positionals;
    const recording = unwrap(parseRecording(await readTextFile(path, MAX_DOCUMENT_BYTES), path));
    const { reproduced, differences } = replayRecording(recording);
    const show = (value: Json | undefined): string => (value === undefined ? 'nothing' : String(value));
    const lines = differences.map(
      (each) => `${each.path}: recorded ${show(each.recorded)}, replayed ${show(each.replayed)}`,
    );
    return {
      json: {
        reproduced,
        differences: differences.map(({ path: place, recorded, replayed }) => ({
          path: place,
          recorded: recorded ?? null,
          replayed: replayed ?? null,
        })),
      },
      text: reproduced ? `reproduced: ${recording.digest}` : ['not reproduced', ...lines].join('\n'),
      checkFailed: !reproduced,
    };
  },
};
