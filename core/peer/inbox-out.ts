// Words to somebody with whom there is no conversation yet: one content, encrypted and sealed to each of their devices, bound for their inbox.
import { encodeContent } from '../session/content.ts';
import { encryptDirect } from '../session/encrypt.ts';
import { type OutgoingPart, sealRequest } from '../session/inbox.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import type { Change } from '../store/change.ts';
import { envelopeId } from '../wire/envelope.ts';
import type { ReturnInbox } from '../wire/gen/identity_pb.ts';
import { compose, freshInner, type Saying } from './compose.ts';
import { enqueue, targetOf } from './outbox.ts';
import { splitReaders } from './owed.ts';
import type { Parts } from './parts.ts';
import type { InboxTarget } from './records.ts';
import { type B64, fieldOf, type OutboxRecord } from './records.ts';

/** libsignal's type of a first message. */
const MESSAGE_KIND_PREKEY = 3;

/** One letter to an inbox. */
export interface Letter {
  readonly contact: B64;
  readonly manifest: CheckedManifest;
  readonly target: InboxTarget;
  readonly what: Saying;
  /** Where an answer may go; undefined where a conversation follows. */
  readonly returnInbox?: ReturnInbox;
}

/** Encrypts a letter and puts it into the outbox, as part of `change`, inside the one queue. @throws SESSION_BROKEN, NO_POST_QUANTUM, TOO_LARGE */
export async function writeLetter(parts: Parts, change: Change, letter: Letter, news: (() => void)[]): Promise<void> {
  const self = parts.self();
  const now = parts.clock.now();
  const content = encodeContent(compose(self, freshInner(), letter.what, { now, lamport: 0 }, null));
  const outgoing: OutgoingPart[] = [];
  const all = letter.manifest.devices.map(({ id }) => ({ root: letter.manifest.root, device: id }));
  const { missing } = await splitReaders(change, all, letter.contact, now);
  for (const device of letter.manifest.devices) {
    // Beside another device of theirs that can read, one without a session keeps nothing back.
    if (missing.some((one) => one.device === device.id)) continue;
    const { kind, message } = await encryptDirect(change, self.me, content, { root: letter.manifest.root, device: device.id }, now);
    outgoing.push({ device, message: { kind: kind === MESSAGE_KIND_PREKEY ? 3 : 2, message } });
  }
  const envelope = sealRequest(self.me, self.manifest, letter.returnInbox ?? null, letter.manifest.root, outgoing);
  const record: OutboxRecord = {
    conversation: null,
    contact: letter.contact,
    inbox: letter.target,
    envelope: fieldOf(envelope),
    outer: fieldOf(envelopeId(envelope)),
    message: null,
    inner: null,
    again: null,
    lamport: 0,
    at: now,
  };
  const n = parts.nextNumber();
  enqueue(change, n, record, null);
  news.push(() => parts.outbox.add(targetOf(record), n));
}
