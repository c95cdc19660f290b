// Who an entry is encrypted for: every device of every member, our own other devices included.
import type { Recipient } from '../session/encrypt.ts';
import { manifestOf } from './manifests.ts';
import type { Self } from './parts.ts';
import type { ContactRecord } from './records.ts';

/** All devices of the contact's newest manifest and of our own, without this one. */
export function recipientsOf(self: Self, contact: ContactRecord): Recipient[] {
  const theirs = manifestOf(contact);
  const others = theirs.devices.map((device) => ({ root: theirs.root, device }));
  const own = self.manifest.devices.filter((device) => device.id !== self.me.keys.deviceId).map((device) => ({ root: self.manifest.root, device }));
  return [...others, ...own];
}
