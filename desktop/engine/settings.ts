// Settings of the engine that no window has: taken from the environment and not from arguments, which a link on a web page could add to.

/** Addresses to listen on (SOTTO_LISTEN, separated by spaces), and whether to be found on the local network (SOTTO_LAN=1). */
export interface Settings {
  readonly listen: readonly string[];
  readonly lan: boolean;
}

/** Reads them. */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): Settings {
  return { listen: (env.SOTTO_LISTEN ?? '').split(/\s+/).filter((address) => address !== ''), lan: env.SOTTO_LAN === '1' };
}
