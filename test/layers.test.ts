// The house stands: imports point down only, packages stay in their rooms, and the program loads no more than it needs.

import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProject, PROJECT, type ProjectCopy } from './package/project-copy.ts';

const SRC = join(PROJECT, 'src');

interface Import {
  /** The file that imports, below src/. */
  from: string;
  /** A package or `node:` module by name, or the file that is imported, below src/. */
  to: string;
  isLocal: boolean;
  isType: boolean;
  isDynamic: boolean;
}

const IMPORT = /(?:^|\n)(?:import|export)\s+(?:(type)\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/g;
const DYNAMIC = /\bimport\('([^']+)'\)/g;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => name.split(sep).join('/'))
  .sort();
const sources = new Map(files.map((name) => [name, readFileSync(join(SRC, name), 'utf8')]));

function importsOf([from, text]: [string, string]): Import[] {
  const found = (specifier: string, kind: Pick<Import, 'isType' | 'isDynamic'>): Import => {
    const isLocal = specifier.startsWith('.');
    return { from, to: isLocal ? posix.join(posix.dirname(from), specifier) : specifier, isLocal, ...kind };
  };
  return [
    ...[...text.matchAll(IMPORT)].map(([, type, name = '']) =>
      found(name, { isType: type !== undefined, isDynamic: false }),
    ),
    ...[...withoutComments(text).matchAll(DYNAMIC)].map(([, name = '']) =>
      found(name, { isType: false, isDynamic: true }),
    ),
  ];
}

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

const imports = [...sources].flatMap(importsOf);
const shown = ({ from, to }: Import): string => `${from} -> ${to}`;

/** What begins the program, the program, the library, and the schemas that scripts/schemas.mjs writes to schema/. */
const ENTRIES = [
  'launch/main.ts',
  'launch/thread.ts',
  'cli/main.ts',
  'index.ts',
  'cli/config-schema.ts',
  'cli/report-schema.ts',
];

test('the import lines are read, and no file is left over', () => {
  expect(imports.filter(({ isLocal, to }) => isLocal && !sources.has(to) && !to.endsWith('.json'))).toEqual([]);
  const reached = new Set(ENTRIES);
  for (const file of reached) for (const { from, to } of imports) if (from === file) reached.add(to);
  expect(files.filter((name) => !reached.has(name))).toEqual([]);
});

// ---------------------------------------------------------------- layers

type Room = 'core' | 'protocol' | 'diagnosis' | 'explain' | 'library' | 'cli' | 'demo' | 'launch';

/** The public library, and what it is made of. */
const LIBRARY = ['judging', 'check', 'doctor'];
const OWN_ROOM = ['core', 'protocol', 'diagnosis', 'explain', 'cli', 'demo', 'launch'];

function roomOf(file: string): Room {
  const folder = dirname(file).split('/')[0] ?? '';
  if (folder === '.' || LIBRARY.includes(folder)) return 'library';
  if (OWN_ROOM.includes(folder)) return folder as Room;
  throw new Error(`src/${folder}/ stands in no layer: name it in test/layers.test.ts`);
}

/** What each room may use. */
const BELOW: Readonly<Record<Room, readonly Room[]>> = {
  core: ['core'],
  protocol: ['core', 'protocol'],
  diagnosis: ['core', 'diagnosis'],
  explain: ['core', 'explain'],
  library: ['core', 'protocol', 'diagnosis', 'explain', 'library'],
  cli: ['core', 'protocol', 'diagnosis', 'explain', 'library', 'cli', 'demo'],
  demo: ['demo'],
  launch: ['launch'],
};

/** Beyond the table: types of what is asked of the network, and the front door of the library. */
function isException({ from, to, isType }: Import): boolean {
  if (roomOf(from) === 'diagnosis') return isType && roomOf(to) === 'protocol';
  if (roomOf(from) === 'demo') return to === 'index.ts' || (isTour(from) && roomOf(to) === 'core');
  return false;
}

/** `demo --tour` prints what tokctl prints, and escapes it the same way. */
const isTour = (file: string): boolean => file.startsWith('demo/tour');

