// SIGHUP: reads the settings again, takes up what can change while the relay runs, and says what needs a restart. A wrong file changes nothing.
import { isSottoError } from '../../core/base/errors.ts';
import type { RelayConfig } from '../config.ts';
import type { Relay } from '../relay.ts';
import type { CertificateFiles } from './certificate.ts';
import type { OperatorLog } from './log.ts';

/** What a reload reaches. */
export interface Reloadable {
  readonly relay: Pick<Relay, 'limit'>;
  readonly log: OperatorLog;
  readonly certificate: CertificateFiles | null;
  /** Reads the settings as at the start. @throws BAD_INPUT, STORE_FAILED */
  readonly load: () => Promise<RelayConfig>;
}

/** Which settings of the configuration a restart takes up, by the name the operator knows. */
const NEED_RESTART = {
  listen: (config: RelayConfig) => config.listen,
  announce: (config: RelayConfig) => config.announce,
  admission: (config: RelayConfig) => [config.open, config.allowList],
  'behind-proxy': (config: RelayConfig) => config.behindProxy,
  limit: (config: RelayConfig) => config.limits,
  admin: (config: RelayConfig) => config.admin,
  'tls-certificate': (config: RelayConfig) => config.tls?.certificate,
  'tls-key': (config: RelayConfig) => config.tls?.key,
} as const;

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
  const stale = Object.entries(NEED_RESTART).filter(([, of]) => JSON.stringify(of(wanted)) !== JSON.stringify(of(running)));
  if (stale.length > 0) log.warn('restart-needed', Object.fromEntries(stale.map(([name]) => [name, true])));
  return { ...running, maxConnections: wanted.maxConnections, logLevel: wanted.logLevel };
}
