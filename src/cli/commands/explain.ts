// `tokctl explain <word>`: a claim, check, cause, error code or exit code in plain words. No network, no token.
// A word that looks like a token is not repeated: people paste into the wrong command.

import { styleText } from 'node:util';
import { type ExitCode, TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { type Printable, printJson } from '../../core/json.ts';
import { withoutSignatures } from '../../core/redact.ts';
import { type Explanation, explain, nearest } from '../../explain/explain.ts';
import { explanationPage, overviewPage, type PageStyle, vocabulary } from '../../explain/page.ts';
import type { Invocation } from '../command.ts';
import type { Host } from '../host.ts';
import type { Settings } from '../settings.ts';

const WIDTH = 80;
/** Lines that are longer than this are hard to read, however wide the terminal is. */
const WIDEST = 100;

/**
 * Prints every meaning of the word, or without a word what can be explained. Several arguments are one word:
 * `explain id token` is `id_token`.
 * @throws TokctlError ERR_USAGE for a word that is not explained, and for an output form that does not exist here
 */
export async function explainCommand({ arguments: words, settings, host }: Invocation): Promise<ExitCode> {
  const word = words.join(' ').trim();
  const form = formOf(settings);
  const text = word === '' ? overview(form, settings, host) : explanations(word, { form, settings, host });
  if (!settings.flag('quiet')) await host.stdout.write(text);
  return 0;
}

type Form = 'table' | 'json' | 'ndjson';

/** Only a flag can be wrong here: a form set for all commands falls back to text. */
function formOf(settings: Settings): Form {
  const output = settings.flag('json') ? 'json' : (settings.text('output') ?? 'table');
  if (output === 'table' || output === 'json' || output === 'ndjson') return output;
  if (settings.get('output')?.origin !== 'flag') return 'table';
  throw usage(
    `expected \`table\`, \`json\` or \`ndjson\`, got \`${escapeText(output)}\``,
    'tokctl explain aud -o json',
  );
}

function overview(form: Form, settings: Settings, host: Host): string {
  if (form === 'table') return overviewPage(styleFor(settings, host));
  return json(form, { groups: vocabulary().map(({ group, words }) => ({ group, words })) });
}

function explanations(word: string, { form, settings, host }: { form: Form; settings: Settings; host: Host }): string {
  const found = explain(word);
  if (found.length === 0) throw unknownWord(word);
  if (form === 'table') return explanationPage(found, styleFor(settings, host));
  return json(form, { word: withoutSignatures(word), explanations: found.map(printable) });
}

const json = (form: Form, value: Printable): string => `${printJson(value, form === 'json' ? 2 : 0)}\n`;

function printable({ word, group, title, meaning, reasons, next, spec, see }: Explanation): Printable {
  const steps = next?.map((step) => (typeof step === 'string' ? { says: step } : { says: step[0], command: step[1] }));
  return { word, group, title, meaning, reasons, next: steps, spec, see };
}

/** Longer than the words that are explained: perhaps a token or a secret. */
const LONGEST = 32;

function unknownWord(word: string): TokctlError {
  const near = nearest(word).map((other) => `\`tokctl explain ${other}\``);
  if (near.length > 0)
    return usage(`there is no explanation of \`${escapeText(word)}\``, `did you mean ${near.join(' or ')}?`);
  if (word.length <= LONGEST)
    return usage(`there is no explanation of \`${escapeText(word)}\``, '`tokctl explain` lists the words');
  return usage(
    `expected a word to explain, got a text of ${word.length} characters`,
    'a token is read by `tokctl decode`',
  );
}

const usage = (message: string, hint: string): TokctlError => new TokctlError('ERR_USAGE', message, { hint });

function styleFor(settings: Settings, { stdout, env }: Host): PageStyle {
  const color = wantsColor(settings.text('color'), { isTTY: stdout.isTTY, env });
  return {
    width: Math.min(stdout.columns ?? WIDTH, WIDEST),
    bold: (text) => (color ? styleText('bold', text, { validateStream: false }) : text),
  };
}

const isOn = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0';

function wantsColor(when: string | undefined, { isTTY, env }: { isTTY: boolean; env: Host['env'] }): boolean {
  if (when === 'always' || when === 'never') return when === 'always';
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return isTTY || isOn(env['FORCE_COLOR']) || isOn(env['CLICOLOR_FORCE']);
}
