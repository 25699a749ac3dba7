import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatCount, formatSi } from '../../base/format-quantity.ts';
import type { ActiveCollective } from '../../figure/torus-load.ts';
import { FlitReader } from '../../ici/flit-reader.ts';
import type { RecordedCycles } from '../../ici/flit-recording.ts';
import { axisName } from '../../ici/topology.ts';
import type { TrafficSweep } from '../../ici/traffic-sweep.ts';
import type { CollectiveDetail, RunReport } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { Engine } from '../../worker/engine-api.ts';
import type { RecordedCollective, RecordedTraffic } from '../../worker/flit-service.ts';
import { sharedStyles } from '../shared-styles.ts';
import { viewStyles } from './canvas-styles.ts';
import {
  byteChoices,
  type FlitErrors,
  type FlitTexts,
  loadFlitTexts,
  parseFlits,
  saveFlitTexts,
  smallerCollective,
  trafficCommandText,
  trafficText,
} from './flit-choices.ts';
import { collectiveFacts, opensAs, trafficFacts } from './flit-facts.ts';
import type { FlitMetric } from './flit-player.ts';
import './flit-player.ts';
import './flit-settings.ts';
import './flit-sweep.ts';
import type { Outcome } from '../../worker/outcome.ts';
import { flitViewStyles } from './flit-view-styles.ts';

type Subject = 'collective' | 'traffic';

type Status =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly fraction: number; readonly what: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refused'; readonly message: string };

/** What has been recorded, and as what it is shown. */
type Shown =
  | {
      readonly kind: 'traffic';
      readonly name: string;
      readonly reader: FlitReader;
      readonly of: RecordedTraffic;
      readonly facts: string;
    }
  | {
      readonly kind: 'collective';
      readonly name: string;
      readonly reader: FlitReader;
      readonly of: RecordedCollective;
      readonly facts: TemplateResult;
      /** With the slice that it was recorded on. */
      readonly scenario: Scenario;
      readonly wanted: CollectiveChoice;
    }
  | {
      readonly kind: 'sweep';
      readonly name: string;
      readonly sweep: TrafficSweep;
      readonly complete: boolean;
    };

interface CollectiveChoice {
  readonly name: string;
  readonly detail: CollectiveDetail;
  readonly bytes: number;
}

const METRICS: readonly { readonly id: FlitMetric; readonly name: string }[] = [
  { id: 'waiting', name: 'Waiting' },
  { id: 'used', name: 'Used' },
  { id: 'list', name: 'List' },
];
const CLOSER_CYCLES = 512;

/** The flit model on a small network: a collective of the run or synthetic traffic, recorded or swept. */
@customElement('systole-flit-view')
export class FlitView extends LitElement {
  @property({ attribute: false }) report: RunReport | undefined;
  @property({ attribute: false }) scenario: Scenario | undefined;
  @property({ attribute: false }) engine: Engine | undefined;
  @property({ attribute: false }) active: readonly ActiveCollective[] = [];
  @property({ attribute: false }) selectedOp: number | undefined;

