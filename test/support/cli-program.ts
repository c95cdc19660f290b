// The program `sotto` with the double of the engine, for tests that need real processes. Environment: FAKE_ENGINE, options as JSON.
import { processIo } from '../../core/cli/process-io.ts';
import { run } from '../../core/cli/run.ts';
import { fakeEngine } from './cli-engine.ts';

const engine = fakeEngine(JSON.parse(process.env.FAKE_ENGINE ?? '{}'));
process.exit(
  await run(
    process.argv.slice(2),
    processIo(),
    async () => engine,
    () => '0.0.0',
  ),
);
