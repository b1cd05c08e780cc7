import { describe, expect, test } from 'vitest';
import { compileProject, createProcedure, procedures } from './index.ts';

// Written by `vitest run sql -u`; what changes here changes in production, so read the difference.
describe('the compiled project', async () => {
  const compiled = await compileProject({ project: 'a-project' });

  test('says the same as the golden file', async () => {
    await expect(`${JSON.stringify(compiled, null, 2)}\n`).toMatchFileSnapshot('golden/project.json');
  });

  test.each(procedures(compiled).map((one) => [one.name, one] as const))(
    'makes the procedure %s as in its golden file',
    async (name, procedure) => {
      const statement = createProcedure('a-project', procedure);
      await expect(`${statement}\n`).toMatchFileSnapshot(`golden/${name}.sql`);
    },
  );
});
