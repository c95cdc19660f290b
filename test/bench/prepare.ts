// Two people in touch over a relay, and a backlog that Alice sends while Bob is away; everything by the product itself.
import { join } from 'node:path';
import { createHome, openPeer } from '../../core/index.ts';
import { tell, workerInput } from './processes.ts';

/** What to prepare: homes `alice` and `bob` in the folder. */
export interface PrepareInput {
  readonly folder: string;
  readonly relay: string;
  readonly messages: number;
}

/** What came of it. */
export interface PrepareOutput {
  readonly sent: number;
  /** Messages per second that Alice encrypted, sealed, stored and had stamped. */
  readonly rate: number;
}

const TIMEOUT = { timeoutMs: 120_000 };
/** Calls of send under way at a time. */
const SENDS = 1_024;

const { folder, relay, messages } = workerInput<PrepareInput>();
const open = async (name: string) => {
  await createHome(join(folder, name), { name, passphrase: null });
  const peer = await openPeer({ home: join(folder, name), passphrase: null, online: true });
  await peer.api.addRelay({ relay });
  return peer;
};
const [alice, bob] = [await open('alice'), await open('bob')];
const { link } = await bob.api.createInvite({ public: false, expiresInMs: 0 });
await alice.api.addContact({ link, petname: 'Bob' });
await alice.api.sync(TIMEOUT);
await bob.api.sync(TIMEOUT);
await bob.api.accept({ who: 'alice', petname: 'Alice' });
for (const peer of [bob, alice]) await peer.api.sync(TIMEOUT);
// One word each way, so that the sessions are past their first messages.
for (const [peer, who] of [
  [bob, 'Alice'],
  [alice, 'Bob'],
] as const) {
  await peer.api.send({ who, text: 'Hello.', id: null });
  for (const one of [alice, bob, alice, bob]) await one.api.sync(TIMEOUT);
}
await bob.close();
const start = performance.now();
for (let sent = 0; sent < messages; sent += SENDS) {
  const some = Array.from({ length: Math.min(SENDS, messages - sent) }, (_, at) =>
    alice.api.send({ who: 'Bob', text: `Message ${sent + at} of a backlog, with as many words in it as a real one has.`, id: null }),
  );
  await Promise.all(some);
}
const { complete, reason } = await alice.api.sync(TIMEOUT);
if (!complete) throw new Error(`the backlog was not sent: ${reason}`);
tell({ sent: messages, rate: (messages * 1_000) / (performance.now() - start) } satisfies PrepareOutput);
await alice.close();
