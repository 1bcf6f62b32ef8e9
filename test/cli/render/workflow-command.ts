// A line as the runner of GitHub Actions reads it: `::name key=value,key=value::data` after white space, else text.

export interface WorkflowCommand {
  name: string;
  properties: Record<string, string>;
  data: string;
}

const decoded = (text: string, codes: readonly (readonly [string, string])[]): string =>
  codes.reduce((rest, [code, character]) => rest.replaceAll(code, character), text);

const DATA = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
] as const;
const PROPERTY = [...DATA.slice(0, 2), ['%3A', ':'], ['%2C', ','], ['%25', '%']] as const;

export function commandOf(line: string): WorkflowCommand | undefined {
  const text = line.trimStart();
  const end = text.indexOf('::', 2);
  if (!text.startsWith('::') || end < 0) return undefined;
  const head = text.slice(2, end);
  const space = head.indexOf(' ');
  const pairs =
    space < 0
      ? []
      : head
          .slice(space + 1)
          .trim()
          .split(',');
  return {
    name: space < 0 ? head : head.slice(0, space),
    properties: Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), decoded(pair.slice(pair.indexOf('=') + 1), PROPERTY)]),
    ),
    data: decoded(text.slice(end + 2), DATA),
  };
}
