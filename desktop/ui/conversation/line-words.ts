// How the words of a conversation travel, in one line: only what is known.
import type { Contact, RelayStatus } from '../../../core/api.ts';
import type { ConversationRow } from '../app/conversations-state.ts';
import type { WordKey } from '../words/catalogues.ts';

/** The line under a name. */
export function lineOf(contact: Contact, row: ConversationRow | undefined, relays: readonly RelayStatus[]): WordKey<'conversation'> {
  if (contact.blocked) return 'lineBlocked';
  if (contact.state === 'requested') return 'lineAsked';
  if (row === undefined || contact.state !== 'accepted') return 'lineNone';
  if (contact.direct) return row.relay === null ? 'lineDirect' : 'lineBoth';
  if (row.relay === null) return 'lineNone';
  // The home of a conversation may be the other side's relay, whose state nobody tells.
  const relay = relays.find((one) => isAt(one, row.relay));
  return relay === undefined || relay.state === 'connected' ? 'lineRelay' : 'lineRelayWaiting';
}

/** The same relay, by whichever of its addresses: a relay is who answers there. */
function isAt({ address, peerId }: RelayStatus, other: string | null): boolean {
  return other === address || other?.endsWith(`/p2p/${peerId}`) === true;
}
