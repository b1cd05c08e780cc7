import type { Command } from 'commander';
import { examples } from '../help.ts';

export function addContract(program: Command): void {
  const contract = program
    .command('contract')
    .description('What an order, a product, a click is: check messages, schemas and changes.')
    .addHelpText(
      'after',
      examples([['orderlake contract generate', 'write the schemas and the data dictionary anew']]),
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
}
