import { GROUP_INPUTS } from './group-inputs.ts';
import { NAME_INPUTS } from './name-inputs.ts';
import { NETWORK_INPUTS } from './network-inputs.ts';
import { NUMBER_INPUTS } from './number-inputs.ts';
import { SERVICE_INPUTS } from './service-inputs.ts';
import { YAML_INPUTS } from './yaml-inputs.ts';

export const INPUTS = [
  ...YAML_INPUTS,
  ...NUMBER_INPUTS,
  ...NAME_INPUTS,
  ...NETWORK_INPUTS,
  ...GROUP_INPUTS,
  ...SERVICE_INPUTS,
];

/** What `check` takes without an error or a finding that the case is about. */
export const GOOD_INPUTS = INPUTS.filter(({ finds }) => finds === undefined);
