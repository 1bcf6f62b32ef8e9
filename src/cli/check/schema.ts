// The shape of tokctl.yaml: profiles as in the configuration file, and named checks. A check holds the options of a
// profile and those of the group `check`; checked here and published as a JSON Schema.
// Invariant: an option passes exactly if its flag would, and a secret is not repeated in a fault.

import * as z from 'zod/mini';
import { nearest } from '../../core/nearest.ts';
import { checkConfig, configJsonSchema, type FileProfile } from '../config-schema.ts';
import { OPTIONS, type OptionDefinition } from '../options.ts';
import { shownValue } from '../secret-source.ts';
import { checkValue } from '../values.ts';
import { type CheckRuleFault, ruleFaults } from './rules.ts';

/** Options of the group `check` that steer a run: they stand on the command line only. */
const OF_THE_RUN: readonly string[] = ['file', 'tag', 'report', 'watch', 'serve', 'record'];

/** Options that a check may hold besides those of a profile. */
export const CHECK_OPTIONS: readonly OptionDefinition[] = OPTIONS.filter(
  ({ group, name }) => group === 'check' && !OF_THE_RUN.includes(name),
);
/** Those of them that a profile of tokctl.yaml may hold too. */
const SHARED: readonly string[] = ['warn-ttl', 'max-latency'];

export type ClaimExpectation = string | number | boolean | { readonly matches: string };

/** A check as the file holds it: what is named here, and any option by its flag without dashes. */
export interface CheckEntry {
  readonly description?: string;
  readonly tags?: string | readonly string[];
  readonly profile?: string;
  readonly claims?: Readonly<Record<string, ClaimExpectation>>;
  readonly [option: string]: unknown;
}

/** The file once it was checked. */
export interface CheckDocument {
  readonly 'default-profile'?: string;
  readonly profiles?: Readonly<Record<string, FileProfile | null>> | null;
  readonly checks: Readonly<Record<string, CheckEntry>>;
}

export type CheckFault = CheckRuleFault;

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;
const SEE = 'docs/ci/tokctl.yaml is an example; keys are the flags without their dashes';

// ---------------------------------------------------------------- the schema

const text = () => z.string().check(z.minLength(1));
const scalar = () => z.union([text(), z.number()]);

function typeOf({ kind, choices }: OptionDefinition) {
  if (kind === 'flag') return z.boolean();
  if (choices?.includes('true')) return z.boolean();
  if (kind === 'integer') return z.int().check(z.minimum(0));
  if (kind === 'list' || kind === 'texts') return z.union([scalar(), z.array(scalar())]);
  return kind === 'duration' ? scalar() : text();
}

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

function memberOf(option: OptionDefinition) {
  const followsRule = z.check<unknown>(({ value, issues }) => {
    const message = textsOf(value)
      .map((one) => checkValue(option, one))
      .find((one) => one !== undefined);
    if (message !== undefined) issues.push({ code: 'custom', message, path: [], input: value });
  });
  return z.optional((typeOf(option) as z.ZodMiniType).check(followsRule, z.meta({ description: option.help })));
}

const described = <T extends z.ZodMiniType>(type: T, description: string) => type.check(z.meta({ description }));

const claimSchema = z.union([z.string(), z.number(), z.boolean(), z.strictObject({ matches: text() })]);

const OWN = {
  description: z.optional(described(text(), 'what the check is for')),
  tags: z.optional(described(z.union([scalar(), z.array(scalar())]), 'names by which --tag picks checks')),
  profile: z.optional(described(text(), 'the profile of this file whose options the check has')),
  claims: z.optional(
    described(z.record(text(), claimSchema), 'claims by name: the value each must have, or `matches` with a pattern'),
  ),
  ...Object.fromEntries(CHECK_OPTIONS.map((option) => [option.name, memberOf(option)])),
};
const OWN_NAMES = Object.keys(OWN);

