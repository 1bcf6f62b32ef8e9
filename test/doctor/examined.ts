// Runs the doctor as the tests do, and finds one answer among its findings.

import { expect } from 'vitest';
import { type DoctorOptions, type DoctorReport, doctor } from '../../src/doctor.ts';
import { type AuthorizationServer, authorizationServer, CLIENT, type ServerOptions } from './authorization-server.ts';

export interface Examined {
  report: DoctorReport;
  server: AuthorizationServer;
  /** What was announced, in order. */
  announced: string[];
  /** `severity` of the question, or `absent` where it was not asked. */
  severity(id: string): string;
  /** Because, evidence and fix of the question as one text. */
  words(id: string): string;
}

export interface Examining extends ServerOptions {
  options?: Partial<DoctorOptions> | ((server: AuthorizationServer) => Partial<DoctorOptions>);
  /** Default: the client that the server knows. */
  anonymous?: true;
}

export async function examined({ options = {}, anonymous, ...serverOptions }: Examining = {}): Promise<Examined> {
  const server = await authorizationServer(serverOptions);
  const announced: string[] = [];
  const given = typeof options === 'function' ? options(server) : options;
  const report = await doctor({
    issuer: server.origin,
    ...(anonymous === true ? {} : { client: CLIENT }),
    retries: 0,
    announce: (text) => void announced.push(text),
    ...given,
  });
  expect(JSON.stringify(report), 'no secret is in the report').not.toContain(CLIENT.secret);
  for (const token of server.active) expect(JSON.stringify(report)).not.toContain(token);
  const find = (id: string) => report.findings.find((one) => one.id === id);
  return {
    report,
    server,
    announced,
    severity: (id) => find(id)?.severity ?? 'absent',
    words: (id) => {
      const found = find(id);
      return [found?.because, ...(found?.evidence ?? []), found?.fix].join('\n');
    },
  };
}
