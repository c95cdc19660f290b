// A relay that takes nobody in without its token: Alice hears it, and nothing of it is kept unless the relay was hers before.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { base64url } from '../../core/base/bytes.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { silentLog } from '../../core/base/log.ts';
import * as core from '../../core/index.ts';
import type { Answer, RelayConnection } from '../../core/net/relay-connection.ts';
import { parseRelayLine } from '../../core/net/relay-line.ts';
import { allRelays } from '../../core/peer/relays.ts';
import { mintToken } from '../../relay/admission/tokens.ts';
import { startRelay } from '../../relay/relay.ts';
import { freshHome, sotto } from '../support/cli-run.ts';
import { until } from '../support/net-wait.ts';
import { Person, type PersonOptions } from '../support/people.ts';
import { replace } from '../support/people-relay.ts';
import { townRelay } from '../support/people-town.ts';

/** A relay by token; `line` is what its operator hands out. */
async function closedRelay() {
  const data = await mkdtemp(join(tmpdir(), 'sotto-closed-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const relay = await startRelay({ data, listen: ['/ip4/127.0.0.1/tcp/0/ws'], open: false, log: silentLog, clock: systemClock });
  onTestFinished(() => relay.stop());
  const [address = ''] = relay.addresses;
  return { address, peerId: parseRelayLine(address).peerId, line: `${address}#${base64url(await mintToken(data))}` };
}

async function arrive(options: PersonOptions = {}): Promise<Person> {
  const alice = await (await (await Person.create('Alice', options)).start()).goOnline();
  onTestFinished(() => alice.end());
  return alice;
}

async function relaysOf(person: Person): Promise<string[]> {
  return (await allRelays(person.engine.parts.store)).map(({ peerId }) => peerId);
}

test.each(['without a token', 'with a wrong one'])('A relay asked %s says no, and is no relay of Alice’s', async (how) => {
  const { address, peerId, line } = await closedRelay();
  const alice = await arrive();
  const wrong = how === 'with a wrong one' ? `#${base64url(random(20))}` : '';
  await expect(alice.addRelay(`${address}${wrong}`)).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining('token') });
  expect(await relaysOf(alice)).toEqual([]);
  expect(alice.engine.parts.self().manifest.relays).toEqual([]);
  expect(alice.engine.online?.hub.line(peerId)).toBeNull();
  expect((await alice.addRelay(line)).state).toBe('connected');
  expect(await relaysOf(alice)).toEqual([peerId]);
});

test('A relay that was Alice’s before stays hers, whatever token she adds it with again', async () => {
  const { address, peerId, line } = await closedRelay();
  const alice = await arrive();
  await alice.addRelay(line);
  expect((await alice.addRelay(`${address}#${base64url(random(20))}`)).state).toBe('connected');
  expect(await relaysOf(alice)).toEqual([peerId]);
});

test('A relay that cannot be reached now is kept, and registered at when it can', async () => {
  const relay = await townRelay();
  const { address } = relay;
  await relay.stop();
  const alice = await arrive();
  expect((await alice.addRelay(address)).state).not.toBe('connected');
  expect(await relaysOf(alice)).toHaveLength(1);
  await relay.start();
  await until(() => (alice.engine.online?.homes().length ?? 0) > 0, 'it is a home of hers');
});

test('A relay that has too much to do for now is kept', async () => {
  const { line, peerId } = await closedRelay();
  const busy = { isBusy: true };
  const tamper = (real: RelayConnection) =>
    replace(real, {
      register: async (...asked): Promise<Answer<void>> =>
        busy.isBusy ? { ok: false, refusal: { name: 'RATE', detail: '', retryAfter: 10, head: null } } : real.register(...asked),
    });
  const alice = await arrive({ tamper });
  await alice.addRelay(line).catch(() => undefined);
  expect(await relaysOf(alice)).toEqual([peerId]);
  busy.isBusy = false;
  expect((await alice.addRelay(line)).state).toBe('connected');
});

test('sotto init says that the relay refused, and exits with 1', async () => {
  const { address } = await closedRelay();
  const home = freshHome();
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const init = ['init', '--name', 'Alice', '--no-passphrase', '--relay', `${address}#${base64url(random(20))}`, '--home', home, '--json'];
  const ran = await sotto(core, init);
  expect(ran.code).toBe(1);
  const lines = ran.err.trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    error: { code: 'REFUSED', message: expect.stringMatching(/did not register this device \(TOKEN\)/) },
  });
  const relays = await sotto(core, ['relays', '--home', home, '--json']);
  expect(relays).toMatchObject({ code: 0, json: [] });
});
