import { describe, expect, it } from 'vitest';
import { parseChronydOutput } from '../../../../scripts/image/config-test/complaints/chronyd.ts';
import { parseHaproxyOutput } from '../../../../scripts/image/config-test/complaints/haproxy.ts';
import {
  isAboutInterfaces,
  parseKeepalivedOutput,
} from '../../../../scripts/image/config-test/complaints/keepalived.ts';
import {
  isOfKernel,
  parseNftOutput,
} from '../../../../scripts/image/config-test/complaints/nft.ts';
import { parseShellOutput } from '../../../../scripts/image/config-test/complaints/shell.ts';
import { parseSshdOutput } from '../../../../scripts/image/config-test/complaints/sshd.ts';

const failed = (text: string, exitCode = 1) => ({ text, exitCode });
const passed = (text: string) => ({ text, exitCode: 0 });
const CFG = 'etc/haproxy/haproxy.cfg';

describe('haproxy', () => {
  it('names file and line, and drops what ends every refusal (2.6)', () => {
    const text = `[NOTICE]   (3) : haproxy version is 2.6.12-1+deb12u4
[NOTICE]   (3) : path to executable is /usr/sbin/haproxy
[ALERT]    (3) : config : parsing [/etc/haproxy/haproxy.cfg:18] : timer overflow in argument '25d' to 'timeout client' (maximum value is 2147483647 ms or ~24.8 days)
[ALERT]    (3) : config : [/etc/haproxy/haproxy.cfg:33] : 'server k8s-api/k8s-1' : unknown keyword 'foo'; did you mean 'tfo' maybe ?
[ALERT]    (3) : config : Error(s) found in configuration file : /etc/haproxy/haproxy.cfg
[ALERT]    (3) : config : Fatal errors found in configuration.
`;
    expect(parseHaproxyOutput(failed(text))).toEqual([
      {
        severity: 'error',
        file: CFG,
        line: 18,
        text: "timer overflow in argument '25d' to 'timeout client' (maximum value is 2147483647 ms or ~24.8 days)",
      },
      {
        severity: 'error',
        file: CFG,
        line: 33,
        text: "'server k8s-api/k8s-1' : unknown keyword 'foo'; did you mean 'tfo' maybe ?",
      },
    ]);
  });

  it('reads the refusal of equal names of 3.4, and the warnings of 3.2 and of master-worker', () => {
    const same = `[ALERT]    (26207) : config : Parsing [/etc/haproxy/haproxy.cfg:26]: backend 'k8s-api' has the same name as frontend 'k8s-api' declared at /etc/haproxy/haproxy.cfg:22. This is no longer supported as of 3.3. Please rename one or the other.
[ALERT]    (26207) : config : Error(s) found in configuration file : /etc/haproxy/haproxy.cfg
`;
    expect(parseHaproxyOutput(failed(same))).toMatchObject(
      [
        { severity: 'error', file: CFG, line: 26, text: /^backend 'k8s-api' has the same name/ },
      ].map((it) => ({ ...it, text: expect.stringMatching(it.text) as string })),
    );
    const deprecated =
      "[WARNING]  (1) : config : The 'master-worker' keyword is deprecated in 3.3 and will be removed in 3.5. Use -W or -Ws in the startup script instead.\nWarnings were found.\n";
    expect(parseHaproxyOutput(passed(deprecated))).toEqual([
      {
        severity: 'warning',
        text: "The 'master-worker' keyword is deprecated in 3.3 and will be removed in 3.5. Use -W or -Ws in the startup script instead.",
      },
    ]);
  });

  it('joins the lines of one message, but quotes no line of the file', () => {
    const timeouts = `[WARNING]  (3) : config : missing timeouts for frontend 'k8s-api'.
   | While not properly invalid, you will certainly encounter various problems
   | with such a configuration.
Warnings were found.
`;
    expect(parseHaproxyOutput(passed(timeouts)).map(({ text }) => text)).toEqual([
      "missing timeouts for frontend 'k8s-api'. While not properly invalid, you will certainly encounter various problems with such a configuration.",
    ]);
    const quoted = `[ALERT]    (3) : config : parsing [/etc/haproxy/haproxy.cfg:37]: unmatched quote at position 28:
  user a insecure-password "geheim
                           ^
[ALERT]    (3) : config : Fatal errors found in configuration.
`;
    expect(parseHaproxyOutput(failed(quoted))).toEqual([
      { severity: 'error', file: CFG, line: 37, text: 'unmatched quote at position 28' },
    ]);
  });

  it('tells a name that could not be looked up from a mistake', () => {
    const text =
      "[WARNING]  (3) : config : [/etc/haproxy/haproxy.cfg:33] : 'server k8s-api/k8s-1' : could not resolve address 'api.example.org', disabling server.\n";
    expect(parseHaproxyOutput(passed(text))).toMatchObject([
      { severity: 'warning', unresolved: true, line: 33 },
    ]);
  });

  it('never takes silence or a warning for consent when the exit code says no', () => {
    expect(parseHaproxyOutput(failed(''))).toMatchObject([{ severity: 'error' }]);
    expect(parseHaproxyOutput(failed('[WARNING]  (3) : config : odd.\n', 2))).toMatchObject([
      { severity: 'warning' },
      {
        severity: 'error',
        text: 'it ends with exit code 2 and says last: [WARNING]  (3) : config : odd.',
      },
    ]);
    expect(parseHaproxyOutput(passed('Configuration file is valid\n'))).toEqual([]);
  });
});

