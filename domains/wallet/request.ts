/**
 * Asking for a transfer: by a user, or by a play's step.
 *
 * @module
 */
import { accept, type Decision, refuse, sameJson } from "../shared/mod.ts";
import type { Transfer, TransferEvent, TransferRequest } from "./transfer.ts";

/** Asks for a transfer. The same one again changes nothing; another one under its id is refused. */
export function requestTransfer(
  transfer: Transfer,
  request: TransferRequest,
): Decision<TransferEvent, "transfer-differs"> {
  if (transfer.status === "absent") return accept<TransferEvent>({ type: "TransferRequested", ...request });
  return sameRequest(transfer, request) ? accept() : refuse("transfer-differs");
}

/** Records that policy refuses a transfer: nothing will come of it. */
export function refuseTransfer(
  transfer: Transfer,
  request: TransferRequest,
  reason: string,
  detail: string,
): Decision<TransferEvent, never> {
  if (transfer.status !== "absent") return accept();
  return accept<TransferEvent>({ type: "TransferRefused", ...request, reason, detail });
}

/** Asks for a play's transfer. Without an account on the network it is over at once: nothing can be sent. */
export function requestOrderTransfer(transfer: Transfer, request: TransferRequest): Decision<TransferEvent, never> {
  if (transfer.status !== "absent") return accept();
  const requested: TransferEvent = { type: "TransferRequested", ...request };
  if (request.account) return accept(requested);
  const { user, wallet, purpose } = request;
  const detail = "The user has no wallet with an account on the network";
  return accept<TransferEvent>(requested, {
    type: "TransferFailed",
    user,
    wallet,
    purpose,
    reason: "network-not-served",
    detail,
  });
}

/** Whether two requests ask for the same. */
export function sameRequest(a: Asked, b: Asked): boolean {
  return sameJson(asked(a), asked(b));
}

type Asked = Pick<TransferRequest, "user" | "wallet" | "network" | "intent" | "priority" | "note">;

function asked({ user, wallet, network, intent, priority, note }: Asked) {
  return { user, wallet, network, intent, priority, note };
}
