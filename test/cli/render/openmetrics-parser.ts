// A strict reader of OpenMetrics 1.0 text, for the two types that are written here. Throws at the first fault.

export interface ReadSample {
  labels: Record<string, string>;
  value: number;
}

export interface ReadFamily {
  type: string;
  unit: string | undefined;
  help: string | undefined;
  samples: ReadSample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const ESCAPED = String.raw`(?:[^"\\\n]|\\[\\"n])*`;
const LABEL = new RegExp(`([a-zA-Z_][a-zA-Z0-9_]*)="(${ESCAPED})"(?:,(?=[a-zA-Z_])|$)`, 'y');
const SAMPLE = new RegExp(
  String.raw`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="${ESCAPED}",?)*)\})? (\S+)$`,
);
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));

export function readOpenMetrics(text: string): Map<string, ReadFamily> {
  const families = new Map<string, ReadFamily>();
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('expected a line feed at the end');
  if (lines.pop() !== '# EOF') throw new Error('expected # EOF as the last line');
  let current = '';
  for (const line of lines) {
    const [, keyword, name = '', rest = ''] = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === undefined) readSample(line, current, families);
    else {
      if (name !== current) current = begin(name, families);
      readMetadata(keyword, rest, [name, families.get(name)]);
    }
  }
  for (const [name, family] of families) assertWhole(name, family);
  return families;
}

function begin(name: string, families: Map<string, ReadFamily>): string {
  if (!NAME.test(name)) throw new Error(`no name of a metric: ${name}`);
  if (families.has(name)) throw new Error(`the family ${name} stands twice`);
  families.set(name, { type: '', unit: undefined, help: undefined, samples: [] });
  return name;
}

function readMetadata(keyword: string, rest: string, [name, family]: [string, ReadFamily | undefined]): void {
  if (family === undefined || family.samples.length > 0) throw new Error(`metadata of ${name} after its samples`);
  if (keyword === 'TYPE' && family.type === '') family.type = rest;
  else if (keyword === 'UNIT' && family.unit === undefined) family.unit = rest;
  else if (keyword === 'HELP' && family.help === undefined) family.help = unescaped(rest);
  else throw new Error(`${keyword} of ${name} stands twice`);
}

function readSample(line: string, current: string, families: Map<string, ReadFamily>): void {
  const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === undefined || name !== current) throw new Error(`no sample of ${current}: ${line}`);
  if (!NUMBER.test(value)) throw new Error(`no number: ${value}`);
  const sample = { labels: readLabels(labels), value: Number(value) };
  const { samples = [] } = families.get(name) ?? {};
  const series = (one: ReadSample): string => JSON.stringify(Object.entries(one.labels).sort());
  if (samples.some((one) => series(one) === series(sample))) throw new Error(`a series stands twice: ${line}`);
  samples.push(sample);
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const at = LABEL.lastIndex;
    const [, name, value = ''] = LABEL.exec(text) ?? [];
    if (name === undefined) throw new Error(`no label at ${at}: ${text}`);
    if (Object.hasOwn(labels, name)) throw new Error(`the label ${name} stands twice`);
    labels[name] = unescaped(value);
  }
  return labels;
}

function assertWhole(name: string, { type, unit, samples }: ReadFamily): void {
  if (type !== 'gauge' && type !== 'stateset') throw new Error(`no type of ${name}: ${type}`);
  if (unit !== undefined && !name.endsWith(`_${unit}`)) throw new Error(`${name} does not end with its unit`);
  if (
    type === 'stateset' &&
    samples.some(({ labels, value }) => labels[name] === undefined || (value !== 0 && value !== 1))
  )
    throw new Error(`no state set: ${name}`);
}
