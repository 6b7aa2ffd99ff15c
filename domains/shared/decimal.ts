/**
 * Decimal arithmetic for prices and values, exact until it is shown.
 *
 * @module
 */

/** `digits` / 10^`scale`. */
export type Decimal = { readonly digits: bigint; readonly scale: number };

const pattern = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Reads `2411.07`. Throws `RangeError` where the text is not a plain decimal. */
export function decimal(text: string): Decimal {
  const [, sign, whole, fraction = ""] = pattern.exec(text) ?? [];
  if (whole === undefined) throw new RangeError(`Cannot read decimal "${text}"`);
  return { digits: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
}

/** A whole number that means itself divided by 10^`scale`, such as base units of an asset with that many decimals. */
export function scaledDecimal(whole: string, scale: number): Decimal {
  return { digits: BigInt(whole), scale };
}

/** Exactly: scales add up. */
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

/** Exactly, at the largest scale among them. */
export function addDecimals(...decimals: readonly Decimal[]): Decimal {
  const scale = commonScale(decimals);
  return { digits: decimals.reduce((total, each) => total + digitsAt(each, scale), 0n), scale };
}

/** Negative, zero or positive. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = commonScale([a, b]);
  const [left, right] = [digitsAt(a, scale), digitsAt(b, scale)];
  return left < right ? -1 : Number(left > right);
}

/** The digits of all at one scale: their ratios are the decimals'. */
export function alignDecimals(decimals: readonly Decimal[]): bigint[] {
  const scale = commonScale(decimals);
  return decimals.map((each) => digitsAt(each, scale));
}

/** With so many places after the point, half rounded away from zero. */
export function decimalText({ digits, scale }: Decimal, places: number): string {
  const size = digits < 0n ? -digits : digits;
  const at =
    scale > places ? (size + 5n * tenTo(scale - places - 1)) / tenTo(scale - places) : size * tenTo(places - scale);
  const text = at.toString().padStart(places + 1, "0");
  const sign = digits < 0n && at > 0n ? "-" : "";
  return places === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
}

function commonScale(decimals: readonly Decimal[]): number {
  return decimals.map(({ scale }) => scale).toSorted((a, b) => b - a)[0] ?? 0;
}

function digitsAt({ digits, scale }: Decimal, wanted: number): bigint {
  return digits * tenTo(wanted - scale);
}

function tenTo(power: number): bigint {
  return 10n ** BigInt(power);
}
