// Which request type is which command. The five that bypass the table are HELLO, PING, APPEND, ACK and PUT_SIGNAL (connection.ts).
import { FRAME } from '../core/wire/frame.ts';
import { countPreKeys, getManifest, putManifest, putPreKeys, takePreKeys } from './directory.ts';
import { putLink, revokeLink } from './links.ts';
import { closeHandle, closeLog, createLog, getHead, openLog, setReaders } from './logs.ts';
import { setPresence } from './presence/set-presence.ts';
import { register } from './session.ts';
import type { Command } from './shared.ts';
import { putSlot } from './slots.ts';
import { subscribe } from './subscribe.ts';
import { setEndpoint, setWake } from './wake/set-wake.ts';

/** Request type to command; a type that is not here is UNSUPPORTED. */
export const COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  [FRAME.REGISTER, register],
  [FRAME.CREATE_LOG, createLog],
  [FRAME.OPEN_LOG, openLog],
  [FRAME.CLOSE_HANDLE, closeHandle],
  [FRAME.SUBSCRIBE, subscribe],
  [FRAME.GET_HEAD, getHead],
  [FRAME.SET_READERS, setReaders],
  [FRAME.CLOSE_LOG, closeLog],
  [FRAME.PUT_SLOT, putSlot],
  [FRAME.PUT_LINK, putLink],
  [FRAME.REVOKE_LINK, revokeLink],
  [FRAME.PUT_MANIFEST, putManifest],
  [FRAME.GET_MANIFEST, getManifest],
  [FRAME.PUT_PREKEYS, putPreKeys],
  [FRAME.TAKE_PREKEYS, takePreKeys],
  [FRAME.COUNT_PREKEYS, countPreKeys],
  [FRAME.SET_PRESENCE, setPresence],
  [FRAME.SET_ENDPOINT, setEndpoint],
  [FRAME.SET_WAKE, setWake],
]);