/** Everything but the options of a profile, whose schema is that of the configuration file. */
const fileSchema = z.looseObject({
  'default-profile': z.optional(described(text(), 'the profile of checks that name none')),
  profiles: z.optional(z.nullable(z.record(z.string(), z.nullable(z.looseObject({}))))),
  checks: z.optional(z.nullable(z.record(z.string().check(z.regex(NAME)), z.looseObject(OWN)))),
});

/** The JSON Schema (draft 7, which editors know) of tokctl.yaml. */
export function checkJsonSchema(): object {
  const options = profileProperties(configJsonSchema());
  const own = (z.toJSONSchema(z.strictObject(OWN), { target: 'draft-7' }) as JsonSchema).properties ?? {};
  const shared = Object.fromEntries(SHARED.map((name) => [name, own[name]]));
  const names = { propertyNames: { type: 'string', pattern: NAME.source } };
  const mapping = (properties: object, more: object = {}) => ({
    type: 'object',
    properties,
    additionalProperties: false,
    ...more,
  });
  const profile = { anyOf: [mapping({ ...options, ...shared }), { type: 'null' }] };
  const subject = { anyOf: ['token', 'resource', 'server'].map((name) => ({ required: [name] })) };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'checks of tokctl (tokctl.yaml)',
    ...mapping({
      $schema: { type: 'string' },
      'default-profile': { type: 'string', description: 'the profile of checks that name none' },
      profiles: {
        ...{ type: 'object', ...names, additionalProperties: profile },
        description: 'options by name, for the checks that name the profile; no literal secrets and no commands',
      },
      checks: {
        ...{ type: 'object', ...names, minProperties: 1 },
        additionalProperties: mapping({ ...own, ...options }, subject),
        description: 'checks by name; each is of a token, a resource or a server',
      },
    }),
    required: ['checks'],
  };
}

interface JsonSchema {
  readonly properties?: Record<string, unknown>;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema;
}

/** The options of a profile in the schema of the configuration file. */
function profileProperties(config: JsonSchema): Record<string, unknown> {
  const profiles = config.properties?.['profiles'] as JsonSchema | undefined;
  const profile = profiles?.anyOf?.[0]?.additionalProperties?.anyOf?.[0];
  if (profile?.properties === undefined) throw new Error('the schema of the configuration file has no profiles');
  return profile.properties;
}

// ---------------------------------------------------------------- checking

export type CheckedFile = { readonly document: CheckDocument } | { readonly faults: readonly CheckFault[] };

/** The document if all of it is right, else everything that is wrong. `undefined` and null are an empty file. */
export function checkTokctlYaml(value: unknown): CheckedFile {
  const parsed = fileSchema.safeParse(value ?? {});
  if (!parsed.success) return { faults: parsed.error.issues.map((issue) => faultOf(issue, value)) };
  const { checks, ...rest } = parsed.data as Omit<CheckDocument, 'checks'> & Partial<CheckDocument>;
  const faults = [...unknownTopKeys(rest), ...optionFaults({ ...rest, checks: checks ?? {} })];
  if (faults.length > 0) return { faults };
  if (checks === undefined || checks === null || Object.keys(checks).length === 0) return { faults: [noChecks] };
  const document: CheckDocument = { ...rest, checks };
  const broken = ruleFaults(document);
  return broken.length > 0 ? { faults: broken } : { document };
}

const noChecks: CheckFault = {
  path: ['checks'],
  words: 'expected checks, got none',
  hint: 'name one under `checks:`, with `token`, `resource` or `server: true`',
};

const TOP_NAMES = ['checks', 'profiles', 'default-profile'];

function unknownTopKeys(document: object): CheckFault[] {
  return Object.keys(document)
    .filter((key) => !TOP_NAMES.includes(key) && key !== '$schema')
    .map((key) => unknownKey([key], 'the file', TOP_NAMES));
}

/** The options of profiles and checks by the very rules of the configuration file. */
function optionFaults({ profiles, checks }: CheckDocument): CheckFault[] {
  return [
    ...facing('profiles', profiles ?? {}, SHARED),
    ...facing('checks', checks as Record<string, FileProfile>, OWN_NAMES),
  ];
}

