import { canonicalJson } from '../base/canonical-json.ts';
import { clamp } from '../base/integers.ts';
import { oneLine } from '../base/result.ts';
import { sameLinkMoment } from '../figure/same-moment.ts';
import { clampRange, revealInRange, type TimeRange } from '../figure/time-scale.ts';
import { type TimelineIndex, timelineIndexOf } from '../figure/timeline-index.ts';
import { EMBEDDED_SCENARIO } from '../study/catalog.ts';
import type { Note } from '../study/recording.ts';
import type { Scenario } from '../study/scenario.ts';
import { decodeScenario, encodeScenario } from '../study/share-link.ts';
import type { Engine, MatmulNews, Run } from '../worker/engine-api.ts';
import type { Outcome } from '../worker/outcome.ts';
import { createCommands } from './commands/all-commands.ts';
import type { Command } from './commands/command.ts';
import { openingView } from './opening-view.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { type AppState, INITIAL_STATE, type Notice, type Place, type StageElements } from './state.ts';
import { Store } from './store.ts';
import type { TransferFocus } from './transfer-focus.ts';
import { loadTuned, saveTuned, withTuned } from './tuning-memory.ts';

/** Progress shows only for what takes longer than this. */
const PROGRESS_DELAY_MS = 100;
const MAX_NOTICES = 4;
/** Remarks go by themselves, errors do not. */
const NOTE_DURATION_MS = 6000;
/** Why nothing changed, where the user or a newer run gave it up. */
const CANCELLED = 'cancelled';

/** The page without its looks: state, engine, and everything a user can do. */
export class App {
  readonly store: Store;
  readonly commands: readonly Command[];
  /** The views, while they are on the page. */
  stage: StageElements | undefined;
  #past: readonly Scenario[] = [];
  #future: readonly Scenario[] = [];
  #runsStarted = 0;
  #noticesShown = 0;

  constructor(
    readonly engine: Engine,
    initial: AppState = { ...INITIAL_STATE, ...loadSettings(INITIAL_STATE) },
  ) {
    this.store = new Store(initial);
    this.commands = createCommands(this);
  }

