import { Interface, type ParamType, type Result } from "ethers";
import type { AbiCodec, Leaf } from "./chain.ts";

/** The codec that tests use: ethers, read strictly. */
export const codec: AbiCodec = {
  encode(fragment, args) {
    try {
      return new Interface([fragment]).encodeFunctionData(first(fragment), args);
    } catch {
      return "malformed";
    }
  },
  selector(fragment) {
    try {
      return first(fragment).selector;
    } catch {
      return "malformed";
    }
  },
  decode(fragment, data) {
    try {
      const it = new Interface([fragment]);
      const values = it.decodeFunctionData(first(fragment), data);
      if (it.encodeFunctionData(first(fragment), values) !== data) return undefined;
      return first(fragment).inputs.flatMap((input, place) => leavesOf(input, values[place], input.name || `${place}`));
    } catch {
      return undefined;
    }
  },
};

function first(fragment: string) {
  const found = new Interface([fragment]).fragments.find((each) => each.type === "function");
  if (!found) throw new Error("no function");
  return found as ReturnType<typeof Interface.prototype.getFunction> & {
    selector: string;
    inputs: readonly ParamType[];
  };
}

function leavesOf(type: ParamType, value: unknown, path: string): Leaf[] {
  const { arrayChildren, components } = type;
  if (arrayChildren) {
    return [...(value as Result)].flatMap((each, place) => leavesOf(arrayChildren, each, `${path}.${place}`));
  }
  if (components) {
    return components.flatMap((each, place) =>
      leavesOf(each, (value as Result)[place], `${path}.${each.name || place}`),
    );
  }
  return [{ path, type: type.type, value: String(value) }];
}