  @state() private subject: Subject = 'collective';
  @state() private texts: FlitTexts = loadFlitTexts();
  @state() private bytes: number | undefined;
  @state() private status: Status = { kind: 'idle' };
  @state() private shown: Shown | undefined;
  @state() private metric: FlitMetric = 'waiting';
  @state() private isOpen = false;
  #candidate: CollectiveChoice | undefined;
  #tasks = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.status.kind === 'running') this.engine?.cancelFlits();
  }

  override render(): TemplateResult | typeof nothing {
    const { engine, scenario, report } = this;
    if (engine === undefined || scenario === undefined || report === undefined) return nothing;
    const parsed = parseFlits(this.texts);
    return html`<header>
        <span class="metrics" role="group" aria-label="What runs on the flit model">
          ${this.#renderToggle('collective', 'Collective')} ${this.#renderToggle('traffic', 'Traffic')}
        </span>
        ${this.subject === 'traffic' ? this.#renderTraffic(engine, parsed) : this.#renderCollective(engine, scenario)}
      </header>
      ${
        this.subject === 'traffic' && (this.isOpen || !parsed.ok)
          ? this.#renderSettings(report, parsed.ok ? {} : parsed.errors)
          : nothing
      }
      ${this.#renderStatus(engine)} ${this.#renderShown(engine)}`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('report') && !changed.has('active') && !changed.has('selectedOp')) return;
    const before = this.#candidate?.detail;
    this.#candidate = this.#choose();
    if (before !== this.#candidate?.detail) this.bytes = undefined;
  }

  /** The selected collective, else the one under the playhead, else the first of the run. */
  #choose(): CollectiveChoice | undefined {
    const { report, active, selectedOp } = this;
    const ops = report?.ops ?? [];
    const ofOp = (op: number | undefined): CollectiveChoice | undefined => {
      const found = op === undefined ? undefined : ops[op];
      if (found?.detail.kind !== 'collective') return undefined;
      return { name: found.name, detail: found.detail, bytes: found.detail.bytes };
    };
    const first = ops.findIndex(({ detail }) => detail.kind === 'collective');
    return ofOp(selectedOp) ?? ofOp(active[0]?.op) ?? ofOp(first);
  }

  #renderToggle(subject: Subject, name: string): TemplateResult {
    return html`<button
      class="small"
      aria-pressed=${this.subject === subject ? 'true' : 'false'}
      @click=${() => {
        this.subject = subject;
      }}
    >
      ${name}
    </button>`;
  }

  #renderTraffic(engine: Engine, parsed: ReturnType<typeof parseFlits>): TemplateResult {
    return html`<span class="facts" title=${parsed.ok ? trafficCommandText(parsed.wanted) : ''}>
        ${!parsed.ok ? 'see the fields below' : this.shown === undefined ? trafficText(parsed.wanted) : ''}
      </span>
      <button
        class="small"
        aria-expanded=${this.isOpen ? 'true' : 'false'}
        @click=${() => {
          this.isOpen = !this.isOpen;
        }}
      >
        Settings
      </button>
      <button class="small" ?disabled=${!parsed.ok} @click=${() => this.#recordTraffic(engine)}>Record</button>
      <button class="small" ?disabled=${!parsed.ok} title="Latency against offered load" @click=${() => this.#sweep(engine)}>
        Curve
      </button>`;
  }

  #renderCollective(engine: Engine, scenario: Scenario): TemplateResult {
    const choice = this.#candidate;
    if (choice === undefined) return html`<span class="facts">This run has no collective.</span>`;
    const { detail } = choice;
    const bytes = this.bytes ?? choice.bytes;
    return html`<span class="facts" title=${detail.algorithm}>
        <strong>${choice.name}</strong>, ${detail.collective} over ${detail.torusAxes.map(axisName).join(', ')}
      </span>
      <select
        aria-label="How much data"
        @change=${(event: Event) => {
          if (event.target instanceof HTMLSelectElement) this.bytes = Number(event.target.value);
        }}
      >
        ${byteChoices(choice.bytes).map(
          (each) => html`<option value=${each.bytes} .selected=${each.bytes === bytes}>${each.name}</option>`,
        )}
      </select>
      <button
        class="small"
        @click=${() => this.#recordCollective(engine, scenario, { ...choice, bytes }, { firstCycle: 0 })}
      >
        Record
      </button>`;
  }

  #renderSettings(report: RunReport, errors: FlitErrors): TemplateResult {
    return html`<systole-flit-settings
      .texts=${this.texts}
      .errors=${errors}
      .slice=${report.slice.shape.join('x')}
      @flit-setting=${(event: CustomEvent<Partial<FlitTexts>>) => {
        this.texts = { ...this.texts, ...event.detail };
        if (parseFlits(this.texts).ok) saveFlitTexts(this.texts);
      }}
      @flit-submit=${() => this.engine && this.#recordTraffic(this.engine)}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
    ></systole-flit-settings>`;
  }

  #renderStatus(engine: Engine): TemplateResult | typeof nothing {
    const { status } = this;
    switch (status.kind) {
      case 'idle':
        return nothing;
      case 'running':
        return html`<p class="status small" role="status">
          <progress max="1" .value=${status.fraction} aria-label="Stepping flits"></progress>
          <span class="quiet">${status.what}</span>
          <button class="small" @click=${() => engine.cancelFlits()}>Cancel</button>
        </p>`;
      case 'cancelled':
        return html`<p class="status small" role="status">Cancelled.</p>`;
      case 'refused':
        return html`<p class="status small warn" role="alert">${status.message}. ${this.#renderWayOut()}</p>`;
    }
  }

  #renderWayOut(): TemplateResult | typeof nothing {
    const { engine, scenario, report } = this;
    const choice = this.#candidate;
    if (this.subject !== 'collective' || !engine || !scenario || !report || !choice) return nothing;
    const way = smallerCollective(scenario, report.slice.shape, choice.detail, this.bytes ?? choice.bytes);
    if (way === undefined) return nothing;
    return html`<button
      class="link small"
      @click=${() => {
        this.bytes = way.bytes;
        void this.#recordCollective(engine, way.scenario, { ...choice, bytes: way.bytes }, { firstCycle: 0 });
      }}
    >
      The same collective ${way.name}
    </button>`;
  }

  #renderShown(engine: Engine): TemplateResult {
    const { shown } = this;
    if (shown === undefined) {
      return html`<p class="empty quiet">
        Every flit of a small network, cycle by cycle: which buffer holds it, and what it waits for.
        ${this.subject === 'collective' ? 'Record the collective above, or look at synthetic traffic.' : 'Record the traffic above, or draw its curve of latency against load.'}
      </p>`;
    }
    if (shown.kind === 'sweep') {
      return html`<p class="small quiet title">${shown.name}</p>
        <systole-flit-sweep .sweep=${shown.sweep} .complete=${shown.complete}></systole-flit-sweep>`;
    }
    const { recording } = shown.reader;
    return html`<div class="title small">
        <span>
          <strong>${shown.name}</strong>: cycles ${formatCount(recording.firstCycle)} to
          ${formatCount(recording.firstCycle + recording.cycles - 1)}, computed in
          ${formatSi(shown.of.computeSeconds, 's')}.
          ${shown.facts}
        </span>
        <span class="metrics" role="group" aria-label="What the colour says">
          ${METRICS.map(
            ({ id, name }) => html`<button
              class="small"
              aria-pressed=${this.metric === id ? 'true' : 'false'}
              @click=${() => {
                this.metric = id;
              }}
            >
              ${name}
            </button>`,
          )}
        </span>
      </div>
      <systole-flit-player
        .reader=${shown.reader}
        .metric=${this.metric}
        @flit-metric=${(event: CustomEvent<FlitMetric>) => {
          this.metric = event.detail;
        }}
        @flit-closer=${(event: CustomEvent<{ readonly cycle: number }>) => {
          if (shown.kind !== 'collective') return;
          const range = { firstCycle: event.detail.cycle, cycles: CLOSER_CYCLES };
          void this.#recordCollective(engine, shown.scenario, shown.wanted, range);
        }}
      ></systole-flit-player>`;
  }

  async #recordTraffic(engine: Engine): Promise<void> {
    const parsed = parseFlits(this.texts);
    if (!parsed.ok) return;
    const { wanted, range } = parsed;
    this.isOpen = false;
    await this.#run(
      (progress) => engine.recordTraffic(wanted, range, progress),
      (of) => ({
        kind: 'traffic',
        name: trafficText(wanted),
        reader: new FlitReader(of.recording),
        of,
        facts: trafficFacts(of),
      }),
    );
  }

  async #recordCollective(
    engine: Engine,
    scenario: Scenario,
    wanted: CollectiveChoice,
    range: RecordedCycles,
  ): Promise<void> {
    const request = { ...wanted.detail, bytes: wanted.bytes };
    await this.#run(
      (progress) => engine.recordCollective(scenario, request, range, progress),
      (of) => {
        const reader = new FlitReader(of.recording);
        const name = `${wanted.name}, ${formatSi(wanted.bytes, 'B')}`;
        return { kind: 'collective', name, reader, of, facts: collectiveFacts(reader, of), scenario, wanted };
      },
    );
  }

  async #sweep(engine: Engine): Promise<void> {
    const parsed = parseFlits(this.texts);
    if (!parsed.ok) return;
    this.isOpen = false;
    const name = trafficText(parsed.wanted).replace(/^(.*?), .*? in /, '$1, ');
    const show = (sweep: TrafficSweep, complete: boolean): Shown => ({
      kind: 'sweep',
      name,
      sweep,
      complete,
    });
    await this.#run(
      (progress, isCurrent) =>
        engine.sweepTraffic(parsed.wanted, (sweep) => {
          if (!isCurrent()) return;
          this.shown = show(sweep, false);
          const { offered } = sweep.points.at(-1) ?? { offered: 0 };
          progress(
            Math.min(0.95, sweep.points.length / 15),
            `${sweep.points.length} loads, up to ${offered.toFixed(3)}`,
          );
        }),
      (sweep) => show(sweep, true),
    );
  }

  async #run<T>(
    task: (
      progress: (fraction: number, what: string) => void,
      isCurrent: () => boolean,
    ) => Promise<Outcome<T>>,
    shown: (value: T) => Shown,
  ): Promise<void> {
    this.#tasks += 1;
    const own = this.#tasks;
    const isCurrent = (): boolean => own === this.#tasks && this.status.kind === 'running';
    this.status = { kind: 'running', fraction: 0, what: 'starting' };
    const outcome = await task((fraction, what) => {
      if (isCurrent()) this.status = { kind: 'running', fraction, what };
    }, isCurrent);
    if (own !== this.#tasks) return;
    if (outcome.kind === 'done') {
      this.shown = shown(outcome.value);
      if (this.shown.kind !== 'sweep') this.metric = opensAs(this.shown.reader);
      this.status = { kind: 'idle' };
    } else this.status = outcome;
  }

  static override styles = [sharedStyles, viewStyles, flitViewStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-flit-view': FlitView;
  }
}
