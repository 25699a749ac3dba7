import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { invoke } from '../commands/all-commands.ts';
import { sharedStyles } from '../shared-styles.ts';
import { formatDuration } from '../span-text.ts';
import type { AppState, Recording } from '../state.ts';
import { placeStyles } from './place-styles.ts';

const MAX_DIFFERENCES = 100;

/** Whether somebody's recording comes out the same here. */
@customElement('systole-replay-place')
export class ReplayPlace extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.run, state.recording];
  }

  protected override renderState(app: App, state: AppState): TemplateResult {
    return html`<article>
      ${state.recording === undefined ? renderNone(app) : renderRecording(app, state.recording)}
      <h2>The run on screen</h2>
      <p>Digest of its result: <code>${state.run?.digest ?? 'no run yet'}</code></p>
      <div class="row">
        <button @click=${() => void invoke(app, app.command('file.open'))}>Open a recording</button>
        <button ?disabled=${state.run === undefined} @click=${() => void invoke(app, app.command('file.save'))}>
          Save a recording of this run
        </button>
        <button ?disabled=${state.run === undefined} @click=${() => void replayPresent(app)}>
          Record this run and replay it now
        </button>
      </div>
    </article>`;
  }

  static override styles = [sharedStyles, placeStyles];
}

function renderNone(app: App): TemplateResult {
  return html`<h1>Does it come out the same here?</h1>
    <p>
      A recording holds a scenario and the digest of its result. Replaying runs the scenario in this tab and compares:
      it is reproduced bit for bit, or every difference is listed. Drop a <code>.systole.json</code> file anywhere, or
      <button class="link" @click=${() => void invoke(app, app.command('file.open'))}>choose one</button>. Nothing is
      uploaded.
    </p>`;
}

function renderRecording(app: App, recording: Recording): TemplateResult {
  const { replay } = recording;
  return html`<h1>${
    replay.reproduced
      ? 'Reproduced bit for bit.'
      : `Not reproduced: ${countOf(replay.differences.length, 'difference')}.`
  }</h1>
    <p>Recorded in ${recording.name}: <code>${recording.digest}</code></p>
    ${
      replay.differences.length === 0
        ? ''
        : html`<div class="scroll">
            <table>
              <caption>
                Where the recording and the replay differ${replay.differences.length > MAX_DIFFERENCES ? `, the first ${MAX_DIFFERENCES}` : ''}
              </caption>
              <thead>
                <tr>
                  <th>Place</th>
                  <th>Recorded</th>
                  <th>Replayed</th>
                </tr>
              </thead>
              <tbody>
                ${replay.differences.slice(0, MAX_DIFFERENCES).map(
                  (each) =>
                    html`<tr>
                      <td><code>${each.path}</code></td>
                      <td><code>${valueText(each.recorded)}</code></td>
                      <td><code>${valueText(each.replayed)}</code></td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
    ${
      recording.notes.length === 0
        ? ''
        : html`<h2>Notes</h2>
            <ul>
              ${recording.notes.map(
                (note) =>
                  html`<li>
                    ${
                      note.timePs === undefined
                        ? ''
                        : html`<button
                            class="number"
                            @click=${() => {
                              app.goTo('run');
                              app.seek(note.timePs ?? 0);
                            }}
                          >${formatDuration(note.timePs)}</button>`
                    }
                    ${note.text}
                  </li>`,
              )}
            </ul>`
    }`;
}

async function replayPresent(app: App): Promise<void> {
  const text = await app.recordingText([]);
  if (text !== undefined) await app.openFile(new Blob([text]), 'the run on screen');
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function valueText(value: Json | undefined): string {
  const text = value === undefined ? 'not there' : canonicalJson(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
