import { it } from 'vitest';
import { tokctl } from '../cli/transcript.ts';
it('x', async () => {
  const r = await tokctl(['decode','--', '--color','never'], {tty: true, columns: 44, env:{HOME:'/h'}}); console.log(r.exit, JSON.stringify(r.stdout), JSON.stringify(r.stderr));
});
