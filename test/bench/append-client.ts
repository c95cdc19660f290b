// A client process of row 1: its connections append runs of random bytes, so many in flight, and count what was stamped in the window.
import { randomFillSync } from 'node:crypto';
import { type Bytes, unhex } from '../../core/base/bytes.ts';
import { systemClock } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { createNode } from '../../core/net/node.ts';
import { connectRelay } from '../../core/net/relay-client.ts';
import type { RelayConnection } from '../../core/net/relay-connection.ts';
import { tell, told, workerInput } from './processes.ts';

const ENVELOPE_BYTES = 512;

/** What a client process does; bytes as hex. One connection for each log named. */
export interface AppendInput {
  readonly address: string;
  readonly logs: readonly { readonly log: string; readonly append: string }[];
  readonly run: number;
  readonly depth: number;
}

/** When stamps count, ms since 1970. */
export interface AppendWindow {
  readonly from: number;
  readonly to: number;
}

/** What came of it. */
export interface AppendOutput {
  readonly stamped: number;
}

const input = workerInput<AppendInput>();
let stamped = 0;

const opened = await Promise.all(
  input.logs.map(async ({ log, append }) => {
    // A node each: every connection has a PeerId of its own, or the relay would take it for the same device come back.
    const node = await createNode({ key: signingKey(), listen: [] });
    const connection = await connectRelay(node, input.address, { clock: systemClock });
    const answer = await connection.openLog({ log: unhex(log), append: unhex(append) });
    if (!answer.ok) throw new Error(`a log was not opened: ${answer.refusal.name}`);
    return { connection, handle: answer.value.handle };
  }),
);
tell({ ready: true });
const window = await told<AppendWindow>();
const lanes = opened.flatMap(({ connection, handle }) =>
  Array.from({ length: input.depth / input.run }, () => lane(connection, handle, window)),
);
await Promise.all(lanes);
tell({ stamped } satisfies AppendOutput);

async function lane(connection: RelayConnection, handle: number, { from, to }: AppendWindow): Promise<void> {
  while (Date.now() < to) {
    const answer = await connection.append(handle, envelopes());
    const now = Date.now();
    if (now >= from && now < to) stamped += answer.stamps.length;
    if (answer.refusal !== null) throw new Error(`the relay refused: ${answer.refusal.name}`);
  }
}

function envelopes(): Bytes[] {
  const bytes = randomFillSync(new Uint8Array(input.run * ENVELOPE_BYTES));
  return Array.from({ length: input.run }, (_, at) => bytes.subarray(at * ENVELOPE_BYTES, (at + 1) * ENVELOPE_BYTES));
}