  get state(): AppState {
    return this.store.state;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Running sums over the timeline of the run on screen. */
  timelineIndex(): TimelineIndex | undefined {
    const report = this.state.run?.report;
    return report && timelineIndexOf(report);
  }

  command(id: string): Command {
    const found = this.commands.find((command) => command.id === id);
    if (found === undefined) throw new Error(`internal: no command ${id}`);
    return found;
  }

  /**
   * Runs a scenario that replaces what is on screen, and can be undone. When it is refused or cancelled
   * everything stays as it is; the reason is returned and shown.
   */
  async change(scenario: Scenario): Promise<string | undefined> {
    const before = this.state.run?.scenario;
    const problem = await this.#show(scenario);
    if (problem === undefined && before !== undefined && before !== scenario) {
      this.#past = [...this.#past, before];
      this.#future = [];
    }
    return problem;
  }

  /** As `change`, and what was there stays beside it to compare with, if nothing of the same workload is. */
  async changeBeside(scenario: Scenario): Promise<string | undefined> {
    const { run: before, baseline } = this.state;
    const problem = await this.change(scenario);
    if (problem !== undefined || before === undefined) return problem;
    const isKept =
      baseline !== undefined &&
      canonicalJson(baseline.scenario.workload) === canonicalJson(before.scenario.workload);
    this.store.update({ baseline: isKept ? baseline : before });
    return undefined;
  }

  async undo(): Promise<void> {
    const target = this.#past.at(-1);
    const present = this.state.run?.scenario;
    if (target === undefined || present === undefined) return;
    if ((await this.#show(target)) !== undefined) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [present, ...this.#future];
  }

  async redo(): Promise<void> {
    const [target, ...rest] = this.#future;
    const present = this.state.run?.scenario;
    if (target === undefined || present === undefined) return;
    if ((await this.#show(target)) !== undefined) return;
    this.#future = rest;
    this.#past = [...this.#past, present];
  }

  async #show(scenario: Scenario): Promise<string | undefined> {
    const outcome = await this.#evaluate(scenario);
    switch (outcome.kind) {
      case 'done':
        this.#put(outcome.value);
        await this.updateAddress();
        return undefined;
      case 'refused':
        this.fail(outcome.message);
        return outcome.message;
      case 'cancelled':
        return CANCELLED;
    }
  }

  async #evaluate(scenario: Scenario): Promise<Outcome<Run>> {
    this.#runsStarted += 1;
    const mine = this.#runsStarted;
    const isLatest = (): boolean => mine === this.#runsStarted;
    let isOver = false;
    let shown = false;
    const tell = (fraction: number, what: string): void => {
      // Progress comes through a port of its own and may arrive after the result.
      if (isLatest() && !isOver) this.store.update({ status: { kind: 'running', fraction, what, shown } });
    };
    this.store.update({ playing: false });
    tell(0, 'starting');
    const timer = setTimeout(() => {
      shown = true;
      const { status } = this.state;
      if (status.kind === 'running') tell(status.fraction, status.what);
    }, PROGRESS_DELAY_MS);
    const outcome = await this.engine.run(scenario, (fraction, what) => tell(clamp(fraction, 0, 1), what));
    isOver = true;
    clearTimeout(timer);
    // An older run that finishes after a newer one began says nothing any more.
    if (!isLatest()) return { kind: 'cancelled' };
    this.store.update({ status: { kind: 'idle' } });
    return outcome;
  }

  #put(run: Run): void {
    const before = this.state.run?.report;
    const { report } = run;
    const opening = openingView(report);
    const sameProgram =
      before !== undefined &&
      before.title === report.title &&
      before.ops.length === report.ops.length &&
      before.timeline.length === report.timeline.length;
    // Of the same program the user goes on seeing the same part, wherever that now lies in time.
    const stretch = report.stepPs / (before?.stepPs ?? report.stepPs);
    const { view, selectedOp, selectedLink } = this.state;
    const index = this.timelineIndex();
    const sameLinks = canonicalJson(before?.slice.shape ?? []) === canonicalJson(report.slice.shape);
    const proportional = this.state.cursorPs * stretch;
    // Who watches a link goes on watching what is on it.
    const watched =
      sameProgram && selectedLink !== undefined && index !== undefined
        ? sameLinkMoment(index, timelineIndexOf(report), this.state.cursorPs)
        : undefined;
    const cursorPs = Math.min(report.stepPs, Math.round(watched ?? proportional));
    const shiftPs = cursorPs - proportional;
    this.store.update({
      run,
      recording: undefined,
      area: undefined,
      selectedLink: sameLinks ? selectedLink : undefined,
      // Transfers are numbered anew in each run.
      transfer: undefined,
      notices: this.state.notices.filter((notice) => notice.kind === 'note'),
      ...(sameProgram
        ? {
            cursorPs,
            view: clampRange(
              { startPs: view.startPs * stretch + shiftPs, endPs: view.endPs * stretch + shiftPs },
              report.stepPs,
            ),
            selectedOp,
          }
        : { cursorPs: opening.cursorPs, view: opening.view, selectedOp: undefined }),
    });
  }

  cancel(): void {
    this.engine.cancel();
  }

  /** Makes the address name the run on screen; the workload that everybody gets needs no name. */
  async updateAddress(): Promise<void> {
    const scenario = this.state.run?.scenario;
    if (scenario === undefined) return;
    const isDefault = canonicalJson(scenario) === canonicalJson(EMBEDDED_SCENARIO);
    const fragment = isDefault ? '' : `#${await encodeScenario(scenario)}`;
    history.replaceState(undefined, '', `${location.pathname}${location.search}${fragment}`);
  }

  /** Loads what the address carries; `fallback` without anything there, or anything of use while the page is empty. */
  async openAddress(fragment: string, fallback?: Scenario): Promise<void> {
    const carried = fragment.replace(/^#/, '');
    if (carried === '') {
      if (fallback !== undefined) await this.change(fallback);
      return;
    }
    const decoded = await decodeScenario(carried);
    const problem = decoded.ok ? await this.change(decoded.value) : decoded.error.message;
    if (problem === undefined || problem === CANCELLED) return;
    if (fallback !== undefined && this.state.run === undefined) await this.change(fallback);
    this.fail(problem);
  }

  /** Opens a dropped, pasted or chosen file. The run on screen stays if the file is of no use. */
  async openFile(file: Blob, name: string): Promise<void> {
    const outcome = await this.engine.open(file, name);
    if (outcome.kind === 'refused') this.fail(outcome.message);
    if (outcome.kind !== 'done') return;
    const opened = outcome.value;
    const problem = await this.change(opened.scenario);
    if (problem !== undefined || opened.kind === 'scenario') return;
    this.store.update({ recording: { ...opened, name: oneLine(name) }, place: 'replay' });
  }

  recordingText(notes: readonly Note[]): Promise<string | undefined> {
    return this.#textOf((run) => this.engine.record(run, notes));
  }

  /** The run's timeline as a Chrome trace. */
  traceText(): Promise<string | undefined> {
    return this.#textOf((run) => this.engine.trace(run));
  }

  async #textOf(make: (run: Run) => Promise<Outcome<string>>): Promise<string | undefined> {
    const { run } = this.state;
    if (run === undefined) return undefined;
    const outcome = await make(run);
    if (outcome.kind === 'refused') this.fail(outcome.message);
    return outcome.kind === 'done' ? outcome.value : undefined;
  }

  goTo(place: Place): void {
    this.store.update({ place });
  }

  /** Moves the playhead, and the view only as far as needed to keep it visible. */
  seek(ps: number, follow = true): void {
    const { run, view } = this.state;
    if (run === undefined) return;
    const cursorPs = clamp(ps, 0, run.report.stepPs);
    this.store.update({
      cursorPs,
      view: follow ? revealInRange(view, cursorPs, run.report.stepPs) : view,
    });
  }

  setView(view: TimeRange): void {
    this.store.update({ view });
  }

  select(op: number | undefined): void {
    this.store.update({ selectedOp: op });
  }

  selectLink(link: number | undefined): void {
    this.store.update({ selectedLink: link });
  }

  selectTransfer(transfer: TransferFocus | undefined): void {
    this.store.update({ transfer });
  }

  fail(text: string): void {
    this.#say('error', text);
  }

  note(text: string): void {
    this.#say('note', text);
  }

  dismiss(id: number): void {
    this.store.update({ notices: this.state.notices.filter((notice) => notice.id !== id) });
  }

  remember(): void {
    saveSettings(this.state);
  }

  async checkGpu(): Promise<void> {
    this.store.update({ gpu: { kind: 'checking' } });
    try {
      this.store.update({ gpu: { kind: 'checked', verdict: await this.engine.selfTest() } });
    } catch (error) {
      const reason = oneLine(error instanceof Error ? error.message : String(error));
      this.store.update({ gpu: { kind: 'failed', reason } });
    }
  }

  /** Follows what happens to matrix products, with the choices of kernels from earlier visits. */
  watchMatmul(): void {
    const known = loadTuned();
    this.store.update({ tuned: known });
    this.engine.watchMatmul((news) => this.#hear(news), known);
  }

  /** Tries the kernels against each other on this adapter. */
  async timeKernels(): Promise<void> {
    this.store.update({ tuned: [] });
    try {
      await this.engine.timeKernels();
    } catch (error) {
      this.fail(`kernels could not be timed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async validate(): Promise<void> {
    if (this.state.validation === undefined) this.store.update({ validation: await this.engine.validate() });
  }

  #hear(news: MatmulNews): void {
    if (news.kind !== 'tuned') {
      this.fail(news.reason);
      return;
    }
    const tuned = withTuned(this.state.tuned, news);
    this.store.update({ tuned });
    saveTuned(tuned);
  }

  #say(kind: Notice['kind'], text: string): void {
    this.#noticesShown += 1;
    const notice: Notice = { id: this.#noticesShown, kind, text: oneLine(text) };
    const others = this.state.notices.filter((each) => each.text !== notice.text);
    this.store.update({ notices: [...others, notice].slice(-MAX_NOTICES) });
    if (kind === 'note') setTimeout(() => this.dismiss(notice.id), NOTE_DURATION_MS);
  }
}
