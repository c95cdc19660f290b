// A contact who writes what no honest peer would: built from the same parts as the real thing, each step of the ratchet kept.
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type Bytes, concat } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { freshInner } from '../../core/peer/compose.ts';
import { allConversations, currentGeneration } from '../../core/peer/conversations.ts';
import { bytesOf, type ConversationRecord } from '../../core/peer/records.ts';
import { accountTag, type DeviceAddress } from '../../core/session/address.ts';
import { ONE_TIME_NONCE, seal } from '../../core/session/aead.ts';
import { commitOf } from '../../core/session/commit.ts';
import { encodeContent } from '../../core/session/content.ts';
import { encryptContent, encryptDirect } from '../../core/session/encrypt.ts';
import { wrapEnvelope } from '../../core/session/wrap.ts';
import { Change } from '../../core/store/change.ts';
import { ContentSchema, RecipientSchema, WrappedSchema } from '../../core/wire/gen/content_pb.ts';
import type { Person } from './people.ts';

type ContentInit = Omit<Extract<MessageInitShape<typeof ContentSchema>, { $typeName?: never }>, '$typeName'>;

/** Somebody who forges entries of one conversation with `victim`. */
export class Forger {
  readonly #person: Person;
  readonly #victim: Person;

  constructor(person: Person, victim: Person) {
    this.#person = person;
    this.#victim = victim;
  }

  get #to(): DeviceAddress {
    const { root, device } = this.#victim.engine.parts.self().me;
    return { root, device };
  }

  async conversation(): Promise<ConversationRecord> {
    const root = Buffer.from(this.#to.root).toString('base64url');
    const found = (await allConversations(this.#person.engine.parts.store)).find(({ contact }) => contact === root);
    if (found === undefined) throw new Error('no conversation with the victim');
    return found;
  }

  /** The wrap key in use. */
  async key(): Promise<Bytes> {
    return bytesOf(currentGeneration(await this.conversation()).key);
  }

  /** Anything at all inside a wrap that opens. */
  async wrap(inner: Uint8Array, key?: Bytes): Promise<Bytes> {
    return wrapEnvelope(key ?? (await this.key()), inner);
  }

  /** Content with any fields, otherwise as an honest peer writes it. */
  async say(part: ContentInit, key?: Bytes): Promise<Bytes> {
    const { parts } = this.#person.engine;
    const { me } = parts.self();
    return this.#step(async (change) =>
      this.wrap(await encryptContent(change, me, encodeContent(this.content(part)), [this.#to], parts.clock.now()), key),
    );
  }

  /** A text. */
  text(text: string, part: ContentInit = {}): Promise<Bytes> {
    return this.say({ ...part, what: { case: 'text', value: { text } } });
  }

  /** One entry whose commitment is to `promised`, while the victim is given the key to `given` (C6). */
  async twoVersions(promised: string, given: string): Promise<Bytes> {
    const { parts } = this.#person.engine;
    const { me } = parts.self();
    const [first, second] = [promised, given].map((text) => encodeContent(this.content({ what: { case: 'text', value: { text } } })));
    const [commit, key] = [commitOf(first as Bytes), random(32)];
    return this.#step(async (change) => {
      const part = await encryptDirect(change, me, concat(key, commit), this.#to, parts.clock.now());
      const recipients = [create(RecipientSchema, { account: accountTag(this.#to.root), device: this.#to.device, ...part })];
      const body = seal({ key, nonce: ONE_TIME_NONCE }, commit, second as Bytes);
      return this.wrap(toBinary(WrappedSchema, create(WrappedSchema, { author: me.root, device: me.device, commit, body, recipients })));
    });
  }

  /** An entry that claims to be by the victim's own device. */
  async inTheirName(): Promise<Bytes> {
    const commit = random(32);
    const recipients = [
      create(RecipientSchema, { account: accountTag(this.#to.root), device: this.#to.device, kind: 1, message: random(32) }),
    ];
    const wrapped = create(WrappedSchema, { author: this.#to.root, device: this.#to.device, commit, body: random(64), recipients });
    return this.wrap(toBinary(WrappedSchema, wrapped));
  }

  content(part: ContentInit) {
    const { parts } = this.#person.engine;
    const { manifest } = parts.self();
    return create(ContentSchema, {
      id: freshInner(),
      sentAt: BigInt(parts.clock.now()),
      lamport: 1n,
      manifestVersion: BigInt(manifest.version),
      manifestHash: manifest.hash,
      ...part,
    });
  }

  #step(work: (change: Change) => Promise<Bytes>): Promise<Bytes> {
    const { parts } = this.#person.engine;
    return parts.serial(async () => {
      const change = new Change(parts.store);
      const envelope = await work(change);
      await change.commit();
      return envelope;
    });
  }
}
