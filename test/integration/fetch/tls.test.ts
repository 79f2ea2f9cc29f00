import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';
import { makeFetchSite, REPOSITORY } from '../../support/http/fetch-site.ts';
import type { FetchSite } from '../../support/http/fetch-site.ts';
import { folder as serveFolder, serve } from '../../support/http/http-server.ts';

const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));

const OPENSSL_CONFIG = `
[req]
distinguished_name = none
[none]
[ca]
default_ca = own
[own]
database = db
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
basicConstraints = critical, CA:true
subjectAltName = IP:127.0.0.1
`;

interface Certificate {
  readonly key: string;
  readonly certificate: string;
  /** The certificate's file: what a client trusts. */
  readonly file: string;
}

/** A certificate for 127.0.0.1 that is its own authority, valid from 2000 until `end` (`YYYYMMDDHHMMSSZ`). */
function makeCertificate(folder: string, end: string): Certificate {
  const at = (name: string): string => path.join(folder, name);
  writeFileSync(at('config'), OPENSSL_CONFIG);
  writeFileSync(at('db'), '');
  writeFileSync(at('serial'), '01');
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const request = ['-config', 'config', '-subj', '/CN=test', '-nodes', '-keyout', 'tls.key'];
  openssl('req', '-new', '-newkey', 'rsa:2048', ...request, '-out', 'tls.csr');
  const own = ['-config', 'config', '-selfsign', '-keyfile', 'tls.key'];
  const dates = ['-startdate', '20000101000000Z', '-enddate', end];
  openssl('ca', '-batch', '-notext', ...own, ...dates, '-in', 'tls.csr', '-out', 'tls.crt');
  const text = (name: string): string => readFileSync(at(name), 'utf8');
  return { key: text('tls.key'), certificate: text('tls.crt'), file: at('tls.crt') };
}

async function serveTls(root: string, { key, certificate }: Certificate): Promise<string> {
  const server = createServer({ key, cert: certificate }, serveFolder(root));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `https://127.0.0.1:${address.port}`;
}

describe.runIf(requireTools('openssl'))('a mirror with TLS', () => {
  const tool = makeToolPackage(toolRoot);
  const setUp = (): Promise<FetchSite> => makeFetchSite(tool, testKeyPair(), 100);

  test('is used where its certificate is trusted', async () => {
    const site = await setUp();
    const trusted = makeCertificate(site.host.folder, '20491231235959Z');
    const url = await serveTls(site.packages, trusted);
    const env = { NODE_EXTRA_CA_CERTS: trusted.file };
    const run = await site.run(['fetch', '--repository', `${url}/${REPOSITORY}`], { env });
    expect(await run.exited, run.lines.join('\n')).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['expired', true, /certificate has expired \(CERT_HAS_EXPIRED\)/],
    ['not trusted', false, /self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\)/],
  ])('whose certificate is %s is refused at once, and named', async (_what, expired, why) => {
    const site = await setUp();
    const end = expired ? '20010101000000Z' : '20491231235959Z';
    const certificate = makeCertificate(site.host.folder, end);
    const url = await serveTls(site.packages, certificate);
    const env = expired ? { NODE_EXTRA_CA_CERTS: certificate.file } : {};
    const run = await site.run(['fetch', '--repository', `${url}/${REPOSITORY}`], { env });
    expect(await run.exited).toMatchObject({ exitCode: 5 });
    const text = run.lines.join('\n');
    expect(text).toContain('error[network]: cannot fetch ');
    expect(text).toContain(`${url}/${REPOSITORY}/x86_64/`);
    expect(text).toContain('its TLS certificate is not accepted');
    expect(text).toMatch(why);
    expect(text).toMatch(/^hint: .*clock/m);
  });

  test('that has expired gives way to the next mirror', async () => {
    const site = await setUp();
    const certificate = makeCertificate(site.host.folder, '20010101000000Z');
    const bad = await serveTls(site.packages, certificate);
    const good = await serve(serveFolder(site.packages));
    const clusterFile = path.join(site.host.folder, 'cluster.yaml');
    const text = readFileSync(clusterFile, 'utf8');
    const repository = `mirror: [${bad}, ${good.url}]\n  repositories: [main]`;
    writeFileSync(clusterFile, text.replace(/repositories:\n\s+- \S+/, repository));
    const env = { NODE_EXTRA_CA_CERTS: certificate.file };
    const run = await site.run(['fetch'], { env });
    expect(await run.exited, run.lines.join('\n')).toMatchObject({ exitCode: 0 });
    expect(good.requests.length).toBeGreaterThan(10);
  });
});
