/** The node that a port of the switch belongs to: `lb-1/eth0`. */
export function nodeOfPort(port: string): string {
  return port.slice(0, port.lastIndexOf('/'));
}
