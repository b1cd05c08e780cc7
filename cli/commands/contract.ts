import type { Command } from 'commander';
import { examples } from '../help.ts';

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
}
