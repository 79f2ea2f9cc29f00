/** Address and port of an HAProxy bind line: `:::6443 v4v6` is `::` and 6443. */
export function splitBind(bind: string): { readonly address: string; readonly port: number } {
  const [place = ''] = bind.split(' ', 1);
  const colon = place.lastIndexOf(':');
  return { address: place.slice(0, colon), port: Number(place.slice(colon + 1)) };
}