function facing(
  where: 'profiles' | 'checks',
  entries: Readonly<Record<string, FileProfile | null>>,
  own: readonly string[],
): CheckFault[] {
  const split = Object.entries(entries).map(([name, values]): [string, FileProfile] => [
    name,
    Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => !own.includes(key))),
  ]);
  const checked = checkConfig({ profiles: Object.fromEntries(split) });
  if (!('faults' in checked)) return [];
  const what = where === 'checks' ? 'check' : 'profile';
  return checked.faults.map(({ path, words, hint }): CheckFault => {
    const [, name, key] = path;
    const place = [where, ...path.slice(1)];
    if (words.startsWith('unknown key') && key !== undefined)
      return unknownKey(place, `${what} \`${String(name)}\``, [...own, ...optionNames()]);
    return {
      path: place,
      words: words.replace(`in profile \`${String(name)}\``, `in ${what} \`${String(name)}\``),
      hint,
    };
  });
}

const optionNames = (): string[] => OPTIONS.filter(({ inProfile }) => inProfile !== false).map(({ name }) => name);

function unknownKey(path: readonly PropertyKey[], where: string, names: readonly string[]): CheckFault {
  const key = String(path.at(-1));
  // A secret can stand in a key where the blank after its colon was forgotten.
  const shown = /^[\w.-]{1,64}$/.test(key) ? ` \`${key}\`` : '';
  const [found] = nearest(key.replace(/^-+/, ''), names, 1);
  return {
    path,
    words: `unknown key${shown} in ${where}`,
    hint: found === undefined ? SEE : `did you mean \`${found}\`?`,
  };
}

// ---------------------------------------------------------------- words

function faultOf(issue: z.core.$ZodIssue, value: unknown): CheckFault {
  const { path } = issue;
  if (issue.code === 'invalid_key')
    return { path, words: 'a name of a check: expected letters, digits, `.`, `_`, `-` and `@`', hint: SEE };
  const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  if (key !== undefined) return unknownKey([...path, key], labelOf(path), ['matches']);
  const expected = issue.code === 'custom' ? issue.message : expectedAt(path);
  return { path, words: `${labelOf(path)}: ${expected}, got ${shownAt(path, value)}`, hint: SEE };
}

function labelOf([top, name, option, item]: readonly PropertyKey[]): string {
  if (top === undefined) return 'the file';
  if (name === undefined) return `\`${String(top)}\``;
  const what = `${top === 'checks' ? 'check' : 'profile'} \`${String(name)}\``;
  if (option === undefined) return what;
  const inner = option === 'claims' && item !== undefined ? `\`${String(item)}\` of ` : '';
  return `${inner}\`${String(option)}\` in ${what}`;
}

function expectedAt([top, name, option, item]: readonly PropertyKey[]): string {
  if (top === undefined) return 'expected `checks:`';
  if (name === undefined) return top === 'default-profile' ? 'expected text' : `expected ${String(top)} by name`;
  if (option === undefined) return 'expected options by name';
  if (option === 'claims')
    return item === undefined ? 'expected claims by name' : 'expected a value, or `matches: PATTERN`';
  const known = CHECK_OPTIONS.find((one) => one.name === option);
  const type = known === undefined ? undefined : typeWords(known);
  return type ?? 'expected text';
}

function typeWords({ kind, choices, ...option }: OptionDefinition): string {
  if (kind === 'flag' || choices?.includes('true')) return 'expected true or false';
  if (kind === 'integer') return 'expected a whole number';
  if (kind === 'list' || kind === 'texts') return 'expected text or a list of texts';
  return checkValue({ kind, ...option }, '') ?? 'expected text';
}

function shownAt(path: readonly PropertyKey[], root: unknown): string {
  const value = path.reduce((found: unknown, part) => (found as Record<PropertyKey, unknown>)?.[part], root);
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a mapping';
  if (value === '') return 'an empty text';
  const known = CHECK_OPTIONS.find((one) => one.name === path[2]);
  return known === undefined ? 'another value' : `\`${shownValue(known, String(value)).slice(0, 80)}\``;
}
