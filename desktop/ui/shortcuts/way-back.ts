// Where Escape and the way back lead: out of the settings or an invite to where one was before, out of a contact to the conversation.
import { type Place, START } from '../app/place.ts';

let ground: Place = START;

/** Takes note of where one is. Places that are only visited (settings, invite, contact) are not where one returns to. */
export function rememberPlace(place: Place): void {
  if (place.at === 'conversations' || place.at === 'conversation' || place.at === 'request') ground = place;
  if (place.at === 'contact') ground = { at: 'conversation', account: place.account };
}

/** The place behind this one; null: it is one where people are. A conversation stays open: closing it would be a surprise. */
export function placeBehind(place: Place): Place | null {
  if (place.at === 'contact') return { at: 'conversation', account: place.account };
  if (place.at === 'request') return START;
  return place.at === 'settings' || place.at === 'invite' ? ground : null;
}
