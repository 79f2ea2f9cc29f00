/** The script that starts the tool inside the unpacked kit: Node is the only thing it takes from the host. */
export const LAUNCHER = `#!/bin/sh
# Starts the vipiso of this kit with the packages, and the signing key if there is one, that came with it.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
if ! command -v node >/dev/null 2>&1; then
  echo 'vipiso: Node.js 20.18.1 or newer is needed, and there is no "node" here' >&2
  exit 5
fi
VIPISO_CACHE=\${VIPISO_CACHE:-$here/kit/store}
export VIPISO_CACHE
if [ -d "$here/kit/data" ]; then
  VIPISO_DATA=\${VIPISO_DATA:-$here/kit/data}
  export VIPISO_DATA
fi
exec node "$here/kit/tool/out/tool/vipiso.js" "$@"
`;
