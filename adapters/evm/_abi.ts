import { FunctionFragment, Interface, type ParamType } from "ethers/abi";

/** A function of a human-readable fragment, with what encodes and decodes its calls. */
export type Parsed = { readonly fragment: FunctionFragment; readonly abi: Interface };

/** Undefined where the text is not a function's fragment. */
export function parseFunction(text: string): Parsed | undefined {
  try {
    const fragment = FunctionFragment.from(text);
    return { fragment, abi: new Interface([fragment]) };
  } catch {
    return undefined;
  }
}

/** The call with these arguments; undefined where they do not fit. */
export function encodeCall({ fragment, abi }: Parsed, args: readonly unknown[]): string | undefined {
  if (args.length !== fragment.inputs.length) return undefined;
  if (!fragment.inputs.every((input, place) => fits(input, args[place]))) return undefined;
  try {
    return abi.encodeFunctionData(fragment, args);
  } catch {
    return undefined;
  }
}

/** Truth must be told as such: ethers takes the text "false" for true. It checks everything else. */
function fits(type: ParamType, value: unknown): boolean {
  if (type.baseType === "bool") return typeof value === "boolean";
  const { arrayChildren, components } = type;
  if (!arrayChildren && !components) return true;
  if (!Array.isArray(value)) return false;
  if (arrayChildren) return value.every((item) => fits(arrayChildren, item));
  return (components ?? []).every((part, place) => fits(part, value[place]));
}
