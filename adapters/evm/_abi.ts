import { FunctionFragment, Interface, type ParamType } from "ethers/abi";

/** A function of a human-readable fragment, with what encodes and decodes its calls. */
export type Parsed = { readonly fragment: FunctionFragment; readonly abi: Interface };

/** Undefined where the text is not a function's fragment. */
export function parseFunction(text: string): Parsed | undefined {
  // ethers takes JSON, too.
  if (!/^\s*function\s/.test(text)) return undefined;
  try {
    const fragment = FunctionFragment.from(text);
    return { fragment, abi: new Interface([fragment]) };
  } catch {
    return undefined;
  }
}

/** The call with these arguments; undefined where they do not fit. */
export function encodeCall({ fragment, abi }: Parsed, args: readonly unknown[]): string | undefined {
  if (!fragment.inputs.every((input, place) => fits(input, args[place]))) return undefined;
  try {
    return abi.encodeFunctionData(fragment, args);
  } catch {
    return undefined;
  }
}

/**
 * Values have one spelling: ethers also takes the text "false" for true, "-" and a blank for 0, and addresses of other forms
 * (ICAP). It checks everything else.
 */
function fits(type: ParamType, value: unknown): boolean {
  const { baseType, arrayChildren, components } = type;
  if (baseType === "bool") return typeof value === "boolean";
  if (/^u?int/.test(baseType)) return isWhole(value);
  if (/^(address|bytes)/.test(baseType)) return typeof value === "string" && value.startsWith("0x");
  if (!arrayChildren && !components) return true;
  if (!Array.isArray(value)) return false;
  if (arrayChildren) return value.every((item) => fits(arrayChildren, item));
  return (components ?? []).every((part, place) => fits(part, value[place]));
}

function isWhole(value: unknown): boolean {
  return typeof value === "string" ? /^(0|-?[1-9][0-9]*)$/.test(value) : Number.isSafeInteger(value);
}
