import { panRange, zoomRange } from '../../figure/time-scale.ts';
import { spanAt } from '../../figure/timeline-lookup.ts';
import type { App } from '../app.ts';
import { openingView } from '../opening-view.ts';
import { type Command, runCommand } from './command.ts';
import { key, shiftKey } from './keys.ts';

const ZOOM_STEP = 0.6;
const PAN_STEP = 0.15;

export function timelineCommands(app: App): readonly Command[] {
  const hasRun = (): boolean => app.state.run !== undefined;
  const stepPs = (): number => app.state.run?.report.stepPs ?? 1;
  /** About the playhead if it is in view, else about the middle. */
  const zoom = (factor: number) => () => {
    const { view, cursorPs } = app.state;
    const visible = cursorPs >= view.startPs && cursorPs <= view.endPs;
    const anchor = visible ? cursorPs : (view.startPs + view.endPs) / 2;
    app.setView(zoomRange(view, factor, anchor, stepPs()));
  };
  const pan = (share: number) => () => app.setView(panRange(app.state.view, share, stepPs()));
  return [
    runCommand('timeline.zoomIn', 'Zoom in', [key('KeyW'), key('Equal')], zoom(ZOOM_STEP), hasRun),
    runCommand('timeline.zoomOut', 'Zoom out', [key('KeyS'), key('Minus')], zoom(1 / ZOOM_STEP), hasRun),
    runCommand('timeline.panLeft', 'Pan left', [key('KeyA'), key('ArrowLeft')], pan(-PAN_STEP), hasRun),
    runCommand('timeline.panRight', 'Pan right', [key('KeyD'), key('ArrowRight')], pan(PAN_STEP), hasRun),
    runCommand(
      'timeline.fit',
      'Fit the marked stretch, or the whole step',
      [key('KeyF')],
      () => fitView(app),
      hasRun,
    ),
    runCommand(
      'timeline.fitLoop',
      'Show three repetitions of the longest loop',
      [shiftKey('KeyF')],
      () => {
        const report = app.state.run?.report;
        if (report !== undefined) app.setView(openingView(report).view);
      },
      hasRun,
    ),
    runCommand('timeline.mark', 'Mark the op under the playhead', [key('KeyM')], () => markOp(app), hasRun),
    runCommand(
      'timeline.axis',
      'Count time or cycles on the axis',
      [key('KeyC')],
      () => {
        app.store.update({ axis: app.state.axis === 'time' ? 'cycles' : 'time' });
      },
      hasRun,
    ),
    runCommand(
      'timeline.clearArea',
      'Unmark the stretch and the selection',
      [key('Escape')],
      () => {
        app.store.update({ area: undefined, selectedOp: undefined });
      },
      () => app.state.area !== undefined || app.state.selectedOp !== undefined,
    ),
  ];
}

/** What the matrix units do now becomes the marked stretch; it stays when the playhead moves on. */
function markOp(app: App): void {
  const [lane] = app.timelineIndex()?.lanes ?? [];
  const placed = lane === undefined ? undefined : spanAt(lane, app.state.cursorPs);
  if (placed !== undefined) app.store.update({ area: { startPs: placed.startPs, endPs: placed.endPs } });
}

function fitView(app: App): void {
  const { area, run } = app.state;
  if (run === undefined) return;
  app.store.update({ view: area ?? { startPs: 0, endPs: run.report.stepPs }, area: undefined });
}
