// Who an entry is encrypted for: every device of every member, our own other devices included.

import type { DeviceAddress } from '../session/address.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import type { Self } from './parts.ts';

/** All devices of the contact's newest manifest and of our own, without this one. */
export function recipientsOf(self: Self, theirs: CheckedManifest): DeviceAddress[] {
  const others = theirs.devices.map((device) => ({ root: theirs.root, device: device.id }));
  const own = self.manifest.devices
    .filter((device) => device.id !== self.me.device)
    .map((device) => ({ root: self.manifest.root, device: device.id }));
  return [...others, ...own];
}
