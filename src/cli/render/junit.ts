// JUnit XML: a test suite for each token, a test case for each check. What is written is what the two schemas in use have
// in common, Ant's (JUnit.xsd) and Jenkins' (junit-10.xsd): no output inside a test case, so that of warned checks stands
// in the suite's; a time without a zone; every attribute that either wants.

import { type Check, type Description, isReport, type Report } from '../../core/report.ts';
import { xmlElement, xmlTextElement } from '../encode/xml.ts';
import { checkWords, valueWords } from './check-words.ts';
import type { DocumentMaker } from './document.ts';
import { headline, words } from './headline.ts';
import type { Surface } from './renderer.ts';

export const junit: DocumentMaker = (surface) => {
  let suites = 0;
  const opening = () => (suites === 0 ? '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n' : '');
  return {
    add: (report) => {
      const text = `${opening()}${suite(report, suites, surface)}\n`;
      suites += 1;
      return text;
    },
    end: () => `${opening()}</testsuites>\n`,
  };
};

/** A test case as it will be counted. */
interface Case {
  name: string;
  outcome: 'passed' | 'failure' | 'error' | 'skipped';
  time: number;
  content: string[];
}

function suite(report: Report | Description, id: number, surface: Surface): string {
  const cases = casesOf(report);
  const count = (outcome: Case['outcome']) => cases.filter((one) => one.outcome === outcome).length;
  const attributes = {
    name: nameOf(report, id),
    package: 'tokctl',
    id,
    timestamp: timestamp(report, surface),
    hostname: 'localhost',
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: decimal(cases.reduce((sum, { time }) => sum + time, 0)),
  };
  return xmlElement('testsuite', attributes, [
    properties(report),
    ...cases.map(({ name, time, content }) =>
      xmlElement('testcase', { name, classname: `tokctl.${surface.command}`, time: decimal(time) }, content),
    ),
    xmlTextElement('system-out', {}, told(report)),
    xmlTextElement('system-err', {}),
  ]);
}

/** A schema wants a name that is not all white space; an id may be. */
const nameOf = ({ id, token }: Description, index: number): string =>
  id !== undefined && id.trim() !== '' ? id : `token ${token?.sha256 ?? index}`;

const decimal = (seconds: number): string => seconds.toFixed(3);

/** Without a zone, which the schema forbids; it is UTC. */
function timestamp({ times }: Description, { now }: Surface): string {
  const time = now === undefined ? new Date(times?.evaluated_at ?? 0) : new Date(now * 1000);
  return time.toISOString().slice(0, 19);
}

// ---------------------------------------------------------------- test cases

/** One for each check; and one for the verdict where no check tells why the token is not active. */
function casesOf(report: Report | Description): Case[] {
  const latency = isReport(report) ? (report.introspection?.latency_ms ?? 0) / 1000 : 0;
  const checks = report.checks.map((check) => checkCase(check, check.name === 'introspection' ? latency : 0));
  return [...checks, ...verdictCase(report, checks)];
}

function checkCase(check: Check, time: number): Case {
  const { name, outcome, because, finding } = check;
  const made = { name, time };
  if (outcome === 'skipped')
    return { ...made, outcome: 'skipped', content: [xmlTextElement('skipped', { message: because })] };
  if (outcome !== 'failed') return { ...made, outcome: 'passed', content: [] };
  const failure = xmlTextElement('failure', { message: checkWords(check), type: finding ?? name }, evidence(check));
  return { ...made, outcome: 'failure', content: [failure] };
}

function evidence({ because, expected, actual, spec }: Check): string[] {
  return [
    because,
    ...(expected === undefined ? [] : [`expected: ${valueWords(expected)}`]),
    ...(actual === undefined ? [] : [`actual:   ${valueWords(actual)}`]),
    ...(spec === undefined ? [] : [`rule:     ${spec}`]),
  ];
}

function verdictCase(report: Report | Description, checks: readonly Case[]): Case[] {
  const made = { name: 'verdict', time: 0 };
  const { error } = report;
  if (error !== undefined) {
    const content = xmlTextElement('error', { message: error.message, type: error.code }, [
      error.message,
      `hint: ${error.hint}`,
    ]);
    return [{ ...made, outcome: 'error', content: [content] }];
  }
  if (!isReport(report) || report.verdict === 'active') return [];
  const message = headline(report);
  if (report.verdict === 'unknown')
    return [{ ...made, outcome: 'error', content: [xmlTextElement('error', { message, type: 'unknown' }, [message])] }];
  if (checks.some(({ outcome }) => outcome === 'failure')) return [];
  return [
    { ...made, outcome: 'failure', content: [xmlTextElement('failure', { message, type: 'inactive' }, [message])] },
  ];
}

// ---------------------------------------------------------------- what else is known

function properties(report: Report | Description): string {
  const judged = isReport(report) ? report : undefined;
  const known: [string, string | undefined][] = [
    ['verdict', judged?.verdict],
    ['token', words(report)],
    ['sha256', report.token?.sha256],
    ['issuer', judged?.issuer],
    ['issuer_source', judged?.issuer_source],
    ['kid', judged?.verification?.key?.kid],
    ['expires_at', report.times?.expires_at],
    ['evaluated_at', report.times?.evaluated_at],
    ['weakened', judged === undefined || judged.weakened.length === 0 ? undefined : judged.weakened.join(' ')],
  ];
  const elements = known
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => xmlTextElement('property', { name, value }));
  return xmlElement('properties', {}, elements);
}

/** The verdict, its causes and every warning. */
function told(report: Report | Description): string[] {
  const causes = isReport(report) ? report.causes : [];
  return [
    headline(report),
    ...causes.flatMap(({ code, confidence, because, fix }) => [`${code} (${confidence}): ${because}`, `next: ${fix}`]),
    ...report.checks
      .filter(({ outcome }) => outcome === 'warned')
      .map((one) => `warned ${one.name}: ${checkWords(one)}`),
  ];
}
