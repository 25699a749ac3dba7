import type { TimeRange } from '../figure/time-scale.ts';
import type { SelfTestVerdict } from '../gpu/self-test.ts';
import type { Opened, Run, TunedKernel, Validation } from '../worker/engine-api.ts';
import { type PlayRate, VIEW_RATE } from './play-rate.ts';
import type { TransferFocus } from './transfer-focus.ts';

export const PLACES = ['run', 'explore', 'learn', 'replay', 'trust'] as const;
export type Place = (typeof PLACES)[number];

export const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

export const STAGE_VIEWS = ['array', 'torus', 'roofline'] as const;
export type StageView = (typeof STAGE_VIEWS)[number];

/** What commands ask of the views. `toSvg` is undefined while a view has nothing to show. */
export interface StageElements extends Readonly<Record<StageView, { toSvg(): string | undefined }>> {
  readonly torus: { toSvg(): string | undefined; selectWorst(): void };
}

/** What the engine is doing for the user. */
type Status =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'running';
      readonly fraction: number;
      readonly what: string;
      /** Not for what is over in a moment: a flash of progress would only distract. */
      readonly shown: boolean;
    };

/** One line that the user should see, until it is dismissed or replaced. Text, never markup. */
export interface Notice {
  readonly id: number;
  readonly kind: 'error' | 'note';
  readonly text: string;
}

/** Shares of the stage's width that array and torus take; the rest is the roofline's. */
export interface Layout {
  readonly arrayShare: number;
  readonly torusShare: number;
}

type Dialog =
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' }
  /** The prompt of one command, next to the words it changes. */
  | { readonly kind: 'prompt'; readonly command: string }
  /** The formats and sums of one matmul of the run on screen. */
  | { readonly kind: 'numerics'; readonly op: number };

/** What is known of the GPU's arithmetic. */
export type GpuState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'checked'; readonly verdict: SelfTestVerdict }
  /** The check itself broke off. */
  | { readonly kind: 'failed'; readonly reason: string };

export type Recording = Extract<Opened, { kind: 'recording' }> & { readonly name: string };

/** Everything the page shows follows from this. */
export interface AppState {
  readonly place: Place;
  /** What is on screen. A run that fails or is cancelled leaves it as it is. */
  readonly run: Run | undefined;
  /** Kept to compare with. */
  readonly baseline: Run | undefined;
  readonly recording: Recording | undefined;
  readonly status: Status;
  readonly notices: readonly Notice[];
  readonly cursorPs: number;
  readonly playing: boolean;
  readonly playRate: PlayRate;
  /** The visible stretch of the timeline. */
  readonly view: TimeRange;
  /** A stretch marked by dragging. */
  readonly area: TimeRange | undefined;
  readonly axis: 'time' | 'cycles';
  /** Index into the report's ops. */
  readonly selectedOp: number | undefined;
  /** Directed link of the slice's torus. */
  readonly selectedLink: number | undefined;
  /** What is singled out of the transfers of one collective. */
  readonly transfer: TransferFocus | undefined;
  readonly theme: ThemeChoice;
  /** What the choice comes to here and now. */
  readonly scheme: 'light' | 'dark';
  /** With links between chips to show. */
  readonly layout: Layout;
  /** With a single chip, whose array gets the room. */
  readonly aloneLayout: Layout;
  /** The view that a narrow screen shows. */
  readonly stageView: StageView;
  readonly dialog: Dialog | undefined;
  readonly gpu: GpuState;
  /** Kernels chosen by trial on this adapter. */
  readonly tuned: readonly TunedKernel[];
  /** The models beside what was published, once asked for. */
  readonly validation: Validation | undefined;
}

export const INITIAL_STATE: AppState = {
  place: 'run',
  run: undefined,
  baseline: undefined,
  recording: undefined,
  status: { kind: 'idle' },
  notices: [],
  cursorPs: 0,
  playing: false,
  playRate: VIEW_RATE,
  view: { startPs: 0, endPs: 1 },
  area: undefined,
  axis: 'time',
  selectedOp: undefined,
  selectedLink: undefined,
  transfer: undefined,
  theme: 'system',
  scheme: 'light',
  layout: { arrayShare: 0.37, torusShare: 0.38 },
  aloneLayout: { arrayShare: 0.56, torusShare: 0.19 },
  stageView: 'array',
  dialog: undefined,
  gpu: { kind: 'checking' },
  tuned: [],
  validation: undefined,
};
