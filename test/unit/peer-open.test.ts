// A peer whose start failed for something that passes is not lost: the next call tries again.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createHome, openPeer } from '../../core/index.ts';
import { Person } from '../support/people.ts';
import { temporaryFolder } from '../support/store-files.ts';

it('Alice goes online once the port she wants is free again', async () => {
  const busy = createServer().listen(0, '127.0.0.1');
  await once(busy, 'listening');
  const { port } = busy.address() as AddressInfo;
  const home = join(temporaryFolder(), 'alice');
  await createHome(home, { name: 'Alice', passphrase: null });
  const peer = await openPeer({ home, passphrase: null, listen: [`/ip4/127.0.0.1/tcp/${port}/ws`], online: false });
  onTestFinished(() => peer.close());
  await expect(peer.api.sync({ timeoutMs: 100 })).rejects.toMatchObject({ code: 'OFFLINE' });
  await new Promise((resolve) => busy.close(resolve));
  expect(await peer.api.sync({ timeoutMs: 100 })).toMatchObject({ complete: true });
  expect((await peer.api.identity({})).addresses).not.toEqual([]);
});

it('Alice starts once her disk takes what it refused', async () => {
  const alice = await Person.create('Alice');
  await expect(alice.start((store) => store.failAt(1))).rejects.toMatchObject({ code: 'STORE_FAILED' });
  await alice.start();
  expect(await alice.warnings()).toEqual([]);
});
