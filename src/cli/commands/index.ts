// Every command, once: name, what it answers, which options it takes, and where its action is loaded from.
// A new one is a file in this folder and an entry here.

import type { Command } from '../command.ts';

const TOKENS = {
  spelling: '[token...]',
  help: 'a token, - for stdin, @file or env:NAME; without one TOKCTL_TOKEN or a pipe',
} as const;

const JUDGING = ['trust', 'expectation', 'network', 'output', 'batch', 'general'] as const;

export const COMMANDS: readonly Command[] = [
  {
    name: 'introspect',
    summary: 'is this token active, and what may it do? a JWT is verified here, the server is asked about others',
    parameters: [TOKENS],
    groups: [...JUDGING, 'introspection', 'client'],
    options: ['warn-ttl'],
    examples: [
      [
        'tokctl introspect - --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET < token.txt',
        'ask the server about an opaque token',
      ],
      ['tokctl introspect @token.txt --issuer https://id.example.com --mode both', 'verify here and ask, and compare'],
    ],
    load: async () => (await import('./introspect.ts')).introspectCommand,
  },
  {
    name: 'verify',
    summary: 'does this JWT hold: signature, issuer, audience, times, type? never asks for introspection',
    parameters: [TOKENS],
    groups: [...JUDGING],
    options: ['warn-ttl'],
    examples: [
      ['tokctl verify @token.txt --issuer https://id.example.com --audience my-api', 'with the keys of the issuer'],
      ['tokctl verify @token.txt --jwks keys.json --strict', 'without the network, as a gate'],
    ],
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'decode',
    alias: 'inspect',
    summary: 'what is this? kind, header, claims and times, without a verdict and without the network',
    parameters: [TOKENS],
    groups: ['output', 'batch'],
    options: ['at'],
    examples: [
      ['tokctl decode @token.txt', 'read a token'],
      ['pbpaste | tokctl decode --select claims.scope', 'one value, for a shell'],
    ],
    load: async () => (await import('./decode.ts')).decodeCommand,
  },
  {
    name: 'diff',
    summary: 'how do two tokens differ? header and claims side by side, without the network; exit code 1 if they do',
    parameters: [
      { spelling: '<a>', help: 'a token, - for stdin, @file or env:NAME' },
      { spelling: '<b>', help: 'the other one' },
    ],
    groups: [],
    options: ['output', 'json', 'quiet', 'color', 'pick'],
    examples: [
      ['tokctl diff @yesterday.txt @today.txt', 'what has changed?'],
      ['tokctl diff env:STAGING_TOKEN env:PRODUCTION_TOKEN -o json', 'for a program'],
    ],
    load: async () => (await import('./diff.ts')).diffCommand,
  },
  {
    name: 'check',
    summary: 'the gate for pipelines: every check of tokctl.yaml, or one from flags, with reports',
    parameters: [{ spelling: '[name...]', help: 'only these checks' }],
    groups: ['check', 'trust', 'expectation', 'introspection', 'client', 'network', 'general'],
    options: ['output', 'json', 'quiet', 'verbose', 'color', 'concurrency'],
    examples: [
      ['tokctl check', 'every check of tokctl.yaml'],
      ['tokctl check --tag deploy --report junit=report.xml', 'those with a tag, with a report for the build server'],
      [
        'tokctl check --token env:API_TOKEN --issuer https://id.example.com --audience my-api --min-ttl 10m',
        'one check from flags, without a file',
      ],
    ],
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'doctor',
    summary: 'is this authorization server sound? metadata, keys, introspection, client authentication, clock, TLS',
    parameters: [{ spelling: '<issuer>', help: 'the issuer' }],
    groups: ['client', 'network', 'general', 'doctor'],
    options: [
      'metadata-url',
      'introspection-endpoint',
      'allow-endpoint-origin',
      'output',
      'json',
      'quiet',
      'verbose',
      'color',
      'resource',
      'baseline',
    ],
    examples: [
      ['tokctl doctor https://id.example.com', 'what anybody can see'],
      [
        'tokctl doctor https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET --baseline doctor.json',
        'introspection and tokens too, and what has changed since the last run',
      ],
    ],
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'token',
    summary: 'get an access token by client_credentials, to pipe into the others',
    groups: ['client', 'network', 'general'],
    options: [
      'issuer',
      'metadata-url',
      'allow-endpoint-origin',
      'scope',
      'output',
      'json',
      'quiet',
      'verbose',
      'color',
    ],
    examples: [
      [
        'tokctl token --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET | tokctl verify - --issuer https://id.example.com',
        'get one and verify it',
      ],
    ],
    load: async () => (await import('./token.ts')).tokenCommand,
  },
  {
    name: 'jwks',
    summary:
      'the keys of an issuer, a URL or a file: kid, kty, alg, use, size, thumbprint, and what is wrong with each',
    parameters: [{ spelling: '<source>', help: 'an issuer, the URL of a JWK Set, a file, or - for stdin' }],
    groups: ['network', 'general'],
    options: ['metadata-url', 'output', 'json', 'quiet', 'verbose', 'color', 'pem'],
    examples: [['tokctl jwks https://id.example.com', 'what keys does it publish?']],
    load: async () => (await import('./jwks.ts')).jwksCommand,
  },
  {
    name: 'explain',
    summary: 'a claim, check, cause, error code or exit code in plain words',
    parameters: [{ spelling: '[word...]', help: 'the word; none lists all of them' }],
    groups: [],
    options: ['output', 'json', 'quiet', 'color'],
    examples: [
      ['tokctl explain aud', 'a claim'],
      ['tokctl explain ERR_ISSUER_UNTRUSTED', 'an error'],
    ],
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'config',
    summary: 'the settings and where each came from (show), the file (path), or a file to start with (init)',
    parameters: [{ spelling: '[show|path|init]', help: 'what to do' }],
    groups: ['trust', 'expectation', 'introspection', 'client', 'network', 'output', 'batch', 'general'],
    load: async () => (await import('./config.ts')).config,
  },
  {
    name: 'completion',
    summary: 'a completion script for bash, zsh, fish or powershell',
    parameters: [{ spelling: '<bash|zsh|fish|powershell>', help: 'the shell' }],
    groups: [],
    examples: [
      ['source <(tokctl completion bash)', 'for this shell'],
      ['tokctl completion fish > ~/.config/fish/completions/tokctl.fish', 'for every new one'],
    ],
    load: async () => (await import('./completion.ts')).completionCommand,
  },
  {
    name: 'demo',
    summary: 'a playground on loopback: a real authorization server, a protected resource, and tokens to try',
    groups: ['demo'],
    options: ['output', 'json', 'color'],
    examples: [
      ['tokctl demo --tour', 'see what tokctl says of good and bad tokens'],
      ['tokctl demo', 'keep the server running, with commands to paste'],
    ],
    load: async () => (await import('./demo.ts')).demo,
  },
];
