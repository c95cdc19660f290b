// SIGHUP: reads the settings again, takes up what can change while the relay runs, and says what needs a restart. A wrong file changes nothing.
import { isSottoError } from '../../core/base/errors.ts';
import type { RelayConfig } from '../config.ts';
import type { Relay } from '../relay.ts';
import type { CertificateFiles } from './certificate.ts';
import type { OperatorLog } from './log.ts';
import { SETTING_LIST, type SettingName } from './settings.ts';

/** What a reload reaches. */
export interface Reloadable {
  readonly relay: Pick<Relay, 'limit'>;
  readonly log: OperatorLog;
  readonly certificate: CertificateFiles | null;
  /** Reads the settings as at the start. @throws BAD_INPUT, STORE_FAILED */
  readonly load: () => Promise<RelayConfig>;
}

/** Takes up what changed since `running`. @returns what the relay runs with now */
export async function reload(running: RelayConfig, parts: Reloadable): Promise<RelayConfig> {
  const { relay, log, certificate, load } = parts;
  let wanted: RelayConfig;
  try {
    wanted = await load();
  } catch (error) {
    log.warn(isSottoError(error) ? 'settings-wrong' : 'uncaught');
    return running;
  }
  await certificate?.renew();
  relay.limit(wanted.maxConnections);
  log.level = wanted.logLevel;
  const changed = {
    'max-connections': wanted.maxConnections !== running.maxConnections,
    'log-level': wanted.logLevel !== running.logLevel,
  };
  log.info('reloaded', changed);
  const stale = SETTING_LIST.map(([name]) => name).filter((name) => !isTakenUp(name) && differs(wanted, running, name));
  if (stale.length > 0) log.warn('restart-needed', Object.fromEntries(stale.map((name) => [name, true])));
  return { ...running, maxConnections: wanted.maxConnections, logLevel: wanted.logLevel };
}

/** Of the certificate only what is in its files is read again, not where they lie. */
function isTakenUp(name: SettingName): boolean {
  return name === 'max-connections' || name === 'log-level';
}

function differs(one: RelayConfig, other: RelayConfig, name: SettingName): boolean {
  return JSON.stringify(one.settings[name]) !== JSON.stringify(other.settings[name]);
}
