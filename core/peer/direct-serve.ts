// What we answer on a direct connection: everything to a device of an accepted contact, to anybody else only what a link of ours opens (H5).
import type { DirectCalls } from '../net/direct-calls.ts';
import { publicKeyOf } from '../net/peer-key.ts';
import { handOut, takeIn } from './direct-door.ts';
import { conversationFor, no, speaksFor, takeOffer } from './direct-in.ts';
import type { Parts } from './parts.ts';
import { takeSlot } from './receipts.ts';
import { type B64, fieldOf } from './records.ts';
import type { Comparison } from './witness.ts';

/** Told after the commit of what came. */
export interface ServeEvents {
  /** True for a device of an accepted contact. */
  isContact(): boolean;
  /** New entries were taken. */
  taken(conversation: B64): void;
  /** The other side's receipts came. */
  slot(conversation: B64, seen: Comparison): void;
}

/** Answers one connection. @param peerId text, proved by Noise */
export function directAnswers(parts: Parts, peerId: string, events: ServeEvents): DirectCalls {
  const peer = publicKeyOf(peerId);
  return {
    getContact: (link) => handOut(parts, link, events.isContact()),
    putInbox: (link, envelope) => takeIn(parts, link, envelope),
    offer: async (conversation, envelopes) => {
      const { answer, news } = await takeOffer(parts, fieldOf(conversation), peer, envelopes);
      if (news) events.taken(fieldOf(conversation));
      return answer;
    },
    putSlot: async (conversation, value) => {
      const id = fieldOf(conversation);
      const known = await conversationFor(parts, id);
      if (known === null) return no('NOT_FOUND', 'There is no such conversation.');
      if (!speaksFor(known, peer)) return no('NOT_ACCEPTED', 'You are not in touch.');
      events.slot(id, await takeSlot(parts, id, value));
      return { ok: true, value: undefined };
    },
  };
}
