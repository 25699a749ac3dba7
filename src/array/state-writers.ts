import type { Dataflow } from './config.ts';
import { outputStationaryState } from './output-stationary-state.ts';
import type { StateWriter } from './state-rows.ts';
import { stationaryState } from './stationary-state.ts';

export function stateWriterOf(dataflow: Dataflow): StateWriter {
  return dataflow === 'os' ? outputStationaryState : stationaryState;
}
