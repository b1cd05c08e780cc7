import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { examples } from '../help.ts';
import { say } from '../terminal.ts';

export function addContract(program: Command): void {
  const contract = program
    .command('contract')
    .description('What an order, a product, a click is: check messages, schemas and changes.')
    .addHelpText(
      'after',
      examples([
        ['orderlake contract decode --from messages.jsonl', 'what the contract makes of them, and why not'],
        ['orderlake generate --orders 1000 --ledger l | orderlake contract decode --ledger l', 'compare'],
        ['orderlake contract generate', 'write the schemas and the data dictionary anew'],
      ]),
    );
  contract
    .command('generate')
    .description(
      'Write every file that follows from the contract: schemas, descriptors, the data dictionary.',
    )
    .action(async () => {
      const { generateFiles } = await import('../contract/generate.ts');
      await generateFiles();
    });
  contract
    .command('decode')
    .description(
      'What the contract makes of messages, one a line; exit code 1 when some are not as they should be.',
    )
    .option('--from <file>', 'a file of messages, or - for standard input', '-')
    .option('--ledger <file>', 'compare with what the shop says must become of each')
    .action(async (flags: { from: string; ledger?: string }) => {
      const { decodeFile } = await import('../contract/decode.ts');
      if (!(await decodeFile({ from: flags.from, ledger: flags.ledger }))) process.exitCode = 1;
    });
  contract
    .command('bundle')
    .description('Write the contract as one script for engines without modules: QuickJS inside Beam.')
    .option('--out <file>', 'where to, or - for standard output', 'contract.js')
    .action(async ({ out }: { out: string }) => {
      const { bundleContract } = await import('../contract/bundle.ts');
      const script = await bundleContract();
      if (out === '-') process.stdout.write(script);
      else {
        await writeFile(out, script);
        say(`${out}: ${script.length} bytes; call takeMessage(text)`);
      }
    });
  contract
    .command('check')
    .description('Refuse a change of the contract that others would not survive; exit code 1, with the rule.')
    .option('--release', 'keep the contract as a release, when it may follow those before')
    .action(async ({ release }: { release?: boolean }) => {
      const { checkContract } = await import('../contract/check.ts');
      if (!(await checkContract(release === true))) process.exitCode = 1;
    });
}
