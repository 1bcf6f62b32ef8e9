// Every option that verify, introspect and token take does what it says, as a flag, as a variable and in a profile: read
// off the wire, the streams or the report. An option without a proof fails here.

import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { type OptionDefinition, optionNamed, variableOf } from '../../src/cli/options.ts';
import { optionsOf } from '../../src/cli/words.ts';
import { type Run, tokctl } from './transcript.ts';
import { EXPECTATION } from './wire/expectation.ts';
import { CLIENT, GRANTED, INTROSPECTION } from './wire/introspection.ts';
import { NETWORK } from './wire/network.ts';
import { BATCHES, OUTPUT } from './wire/output.ts';
import type { Proof, World } from './wire/proof.ts';
import { TRUST } from './wire/trust.ts';

const PROOFS: Record<string, Proof> = {
  ...TRUST,
  ...EXPECTATION,
  ...INTROSPECTION,
  ...CLIENT,
  ...NETWORK,
  ...OUTPUT,
  ...BATCHES,
};

const PROVED_COMMANDS = ['verify', 'introspect', 'token'];

test('every option of these commands has a proof, and every proof an option', () => {
  const commands = COMMANDS.filter(({ name }) => PROVED_COMMANDS.includes(name));
  const taken = new Set(commands.flatMap((command) => optionsOf(command).map(({ name }) => name)));
  expect([...taken].filter((name) => !Object.hasOwn(PROOFS, name))).toEqual([]);
  expect(Object.keys(PROOFS).filter((name) => !taken.has(name))).toEqual([]);
});

// ---------------------------------------------------------------- the three ways

type Way = 'flag' | 'variable' | 'profile';

const FOLDER = '/home/me/.config/tokctl';
const CONFIG = `${FOLDER}/config.yaml`;

/** Paths in a profile begin at its file. */
const besideConfig = (files: World['files'] = {}): NonNullable<World['files']> =>
  Object.fromEntries(Object.entries(files).map(([path, file]) => [`${FOLDER}/${path}`, file]));

/** The value as YAML has it. */
const inYaml = (value: World['value']): string => JSON.stringify(value);

function given(option: OptionDefinition, way: Way | 'without', world: World): World {
  const { value, otherwise } = world;
  const texts = value === true ? ['true'] : [value].flat();
  switch (way) {
    case 'flag':
      return withFlags(
        world,
        value === true ? [`--${option.name}`] : texts.flatMap((text) => [`--${option.name}`, text]),
      );
    case 'variable':
      return { ...world, env: { ...world.env, [variableOf(option.name)]: texts.join(',') } };
    case 'profile':
      return {
        ...withFlags(world, ['-p', 'proof']),
        env: { HOME: '/home/me', ...world.env },
        files: {
          ...world.files,
          ...besideConfig(world.files),
          [CONFIG]: `profiles:\n  proof:\n    ${option.name}: ${inYaml(value)}\n`,
        },
      };
    case 'without':
      return otherwise === undefined ? world : withFlags(world, [`--${option.name}`, otherwise]);
  }
}

const withFlags = (world: World, words: string[]): World => ({ ...world, argv: [...world.argv, ...words] });

async function seen(option: OptionDefinition, way: Way | 'without', { world, sees }: Proof): Promise<unknown> {
  const made = given(option, way, await world());
  const { argv, ...options } = made;
  const run: Run = await tokctl(argv, options);
  return sees(run, made);
}

/** A list of texts in a variable would be split at commas that the texts may hold: such options take one there. */
const waysOf = ({ inEnvironment, inProfile, kind }: OptionDefinition, { length = 1 }: { length?: number }): Way[] => [
  'flag',
  ...(inEnvironment === false || (kind === 'texts' && length > 1) ? [] : (['variable'] as const)),
  ...(inProfile === false ? [] : (['profile'] as const)),
];

const cases = (proofs: Record<string, Proof>) =>
  Object.entries(proofs).map(([name, proof]) => ({ name, option: optionNamed(name), proof }));

/** Without the option nothing of it is to be seen; some looks find nothing to look at then. */
async function absent(option: OptionDefinition, proof: Proof): Promise<unknown> {
  return seen(option, 'without', proof).catch((error: unknown) => {
    if (error instanceof SyntaxError || error instanceof TypeError) return 'nothing to look at';
    throw error;
  });
}

describe.each([
  ['verify and introspect', PROOFS],
  ['token', GRANTED],
])('%s', (_command, proofs) => {
  test.each(cases(proofs))('--$name', async ({ option, proof }) => {
    const { value } = await proof.world();
    for (const way of waysOf(option, Array.isArray(value) ? value : {}))
      expect({ way, sees: await seen(option, way, proof) }).toEqual({ way, sees: proof.expected });
    expect(await absent(option, proof)).not.toEqual(proof.expected);
  });
});

test('a flag wins over its variable, the variable over the profile', async () => {
  const world = await TRUST['alg']?.world();
  if (world === undefined) throw new Error('no proof of --alg');
  const algorithms = async (over: Partial<World>) => {
    const { argv, ...options } = { ...world, ...over };
    return JSON.parse((await tokctl(argv, options)).stdout).checks.find(
      ({ name }: { name: string }) => name === 'algorithm',
    ).expected;
  };
  const profile = {
    env: { HOME: '/home/me' },
    files: { ...world.files, [CONFIG]: 'profiles:\n  proof:\n    alg: RS256\n' },
  };
  const argv = [...world.argv, '-p', 'proof'];
  expect(await algorithms({ ...profile, argv })).toEqual(['RS256']);
  const env = { HOME: '/home/me', TOKCTL_ALG: 'RS384' };
  expect(await algorithms({ ...profile, argv, env })).toEqual(['RS384']);
  expect(await algorithms({ ...profile, argv: [...argv, '--alg', 'RS512'], env })).toEqual(['RS512']);
});
