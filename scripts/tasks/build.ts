/**
 * `npm run build`: the tool as it ships, in `out/tool`. What else goes into the npm package, an air-gap kit and the OCI
 * image is `files` of `package.json`. Types are checked by `npm run lint`.
 */
import path from 'node:path';
import { bundleTool } from './build/bundle.ts';

const root = path.resolve(import.meta.dirname, '../..');
bundleTool(root, path.join(root, 'out', 'tool'));
