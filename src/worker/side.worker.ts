import { expose } from 'comlink';
import { createSideService } from './side-service.ts';

/** Link loads and the GPU, apart from the engine so that neither waits for it nor is cancelled with it. */
expose(createSideService());
