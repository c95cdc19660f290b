// Checked manifests, kept in memory by their bytes: signatures are verified once, not at every message.
import { type CheckedManifest, openManifest } from '../session/manifest.ts';
import { type B64, bytesOf, type ContactRecord } from './records.ts';

/** How many checked manifests stay in memory: more than one screen of contacts. */
const MOST = 512;

const checked = new Map<B64, CheckedManifest>();

/** A contact's newest manifest, verified. @throws BAD_MANIFEST, BAD_SIGNATURE */
export function manifestOf(contact: ContactRecord): CheckedManifest {
  let manifest = checked.get(contact.manifest);
  if (manifest === undefined) {
    manifest = openManifest(bytesOf(contact.manifest), bytesOf(contact.root));
    if (checked.size >= MOST) checked.clear();
    checked.set(contact.manifest, manifest);
  }
  return manifest;
}
