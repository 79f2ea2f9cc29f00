import { joinHostPort } from '../../../cluster/values/address.ts';
import type { Topology } from '../document.ts';
import { fitted, rect, text } from './marks.ts';
import type { Drawing, Mark } from './marks.ts';

interface Card {
  readonly look: string;
  readonly heading: string;
  readonly lines: readonly string[];
}

interface Tier {
  readonly title: string;
  readonly cards: readonly Card[];
}

/** Widths of letters in a card, by the style sheet's sizes and the widest of its fonts. */
const LETTER = 6.7;
const HEADING_LETTER = 8.4;
const LINE = 15;
const CARD_GAP = 10;

/** Who asks whom, from the left to the right: for wide screens and paper. */
export function wideTopology(topology: Topology, id: string): Drawing {
  return draw(tiersOf(topology), { id, cardWidth: 196, gap: 44, sideways: true });
}

/** The same from top to bottom: for phones. */
export function tallTopology(topology: Topology, id: string): Drawing {
  return draw(tiersOf(topology), { id, cardWidth: 318, gap: 30, sideways: false });
}

function tiersOf(topology: Topology): readonly Tier[] {
  const { vrrp } = topology;
  const ports = topology.services.map(({ name, port }) => `${name} :${port}`);
  return [
    {
      title: 'Clients',
      cards: topology.clients.map((client) => ({ look: 'card', heading: client, lines: [] })),
    },
    {
      title: topology.vips.length === 1 ? 'Virtual address' : 'Virtual addresses',
      cards: topology.vips.map((vip) => ({ look: 'card vip', heading: vip, lines: ports })),
    },
    {
      title: `Nodes, VRRP v${vrrp.version} ${vrrp.transport}`,
      cards: topology.nodes.map(({ hostname, role, priority, addresses }) => ({
        look: role === 'MASTER' ? 'card first' : 'card',
        heading: hostname,
        lines: [`${role} · priority ${priority}`, ...addresses],
      })),
    },
    {
      title: 'API servers',
      cards: topology.apiServers.map(({ name, address, port }) => ({
        look: 'card',
        heading: name,
        lines: [joinHostPort(address, port)],
      })),
    },
  ];
}

interface Layout {
  readonly id: string;
  readonly cardWidth: number;
  readonly gap: number;
  readonly sideways: boolean;
}

function draw(tiers: readonly Tier[], layout: Layout): Drawing {
  const heights = tiers.map(tierHeight);
  const tallest = Math.max(...heights);
  const marks = tiers.flatMap((tier, i): readonly Mark[] => {
    const above = heights.slice(0, i).reduce((sum, height) => sum + height + layout.gap, 0);
    const x = layout.sideways ? i * (layout.cardWidth + layout.gap) + 1 : 1;
    const y = layout.sideways ? (tallest - (heights[i] ?? 0)) / 2 : above;
    const arrow = i === 0 ? [] : [arrowInto(layout, x, layout.sideways ? tallest / 2 + 10 : y)];
    return [...arrow, ...drawTier(tier, x, y, layout.cardWidth)];
  });
  const gaps = (tiers.length - 1) * layout.gap;
  const width = layout.sideways ? tiers.length * layout.cardWidth + gaps : layout.cardWidth;
  const height = layout.sideways ? tallest : heights.reduce((sum, it) => sum + it, gaps);
  return {
    id: layout.id,
    title: 'What was booted',
    description: describe(tiers),
    look: layout.sideways ? 'topology wide' : 'topology tall',
    height,
    viewBox: `0 0 ${width + 2} ${height + 2}`,
    marks,
    labels: [],
  };
}

function describe(tiers: readonly Tier[]): string {
  const tell = ({ heading, lines }: Card): string => [heading, ...lines].join(', ');
  return `From the client to the API: ${tiers
    .map(({ title, cards }) => `${title}: ${cards.map(tell).join('; ')}`)
    .join('. ')}.`;
}

function cardHeight(card: Card): number {
  return 26 + card.lines.length * LINE;
}

function tierHeight({ cards }: Tier): number {
  return 22 + cards.reduce((sum, card) => sum + cardHeight(card) + CARD_GAP, -CARD_GAP);
}

function drawTier(tier: Tier, x: number, y: number, width: number): readonly Mark[] {
  const room = Math.floor((width - 20) / LETTER);
  let top = y + 20;
  const cards = tier.cards.flatMap((card) => {
    const start = top;
    top += cardHeight(card) + CARD_GAP;
    return [
      rect(
        card.look,
        [String(x), String(width)],
        [start, cardHeight(card)],
        [card.heading, ...card.lines].join('\n'),
      ),
      text(
        'card-heading',
        String(x + 10),
        start + 17,
        fitted(card.heading, Math.floor((width - 20) / HEADING_LETTER)),
      ),
      ...card.lines.map((line, i) =>
        text('card-line', String(x + 10), start + 33 + i * LINE, fitted(line, room)),
      ),
    ];
  });
  return [text('tier', String(x), y + 11, fitted(tier.title, room + 2)), ...cards];
}

/** An arrow through the gap before a tier: `x`, `y` are where the tier begins. */
function arrowInto({ gap, sideways, cardWidth }: Layout, x: number, y: number): Mark {
  const length = gap - 12;
  const [px, py, d] = sideways
    ? [x - gap + 6, y, `M0 0h${length}m-6 -5l6 5l-6 5`]
    : [x + cardWidth / 2, y - gap + 6, `M0 0v${length}m-5 -6l5 6l5 -6`];
  return { kind: 'path', look: 'arrow', x: String(px), y: py, d, tip: '' };
}
