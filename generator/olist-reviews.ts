import type { Cell } from './csv-output.ts';
import type { Draft } from './draft.ts';
import type { OrderState } from './order-state.ts';
import { idText, Random } from './random.ts';
import { shownText } from './sao-paulo-clock.ts';
import { Weighted } from './weighted.ts';

const reviewSeed = 0x72657669;
const dayMicros = 86_400_000_000;

const scores = new Weighted([
  [5, 57],
  [4, 19],
  [1, 12],
  [3, 8],
  [2, 3],
]);

/** With what a reader of CSV stumbles over: line breaks, quotes, separators. */
const comments: readonly [string, ...string[]] = [
  'Recebi bem antes do prazo estipulado.',
  'Produto ótimo; chegou rápido, recomendo',
  'O produto é "bom", mas a caixa veio aberta.',
  'Não recebi o produto.\nJá entrei em contato duas vezes\ne ninguém responde!',
  'muito bom,parabéns;;;',
  'Aguardo retorno da loja\r\nobrigada',
];

/** The review of an order, or none. One in a hundred repeats the id of the review before, as there. */
export function reviewOf(
  seed: number,
  draft: Draft,
  state: OrderState,
  idBefore: string,
): Cell[] | undefined {
  const random = new Random().restart(seed ^ reviewSeed, draft.number);
  if (random.chance(0.01)) return undefined;
  const id = idText(random.id());
  const created = (state.delivered ?? draft.estimated) + dayMicros;
  const midnight = `${shownText(created / 1_000).slice(0, 10)} 00:00:00`;
  const answered = shownText((created + random.between(6, 120) * 3_600_000_000) / 1_000);
  return [
    draft.number > 0 && random.chance(0.008) ? idBefore : id,
    idText(draft.id),
    scores.pick(random),
    random.chance(0.12) ? 'Recomendo' : null,
    random.chance(0.41) ? random.pick(comments) : null,
    midnight,
    answered,
  ];
}
