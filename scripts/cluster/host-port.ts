/** `[fd00::1]:514`, `192.0.2.1:514`, `log.example.org` (RFC 3986, section 3.2.2); an IPv6 address needs its brackets. */
export function splitHostPort(text: string): {
  readonly host: string;
  readonly port: number | undefined;
} {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text);
  if (match === null) return { host: text, port: undefined };
  const [, bracketed, bare = '', port] = match;
  return { host: bracketed ?? bare, port: port === undefined ? undefined : Number(port) };
}
