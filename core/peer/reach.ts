// The two ways to others, side by side: lines to relays and the direct path, and what happens on one that must follow on the other.
import type { RelayConnection } from '../net/relay-connection.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import type { PreKeyBundle } from '../wire/gen/relay_pb.ts';
import { loadConversation } from './conversations.ts';
import { DirectPath, type DirectTransport } from './direct.ts';
import { isDirectBusy } from './direct-only.ts';
import type { HomeLogEvents } from './home-log.ts';
import type { Connect } from './hub.ts';
import { Online } from './online.ts';
import { answerHome, answerHomes, openEpochs } from './open-epoch.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord, RelayRecord } from './people-records.ts';
import type { B64 } from './records.ts';
import type { EarlyStamps } from './submit.ts';
import type { Comparison } from './witness.ts';

/** How others are reached. */
export interface Carriers {
  readonly connect: Connect;
  readonly direct: DirectTransport;
}

/** What happens on either way that the engine must know. */
export interface ReachEvents {
  readonly logs: HomeLogEvents;
  /** A receipt of ours is due. */
  due(conversation: B64): void;
  compared(conversation: B64, seen: Comparison): void;
  progress(): void;
}

/** Everything under way with the network. */
export class Reach {
  readonly online: Online;
  readonly direct: DirectPath;
  readonly #parts: Parts;

  constructor(parts: Parts, carriers: Carriers, early: EarlyStamps, events: ReachEvents) {
    this.#parts = parts;
    const homeReady = (relay: RelayRecord, connection: RelayConnection) => this.#openEpochs(relay, connection);
    this.online = new Online(parts, carriers.connect, early, { ...events.logs, homeReady }, () => events.progress());
    this.direct = new DirectPath(parts, carriers.direct, {
      received: (conversation) => {
        events.due(conversation);
        this.online.log(conversation)?.carry();
      },
      taken: (conversation) => this.online.log(conversation)?.carry(),
      compared: (conversation, seen) => events.compared(conversation, seen),
      progress: () => events.progress(),
    });
  }

  /** Begins all lines. @throws OFFLINE when the local network cannot be looked at */
  async start(): Promise<void> {
    await this.online.start();
    await this.direct.start();
    void answerHomes(this.#parts).catch(() => this.#parts.log.warn('an opened conversation could not be answered'));
  }

  /** Ends all lines, the direct ones first. */
  async close(): Promise<void> {
    await this.direct.close();
    await this.online.close();
  }

  /** Something may wait in any outbox. */
  kick(): void {
    for (const target of this.#parts.outbox.targets()) this.online.kick(target);
    void this.online.postLetters();
    this.direct.kick();
  }

  /** Our receipts of a conversation changed: the contact hears it directly too. */
  async touch(conversation: B64): Promise<void> {
    const { contact } = await loadConversation(this.#parts.store, conversation);
    this.direct.touch(contact);
  }

  /** One fresh bundle of a contact's device, by whichever way there is; null while there is none. */
  async takeBundle(contact: ContactRecord, manifest: CheckedManifest, device: number): Promise<PreKeyBundle | null> {
    return (await this.online.takeBundle(contact, manifest, device)) ?? (await this.direct.takeBundle(contact, manifest, device));
  }

  /** A conversation was opened, or its opening came a step further. */
  async opened(conversation: B64): Promise<void> {
    await this.online.openConversation(conversation).catch(() => undefined);
    await answerHome(this.#parts, conversation).catch(() => undefined);
    for (const { relay } of this.online.homes()) {
      const connection = this.online.hub.line(relay.peerId)?.connection ?? null;
      if (connection !== null) this.#openEpochs(relay, connection);
    }
    this.online.log(conversation)?.carry();
  }

  /** True while something is under way that only a direct connection can bring further. */
  isDirectBusy(): Promise<boolean> {
    return isDirectBusy(this.#parts, this.direct);
  }

  #openEpochs(relay: RelayRecord, connection: RelayConnection): void {
    void openEpochs(this.#parts, relay, connection).catch(() => this.#parts.log.warn('a conversation could not be given a log'));
  }
}
