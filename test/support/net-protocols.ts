// What the victim of the attack tests serves.

export const ECHO = '/sotto-test/echo/1';
export const FLOOD = '/sotto-test/flood/1';
export const HOLD = '/sotto-test/hold/1';
export const THROW_AT_ACCEPT = '/sotto-test/throw-at-accept/1';
export const THROW_AT_FRAME = '/sotto-test/throw-at-frame/1';
/** Short, so that the tests need not wait ten seconds, ms. */
export const HANDSHAKE_MS = 1_500;
export const MOST_CONNECTIONS = 60;