describe('keepalived', () => {
  const CONF = 'etc/keepalived/keepalived.conf';

  it('reads lines with and without a file, and those without a place', () => {
    const text = `(Line 9) Unexpected '{' - ignoring
(/etc/keepalived/keepalived.conf: Line 25) Unknown keyword 'virtual_'
(VI_1) the virtual router id must be set
(VI_1) the virtual router id must be set
`;
    expect(parseKeepalivedOutput(failed(text, 5))).toEqual([
      { severity: 'error', file: CONF, line: 9, text: "Unexpected '{' - ignoring" },
      { severity: 'error', file: CONF, line: 25, text: "Unknown keyword 'virtual_'" },
      { severity: 'error', text: '(VI_1) the virtual router id must be set' },
    ]);
  });

  it('says a missing interface once, and can tell it apart', () => {
    const text = `(/etc/keepalived/keepalived.conf: Line 23) WARNING - interface eth7 for vrrp_instance VI_1 doesn't exist
Non-existent interface specified in configuration
`;
    const complaints = parseKeepalivedOutput(failed(text, 5));
    expect(complaints).toHaveLength(1);
    expect(complaints.every(isAboutInterfaces)).toBe(true);
    expect(isAboutInterfaces({ severity: 'error', text: "Unknown keyword 'x'" })).toBe(false);
  });

  it('warns of what it says with exit code 0, and of names that it could not look up', () => {
    expect(parseKeepalivedOutput(passed('something odd\n'))).toEqual([
      { severity: 'warning', text: 'something odd' },
    ]);
    const name = '(Line 6) Invalid smtp server mail.example.org 25\n';
    expect(parseKeepalivedOutput(failed(name, 5))).toMatchObject([
      { severity: 'warning', unresolved: true },
    ]);
    const address = '(Line 6) Invalid smtp server 192.0.2.999 25\n';
    expect(parseKeepalivedOutput(failed(address, 5))).toMatchObject([{ severity: 'error' }]);
  });
});

describe('nft', () => {
  it('gives line and columns', () => {
    const text = `/etc/nftables.nft:21:7-11: Error: syntax error, unexpected string
\t\ttcp dprot { 6443 } accept comment "k8s-api"
\t\t    ^^^^^
`;
    expect(parseNftOutput(failed(text))).toEqual([
      {
        severity: 'error',
        file: 'etc/nftables.nft',
        line: 21,
        columns: { from: 6, to: 11 },
        text: 'syntax error, unexpected string',
      },
    ]);
  });

  it('tells what the kernel said', () => {
    const text =
      '/etc/nftables.nft:8:37-43: Error: Could not process rule: No such file or directory\n';
    expect(parseNftOutput(failed(text)).every(isOfKernel)).toBe(true);
    const young = 'netlink: Error: Operation not permitted (perhaps you must be root?)\n';
    expect(parseNftOutput(failed(young)).every(isOfKernel)).toBe(true);
    const syntax = '/etc/nftables.nft:8:37-43: Error: syntax error, unexpected string\n';
    expect(parseNftOutput(failed(syntax)).some(isOfKernel)).toBe(false);
  });
});

describe('sshd', () => {
  const CONF = 'etc/ssh/sshd_config';

  it('reads both of its forms', () => {
    const text = `/etc/ssh/sshd_config line 4: unsupported option "maybe".
/etc/ssh/sshd_config: line 16: Bad configuration option: Nonsense
/etc/ssh/sshd_config: terminating, 1 bad configuration options
`;
    expect(parseSshdOutput(failed(text, 255))).toEqual([
      { severity: 'error', file: CONF, line: 4, text: 'unsupported option "maybe".' },
      { severity: 'error', file: CONF, line: 16, text: 'Bad configuration option: Nonsense' },
    ]);
  });

  it('lets the node make its host keys, and only warns of old options', () => {
    const text = `Unable to load host key: /etc/ssh/ssh_host_ed25519_key
/etc/ssh/sshd_config line 16: Deprecated option UsePrivilegeSeparation
`;
    expect(parseSshdOutput(passed(text))).toEqual([
      {
        severity: 'warning',
        file: CONF,
        line: 16,
        text: 'Deprecated option UsePrivilegeSeparation',
      },
    ]);
  });
});

describe('chronyd', () => {
  it('finds the refusal among the directives that it prints', () => {
    const text = `pool pool.ntp.org iburst
2026-11-27T20:42:01Z Fatal error : Could not parse pool directive at line 1 in file /etc/chrony/chrony.conf
`;
    expect(parseChronydOutput(failed(text))).toEqual([
      {
        severity: 'error',
        file: 'etc/chrony/chrony.conf',
        line: 1,
        text: 'Could not parse pool directive',
      },
    ]);
    expect(parseChronydOutput(passed('pool pool.ntp.org iburst\n'))).toEqual([]);
  });
});

describe('shells', () => {
  it.each([
    ['BusyBox', '/etc/local.d/a.start: line 3: syntax error: unexpected "|"'],
    ['dash', 'sh: /etc/local.d/a.start: 3: Syntax error: "|" unexpected'],
    [
      'bash',
      "/etc/local.d/a.start: line 3: syntax error near unexpected token `|'\n/etc/local.d/a.start: line 3: `a | | b'",
    ],
  ])('%s', (_, text) => {
    expect(parseShellOutput(failed(text, 2))).toMatchObject([
      { severity: 'error', file: 'etc/local.d/a.start', line: 3 },
    ]);
  });
});
