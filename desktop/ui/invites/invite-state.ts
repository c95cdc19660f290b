// How one of our invite links stands: what the contract says of it, as one word a person can be told.
import type { Invite } from '../../../core/api.ts';

/** `open`: it can be used; `used`: its one person has come. */
export type InviteState = 'open' | 'used' | 'expired' | 'revoked';

/** How the link stands. @param now ms */
export function inviteState(invite: Invite, now: number): InviteState {
  if (invite.revoked) return 'revoked';
  if (!invite.public && invite.used > 0) return 'used';
  return invite.expires <= now ? 'expired' : 'open';
}

/** Those that can be used first, then the others; each part the newest first. */
export function inOrder(invites: readonly Invite[], now: number): readonly Invite[] {
  const rank = (invite: Invite) => (inviteState(invite, now) === 'open' ? 0 : 1);
  return [...invites].sort((a, b) => rank(a) - rank(b) || b.expires - a.expires);
}
