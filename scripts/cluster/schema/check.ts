import { z } from 'zod';
import { parseCheckHost } from '../check-host.ts';
import { oneOrMany, Path, Port } from './scalars.ts';

const CheckPort = Port.optional().describe(
  "Port to check, where another one tells more than the servers' own: 6443 for RKE2's 9345. Default: each server's own.",
);

const Expect = z.union([
  z.int().min(100).max(599),
  z
    .string()
    .regex(/^[1-5]\d\d-[1-5]\d\d$/, 'expected a status code or a range such as "200-399"')
    .refine((text) => text.slice(0, 3) <= text.slice(4), {
      error: 'a range of status codes goes from the smaller one to the larger one',
    }),
]);

/** RFC 9110, 5.1 and 5.5: a token, and visible ASCII with blanks inside. */
const HeaderName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'expected the name of a header')
  .refine((name) => !/^(host|connection|content-length|transfer-encoding)$/i.test(name), {
    error: 'haproxy writes this header itself (for Host there is the key host)',
  });
const HeaderValue = z
  .string()
  .regex(/^[!-~]([ -~]{0,1000}[!-~])?$/, 'expected one line of printable ASCII characters');

const askKeys = {
  port: CheckPort,
  path: z
    .string()
    .regex(/^\/[!$&(-~]*$/, 'expected a path such as /readyz, in ASCII and without quotes, # or %')
    .refine((path) => !path.includes('\\'), { error: 'expected a path without backslashes' })
    .optional()
    .describe('Page to ask for. Default: /readyz.'),
  host: z
    .string()
    .refine((text) => parseCheckHost(text) !== undefined, {
      error:
        'expected a host name or an address, with or without a port, such as k8s.example.org:6443',
    })
    .optional()
    .describe(
      'Host header, with its port where one is written; its name, without port, is the TLS server name (an address is none). Default: none.',
    ),
  expect: oneOrMany(Expect)
    .optional()
    .describe(
      'Status codes of a healthy server, such as 200, [200, 401] or "200-399". Default: 200.',
    ),
  headers: z
    .record(HeaderName, HeaderValue)
    .optional()
    .describe('Further headers of the request. Default: none.'),
};

const HttpCheckFile = z.strictObject({
  type: z.literal('http').describe('Ask for a page by plain HTTP.'),
  ...askKeys,
});

const HttpsCheckFile = z.strictObject({
  type: z.literal('https').describe('Ask for a page by HTTPS.'),
  ...askKeys,
  ca: Path.optional().describe(
    'PEM file of the CA that signs the API servers, relative to the cluster file. Default: none, certificates are not verified.',
  ),
});

export const ServiceCheckFile = z.union([
  z.enum(['tcp', 'http', 'https', 'none']),
  z.strictObject({
    type: z.literal('tcp').describe('Connect to the port.'),
    port: CheckPort,
  }),
  HttpCheckFile,
  HttpsCheckFile,
  z.strictObject({ type: z.literal('none').describe('No health check.') }),
]);
export type ServiceCheckFile = z.infer<typeof ServiceCheckFile>;
