import type { FaultAction, ServerRef } from '../scenarios/model.ts';
import type { AssignedAction } from './node-roles.ts';

/** The node that something is done to; none for what is done to others. */
export function nameOf(action: AssignedAction): string {
  return 'node' in action ? action.node.hostname : '';
}

/** One line of the timeline. */
export function describeAction(action: AssignedAction): string {
  const name = nameOf(action);
  switch (action.do) {
    case 'cut-power':
      return `power of ${name} cut`;
    case 'power-on':
      return `${name} switched on`;
    case 'press-power-button':
      return `power button of ${name} pressed`;
    case 'shut-down':
      return `${name} shut down by poweroff`;
    case 'run':
      return `${name}: ${action.command}`;
    case 'cable':
      return `cable of ${name}: out ${linkText(action.fromMachine)}, in ${linkText(action.toMachine)}`;
    case 'carrier':
      return `${action.up ? 'cable put back into' : 'cable pulled out of'} ${action.cards === 'all' ? 'every network card' : 'the first member of the bond'} of ${name}`;
    case 'api-servers':
      return `${serversText(action.servers)}: ${typeof action.mode === 'string' ? action.mode : JSON.stringify(action.mode)}`;
    case 'name-server':
      return `name server: ${action.mode}`;
    case 'wait':
      return `${action.seconds} s pass`;
  }
}

function serversText(servers: ServerRef): string {
  if (servers === 'all') return 'all API servers';
  return typeof servers === 'number' ? `API servers 1 to ${servers}` : `API server ${servers.nth}`;
}

function linkText(condition: Extract<FaultAction, { do: 'cable' }>['toMachine']): string {
  return condition === undefined ? 'good' : Object.values(condition).join(' ');
}
