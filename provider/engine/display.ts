import grpc from "@grpc/grpc-js";
import type { EngineClient as EngineClientType } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import type { Display } from "../transport/session.ts";

/** The engine's own display: progress beside the resource it belongs to, warnings in the run's report. */
export class EngineDisplay {
  readonly #engine: EngineClientType | undefined;

  /** @param address `host:port` of the engine; without one (a provider that was attached to), nothing is shown */
  constructor(address: string | undefined) {
    this.#engine = address ? new engineRpc.EngineClient(address, grpc.credentials.createInsecure()) : undefined;
  }

  of(urn: string): Display {
    return {
      progress: (message) => this.#log(urn, engineMessages.LogSeverity.INFO, message, true),
      warn: (message) => this.#log(urn, engineMessages.LogSeverity.WARNING, message, false),
    };
  }

  #log(urn: string, severity: engineMessages.LogSeverity, message: string, ephemeral: boolean): void {
    const request = new engineMessages.LogRequest();
    request.setSeverity(severity);
    request.setMessage(message);
    request.setUrn(urn);
    request.setStreamid(0);
    request.setEphemeral(ephemeral);
    // A lost progress line is no reason to fail what it tells about.
    this.#engine?.log(request, () => {});
  }
}
