// Figures as people read them. Nothing here measures.

/** The middle of a list of numbers; of two middles, their mean. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const above = (ms) => `${ms < 0 ? '' : '+'}${ms.toFixed(1)}`;

/** A rate as a whole number; nothing for one that could not be measured. */
export const whole = (rate) => (rate === undefined ? '' : String(Math.round(rate)));

/** How many times `floor` a figure is; nothing where there is no floor. */
export const ratio = (figure, floor) => (floor === undefined ? '' : (figure / floor).toFixed(2));

/** What `node -e 0` took, in milliseconds, on the machine on which the aims were set: 20 to 22. */
const BASE_OF_AIMS = 21;

/** A Markdown table: a row for each case, in milliseconds above `node -e 0` and as a ratio to it, each beside its aim. */
export function table({ node, platform, runs, cases, plain, extraCertificates }) {
  const rows = cases.map(({ name, aimMs }) => [
    name,
    aimMs === undefined ? '' : `+${aimMs}`,
    above(plain.aboveMs[name]),
    aimMs === undefined ? '' : ratio(BASE_OF_AIMS + aimMs, BASE_OF_AIMS),
    ratio(plain.baseMs + plain.aboveMs[name], plain.baseMs),
    above(extraCertificates.aboveMs[name]),
  ]);
  return [
    `Node ${node} on ${platform}, medians of ${runs} interleaved runs, milliseconds above \`node -e 0\``,
    `(${plain.baseMs.toFixed(1)} ms by itself, ${extraCertificates.baseMs.toFixed(1)} ms with NODE_EXTRA_CA_CERTS).`,
    '',
    ...aligned([['run', 'aim', 'plain', 'aim of `node`', 'of `node`', 'NODE_EXTRA_CA_CERTS'], ...rows]),
  ].join('\n');
}

/** Rows of text as a Markdown table; the first is its head. */
export function aligned([head, ...rows]) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const pad = (text, column) => (column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]));
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [head, rule, ...rows].map((row) => `| ${row.map(pad).join(' | ')} |`);
}

const END = '<!-- end of figures -->';

/** The text with what stands between the two marks of that script replaced. Throws for a text without them. */
export function between(text, figures, script = 'startup') {
  const mark = `<!-- figures: node bench/${script}.mjs --write -->`;
  const begin = text.indexOf(mark);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < begin) throw new Error('expected the marks of the figures, got a text without them');
  return `${text.slice(0, begin)}${mark}\n\n${figures}\n\n${text.slice(end)}`;
}
