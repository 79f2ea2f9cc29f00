import { lb1, lb2, lb3 } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

export const WEIGHT_AND_ROLES_CASES: readonly RuleCase[] = [
  {
    code: 'weight-gap',
    what: 'a positive weight that does not bridge the gap',
    bad: {
      nodes: [
        { ...lb1, priority: 150 },
        { ...lb2, priority: 100 },
      ],
      vrrp: { check: { weight: 2 } },
    },
    finding: [
      'error vrrp.check.weight',
      'stays at priority 150, and lb-2 with a live haproxy has 102',
    ],
    good: {
      nodes: [
        { ...lb1, priority: 150 },
        { ...lb2, priority: 100 },
      ],
      vrrp: { check: { weight: 51 } },
    },
  },
  {
    code: 'weight-gap',
    what: 'a weight as large as the gap: a tie keeps the MASTER',
    bad: {
      nodes: [
        { ...lb1, priority: 102 },
        { ...lb2, priority: 100 },
      ],
      vrrp: { check: { weight: 2 } },
    },
    finding: ['error vrrp.check.weight', 'not larger than the gap of 2'],
    good: {
      nodes: [
        { ...lb1, priority: 102 },
        { ...lb2, priority: 100 },
      ],
      vrrp: { check: { weight: 3 } },
    },
  },
  {
    code: 'weight-gap',
    what: 'a negative weight that does not bridge the gap',
    bad: {
      nodes: [
        { ...lb1, priority: 120 },
        { ...lb2, priority: 100 },
      ],
      vrrp: { check: { weight: -20 } },
    },
    finding: ['error vrrp.check.weight', 'stays at priority 100'],
    good: {
      nodes: [
        { ...lb1, priority: 120 },
        { ...lb2, priority: 100 },
      ],
      vrrp: { check: { weight: -21 } },
    },
  },
  {
    code: 'weight-gap',
    what: 'priorities at the ceiling leave no room',
    bad: {
      nodes: [
        { ...lb1, priority: 254 },
        { ...lb2, priority: 253 },
      ],
    },
    finding: ['error nodes[0].priority', 'lb-2 with a live haproxy has 254'],
    good: {
      nodes: [
        { ...lb1, priority: 201 },
        { ...lb2, priority: 200 },
      ],
    },
  },
  {
    code: 'weight-gap',
    what: 'a weight with nopreempt',
    bad: { vrrp: { nopreempt: true, check: { weight: 2 } } },
    finding: [
      'error vrrp.check.weight',
      'does not take over from a MASTER that still sends adverts',
    ],
    good: { vrrp: { nopreempt: true } },
  },
  {
    code: 'roles',
    what: 'two MASTERs',
    bad: {
      nodes: [
        { ...lb1, role: 'MASTER' },
        { ...lb2, role: 'MASTER' },
      ],
    },
    finding: ['error nodes[1].role', 'both MASTER'],
    good: {
      nodes: [
        { ...lb1, role: 'MASTER' },
        { ...lb2, role: 'BACKUP' },
      ],
    },
  },
  {
    code: 'roles',
    what: 'no MASTER',
    bad: {
      nodes: [
        { ...lb1, role: 'BACKUP' },
        { ...lb2, role: 'BACKUP' },
      ],
    },
    finding: ['error nodes', 'no node is MASTER'],
    good: {
      nodes: [
        { ...lb1, role: 'BACKUP' },
        { ...lb2, role: 'BACKUP' },
      ],
      vrrp: { nopreempt: true },
    },
  },
  {
    code: 'roles',
    what: 'a MASTER below a BACKUP',
    bad: {
      nodes: [
        { ...lb1, role: 'MASTER', priority: 100 },
        { ...lb2, priority: 101 },
      ],
    },
    finding: ['error nodes[0].priority', 'lb-1 is MASTER with priority 100, but lb-2 has 101'],
    good: {
      nodes: [
        { ...lb1, role: 'MASTER', priority: 102 },
        { ...lb2, priority: 101 },
      ],
    },
  },
  {
    code: 'roles',
    what: 'nopreempt with state MASTER',
    bad: { nodes: [{ ...lb1, role: 'MASTER' }, lb2], vrrp: { nopreempt: true } },
    finding: ['error nodes[0].role', 'keepalived ignores nopreempt'],
    good: { vrrp: { nopreempt: true } },
  },
  {
    code: 'roles',
    what: 'preempt_delay with state MASTER',
    bad: { nodes: [{ ...lb1, role: 'MASTER' }, lb2], vrrp: { preempt_delay: 30 } },
    finding: ['error nodes[0].role', 'keepalived ignores preempt_delay'],
    good: { vrrp: { preempt_delay: 30 } },
  },
  {
    code: 'roles',
    what: 'preempt_delay with nopreempt',
    bad: { vrrp: { nopreempt: true, preempt_delay: 30 } },
    finding: ['error vrrp.preempt_delay', 'no meaning with nopreempt'],
    good: { vrrp: { nopreempt: true } },
  },
  {
    code: 'roles',
    what: 'preempt and nopreempt at once',
    bad: { vrrp: { preempt: true, nopreempt: true } },
    finding: ['error vrrp.nopreempt', 'contradict'],
    good: { vrrp: { preempt: true, nopreempt: false } },
  },
  {
    code: 'roles',
    what: 'a priority outside 1 to 254',
    bad: { nodes: [{ ...lb1, priority: 255 }, lb2] },
    finding: ['error nodes[0].priority', 'priority 255 is outside 1 to 254'],
    good: {
      nodes: [
        { ...lb1, priority: 200 },
        { ...lb2, priority: 199 },
      ],
    },
  },
  {
    code: 'roles',
    what: 'two BACKUPs of one priority',
    bad: { nodes: [lb1, { ...lb2, priority: 90 }, { ...lb3, priority: 90 }] },
    finding: ['warning nodes[2].priority', 'the same priority 90'],
    good: { nodes: [lb1, { ...lb2, priority: 90 }, { ...lb3, priority: 89 }] },
  },
];
