import { expose } from 'comlink';
import { createEngineService } from './engine-service.ts';

/** Evaluates scenarios. Ended and started anew when a run is cancelled. */
expose(createEngineService());
