import { markdownTable, withSupportSection } from '../../support-section.ts';
import { actions } from '../actions/index.ts';
import { refusedBucketFields } from '../bucket-fields.ts';
import { refusedObjectFields } from '../object-fields.ts';
import { differences } from './differences.ts';
import { scenarios } from './scenarios/index.ts';

/** The part of the README that says what works: made from the scenarios, which are proven, and the tables in use. */
export function withSupport(readme: string): string {
  return withSupportSection(readme, support());
}

function support(): string {
  const methods = new Set(actions.map(({ name }) => name.replace('storage.', '')));
  const areas = Map.groupBy(scenarios, ({ area }) => area);
  return [
    `Methods: ${[...methods].map((name) => `\`${name}\``).join(', ')}.`,
    markdownTable(
      ['Works', ''],
      [...areas].map(([area, all]) => [
        `${area} …`,
        all.map(({ name }) => `… ${escaped(name)}`).join('<br>'),
      ]),
    ),
    `Refused by name (501): any method, parameter or encryption header not named here; of objects \`${refusedObjectFields.join('`, `')}\`; of buckets \`${refusedBucketFields.join('`, `')}\`.`,
    markdownTable(
      ['Differs from the service', 'because'],
      differences.map(({ what, why }) => [what, why]),
    ),
  ].join('\n\n');
}

const escaped = (text: string): string => text.replace(/[|*\\[\]<>]/g, '\\$&');