describe('layers', () => {
  test('imports point down', () => {
    const up = imports.filter(
      (one) => one.isLocal && !BELOW[roomOf(one.from)].includes(roomOf(one.to)) && !isException(one),
    );
    expect(up.map(shown)).toEqual([]);
  });

  test('only the command `demo` opens the playground', () => {
    const users = imports.filter(({ from, to, isLocal }) => isLocal && roomOf(from) === 'cli' && roomOf(to) === 'demo');
    expect([...new Set(users.map(({ from }) => from))]).toEqual(['cli/commands/demo.ts']);
  });

  test('no import goes in a circle', () => {
    const isTable = ({ from, isDynamic }: Import) => isDynamic && from === 'cli/commands/index.ts';
    expect(circles(imports.filter((one) => one.isLocal && !one.isType && !isTable(one)))).toEqual([]);
  });
});

/** Every circle once, as a path of files. */
function circles(edges: readonly Import[]): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (path.includes(file) || done.has(file)) return;
    for (const { to } of edges.filter(({ from }) => from === file)) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

// ---------------------------------------------------------------- packages

/** Where each package may be imported, by the beginning of the path below src/. */
const ROOMS_OF_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli/'],
  chalk: ['cli/'],
  'cli-table3': ['cli/'],
  'string-width': ['cli/'],
  'cli-progress': ['cli/'],
  yaml: ['cli/'],
  zod: ['cli/'],
  jose: ['protocol/client-assertion.ts', 'protocol/decryption.ts'],
  '@noble/hashes': ['core/token.ts'],
  undici: ['protocol/http/'],
  'oidc-provider': ['demo/'],
};

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
const outside = imports.filter(({ isLocal }) => !isLocal);
const foreign = outside.filter(({ to }) => !to.startsWith('node:'));

describe('packages', () => {
  test.each(Object.entries(ROOMS_OF_PACKAGES))('%s is imported from %j only', (name, rooms) => {
    const strays = foreign.filter(
      ({ from, to }) => packageOf(to) === name && !rooms.some((room) => from.startsWith(room)),
    );
    expect(strays.map(shown)).toEqual([]);
  });

  test('no other package is used', () => {
    const unknown = foreign.filter(({ to }) => !Object.hasOwn(ROOMS_OF_PACKAGES, packageOf(to)));
    expect(unknown.map(shown)).toEqual([]);
  });

  test('core knows nothing of the machine, and no package but its hash', () => {
    const used = outside.filter(({ from }) => roomOf(from) === 'core').map(({ to }) => to);
    expect(used.filter((name) => !name.startsWith('@noble/hashes/'))).toEqual([]);
  });

  test('modules of node have their prefix', () => {
    expect(foreign.filter(({ to }) => /^(?:fs|path|http|https|crypto|net|tls|util|os)(?:\/|$)/.test(to))).toEqual([]);
  });
});

// ---------------------------------------------------------------- the machine

