/** Why a text is no filter, and where. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError';
  readonly at: number;

  constructor(what: string, at: number) {
    super(what);
    this.at = at;
  }
}
