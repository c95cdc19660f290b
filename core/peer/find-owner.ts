// Whose link is this: asked at the relays it names, one after the other, or at the owner's own addresses.
import { isSottoError, SottoError } from '../base/errors.ts';
import { ANSWER_DEADLINE_MS } from '../wire/limits.ts';
import type { Invite as OpenedLink } from '../wire/link.ts';
import type { Engine } from './engine.ts';
import type { RelayLine } from './hub.ts';
import { type Found, findByRelay } from './request.ts';

/** How long the relays of a link may take to connect, ms. */
const RELAY_WAIT_MS = ANSWER_DEADLINE_MS;
/** A "no" of one relay that another one may not say. */
const ELSEWHERE = ['LINK_EXPIRED', 'REFUSED', 'OFFLINE', 'TIMEOUT'] as const;

/** By a relay of the link, or straight from the owner where it names none. @throws OFFLINE, LINK_EXPIRED, REFUSED, as findByRelay */
export async function findOwner(engine: Engine, link: OpenedLink): Promise<Found> {
  if (link.relays.length > 0) return findByRelays(engine, link);
  if (engine.direct === null) throw new SottoError('OFFLINE');
  return engine.direct.find(link);
}

/** Asks one relay of the link after the other: one of them may not have heard of it. @throws the first "no" when none has it */
async function findByRelays(engine: Engine, link: OpenedLink): Promise<Found> {
  const { online } = engine;
  if (online === null) throw new SottoError('OFFLINE');
  const lines = link.relays.map((address) => online.hub.need(address));
  const asked = new Set<RelayLine>();
  let no: unknown = null;
  for (;;) {
    const next = () => lines.find((line) => line.connection !== null && !asked.has(line));
    const inVain = () => asked.size > 0 && lines.every((line) => asked.has(line) || line.reason !== null);
    await engine.progress.until(async () => next() !== undefined || inVain(), RELAY_WAIT_MS);
    const line = next();
    if (line?.connection == null) break;
    asked.add(line);
    try {
      return await findByRelay(line.connection, link);
    } catch (error) {
      if (!ELSEWHERE.some((code) => isSottoError(error, code))) throw error;
      no ??= error;
    }
  }
  throw no ?? new SottoError('OFFLINE', `The relay of the link cannot be reached (${lines[0]?.reason ?? 'no answer'}).`);
}