/** The identifier, not the word in a sentence or a text. */
const PROCESS = /(?<![\w.'"`-])process\s*(?:[.[?;,)]|!\.)|globalThis\.process|node:process/;

describe('the machine', () => {
  const knowing = (pattern: RegExp): string[] =>
    [...sources].filter(([, text]) => pattern.test(withoutComments(text))).map(([name]) => name);

  test('only the host of the command line knows `process`, but for its clock', () => {
    const hosts = knowing(PROCESS).filter((name) => roomOf(name) !== 'launch');
    expect(hosts).toEqual(['cli/main.ts', 'cli/node-host.ts', 'protocol/monotonic.ts']);
    expect(sources.get('protocol/monotonic.ts')?.match(/process\.\w+/g)).toEqual(['process.hrtime']);
  });

  test('only the host reads and writes files or starts programs', () => {
    const used = outside.filter(({ to, isType }) => !isType && /^node:(?:fs|child_process|os|readline)/.test(to));
    const users = [...new Set(used.map(({ from }) => from))];
    expect(users.filter((name) => roomOf(name) !== 'launch')).toEqual(['cli/node-host.ts']);
  });

  test('nobody writes to the console', () => {
    expect(knowing(/\bconsole\./)).toEqual([]);
  });
});

// ---------------------------------------------------------------- what is loaded

interface Output {
  bytes: number;
  entryPoint?: string;
  inputs: Record<string, unknown>;
  imports: { path: string; kind: string; external?: boolean }[];
}

describe('the bundle', () => {
  let copy: ProjectCopy;
  let outputs: Record<string, Output>;
  beforeAll(async () => {
    copy = await buildProject();
    ({ outputs } = JSON.parse(readFileSync(copy.path('dist/metafile.json'), 'utf8')));
  });
  afterAll(() => copy?.remove());

  /** The chunks that are loaded with the entry, before anything is asked for. */
  function loadedWith(entryPoint: string): Output[] {
    const [entry = ''] = Object.entries(outputs).find(([, output]) => output.entryPoint === entryPoint) ?? [];
    const reached = new Set<string>();
    const reach = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const one of outputs[path]?.imports ?? [])
        if (one.kind !== 'dynamic-import' && one.external !== true) reach(one.path);
    };
    reach(entry);
    return [...reached].map((path) => {
      const output = outputs[path];
      if (output === undefined) throw new Error(`the build has no chunk ${path}`);
      return output;
    });
  }

  const inputsOf = (chunks: Output[]): string[] => chunks.flatMap(({ inputs }) => Object.keys(inputs));
  const packagesOf = (chunks: Output[]): string[] => {
    const names = inputsOf(chunks).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
    return [...new Set(names)].sort();
  };

  test('the program begins with commander at most', () => {
    expect(packagesOf(loadedWith('src/cli/main.ts')).filter((name) => name !== 'commander')).toEqual([]);
  });

  test('the program loads no command before it is called, no vendor table, no explanation', () => {
    const inputs = inputsOf(loadedWith('src/cli/main.ts'));
    expect(inputs).toContain('src/cli/run.ts');
    const early = inputs.filter((path) => /explain\/|demo\/|render\/|token-shapes|protocol\/|judging\//.test(path));
    expect(early).toEqual([]);
    const commands = inputs.filter((path) => path.startsWith('src/cli/commands/'));
    expect(commands).toEqual(['src/cli/commands/index.ts']);
  });

  test.each(['decode', 'verify', 'introspect'])(
    '%s begins with one file, in which nothing is that it may not need',
    (name) => {
      const { imports, inputs } = outputs[`dist/cli/start-${name}.cjs`] ?? { imports: [], inputs: {} };
      expect(Object.keys(inputs)).toContain(`src/cli/commands/${name}.ts`);
      expect(imports.filter(({ kind, external }) => kind !== 'dynamic-import' && external !== true)).toEqual([]);
      const packages = Object.keys(inputs).filter((path) => path.includes('node_modules/'));
      expect(packages.filter((path) => !path.includes('/@noble/hashes/'))).toEqual([]);
      expect(
        Object.keys(inputs).filter((path) => /explain\/|demo\/|diagnosis\/|cli\/batch\/|table/.test(path)),
      ).toEqual([]);
    },
  );

  test('the library begins with no package but the hash, and never loads the command line', () => {
    const chunks = loadedWith('src/index.ts');
    expect(packagesOf(chunks)).toEqual(['@noble/hashes']);
    expect(inputsOf(chunks).filter((path) => path.startsWith('src/cli/'))).toEqual([]);
  });

  test('nothing stands outside the bundle but node itself', () => {
    const external = Object.values(outputs).flatMap(({ imports: all }) => all.filter((one) => one.external === true));
    const missing = new Set(external.map(({ path }) => path).filter((path) => !isBuiltin(path)));
    // undici looks for it where node has it, which is later than Node 20.
    missing.delete('node:sqlite');
    // `debug`, which oidc-provider brings, looks for it and does without it.
    missing.delete('supports-color');
    expect([...missing]).toEqual([]);
  });
});
