/** Amounts in millionths of a euro, whole numbers: sums of prices with four decimals stay exact to the cent. */
export type Micros = number;

const SCALE = 1_000_000;

/** From EUR, as a number or as the API writes it (`5.4900000000`). */
export function micros(eur: number | string): Micros {
  return Math.round(Number(eur) * SCALE);
}

export function inEuros(amount: Micros): number {
  return amount / SCALE;
}

/** `1234.50`; half a cent is rounded up. */
export function cents(amount: Micros): string {
  const rounded = Math.sign(amount) * Math.round(Math.abs(amount) / 10_000);
  return (rounded / 100).toFixed(2);
}
