import { EMBEDDED_SCENARIO } from '../study/catalog.ts';
import { createEngineClient } from '../worker/engine-client.ts';
import { App } from './app.ts';
import './views/app-root.ts';

const app = new App(createEngineClient());
const root = document.createElement('systole-app');
root.app = app;
document.body.append(root);

await app.openAddress(location.hash, EMBEDDED_SCENARIO);
app.watchMatmul();
await app.checkGpu();
