// The files of the TLS certificate: read at the start, on SIGHUP, and when they change on the disk. A pair that cannot be used never replaces one that can.
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Clock } from '../../core/base/clock.ts';
import { SottoError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { TlsDoor, type TlsPair } from '../../core/net/tls-door.ts';

/** How often the files are looked at, ms. */
const LOOK_MS = 5_000;
/** A certificate that ends within this is told of, ms: most are renewed a month before. */
export const ENDS_SOON_MS = 14 * 86_400_000;
const DAY_MS = 86_400_000;

/** Where a certificate and its key lie. */
export interface CertificatePaths {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate as read. */
export interface ReadCertificate {
  readonly pair: TlsPair;
  /** When it ends, wall clock, ms. */
  readonly ends: number;
  /** Looks whether it is for this host. */
  readonly isFor: (host: string) => boolean;
}

/** Reads both files. @throws BAD_INPUT saying what is wrong with them */
export async function readCertificate(paths: CertificatePaths): Promise<ReadCertificate> {
  const [cert, key] = await Promise.all([readPem(paths.certificate, 'certificate'), readPem(paths.key, 'key')]);
  const first = parsed(cert);
  const isFor = (host: string) => (isIP(host) === 0 ? first.checkHost(host) : first.checkIP(host)) !== undefined;
  return { pair: { cert, key }, ends: Date.parse(first.validTo), isFor };
}

/** The certificate a relay shows. */
export class CertificateFiles {
  readonly door: TlsDoor;
  readonly #paths: CertificatePaths;
  readonly #clock: Clock;
  readonly #log: Log;
  #ends: number;
  #seen: string;
  #toldOf = 0;
  #cancel: () => void = () => undefined;

  private constructor(paths: CertificatePaths, read: ReadCertificate, seen: string, clock: Clock, log: Log) {
    this.door = new TlsDoor(read.pair);
    this.#paths = paths;
    this.#clock = clock;
    this.#log = log;
    this.#ends = read.ends;
    this.#seen = seen;
  }

  /** @throws BAD_INPUT when the files cannot be used */
  static async open(paths: CertificatePaths, clock: Clock, log: Log): Promise<CertificateFiles> {
    const seen = await marks(paths);
    return new CertificateFiles(paths, await readCertificate(paths), seen, clock, log);
  }

  /** When the certificate that is shown ends, wall clock, ms. */
  get ends(): number {
    return this.#ends;
  }

  /** Looks at the files now and then, and tells once of a certificate that ends soon. */
  watch(): void {
    this.#tellEnd();
    this.#cancel = this.#clock.after(LOOK_MS, () => void this.#look().finally(() => this.watch()));
  }

  stop(): void {
    this.#cancel();
    this.#cancel = () => undefined;
  }

  /** Reads the files again and shows what is in them; false when they cannot be used, and the old one stays. */
  async renew(): Promise<boolean> {
    this.#seen = await marks(this.#paths);
    try {
      const { pair, ends } = await readCertificate(this.#paths);
      this.door.renew(pair);
      this.#ends = ends;
      this.#log.info('certificate-renewed', { days: Math.floor((ends - this.#clock.now()) / DAY_MS) });
      return true;
    } catch {
      this.#log.warn('certificate-wrong');
      return false;
    }
  }

  #tellEnd(): void {
    const left = this.#ends - this.#clock.now();
    if (left >= ENDS_SOON_MS || this.#toldOf === this.#ends) return;
    this.#toldOf = this.#ends;
    this.#log.warn('certificate-ends-soon', { days: Math.floor(left / DAY_MS) });
  }

  async #look(): Promise<void> {
    if ((await marks(this.#paths)) !== this.#seen) await this.renew();
  }
}

async function readPem(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new SottoError('BAD_INPUT', `The file of the TLS ${what} cannot be read: ${path}`, cause);
  }
}

function parsed(cert: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (cause) {
    throw new SottoError('BAD_INPUT', 'The file of the TLS certificate holds none; it must be PEM.', cause);
  }
}

/** What changes when somebody writes or replaces one of the files. */
async function marks({ certificate, key }: CertificatePaths): Promise<string> {
  const mark = async (path: string) => {
    const found = await stat(path, { bigint: true }).catch(() => null);
    return found === null ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs}`;
  };
  return (await Promise.all([mark(certificate), mark(key)])).join(' ');
}
