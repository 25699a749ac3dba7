// `npm test`: see tests/tools/run-tests.ts. This file only makes Node read TypeScript.
import { register } from 'tsx/esm/api';

register();
const { runTests } = await import('./tools/run-tests.ts');
process.exitCode = await runTests();
