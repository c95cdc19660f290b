// The files of a certificate while a relay runs: looked at now and then, taken up when they fit, told of when they end soon.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../core/base/clock.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { CertificateFiles, readCertificate } from '../../relay/operator/certificate.ts';
import { OperatorLog } from '../../relay/operator/log.ts';
import { type TestCertificate, testCertificate } from '../support/certificate.ts';
import { temporaryData } from '../support/relay-parts.ts';

async function onDisk(made: TestCertificate) {
  const data = await temporaryData();
  const paths = { certificate: join(data, 'c.pem'), key: join(data, 'k.pem') };
  const put = async ({ cert, key }: TestCertificate) => {
    await writeFile(paths.key, key);
    await writeFile(paths.certificate, cert);
  };
  await put(made);
  const ticks: (() => void)[] = [];
  const after = (_ms: number, then: () => void) => {
    ticks.push(then);
    return () => undefined;
  };
  const clock = { ...systemClock, after };
  const lines: string[] = [];
  const files = await CertificateFiles.open(paths, clock, new OperatorLog((line) => lines.push(line), clock));
  files.watch();
  /** Lets it look once, to the end. */
  const look = async () => {
    ticks.shift()?.();
    await expect.poll(() => ticks.length).toBe(1);
  };
  return { paths, put, files, look, events: () => lines.map((line) => (JSON.parse(line) as { event: string }).event) };
}

test('a change of the files is taken up at the next look, and files that did not change are left alone', async () => {
  const [old, fresh] = [testCertificate('old'), testCertificate('fresh')];
  const { put, files, look, events } = await onDisk(old);
  await look();
  expect(events()).toEqual([]);
  await put(fresh);
  await look();
  expect(files.door.pair).toEqual(fresh);
  expect(events()).toEqual(['certificate-renewed']);
});

test('a key that does not belong to the certificate changes nothing, is told of once, and is not in the way of the right one', async () => {
  const [old, fresh] = [testCertificate('old'), testCertificate('fresh')];
  const { put, files, look, events } = await onDisk(old);
  await put({ cert: old.cert, key: fresh.key });
  await look();
  await look();
  expect(files.door.pair).toEqual(old);
  expect(events()).toEqual(['certificate-wrong']);
  await put(fresh);
  await look();
  expect(files.door.pair).toEqual(fresh);
});

test('a certificate that ends soon is told of once', async () => {
  const { look, events } = await onDisk(testCertificate('soon', 3));
  await look();
  await look();
  expect(events()).toEqual(['certificate-ends-soon']);
});

test('it is for the hosts it names, and files that hold none are refused with a sentence', async () => {
  const { paths } = await onDisk(testCertificate('named'));
  const { isFor } = await readCertificate(paths);
  expect(['localhost', '127.0.0.1', 'relay.example', '127.0.0.2'].map(isFor)).toEqual([true, true, false, false]);
  await writeFile(paths.certificate, 'no certificate');
  await expect(readCertificate(paths)).rejects.toSatisfy((error) => isSottoError(error, 'BAD_INPUT'));
  await expect(readCertificate({ ...paths, key: join(paths.key, 'x') })).rejects.toThrow(/key cannot be read/);
});
