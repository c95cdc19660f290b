// The calls of the contract that are made of several steps: relays, invites, adding a contact, safety numbers, recovery.
import { create } from '@bufbuild/protobuf';
import type { CallInput, CallOutput, Contact, Identity, Invite, RelayStatus } from '../api.ts';
import { hex } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { peerIdOf } from '../net/peer-key.ts';
import { parseRelayLine } from '../net/relay-line.ts';
import { sealRecovery } from '../session/recovery.ts';
import { safetyNumber } from '../session/trust.ts';
import { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { RecoveryContentSchema } from '../wire/gen/identity_pb.ts';
import { ANSWER_DEADLINE_MS, MAX_LINK_DIRECT } from '../wire/limits.ts';
import { knock } from './chores.ts';
import { findContact } from './contacts.ts';
import type { Engine } from './engine.ts';
import { findOwner } from './find-owner.ts';
import { homeSafety } from './home.ts';
import type { HomeRelay } from './home-relay.ts';
import type { RelayLine } from './hub.ts';
import { allInvites, inviteView, makeInvite, revokeInvite } from './invites.ts';
import type { Network } from './network.ts';
import type { Online } from './online.ts';
import type { InviteRecord, RelayRecord } from './people-records.ts';
import { bytesOf, keys, readRecord } from './records.ts';
import { addRelay, allRelays, newRelay, removeRelay } from './relays.ts';
import { checkLink, writeRequest } from './request.ts';
import { RETURN_LIFETIME_MS } from './return-inbox.ts';
import { changeRelays } from './self.ts';

/** How long the other relays may take to hear of a link once one of them has it, ms. */
const OTHER_RELAYS_MS = 2_000;
/** How long a call waits for a relay before it says that it cannot be reached, ms. */
const RELAY_WAIT_MS = ANSWER_DEADLINE_MS;

/** Who this peer is. */
export async function identity(engine: Engine, network: Network | null, home: string): Promise<Identity> {
  const self = engine.parts.self();
  const relays = await allRelays(engine.parts.store);
  const hub = engine.online?.hub;
  return {
    account: hex(self.me.root),
    name: self.name,
    device: self.me.device,
    peerId: peerIdOf(self.me.peer.publicKey),
    addresses: [...(network?.node.addresses ?? [])],
    relays: relays.map(({ address, peerId }) => {
      const line = hub?.line(peerId);
      return hub === undefined || line == null ? { address, peerId, state: 'waiting' as const, reason: 'offline' } : hub.status(line);
    }),
    store: await homeSafety(home),
  };
}

/**
 * Adds a home relay and registers there. One that cannot be reached now is kept and tried on; one that refuses for good is not, unless it
 * was ours before. @throws BAD_INPUT, REFUSED, OFFLINE
 */
export async function addHomeRelay(engine: Engine, line: string): Promise<RelayStatus> {
  const relay = newRelay(line);
  const online = demandOnline(engine);
  const { peerId } = relay;
  const isOurs = (await readRecord<RelayRecord>(engine.parts.store, keys.relay(peerId))) !== null;
  const tried = isOurs ? null : await ask(engine, online, relay);
  await keepRelay(engine, relay);
  // The other home relays hold the list of devices too; one that cannot take it now is given it when it connects.
  await Promise.allSettled(homes(engine).map((home) => home.refreshManifest()));
  if (tried !== null && tried.connection === null) return online.hub.status(tried);
  await online.hub.drop(peerId);
  const kept = online.hub.need(relay.address);
  const reached = await engine.progress.until(async () => homeAt(engine, peerId) !== null || kept.reason !== null, RELAY_WAIT_MS);
  if (reached) await homeAt(engine, peerId)?.ready;
  return online.hub.status(kept);
}

/** Asks a relay that is not ours yet to take us; answers the line to it, which may be down. @throws REFUSED when it refuses for good */
async function ask(engine: Engine, online: Online, relay: RelayRecord): Promise<RelayLine> {
  await online.hub.drop(relay.peerId);
  const line = online.hub.need(relay.address);
  await engine.progress.until(async () => line.connection !== null || line.reason !== null, RELAY_WAIT_MS);
  try {
    if (line.connection !== null) await knock(line.connection, relay);
    return line;
  } catch (error) {
    await online.hub.drop(relay.peerId);
    // Conversations may live there all the same.
    await online.start();
    throw error;
  }
}

function keepRelay(engine: Engine, relay: RelayRecord): Promise<void> {
  return engine.parts.serial(async () => {
    const change = new Change(engine.parts.store);
    await addRelay(change, relay);
    const relays = (await allRelays(change)).map(({ address }) => address);
    const known = engine.parts.self().manifest.relays;
    const next = JSON.stringify(known) === JSON.stringify(relays) ? null : await changeRelays(change, engine.parts.self(), relays);
    await change.commit();
    if (next !== null) engine.become(next);
  });
}

/** Takes a relay off our home relays. @throws BAD_INPUT, NOT_FOUND */
export async function removeHomeRelay(engine: Engine, line: string): Promise<Record<string, never>> {
  const { peerId } = parseRelayLine(line);
  await engine.parts.serial(async () => {
    const change = new Change(engine.parts.store);
    const before = await allRelays(change);
    if (!before.some((relay) => relay.peerId === peerId)) throw new SottoError('NOT_FOUND', 'This is not one of your relays.');
    await removeRelay(change, peerId);
    const next = await changeRelays(
      change,
      engine.parts.self(),
      (await allRelays(change)).map((relay) => relay.address),
    );
    await change.commit();
    engine.become(next);
  });
  return {};
}

/** Makes an invite link that works when it is answered: our relay has it, or we listen ourselves. @throws OFFLINE, REFUSED */
export async function createInvite(engine: Engine, network: Network, input: CallInput<'createInvite'>): Promise<Invite> {
  const relays = (await allRelays(engine.parts.store)).map((relay) => relay.address);
  const direct = network.node.addresses;
  if (relays.length === 0 && direct.length === 0) {
    throw new SottoError('OFFLINE', 'Nobody could reach you: add a relay (sotto relay add), or listen for direct connections (--listen).');
  }
  const record = await engine.parts.serial(async () => {
    const change = new Change(engine.parts.store);
    const purpose = input.public ? 'public' : 'single';
    const made = await makeInvite(engine.parts, change, {
      purpose,
      expiresInMs: input.expiresInMs,
      relays,
      direct: relays.length === 0 ? direct : [],
    });
    await change.commit();
    return made;
  });
  await putEverywhere(engine, record);
  return inviteView(record);
}

/** Our links, without the capabilities requests answer to. */
export async function inviteList(store: Store): Promise<Invite[]> {
  return (await allInvites(store)).filter((record) => record.purpose !== 'return').map(inviteView);
}

/** Revokes a link here and, as soon as it is connected, at the relay. @throws NOT_FOUND, BAD_LINK */
export async function revoke(engine: Engine, link: string): Promise<Record<string, never>> {
  const record = await revokeInvite(engine.parts, link);
  await Promise.all((engine.online?.homes() ?? []).map((home) => home.putLink(record)));
  return {};
}

/** Opens a link and leaves a request. @throws BAD_LINK, LINK_EXPIRED, ALREADY, OFFLINE, REFUSED, STALE_MANIFEST, BAD_SIGNATURE */
export async function addContact(engine: Engine, network: Network, pasted: string, petname: string | null): Promise<Contact> {
  const link = await checkLink(engine.parts, pasted, petname);
  const relays = (await allRelays(engine.parts.store)).map((relay) => relay.address);
  // Who has a relay and takes no direct lines would accept, write, and never be heard.
  if (link.relays.length > 0 && relays.length === 0 && network.node.addresses.length === 0) {
    throw new SottoError(
      'OFFLINE',
      'They could not answer you: add a relay (sotto relay add), or listen for direct connections (--listen).',
    );
  }
  const found = await findOwner(engine, link);
  const invite = await engine.parts.serial(async () => {
    const change = new Change(engine.parts.store);
    const made = await makeInvite(engine.parts, change, { purpose: 'return', expiresInMs: RETURN_LIFETIME_MS, relays, direct: [] });
    await change.commit();
    return made;
  });
  await putEverywhere(engine, invite);
  const contact = await writeRequest(engine.parts, link, found, petname, {
    invite,
    relays,
    direct: network.node.addresses.slice(0, MAX_LINK_DIRECT),
  });
  engine.kickAll();
  return contact;
}

/** The number two people compare, over the root keys. @throws NOT_FOUND, AMBIGUOUS */
export async function safetyNumberOf(engine: Engine, who: string): Promise<CallOutput<'safetyNumber'>> {
  const contact = await findContact(engine.parts.store, who);
  return { ...safetyNumber(engine.parts.self().me.root, bytesOf(contact.root)), verified: contact.verified };
}

/** Somebody types to a contact, or stopped; told only where there is a conversation and a line. @throws NOT_FOUND, AMBIGUOUS */
export async function typing(engine: Engine, who: string, active: boolean): Promise<void> {
  const { conversation } = await findContact(engine.parts.store, who);
  if (conversation !== null) await engine.parts.live.typing(conversation, active);
}

/** Whether a contact is here, looked at for so long from now on; 0: what is known already. @throws NOT_FOUND, AMBIGUOUS */
export async function presence(engine: Engine, who: string, forMs: number): Promise<CallOutput<'presence'>> {
  const { live, store } = engine.parts;
  const { conversation, blocked } = await findContact(store, who);
  if (conversation === null || blocked) return { state: 'unknown', lastSeen: null };
  return forMs === 0 ? live.presence(conversation) : live.watch(conversation, forMs).catch(() => live.presence(conversation));
}

/** The recovery file and the code that opens it. */
export async function recovery(engine: Engine): Promise<CallOutput<'recovery'>> {
  const self = engine.parts.self();
  return sealRecovery(
    create(RecoveryContentSchema, {
      seed: self.rootKey.seed,
      directorySeed: self.directoryKey.seed,
      profileKey: self.profileKey,
      manifestVersion: BigInt(self.manifest.version),
      relays: [...self.manifest.relays],
      name: self.name,
    }),
  );
}

/** Puts a link to every home relay; the first that has it is enough. @throws OFFLINE, REFUSED */
async function putEverywhere(engine: Engine, record: InviteRecord): Promise<void> {
  const relays = await allRelays(engine.parts.store);
  if (relays.length === 0) return;
  const [first] = relays;
  const ready = await engine.progress.until(async () => homes(engine).length > 0, RELAY_WAIT_MS);
  if (!ready)
    throw new SottoError(
      'OFFLINE',
      `Your relay cannot be reached (${engine.online?.hub.line(first?.peerId ?? '')?.reason ?? 'no answer'}).`,
    );
  const puts = homes(engine).map((home) => home.putLink(record));
  await Promise.any(puts).catch((error: AggregateError) => {
    throw error.errors[0];
  });
  // Whoever opens the link asks the relay that answers first, which may be another one.
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const cancel = engine.parts.clock.after(OTHER_RELAYS_MS, resolve);
  await Promise.race([Promise.allSettled(puts), late]);
  cancel();
}

function homes(engine: Engine): HomeRelay[] {
  return engine.online?.homes() ?? [];
}

function homeAt(engine: Engine, peerId: string): HomeRelay | null {
  return homes(engine).find((home) => home.relay.peerId === peerId) ?? null;
}

function demandOnline(engine: Engine): Online {
  if (engine.online === null) throw new SottoError('OFFLINE');
  return engine.online;
}
